"""POST /api/payments/ with several tenders: all or none."""

import pytest

from tests.cast import new_key
from tests.invoicing import desk
from tests.invoicing.desk import refused

PAYMENTS = "/payments/"
CASH = {"mode": "cash", "amount": "300.00"}
UPI = {"mode": "upi", "amount": "200.00", "reference": "UTR1"}


@pytest.fixture
def bill(shop):
    return desk.bill(shop)


def take(shop, bill, *tenders, key=None, **fields):
    body = {"invoice": bill["id"], "tenders": list(tenders), **fields}
    return shop.bilal.post(PAYMENTS, body, key=key or new_key())


def test_all_of_them(shop, bill):
    answer = desk.made(take(shop, bill, {**CASH, "tendered": "500.00"}, UPI))
    assert (answer["invoice_status"], answer["invoice_balance_due"]) == ("partially_paid", "1270.00")
    shown = [
        (each["mode"], each["amount"], each["reference"], each["change_due"]) for each in answer["payments"]
    ]
    assert shown == [("cash", "300.00", "", "200.00"), ("upi", "200.00", "UTR1", "0.00")]
    assert desk.faults() == []


def test_one_in_a_list_is_answered_as_a_list(shop, bill):
    assert len(desk.made(take(shop, bill, CASH))["payments"]) == 1


def test_a_key(shop, bill):
    body = {"invoice": bill["id"], "tenders": [CASH, UPI]}
    desk.replays(shop.bilal, PAYMENTS, body, {**body, "tenders": [UPI, CASH]})


def test_none_where_one_is_refused(shop, bill):
    desk.made(take(shop, bill, UPI))
    before = desk.written()
    twice = {"mode": "card", "amount": "1.00", "reference": "A 1"}
    refused(take(shop, bill, CASH, UPI), 409, "duplicate_reference", "tenders.1.reference")
    again = take(shop, bill, twice, CASH, {**twice, "reference": "a1"})
    refused(again, 409, "duplicate_reference", "tenders.2.reference")
    answer = take(shop, bill, {**CASH, "amount": "1570.00"}, {**UPI, "amount": "0.01", "reference": "UTR2"})
    refused(answer, 409, "exceeds_balance")
    assert answer.data["balance_due"] == "1570.00"
    assert desk.written() == before


def test_cash_adds_up_over_the_tenders(shop):
    bill = desk.bill_of("200000.00", shop, customer=desk.registered())
    before = desk.written()
    half = {"mode": "cash", "amount": "100000.00"}
    refused(take(shop, bill, half, half), 409, "cash_limit")
    assert desk.written() == before
    assert take(shop, bill, half, {**half, "amount": "99999.99"}).status == 201


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"tenders": []}, {"tenders": "invalid"}),
        ({"tenders": [CASH] * 21}, {"tenders": "invalid"}),
        ({"tenders": [CASH], "amount": "1.00"}, {"amount": "invalid"}),
        ({"tenders": [CASH], "mode": "cash", "reference": "x"}, {"mode": "invalid", "reference": "invalid"}),
        (
            {"tenders": [{}, {**CASH, "amount": "0"}]},
            {"tenders.0.mode": "required", "tenders.0.amount": "required", "tenders.1.amount": "invalid"},
        ),
        (
            {"tenders": [{"mode": "upi", "amount": "1"}, {**CASH, "tendered": "1"}]},
            {"tenders.0.reference": "required", "tenders.1.tendered": "invalid"},
        ),
        ({"tenders": [{**CASH, "invoice": 1}]}, {"tenders.0.invoice": "unknown_field"}),
        (
            {
                "tenders": [
                    {"mode": "upi", "amount": "0"},
                    {"mode": "emi", "amount": "x"},
                    {**CASH, "tendered": "1"},
                ]
            },
            {
                "tenders.0.amount": "invalid",
                "tenders.0.reference": "required",
                "tenders.1.amount": "invalid",
                "tenders.1.reference": "required",
                "tenders.1.emi": "required",
                "tenders.2.tendered": "invalid",
            },
        ),
        (
            {"tenders": [{"mode": "gold", "amount": "1"}, 7]},
            {"tenders.0.mode": "invalid", "tenders.1": "invalid"},
        ),
        ({"amount": "0", "mode": "card"}, {"amount": "invalid", "reference": "required"}),
        ({"amount": "1", "mode": "upi", "colour": 1}, {"colour": "unknown_field", "reference": "required"}),
    ],
)
def test_tenders_at_fault(shop, bill, body, faults):
    before = desk.written()
    answer = shop.bilal.post(PAYMENTS, {"invoice": bill["id"], **body}, key=new_key())
    assert (answer.status, answer.field_codes()) == (400, faults)
    assert desk.written() == before


def test_all_received_at_the_same_time(shop, bill):
    answer = desk.made(take(shop, bill, CASH, UPI, received_at="2026-11-01T10:00:00+05:30"))
    assert {each["received_at"] for each in answer["payments"]} == {"2026-11-01T10:00:00+05:30"}
