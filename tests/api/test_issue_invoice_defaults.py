"""POST /api/invoices/: what is filled in, and which document it becomes."""

import pytest

from tests import cast
from tests.invoicing import desk
from tests.invoicing.desk import INVOICES, counter, goods, labour, order, part, refused, repair


def test_a_line_says_no_more_than_it_must(shop):
    bare = {"description": "Cleaning", "quantity": "1", "unit_price": "100", "gst_rate": "18"}
    service = {**bare, "hsn_code": "998716"}
    lines = desk.bill(shop, bare, service)["line_items"]
    assert [(each["treatment"], each["unit"], each["hsn_code"], each["tax_inclusive"]) for each in lines] == [
        ("taxable", "NOS", "", False),
        ("taxable", "NA", "998716", False),
    ]


def test_null_is_as_good_as_leaving_out(shop):
    empty = dict.fromkeys(
        ("variant", "hsn_code", "unit", "treatment", "discount", "tax_inclusive", "serial_numbers")
    )
    line = desk.bill(shop, labour() | empty)["line_items"][0]
    assert (line["unit"], line["treatment"], line["serial_numbers"]) == ("NOS", "taxable", [])


def test_a_variant_brings_its_own(shop):
    product = {"hsn_code": "85177990", "gst_rate": "5", "unit": "PCS", "name": "Battery"}
    variant = desk.stocked(shop, price="105.00", product=product, variant_name="Li-ion")
    (line,) = desk.bill(shop, part(variant))["line_items"]
    says = {
        "variant": variant, "description": "Battery Li-ion", "hsn_code": "85177990", "gst_rate": "5",
        "unit": "PCS", "unit_price": "105.00", "tax_inclusive": True, "taxable_value": "100.00", "total": "105.00",
    }  # fmt: skip
    assert {name: line[name] for name in says} == says


def test_a_line_may_say_otherwise_than_the_catalogue(shop):
    variant = desk.stocked(shop)
    fields = {
        "description": "Refurbished",
        "hsn_code": "8517",
        "gst_rate": "5",
        "unit": "SET",
    }
    (line,) = desk.bill(shop, part(variant, unit_price="900", **fields))["line_items"]
    assert (line["description"], line["hsn_code"], line["gst_rate"], line["unit"]) == (
        "Refurbished",
        "8517",
        "5",
        "SET",
    )
    assert (line["tax_inclusive"], line["taxable_value"]) == (False, "900.00")


def test_prices_with_tax_inside(shop):
    variant = desk.stocked(shop)
    lines = [
        part(variant),
        part(variant, tax_inclusive=False),
        part(variant, unit_price="1180.00"),
        labour(),
        labour(tax_inclusive=True),
    ]
    for include, expected in ((False, [1, 1, 0, 0, 1]), (True, [1, 1, 1, 1, 1])):
        bill = desk.bill(shop, *lines, prices_include_tax=include)
        assert [each["tax_inclusive"] for each in bill["line_items"]] == [bool(each) for each in expected]


def test_a_treatment_without_tax_has_no_rate(shop):
    exempt = cast.variant(product={"treatment": "exempt", "gst_rate": "0"})
    bill = desk.bill(shop, labour(treatment="nil"), labour(treatment="non_gst", gst_rate="17"))
    assert [(line["gst_rate"], line["cgst"]) for line in bill["line_items"]] == [("0", "0.00")] * 2
    body = repair(shop, part(exempt), status="draft")
    assert desk.made(shop.asha.post(INVOICES, body))["document_type"] == "bill_of_supply"


# (buyer, whether the bill has a service, the place of supply in a store of 27)
PLACES = [
    ({}, False, "27"),
    ({}, True, "27"),
    ({"state_code": "29"}, False, "29"),
    ({"state_code": "29"}, True, "29"),
    ({"category": "registered", "gstin": cast.BENGALURU_GSTIN, "state_code": "29"}, False, "27"),
    ({"category": "registered", "gstin": cast.BENGALURU_GSTIN, "state_code": "29"}, True, "29"),
    ({"category": "sez", "gstin": cast.BENGALURU_GSTIN, "state_code": "29"}, False, "29"),
    ({"category": "export", "country": "AE"}, False, "96"),
    ({"category": "export", "country": "AE"}, True, "96"),
]


@pytest.mark.parametrize(("buyer", "has_service", "place"), PLACES)
def test_place_of_supply(shop, buyer, has_service, place):
    lines = [goods(), labour()] if has_service else [goods()]
    bill = desk.bill(shop, *lines, customer=cast.customer(**buyer))
    always_inter = buyer.get("category") in ("sez", "export")
    nature = "inter" if always_inter or place != "27" else "intra"
    assert (bill["place_of_supply"], bill["supply_nature"]) == (place, nature)


def test_an_explicit_place_of_supply_wins(shop):
    buyer = cast.customer(state_code="29")
    assert desk.bill(shop, place_of_supply="27", customer=buyer)["supply_nature"] == "intra"
    assert desk.bill(shop, place_of_supply="07")["igst"] == "270.00"
    assert desk.bill(shop, place_of_supply="")["place_of_supply"] == "27"
    exporter = cast.customer(category="export", country="US")
    assert desk.bill(shop, place_of_supply="96", customer=exporter)["place_of_supply"] == "96"
    body = repair(shop, customer=exporter, place_of_supply="27")
    refused(shop.asha.post(INVOICES, body), 400, "invalid_state_code", "place_of_supply")


@pytest.mark.parametrize("category", ["sez", "export"])
def test_under_bond_or_with_payment_of_tax(shop, category):
    fields = {"gstin": cast.PUNE_GSTIN, "state_code": "27"} if category == "sez" else {"country": "US"}
    buyer = cast.customer(category=category, **fields)
    under_lut, paid = (desk.bill(shop, customer=buyer, with_payment_of_tax=each) for each in (False, True))
    assert (under_lut["total_tax"], under_lut["total"]) == ("0.00", "1500.00")
    assert (paid["igst"], paid["cgst"], paid["total"]) == ("270.00", "0.00", "1770.00")


def test_which_document_and_which_series(shop):
    firm = desk.registered()
    untaxed = labour(treatment="exempt")
    first = desk.bill(shop, untaxed, untaxed, customer=firm)
    assert (first["document_type"], first["invoice_number"]) == ("bill_of_supply", "FT-BOS-0001")
    assert desk.bill(shop, labour(), untaxed)["document_type"] == "invoice_cum_bill"
    assert desk.bill(shop, labour(), customer=firm)["invoice_number"] == "FT-INV-0002"
    assert desk.bill(shop, untaxed)["invoice_number"] == "FT-BOS-0002"
    before = desk.written()
    for buyer in (firm, cast.customer(category="sez", gstin=cast.PUNE_GSTIN, state_code="27")):
        body = order(labour(), untaxed, store=shop.pune, customer=buyer)
        refused(shop.asha.post(INVOICES, body), 409, "mixed_supply_needs_two_documents")
    assert desk.written() | {"customers_customer": 0, "core_auditrecord": 0} == before | {
        "customers_customer": 0,
        "core_auditrecord": 0,
    }


def test_a_composition_store_charges_no_tax(shop):
    desk.execute("UPDATE stores_store SET is_composition = true")
    bill = desk.bill(shop, labour(), labour(treatment="nil"), customer=desk.registered())
    assert (bill["document_type"], bill["invoice_number"]) == ("bill_of_supply", "FT-BOS-0001")
    assert (bill["total_tax"], bill["total"]) == ("0.00", "3000.00")
    assert bill["seller"]["is_composition"] is True


@pytest.mark.parametrize(
    "buyer",
    [
        {"state_code": "29"},
        {"category": "sez", "gstin": cast.PUNE_GSTIN, "state_code": "27"},
        {"category": "export", "country": "NO"},
    ],
)
def test_a_composition_store_sells_within_its_state_only(shop, buyer):
    desk.execute("UPDATE stores_store SET is_composition = true")
    body, before = order(labour(), store=shop.pune, customer=cast.customer(**buyer)), desk.written()
    refused(shop.asha.post(INVOICES, body), 400, "composition_inter_state", "place_of_supply")
    assert desk.written() == before
    if "category" not in buyer:
        assert shop.asha.post(INVOICES, {**body, "place_of_supply": "27"}).status == 201


def test_the_address_of_a_consumer_from_fifty_thousand(shop):
    dear = labour(unit_price="50000.00")
    nameless, before = counter(shop, dear), desk.written()
    refused(shop.asha.post(INVOICES, nameless), 400, "recipient_address_required", "customer")
    assert desk.written() == before
    no_address = order(dear, store=shop.pune, customer=shop.buyer)
    refused(shop.asha.post(INVOICES, no_address), 400, "recipient_address_required", "customer")
    with_tax_inside = labour(unit_price="58999.99", tax_inclusive=True)
    for line in (labour(unit_price="49999.99"), with_tax_inside):
        desk.bill(shop, line)
    for buyer in (
        cast.customer(address="1 MG Road"),
        desk.registered(),
        cast.customer(category="export", country="US"),
    ):
        desk.bill(shop, dear, customer=buyer)


def test_seller_and_buyer_are_copies(shop):
    bill = desk.bill(shop)
    shop.admin.patch(f"/customers/{shop.buyer}/", {"name": "Renamed", "phone": "9876543210"})
    shop.admin.patch(f"/stores/{shop.pune}/", {"name": "Renamed"})
    now = shop.bilal.get(f"{INVOICES}{bill['id']}/").data
    assert (now["seller"], now["buyer"], now["customer_name"]) == (bill["seller"], bill["buyer"], "A buyer")
