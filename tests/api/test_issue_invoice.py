"""POST /api/invoices/: issuing. Amounts, dates and defaults have files of their own."""

import pytest

from tests import cast
from tests.cast import new_key
from tests.inventory import shelf
from tests.invoicing import desk
from tests.invoicing.desk import INVOICES, counter, labour, order, part, refused, repair, written

FIELDS = [
    "id", "invoice_number", "status", "document_type", "booking", "store", "customer", "seller",
    "buyer", "invoice_date", "due_date", "place_of_supply", "supply_nature", "state_tax_label",
    "line_items", "taxable_value", "discount_total", "cgst", "sgst", "igst", "cess", "total_tax",
    "total_before_round_off", "round_off_amount", "total", "amount_paid", "amount_credited",
    "balance_due", "credit_notes", "pdf_url", "public_url", "issued_at", "created_by",
]  # fmt: skip
LINE_FIELDS = [
    "id",
    "gross",
    "discount_amount",
    "invoice_discount_share",
    "taxable_value",
    "cgst",
    "sgst",
    "igst",
    "cess",
    "total",
]


def test_a_repair_is_billed(shop):
    booking = shop.booking()
    body = order(
        labour(), booking=booking, customer=shop.buyer, store=shop.pune, notes="Thank you", due_date=None
    )
    bill = desk.made(shop.bilal.post(INVOICES, body))
    assert set(FIELDS) <= bill.keys()
    assert set(LINE_FIELDS) <= bill["line_items"][0].keys()
    assert (bill["invoice_number"], bill["status"], bill["document_type"]) == (
        "FT-INV-0001",
        "issued",
        "tax_invoice",
    )
    assert (bill["booking"], bill["store"], bill["customer"]) == (booking, shop.pune, shop.buyer)
    assert (bill["seller"]["gstin"], bill["buyer"]["name"]) == (cast.PUNE_GSTIN, "A buyer")
    assert (bill["total"], bill["balance_due"], bill["amount_paid"]) == ("1770.00", "1770.00", "0.00")
    assert (bill["credit_notes"], bill["created_by"], bill["notes"]) == ([], shop.bilal.id, "Thank you")
    assert desk.faults() == []


def test_numbers_go_on_across_stores(shop):
    bills = [desk.bill(shop) for _ in range(2)]
    elsewhere = order(store=shop.nagpur, customer=shop.buyer)
    bills.append(desk.made(shop.chitra.post(INVOICES, elsewhere)))
    assert [bill["invoice_number"] for bill in bills] == ["FT-INV-0001", "FT-INV-0002", "FT-INV-0003"]


def test_numbers_grow_past_four_digits(shop):
    desk.execute("UPDATE invoicing_invoicesequence SET last_number = 9998 WHERE series = 'FT-INV'")
    assert [desk.bill(shop)["invoice_number"] for _ in range(2)] == ["FT-INV-9999", "FT-INV-10000"]


def test_a_part_leaves_the_shelf_with_the_bill(shop):
    variant = desk.stocked(shop, 5)
    bill = desk.bill(shop, part(variant, "2"), part(variant))
    assert shelf.quantity(shop.pune, variant) == 2
    entries = shop.asha.get(f"/stock-entries/?booking={bill['booking']}").data["results"]
    assert sorted((entry["entry_type"], entry["delta"], entry["unit_price"]) for entry in entries) == [
        ("sale", -2, "1180.00"),
        ("sale", -1, "1180.00"),
    ]
    assert desk.faults() == []


def test_units_are_sold_by_their_serials(shop):
    variant = desk.stocked_units(shop, "A1", "A2", "A3")
    bill = desk.bill(shop, part(variant, "2", serial_numbers=[" a1 ", "A3"]))
    assert bill["line_items"][0]["serial_numbers"] == ["A1", "A3"]
    assert [state for state, *_ in shelf.units("A1", "A2", "A3")] == ["sold", "available", "sold"]


def test_a_key(shop):
    variant = desk.stocked(shop)
    body = repair(shop, part(variant), labour())
    first = desk.replays(shop.bilal, INVOICES, body, {**body, "notes": "other"}, stranger=shop.asha)
    assert first.data["invoice_number"] == "FT-INV-0001"
    assert desk.numbers() == [1, 2]
    assert shelf.quantity(shop.pune, variant) == 8


def test_a_replay_answers_the_bill_as_it_stands_now(shop):
    key, body = new_key(), repair(shop)
    bill = desk.made(shop.bilal.post(INVOICES, body, key=key))
    desk.made(desk.pay(shop.bilal, bill["id"], "770.00"))
    again = shop.bilal.post(INVOICES, body, key=key)
    assert (again.status, again.data["status"], again.data["balance_due"]) == (
        201,
        "partially_paid",
        "1000.00",
    )


def test_a_replay_asks_for_role_and_store_again(shop):
    key, body = new_key(), repair(shop)
    desk.made(shop.bilal.post(INVOICES, body, key=key))
    desk.execute("DELETE FROM staff_membership WHERE user_id = %s", shop.bilal.id)
    refused(shop.bilal.post(INVOICES, body, key=key), 404, "not_found")
    desk.execute("UPDATE staff_user SET role = 'auditor' WHERE id = %s", shop.bilal.id)
    refused(shop.bilal.post(INVOICES, body, key=key), 403, "forbidden")


def test_a_refused_request_does_not_use_its_key_up(shop):
    variant, key = desk.stocked(shop, 1), new_key()
    body = repair(shop, part(variant, "2"))
    refused(shop.bilal.post(INVOICES, body, key=key), 409, "insufficient_stock")
    shelf.post(shop.asha, "purchase", shop.pune, variant, 1)
    answer = shop.bilal.post(INVOICES, body, key=key)
    assert (answer.status, "Idempotent-Replayed" in answer.headers) == (201, False)


def test_who_may_not(shop):
    body, before = repair(shop), written()
    refused(shop.auditor.post(INVOICES, body), 403, "forbidden")
    assert shop.bilal.post(INVOICES, body, Authorization="Bearer nobody-nobody-nobody").status == 401
    assert written() == before


def test_another_stores_things_are_not_there(shop):
    variant, body = desk.stocked(shop), repair(shop)
    before = written()
    refused(shop.chitra.post(INVOICES, body), 404, "not_found", "booking")
    refused(
        shop.chitra.post(INVOICES, order(store=shop.pune, customer=shop.buyer)), 404, "not_found", "store"
    )
    refused(shop.chitra.post(INVOICES, counter(shop, part(variant))), 404, "not_found", "store")
    refused(shop.asha.post(INVOICES, {**body, "store": shop.nagpur}), 404, "not_found", "store")
    assert written() == before


@pytest.mark.parametrize("name", ["booking", "store", "customer"])
def test_what_is_not_there(shop, name):
    body = order(booking=10**9) if name == "booking" else order(store=shop.pune, customer=shop.buyer)
    refused(shop.asha.post(INVOICES, {**body, name: 10**9}), 404, "not_found", name)


def test_variants_that_are_not_there(shop):
    body = repair(shop, labour(), part(10**9), part(10**9 + 1))
    answer = shop.asha.post(INVOICES, body)
    assert (answer.status, answer.code) == (404, "not_found")
    assert answer.field_codes() == {f"line_items.{n}.variant": "not_found" for n in (1, 2)}


def test_a_booking_says_whose_bill_it_is(shop):
    other = cast.customer("Somebody else")
    refused(
        shop.admin.post(INVOICES, repair(shop) | {"store": shop.nagpur}), 400, "differs_from_booking", "store"
    )
    refused(
        shop.asha.post(INVOICES, repair(shop) | {"customer": other}), 400, "differs_from_booking", "customer"
    )
    refused(shop.asha.post(INVOICES, repair(shop) | {"counter_sale": True}), 400, "invalid")


def test_nobody_to_bill(shop):
    variant = desk.stocked(shop)
    for body in (
        order(),
        order(store=shop.pune),
        order(customer=shop.buyer),
        order(counter_sale=True),
        order(part(variant), store=shop.pune, customer=shop.buyer),
        order(part(variant), labour(), store=shop.pune),
    ):
        refused(shop.asha.post(INVOICES, body), 400, "booking_required", "booking")


def test_a_service_needs_no_booking(shop):
    bill = desk.made(shop.asha.post(INVOICES, order(store=shop.pune, customer=shop.buyer)))
    assert (bill["booking"], bill["store"], bill["customer"]) == (None, shop.pune, shop.buyer)


def test_at_the_counter_a_booking_is_opened_and_delivered(shop):
    variant = desk.stocked(shop)
    nameless = desk.made(shop.bilal.post(INVOICES, counter(shop, part(variant))))
    named = desk.made(shop.bilal.post(INVOICES, counter(shop, part(variant), customer=shop.buyer)))
    again = desk.made(shop.bilal.post(INVOICES, counter(shop, part(variant))))
    assert nameless["customer"] == again["customer"] != named["customer"] == shop.buyer
    assert nameless["booking"] != again["booking"]
    for bill in (nameless, named):
        booking = shop.bilal.get(f"/bookings/{bill['booking']}/").data
        assert (booking["kind"], booking["status"], booking["customer"]) == (
            "counter",
            "delivered",
            bill["customer"],
        )
    assert shelf.quantity(shop.pune, variant) == 7


def test_a_refused_counter_sale_leaves_no_booking(shop):
    variant, before = desk.stocked(shop, 1), None
    before = written()
    refused(shop.bilal.post(INVOICES, counter(shop, part(variant, "2"))), 409, "insufficient_stock")
    assert written() == before


def test_any_number_of_bills_in_every_status_but_cancelled(shop):
    body = repair(shop)
    booking = f"/bookings/{body['booking']}/transition/"
    for to in ("diagnosing", "awaiting_approval", "in_progress", "ready", "delivered"):
        desk.made(shop.asha.post(INVOICES, body))
        assert shop.asha.post(booking, {"to": to}).status == 200
    desk.made(shop.asha.post(INVOICES, body))
    assert desk.numbers() == [1, 2, 3, 4, 5, 6]
    other = repair(shop)
    shop.asha.post(f"/bookings/{other['booking']}/transition/", {"to": "cancelled", "reason": "changed mind"})
    before = written()
    refused(shop.asha.post(INVOICES, other), 409, "booking_cancelled")
    assert written() == before


def test_stock_refuses_as_it_does_at_the_shelf(shop):
    variant, units = desk.stocked(shop, 2), desk.stocked_units(shop, "A1")
    before = written()
    short = shop.asha.post(INVOICES, repair(shop, part(variant, "2"), part(variant, "1")))
    refused(short, 409, "insufficient_stock")
    assert (short.data["requested"], short.data["available"]) == (3, 2)
    uncounted = shop.asha.post(INVOICES, repair(shop, labour(), part(units)))
    refused(uncounted, 400, "serial_count_mismatch", "line_items.1.serial_numbers")
    unknown = shop.asha.post(INVOICES, repair(shop, part(units, serial_numbers=["B1"])))
    refused(unknown, 409, "serial_not_available", "line_items.0.serial_numbers.0")
    assert written() | {"bookings_booking": 0, "core_auditrecord": 0} == before | {
        "bookings_booking": 0,
        "core_auditrecord": 0,
    }
    assert desk.numbers() == []


FIELD_FAULTS = [
    ({"quantity": "0"}, "quantity", "invalid"),
    ({"quantity": "-1"}, "quantity", "invalid"),
    ({"quantity": "1.0005"}, "quantity", "invalid"),
    ({"quantity": "9999999999", "unit_price": "9999999999"}, "unit_price", "invalid"),
    ({"unit_price": "-0.01"}, "unit_price", "invalid"),
    ({"unit_price": "1.0001"}, "unit_price", "invalid"),
    ({"unit_price": "1e3x"}, "unit_price", "invalid"),
    ({"unit_price": None}, "unit_price", "required"),
    ({"description": "  "}, "description", "required"),
    ({"gst_rate": None}, "gst_rate", "required"),
    ({"gst_rate": "17"}, "gst_rate", "rate_not_in_force"),
    ({"gst_rate": "12"}, "gst_rate", "rate_not_in_force"),
    ({"gst_rate": "-18"}, "gst_rate", "invalid"),
    ({"hsn_code": "12345"}, "hsn_code", "invalid_hsn"),
    ({"unit": "XYZ"}, "unit", "invalid_unit"),
    ({"treatment": "free"}, "treatment", "invalid"),
    ({"discount": {"amount": "1500.01"}}, "discount.amount", "discount_above_base"),
    ({"discount": {"percent": "100.001"}}, "discount.percent", "discount_above_base"),
    ({"discount": {"percent": "7.5001"}}, "discount.percent", "invalid"),
    ({"discount": {"percent": "5", "amount": "5"}}, "discount", "invalid"),
    ({"discount": {}}, "discount", "invalid"),
    ({"serial_numbers": ["A1"]}, "serial_numbers", "serial_count_mismatch"),
    ({"colour": "red"}, "colour", "unknown_field"),
]


@pytest.mark.parametrize(("change", "field", "code"), FIELD_FAULTS)
def test_a_line_at_fault(shop, change, field, code):
    body, before = order(labour(), labour(**change), store=shop.pune, customer=shop.buyer), written()
    answer = shop.asha.post(INVOICES, body)
    assert (answer.status, answer.field_codes()) == (400, {f"line_items.1.{field}": code})
    assert written() == before


BILL_FAULTS = [
    ({"line_items": []}, "line_items", "invalid"),
    ({"place_of_supply": "25"}, "place_of_supply", "invalid_state_code"),
    ({"place_of_supply": "28"}, "place_of_supply", "invalid_state_code"),
    ({"place_of_supply": "99"}, "place_of_supply", "invalid_state_code"),
    ({"place_of_supply": "96"}, "place_of_supply", "invalid_state_code"),
    ({"discount": {"amount": "1500.01"}}, "discount.amount", "discount_above_base"),
    ({"discount": {"percent": "7.5", "amount": "1"}}, "discount", "invalid"),
    ({"invoice_date": "2099-01-01"}, "invoice_date", "date_in_future"),
    ({"invoice_date": "2026-02-30"}, "invoice_date", "invalid"),
    ({"counter_sale": "yes"}, "counter_sale", "invalid"),
    ({"status": "paid"}, "status", "invalid"),
    ({"total": "1.00"}, "total", "unknown_field"),
    ({"customer": "7"}, "customer", "invalid"),
]


@pytest.mark.parametrize(("change", "field", "code"), BILL_FAULTS)
def test_a_bill_at_fault(shop, change, field, code):
    body, before = order(store=shop.pune, customer=shop.buyer) | change, written()
    answer = shop.asha.post(INVOICES, body)
    assert (answer.status, answer.field_codes()) == (400, {field: code})
    assert written() == before


def test_all_faults_at_once(shop):
    empty = shop.asha.post(INVOICES, {"line_items": [{}, part(1, "x")], "place_of_supply": "25", "colour": 1})
    assert empty.field_codes() == {
        "booking": "booking_required",
        "line_items.0.description": "required", "line_items.0.quantity": "required",
        "line_items.0.unit_price": "required", "line_items.0.gst_rate": "required",
        "line_items.1.quantity": "invalid", "place_of_supply": "invalid_state_code", "colour": "unknown_field",
    }  # fmt: skip
    lines = [labour(gst_rate="17"), labour(discount={"amount": "1600"}), part(1, "1.5")]
    deeper = shop.asha.post(INVOICES, order(*lines, invoice_date="2099-01-01"))
    assert deeper.field_codes() == {
        "booking": "booking_required", "invoice_date": "date_in_future",
        "line_items.0.gst_rate": "rate_not_in_force", "line_items.2.quantity": "invalid",
    }  # fmt: skip


def test_what_is_malformed_hides_nothing_of_the_rest(shop):
    lines = [
        labour(quantity="0", gst_rate="17", hsn_code="12345"), labour(gst_rate="28", unit_price="-1"),
        labour(discount={"amount": "1600"}), labour(serial_numbers=["A1"], colour="red"),
    ]  # fmt: skip
    body = order(*lines, store=shop.pune, customer=shop.buyer, invoice_date="2099-01-01", round_off="yes")
    assert shop.asha.post(INVOICES, body).field_codes() == {
        "round_off": "invalid", "invoice_date": "date_in_future",
        "line_items.0.quantity": "invalid", "line_items.0.hsn_code": "invalid_hsn",
        "line_items.0.gst_rate": "rate_not_in_force", "line_items.1.unit_price": "invalid",
        "line_items.1.gst_rate": "rate_not_in_force", "line_items.3.colour": "unknown_field",
        "line_items.2.discount.amount": "discount_above_base",
        "line_items.3.serial_numbers": "serial_count_mismatch",
    }  # fmt: skip
    off = labour(discount={"amount": "1600"})
    body = order(off, store=shop.pune, customer=shop.buyer, place_of_supply="25", discount={"amount": "9999"})
    assert shop.asha.post(INVOICES, body).field_codes() == {
        "place_of_supply": "invalid_state_code", "discount.amount": "discount_above_base",
        "line_items.0.discount.amount": "discount_above_base",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"line_items": "none"}, {"line_items": "invalid"}),
        ({"line_items": []}, {"line_items": "invalid"}),
        ({"line_items": [7, labour(gst_rate="17")]},
         {"line_items.0": "invalid", "line_items.1.gst_rate": "rate_not_in_force"}),
        ({"line_items": [labour(variant="x", gst_rate="17")]}, {"line_items.0.variant": "invalid"}),
        ({"line_items": [labour(gst_rate="17", treatment="free")]}, {"line_items.0.treatment": "invalid"}),
        ({"line_items": [labour(quantity="x")], "discount": {"amount": "5000"}},
         {"line_items.0.quantity": "invalid"}),
        ({"customer": "x", "notes": 5}, {"customer": "invalid", "notes": "invalid"}),
        ({"invoice_date": "soon", "line_items": [labour(gst_rate="12")]}, {"invoice_date": "invalid"}),
    ],
)  # fmt: skip
def test_what_is_malformed_is_blamed_once(shop, change, codes):
    body = order(store=shop.pune, customer=shop.buyer) | change
    assert shop.asha.post(INVOICES, body).field_codes() == codes


def test_precedence(shop):
    """One request with everything wrong, put right step by step."""
    variant = desk.stocked(shop, 1)
    desk.execute("UPDATE stores_store SET discount_ceiling_percent = 10")
    used = new_key()
    desk.made(shop.bilal.post(INVOICES, repair(shop, labour()), key=used))
    body = order(
        labour(quantity="0", discount={"percent": "50"}), labour(treatment="exempt"), part(variant, "2"),
        booking=10**9, invoice_date="2026-11-01",
    )  # fmt: skip
    before = written()

    def next_refusal(status, code, person=shop.bilal, key=used):
        refused(person.post(INVOICES, body, key=key), status, code)

    next_refusal(403, "forbidden", shop.auditor)
    next_refusal(400, "invalid")
    body["line_items"][0]["quantity"] = "1"
    next_refusal(422, "idempotency_key_reused")
    next_refusal(404, "not_found", key=new_key())
    firm = desk.registered()
    body["booking"] = shop.booking(customer=firm)
    next_refusal(403, "discount_above_ceiling", key=new_key())
    del body["line_items"][0]["discount"]
    next_refusal(409, "date_before_last_number", key=new_key())
    shop.asha.post(f"/bookings/{body['booking']}/transition/", {"to": "cancelled", "reason": "mistake"})
    next_refusal(409, "date_before_last_number", key=new_key())
    del body["invoice_date"]
    next_refusal(409, "booking_cancelled", key=new_key())
    body["booking"] = shop.booking(customer=firm)
    next_refusal(409, "mixed_supply_needs_two_documents", key=new_key())
    del body["line_items"][1]
    next_refusal(409, "insufficient_stock", key=new_key())
    after = written()
    assert {name for name in after if after[name] != before[name]} <= {
        "bookings_booking", "customers_customer", "core_auditrecord",
    }  # fmt: skip
    body["line_items"][1]["quantity"] = "1"
    assert shop.bilal.post(INVOICES, body, key=new_key()).data["invoice_number"] == "FT-INV-0002"
