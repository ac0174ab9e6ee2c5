"""POST /api/payments/: one tender. Several are in a file of their own."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from finetune.core.dates import INDIA, now
from tests import cast
from tests.cast import new_key
from tests.invoicing import desk
from tests.invoicing.desk import INVOICES, refused

PAYMENTS = "/payments/"
CARD: dict[str, Any] = {"mode": "card", "reference": "AUTH 12"}
UPI: dict[str, Any] = {"mode": "upi", "reference": "426512345678"}
EMI: dict[str, Any] = {
    "mode": "emi",
    "reference": "LOAN-1",
    "amount": "1000.00",
    "emi": {"provider": "Bajaj", "tenure_months": 6, "financed_amount": "950.00", "subvention": "50.00"},
}


@pytest.fixture
def bill(shop):
    return desk.bill(shop)


def payment(bill, **fields):
    return {"invoice": bill["id"], "amount": "500.00", "mode": "cash", **fields}


def take(person, bill, key=None, **fields):
    return person.post(PAYMENTS, payment(bill, **fields), key=key or new_key())


def test_cash(shop, bill):
    taken = desk.made(take(shop.bilal, bill, tendered="1000.00", reference="", received_at=None, emi=None))
    says = {
        "invoice": bill["id"], "amount": "500.00", "mode": "cash", "reference": "", "status": "succeeded",
        "change_due": "500.00", "received_by": shop.bilal.id, "invoice_status": "partially_paid",
        "invoice_balance_due": "1270.00",
    }  # fmt: skip
    assert {name: taken[name] for name in says} == says
    assert datetime.fromisoformat(taken["received_at"]).utcoffset() == timedelta(hours=5, minutes=30)
    assert shop.bilal.get(f"{PAYMENTS}{taken['id']}/").data == taken
    last = desk.made(take(shop.asha, bill, amount="1270.00"))
    assert (last["invoice_status"], last["invoice_balance_due"], last["change_due"]) == (
        "paid",
        "0.00",
        "0.00",
    )
    assert desk.faults() == []


@pytest.mark.parametrize("fields", [CARD, UPI, EMI])
def test_other_modes(shop, bill, fields):
    taken = desk.made(take(shop.bilal, bill, **fields))
    assert (taken["mode"], taken["reference"]) == (fields["mode"], fields["reference"])
    terms = {**EMI["emi"], "down_payment": "0.00"} if fields is EMI else None
    assert taken["emi"] == terms


def test_a_key_is_required(shop, bill):
    before = desk.written()
    refused(shop.bilal.post(PAYMENTS, payment(bill)), 400, "idempotency_key_missing")
    refused(shop.bilal.post(PAYMENTS, payment(bill), key="ü"), 400, "invalid")
    refused(shop.bilal.post(PAYMENTS, payment(bill), key="x" * 256), 400, "invalid")
    assert desk.written() == before
    assert shop.bilal.post(PAYMENTS, payment(bill), key="x" * 255).status == 201


def test_a_key(shop, bill):
    body = payment(bill, **UPI)
    desk.replays(shop.bilal, PAYMENTS, body, {**body, "amount": "1.00"}, stranger=shop.asha)
    assert desk.faults() == []
    body = payment(bill)
    desk.replays(shop.bilal, PAYMENTS, body, {**body, "amount": "500.01"}, stranger=shop.asha)
    assert shop.bilal.get(f"{INVOICES}{bill['id']}/").data["amount_paid"] == "1500.00"


def test_a_replay_tells_the_present_balance(shop, bill):
    key = new_key()
    desk.made(take(shop.bilal, bill, key=key))
    desk.made(take(shop.bilal, bill))
    again = take(shop.bilal, bill, key=key)
    assert (again.status, again.data["invoice_balance_due"]) == (201, "770.00")


def test_a_key_of_another_endpoint_is_another_request(shop, bill):
    key = new_key()
    shop.bilal.post(INVOICES, desk.repair(shop), key=key)
    refused(take(shop.bilal, bill, key=key), 422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"amount": "0"}, {"amount": "invalid"}),
        ({"amount": "-1.00"}, {"amount": "invalid"}),
        ({"amount": "1.001"}, {"amount": "invalid"}),
        ({"amount": None, "mode": None}, {"amount": "required", "mode": "required"}),
        ({"amount": "x", "mode": "cheque"}, {"amount": "invalid", "mode": "invalid"}),
        ({"invoice": None}, {"invoice": "invalid"}),
        ({"mode": "card"}, {"reference": "required"}),
        ({"mode": "upi", "reference": "  "}, {"reference": "required"}),
        ({"mode": "upi", "reference": "x" * 36}, {"reference": "invalid"}),
        ({"mode": "upi", "reference": "x", "tendered": "500.00"}, {"tendered": "invalid"}),
        ({"tendered": "499.99"}, {"tendered": "invalid"}),
        ({"emi": EMI["emi"]}, {"emi": "invalid"}),
        ({"mode": "emi"}, {"reference": "required", "emi": "required"}),
        ({**EMI, "reference": ""}, {"reference": "required"}),
        ({**EMI, "amount": "950.00"}, {"amount": "emi_amount_mismatch"}),
        ({**EMI, "emi": {**EMI["emi"], "tenure_months": 0}}, {"emi.tenure_months": "invalid"}),
        ({**EMI, "emi": {**EMI["emi"], "provider": " "}}, {"emi.provider": "invalid"}),
        ({**EMI, "emi": {}}, {f"emi.{n}": "required" for n in ("provider", "tenure_months", "financed_amount")}),
        ({"received_at": "yesterday"}, {"received_at": "invalid"}),
        ({"received_at": "2026-02-30T10:00:00Z"}, {"received_at": "invalid"}),
        ({"currency": "INR"}, {"currency": "unknown_field"}),
    ],
)  # fmt: skip
def test_a_payment_at_fault(shop, bill, fields, faults):
    before = desk.written()
    answer = take(shop.bilal, bill, **fields)
    assert (answer.status, answer.field_codes()) == (400, faults)
    assert desk.written() == before


def test_when_it_was_received(shop, bill):
    taken = desk.made(take(shop.bilal, bill, amount="1.00", received_at="2026-11-01T23:59:59+05:30"))
    assert datetime.fromisoformat(taken["received_at"]) == datetime(2026, 11, 1, 23, 59, 59, tzinfo=INDIA)
    for spelling in ("2026-11-01T18:29:59Z", "2026-11-01t18:29:59z", "2026-11-01 23:59:59"):
        assert take(shop.bilal, bill, amount="1.00", received_at=spelling).status == 201
    days = shop.bilal.get(f"{PAYMENTS}?date_from=2026-11-01&date_to=2026-11-01").data["results"]
    assert len(days) == 4
    just_now = (now() + timedelta(minutes=4)).isoformat()
    assert take(shop.bilal, bill, amount="1.00", received_at=just_now).status == 201
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    answer = take(shop.bilal, bill, received_at=tomorrow)
    assert (answer.status, list(answer.field_codes())) == (400, ["received_at"])


def test_never_more_than_is_owed(shop, bill):
    desk.made(take(shop.bilal, bill, amount="1000.00"))
    before = desk.written()
    for amount in ("770.01", "9999999999.99"):
        answer = take(shop.bilal, bill, amount=amount)
        refused(answer, 409, "exceeds_balance")
        assert answer.data["balance_due"] == "770.00"
    assert desk.written() == before
    assert desk.made(take(shop.bilal, bill, amount="770.00"))["invoice_status"] == "paid"
    refused(take(shop.bilal, bill, amount="0.01"), 409, "exceeds_balance")


def test_a_refused_payment_does_not_use_its_key_up(shop, bill):
    key = new_key()
    refused(take(shop.bilal, bill, key=key, amount="1770.01"), 409, "exceeds_balance")
    assert take(shop.bilal, bill, key=key, amount="1770.00").status == 201


def test_a_upi_reference_is_taken_once_for_ever(shop, bill):
    elsewhere = desk.made(shop.chitra.post(INVOICES, desk.order(store=shop.nagpur, customer=shop.buyer)))
    desk.made(take(shop.bilal, bill, mode="upi", reference=" UTr 4265 1234 "))
    before = desk.written()
    for reference in ("UTr 4265 1234", "utr42651234", "U T R 4 2 6 5 1 2 3 4"):
        fields = {"mode": "upi", "reference": reference, "received_at": "2026-01-01T10:00:00+05:30"}
        refused(take(shop.bilal, bill, **fields), 409, "duplicate_reference", "reference")
        refused(take(shop.chitra, elsewhere, **fields), 409, "duplicate_reference", "reference")
    assert desk.written() == before
    assert take(shop.bilal, bill, mode="card", reference="UTR42651234").status == 201


def test_a_card_reference_is_taken_once_in_a_store_on_a_day(shop, bill):
    elsewhere = desk.made(shop.chitra.post(INVOICES, desk.order(store=shop.nagpur, customer=shop.buyer)))
    desk.made(take(shop.bilal, bill, amount="1.00", **CARD))
    before = desk.written()
    refused(take(shop.bilal, bill, mode="card", reference="auth12"), 409, "duplicate_reference", "reference")
    assert desk.written() == before
    earlier = {**CARD, "amount": "1.00", "received_at": "2026-11-01T10:00:00+05:30"}
    assert take(shop.bilal, bill, **earlier).status == 201
    refused(take(shop.bilal, bill, **earlier), 409, "duplicate_reference", "reference")
    assert take(shop.chitra, elsewhere, **CARD).status == 201


def test_lenders_and_cash_may_repeat_a_reference(shop, bill):
    for fields in (EMI, {**EMI, "amount": "60.00", "emi": {**EMI["emi"], "financed_amount": "10.00"}}):
        assert take(shop.bilal, bill, **fields).status == 201
    for _ in range(2):
        assert take(shop.bilal, bill, amount="1.00", reference="drawer 1").status == 201


def test_a_known_reference_is_told_before_the_balance(shop, bill):
    desk.made(take(shop.bilal, bill, amount="1770.00", **UPI))
    refused(take(shop.bilal, bill, amount="1770.00", **UPI), 409, "duplicate_reference", "reference")


def test_nothing_is_owed_on_a_draft_or_a_cancelled_bill(shop, bill):
    draft = desk.draft(shop)
    desk.made(shop.asha.post(f"{INVOICES}{bill['id']}/cancel/", {"reason": "mistake"}), 200)
    before = desk.written()
    for each in (draft, bill):
        refused(take(shop.bilal, each, amount="0.01"), 409, "invoice_not_payable")
    assert desk.written() == before


def large_bill(shop, customer):
    return desk.bill_of("199999.99", shop, customer=customer, round_off=False)


def test_two_lakh_of_cash_from_one_person_in_a_day(shop):
    buyer = cast.customer("Rich", address="1 MG Road")
    first, second = large_bill(shop, buyer), large_bill(shop, buyer)
    assert take(shop.bilal, first, amount="199999.98").status == 201
    before = desk.written()
    answer = take(shop.bilal, second, amount="0.02")
    refused(answer, 409, "cash_limit")
    assert (answer.data["taken_today"], answer.data["offered"]) == ("199999.98", "0.02")
    assert desk.written() == before
    assert take(shop.bilal, second, amount="0.01").status == 201
    refused(take(shop.bilal, second, amount="0.01"), 409, "cash_limit")
    assert take(shop.bilal, second, amount="0.01", received_at="2026-11-01T10:00:00+05:30").status == 201
    assert take(shop.bilal, second, amount="100000.00", **UPI).status == 201
    other = large_bill(shop, cast.customer("Other", address="1 MG Road"))
    assert take(shop.bilal, other, amount="199999.99").status == 201


def test_one_payment_of_two_lakh_in_cash(shop):
    bill = desk.bill_of("200000.00", shop, customer=cast.customer(address="1 MG Road"))
    refused(take(shop.bilal, bill, amount="200000.00"), 409, "cash_limit")
    assert take(shop.bilal, bill, amount="199999.99").status == 201


def test_walk_ins_are_told_apart_by_their_bills(shop):
    cash = "49999.00"
    for _ in range(5):
        line = desk.labour(unit_price=cash, tax_inclusive=True)
        bill = desk.made(shop.bilal.post(INVOICES, desk.counter(shop, line)))
        assert take(shop.bilal, bill, amount=cash).status == 201


def test_who_may(shop, bill):
    before = desk.written()
    refused(take(shop.auditor, bill), 403, "forbidden")
    refused(take(shop.chitra, bill), 404, "not_found", "invoice")
    refused(take(shop.bilal, {"id": 10**9}), 404, "not_found", "invoice")
    assert desk.written() == before


def test_precedence(shop, bill):
    """One request with everything wrong, put right step by step."""
    key = new_key()
    other = desk.bill(shop)
    desk.made(take(shop.bilal, other, key=key, amount="1.00", **UPI))
    body = {"invoice": 10**9, "amount": "0", "mode": "upi", "reference": UPI["reference"]}

    def next_refusal(status, code, person=shop.bilal, key=key):
        refused(person.post(PAYMENTS, body, key=key), status, code)

    next_refusal(403, "forbidden", person=shop.auditor)
    next_refusal(400, "idempotency_key_missing", key=None)
    next_refusal(400, "invalid")
    body["amount"] = "500000.00"
    next_refusal(422, "idempotency_key_reused")
    key = new_key()
    next_refusal(404, "not_found", key=key)
    body["invoice"] = bill["id"]
    next_refusal(409, "duplicate_reference", key=key)
    body["reference"] = "another"
    next_refusal(409, "exceeds_balance", key=key)
    body["amount"] = "1770.00"
    assert shop.bilal.post(PAYMENTS, body, key=key).status == 201
