"""POST /api/sales/: the bill and the money for it, in one call."""

import pytest

from tests.cast import new_key
from tests.inventory import shelf
from tests.invoicing import desk
from tests.invoicing.desk import counter, labour, part, refused, repair

SALES = "/sales/"
CASH = {"mode": "cash", "amount": "1180.00"}


def sell(person, body, *tenders, key=None):
    return person.post(SALES, {**body, "tenders": list(tenders)}, key=key or new_key())


def test_a_sale(shop):
    variant = desk.stocked(shop)
    tenders = [
        {**CASH, "amount": "1000.00", "tendered": "2000.00"},
        {**CASH, "amount": "100", "tendered": "500"},
    ]
    upi = {"mode": "upi", "amount": "80.00", "reference": "UTR1"}
    sale = desk.made(sell(shop.bilal, counter(shop, part(variant)), *tenders, upi))
    assert (sale["invoice"]["invoice_number"], sale["invoice"]["status"]) == ("FT-INV-0001", "paid")
    assert (sale["invoice"]["balance_due"], sale["change_due"]) == ("0.00", "1400.00")
    assert [each["amount"] for each in sale["payments"]] == ["1000.00", "100.00", "80.00"]
    assert {each["invoice_status"] for each in sale["payments"]} == {"paid"}
    assert shelf.quantity(shop.pune, variant) == 9
    assert desk.faults() == []


def test_the_rest_may_be_owed(shop):
    sale = desk.made(sell(shop.bilal, repair(shop), {**CASH, "amount": "1000.00"}))
    assert (sale["invoice"]["status"], sale["invoice"]["balance_due"]) == ("partially_paid", "770.00")
    nothing = desk.made(sell(shop.bilal, repair(shop)))
    assert (nothing["payments"], nothing["change_due"], nothing["invoice"]["status"]) == (
        [],
        "0.00",
        "issued",
    )
    free = desk.made(sell(shop.bilal, repair(shop, labour(unit_price="0"))))
    assert free["invoice"]["status"] == "paid"


def test_a_key(shop):
    variant = desk.stocked(shop)
    body = counter(shop, part(variant), tenders=[CASH])
    refused(shop.bilal.post(SALES, body), 400, "idempotency_key_missing")
    desk.replays(shop.bilal, SALES, body, {**body, "tenders": []}, stranger=shop.asha)
    assert desk.numbers() == [1, 2]
    assert shelf.quantity(shop.pune, variant) == 8
    assert desk.faults() == []


def test_a_refusal_leaves_nothing(shop):
    variant = desk.stocked(shop, 2)
    upi = {"mode": "upi", "amount": "1.00", "reference": "UTR1"}
    desk.made(sell(shop.bilal, counter(shop, part(variant)), upi))
    before = desk.written()
    body = counter(shop, part(variant))
    excess = sell(shop.bilal, body, CASH, {**CASH, "amount": "0.01"})
    refused(excess, 409, "exceeds_balance")
    assert excess.data["balance_due"] == "1180.00"
    refused(sell(shop.bilal, body, CASH, upi), 409, "duplicate_reference", "tenders.1.reference")
    twice = {"mode": "upi", "amount": "1.00", "reference": "UTR2"}
    refused(sell(shop.bilal, body, twice, twice), 409, "duplicate_reference", "tenders.1.reference")
    refused(sell(shop.bilal, counter(shop, part(variant, "2")), CASH), 409, "insufficient_stock")
    refused(sell(shop.bilal, counter(shop), CASH, {"mode": "card", "amount": "1"}), 400, "invalid")
    dated = {**body, "invoice_date": "2026-01-01"}
    refused(sell(shop.bilal, dated, CASH), 409, "date_before_last_number")
    assert desk.written() == before
    assert desk.made(sell(shop.bilal, body, CASH))["invoice"]["invoice_number"] == "FT-INV-0002"


def test_two_lakh_of_cash(shop):
    firm = desk.registered()
    body = repair(shop, labour(unit_price="250000"), customer=firm)
    before = desk.written()
    refused(sell(shop.bilal, body, {**CASH, "amount": "200000.00"}), 409, "cash_limit")
    assert desk.written() == before
    assert sell(shop.bilal, body, {**CASH, "amount": "199999.99"}).status == 201
    again = repair(shop, customer=firm)
    refused(sell(shop.bilal, again, {**CASH, "amount": "0.01"}), 409, "cash_limit")


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"tenders": None}, {"tenders": "invalid"}),
        ({"status": "draft"}, {"status": "invalid"}),
        ({"tenders": [{"mode": "card", "amount": "1.00"}]}, {"tenders.0.reference": "required"}),
        ({"line_items": [{}], "tenders": [{}]}, {
            "line_items.0.quantity": "required", "line_items.0.description": "required",
            "line_items.0.unit_price": "required", "line_items.0.gst_rate": "required",
            "tenders.0.mode": "required", "tenders.0.amount": "required",
        }),
        ({"counter_sale": False}, {"booking": "booking_required"}),
        ({"counter_sale": False, "tenders": [{"mode": "card", "amount": "1.00"}]},
         {"booking": "booking_required", "tenders.0.reference": "required"}),
        ({"invoice_date": "2099-01-01", "tenders": [{"mode": "card", "amount": "0"}]},
         {"invoice_date": "date_in_future", "tenders.0.amount": "invalid", "tenders.0.reference": "required"}),
        ({"amount": "1.00"}, {"amount": "unknown_field"}),
    ],
)  # fmt: skip
def test_a_sale_at_fault(shop, fields, faults):
    before = desk.written()
    answer = shop.bilal.post(SALES, {**counter(shop), "tenders": [], **fields}, key=new_key())
    assert (answer.status, answer.field_codes()) == (400, faults)
    assert desk.written() == before


def test_tenders_are_named(shop):
    answer = shop.bilal.post(SALES, counter(shop), key=new_key())
    assert (answer.status, answer.field_codes()) == (400, {"tenders": "required"})


def test_who_may(shop):
    body = counter(shop)
    before = desk.written()
    refused(sell(shop.auditor, body), 403, "forbidden")
    refused(sell(shop.chitra, body), 404, "not_found", "store")
    refused(
        sell(shop.chitra, {**body, "store": shop.nagpur, "counter_sale": False, "booking": 10**9}),
        404,
        "not_found",
    )
    assert desk.written() == before
    desk.execute("UPDATE stores_store SET discount_ceiling_percent = 5")
    refused(sell(shop.bilal, {**body, "discount": {"percent": "6"}}), 403, "discount_above_ceiling")
