"""POST /api/invoices/: the worked cases of the contract, to the paisa."""

from decimal import Decimal
from typing import Any

import pytest

from tests import cast
from tests.invoicing import desk
from tests.invoicing.desk import INVOICES, goods, labour, order, repair


def line(price: str, **fields: Any) -> dict[str, Any]:
    return goods(unit_price=price, **fields)


# (id, store's State, buyer, fields of the bill, lines, what the bill says, what each line says)
WALK_IN: dict[str, Any] = {}
EXPORT = {"category": "export", "country": "US"}
SEZ = {"category": "sez", "gstin": cast.PUNE_GSTIN, "state_code": "27"}
VECTORS: list[tuple[str, str, dict[str, Any], dict[str, Any], list[Any], dict[str, Any], list[Any]]] = [
    (
        "V01", "27", WALK_IN, {"place_of_supply": "27"}, [line("1500.00")],
        {"taxable_value": "1500.00", "cgst": "135.00", "sgst": "135.00", "igst": "0.00", "total": "1770.00",
         "supply_nature": "intra", "state_tax_label": "SGST"}, [],
    ),
    (
        "V02", "27", WALK_IN, {"place_of_supply": "29"}, [line("1500.00")],
        {"igst": "270.00", "cgst": "0.00", "total": "1770.00", "supply_nature": "inter"}, [],
    ),
    (
        "V03", "04", WALK_IN, {"place_of_supply": "04", "round_off": False}, [line("1299.00", quantity="2")],
        {"taxable_value": "2598.00", "cgst": "233.82", "sgst": "233.82", "total": "3065.64",
         "state_tax_label": "UTGST"}, [],
    ),
    (
        "V04", "27", WALK_IN, {"place_of_supply": "27", "prices_include_tax": True}, [line("999.00")],
        {"taxable_value": "846.62", "cgst": "76.19", "sgst": "76.19", "total": "999.00"}, [],
    ),
    (
        "V05", "27", WALK_IN, {"place_of_supply": "29"}, [line("999.00", tax_inclusive=True)],
        {"taxable_value": "846.61", "igst": "152.39", "total": "999.00"}, [],
    ),
    (
        "V06", "27", WALK_IN, {"round_off": False},
        [line("15999.00"), line("349.50", gst_rate="5"), line("25.00", quantity="2", treatment="nil")],
        {"taxable_value": "16398.50", "cgst": "1448.65", "sgst": "1448.65", "total": "19295.80",
         "document_type": "invoice_cum_bill"},
        [{"cgst": "1439.91"}, {"cgst": "8.74"}, {"cgst": "0.00", "gst_rate": "0"}],
    ),
    (
        "V07", "27", WALK_IN, {"round_off": False},
        [line("449.00", quantity="3", discount={"percent": "12.5"})],
        {"taxable_value": "1178.62", "cgst": "106.08", "total": "1390.78", "discount_total": "168.38"},
        [{"gross": "1347.00", "discount_amount": "168.38", "discount_percent": "12.5"}],
    ),
    (
        "V08", "27", WALK_IN, {"discount": {"amount": "100.00"}},
        [line("1000.00"), line("499.00"), line("251.00")],
        {"cgst": "148.50", "sgst": "148.50", "total": "1947.00", "discount_total": "100.00"},
        [
            {"invoice_discount_share": "57.14", "taxable_value": "942.86", "cgst": "84.86"},
            {"invoice_discount_share": "28.52", "taxable_value": "470.48", "cgst": "42.34"},
            {"invoice_discount_share": "14.34", "taxable_value": "236.66", "cgst": "21.30"},
        ],
    ),
    (
        "V09", "27", WALK_IN, {}, [line("37.35", quantity="2.750", unit="MTR")],
        {"taxable_value": "102.71", "cgst": "9.24", "total_before_round_off": "121.19",
         "round_off_amount": "-0.19", "total": "121.00", "balance_due": "121.00"},
        [{"quantity": "2.75", "unit": "MTR"}],
    ),
    (
        "V10a", "27", WALK_IN, {"place_of_supply": "27", "round_off": False}, [line("100.50")],
        {"cgst": "9.05", "sgst": "9.05", "total": "118.60"}, [],
    ),
    (
        "V10b", "27", WALK_IN, {"place_of_supply": "29", "round_off": False}, [line("100.50")],
        {"igst": "18.09", "total": "118.59"}, [],
    ),
    (
        "V11", "27", EXPORT, {}, [line("50000.00")],
        {"place_of_supply": "96", "supply_nature": "inter", "total_tax": "0.00", "total": "50000.00"}, [],
    ),
    (
        "V12", "27", SEZ, {"with_payment_of_tax": True}, [line("10000.00")],
        {"place_of_supply": "27", "supply_nature": "inter", "igst": "1800.00", "total": "11800.00"}, [],
    ),
    (
        "V13", "27", WALK_IN, {"reverse_charge": True}, [line("5000.00")],
        {"cgst": "450.00", "sgst": "450.00", "total_tax": "900.00", "total": "5000.00"},
        [{"total": "5000.00"}],
    ),
    (
        "V14", "27", WALK_IN, {"round_off": False},
        [line("142.85", quantity="7", discount={"amount": "10.00"})],
        {"taxable_value": "989.95", "cgst": "89.10", "total": "1168.15"}, [],
    ),
]  # fmt: skip


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector[0])
def test_worked_cases(shop, vector):
    _, state, buyer, fields, lines, says, lines_say = vector
    place = cast.store(state)
    body = order(*lines, store=place, customer=cast.customer(**buyer), **fields)
    bill = desk.made(shop.admin.post(INVOICES, body))
    assert {name: bill[name] for name in says} == says
    for written, expected in zip(bill["line_items"], lines_say or [{}] * len(lines), strict=True):
        assert {name: written[name] for name in expected} == expected
    assert desk.faults() == []


def test_numbers_may_be_json_numbers_and_stay_exact(shop):
    exact = labour(quantity=2.75, unit_price=37.35, gst_rate=18, unit="MTR", discount={"percent": 7.5})
    text = labour(quantity="2.75", unit_price="37.35", unit="MTR", discount={"percent": "7.5"})
    bills = [desk.bill(shop, given) for given in (exact, text)]
    for each in bills:
        del each["line_items"][0]["id"]
    assert bills[0]["line_items"] == bills[1]["line_items"]


def test_a_price_keeps_its_third_decimal(shop):
    lines = desk.bill(shop, labour(unit_price="0.125", quantity="8"), labour(unit_price="1.10"))["line_items"]
    assert [(each["unit_price"], each["gross"]) for each in lines] == [("0.125", "1.00"), ("1.10", "1.10")]


def test_round_off_goes_to_the_nearest_rupee_and_half_goes_up(shop):
    for price, total, off in (("100.49", "100.00", "-0.49"), ("100.50", "101.00", "0.50")):
        bill = desk.bill(shop, labour(unit_price=price, treatment="nil"))
        assert (bill["total"], bill["round_off_amount"]) == (total, off)
    bill = desk.bill(shop, labour(unit_price="100.50", treatment="nil"), round_off=False)
    assert (bill["total"], bill["round_off_amount"]) == ("100.50", "0.00")


def test_a_bill_over_nothing_is_paid(shop):
    free = desk.bill(shop, labour(unit_price="0"), labour(discount={"percent": "100"}))
    assert (free["total"], free["balance_due"], free["status"]) == ("0.00", "0.00", "paid")
    answer = desk.pay(shop.bilal, free["id"], "1.00")
    desk.refused(answer, 409, "exceeds_balance")
    assert answer.data["balance_due"] == "0.00"


def test_the_largest_bill(shop):
    most = labour(quantity="1", unit_price="9999999999", treatment="nil")
    firm = desk.registered()
    assert desk.bill(shop, most, customer=firm)["total"] == "9999999999.00"
    body = repair(shop, most, most, customer=firm)
    desk.refused(shop.asha.post(INVOICES, body), 400, "invalid", "line_items")
    from_catalogue = desk.part(cast.variant(price="9999999999.99"), "2")
    body = repair(shop, from_catalogue, customer=firm)
    desk.refused(shop.asha.post(INVOICES, body), 400, "invalid", "line_items.0.unit_price")


def test_five_hundred_lines_and_no_more(shop):
    lines = [labour(unit_price="1.00")] * 500
    bill = desk.bill(shop, *lines)
    assert (len(bill["line_items"]), bill["taxable_value"]) == (500, "500.00")
    desk.refused(shop.asha.post(INVOICES, repair(shop, *lines, labour())), 400, "invalid", "line_items")


def test_an_advisor_gives_discount_up_to_the_ceiling(shop):
    desk.execute("UPDATE stores_store SET discount_ceiling_percent = 10")
    variant = desk.stocked(shop)
    allowed = [
        repair(shop, labour(discount={"percent": "10"})),
        repair(shop, labour(), discount={"amount": "150.00"}),
        repair(shop, labour(discount={"percent": "20"}), labour()),
        repair(shop, desk.part(variant, unit_price="1062.00", tax_inclusive=True)),
        repair(shop, desk.part(variant, unit_price="900.00")),  # without tax: 1,062 with it
        repair(shop, desk.part(variant, unit_price="2000.00", tax_inclusive=True)),
    ]
    refused = [
        repair(shop, labour(discount={"percent": "10.01"})),
        repair(shop, labour(), discount={"amount": "150.02"}),
        repair(shop, labour(discount={"percent": "6"}), discount={"percent": "6"}),
        repair(shop, desk.part(variant, unit_price="1061.90", tax_inclusive=True)),
        repair(shop, desk.part(variant, unit_price="899.90")),
        repair(shop, desk.part(variant, unit_price="0")),
        repair(shop, desk.part(variant, discount={"amount": "118.02"})),
    ]
    for body in allowed:
        assert shop.bilal.post(INVOICES, body).status == 201
    before = desk.written()
    for body in refused:
        answer = shop.bilal.post(INVOICES, body)
        desk.refused(answer, 403, "discount_above_ceiling")
        assert Decimal(answer.data["discount_percent"]) > Decimal(answer.data["ceiling_percent"]) == 10
        desk.refused(shop.bilal.post(INVOICES, {**body, "status": "draft"}), 403, "discount_above_ceiling")
    assert desk.written() == before
    for body in refused:
        assert shop.asha.post(INVOICES, body).status == 201
