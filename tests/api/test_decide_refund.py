"""GET /api/refunds/ and POST /api/refunds/{id}/outcome/: initiated, succeeded, failed."""

import pytest

from finetune.core.dates import today
from tests.cast import new_key
from tests.crediting.ledger import credit, credit_of, everything, faults, look, pay, refund
from tests.invoicing import desk


@pytest.fixture
def bill(shop):
    return desk.bill_of("1000.00", shop)


@pytest.fixture
def payment(shop, bill):
    return pay(shop.bilal, bill, "1200.00", mode="upi", reference="U1", allow_credit=True)


@pytest.fixture
def given(shop, payment):
    """Rs 500 of which Rs 200 were credit."""
    return desk.made(refund(shop.asha, payment, "500.00"))


def decide(person, refunded, succeeded, **fields):
    return person.post(f"/refunds/{refunded['id']}/outcome/", {"succeeded": succeeded, **fields})


def test_it_arrived(shop, bill, given):
    assert (given["status"], given["reference"]) == ("initiated", "")
    answer = decide(shop.asha, given, True, reference="UTR9")
    assert (answer.status, answer.data["status"], answer.data["reference"]) == (200, "succeeded", "UTR9")
    assert answer.data["decided_at"] is not None
    assert look(shop.asha, bill)["balance_due"] == "300.00"
    assert shop.bilal.get(f"/refunds/{given['id']}/").data == answer.data


def test_it_did_not_arrive(shop, bill, payment, given):
    """Everything is as before, and the money can be given again."""
    answer = decide(shop.asha, given, False, reason="account closed")
    assert (answer.data["status"], answer.data["outcome_reason"]) == ("failed", "account closed")
    assert (look(shop.asha, bill)["status"], credit_of(shop.asha, shop.buyer)) == ("paid", "200.00")
    assert faults() == []
    assert refund(shop.asha, payment, "1200.00").data["from_credit"] == "200.00"
    assert faults() == []


def test_the_bill_was_paid_again_meanwhile(shop, bill, given):
    pay(shop.bilal, bill, "250.00")
    decide(shop.asha, given, False)
    assert (look(shop.asha, bill)["status"], credit_of(shop.asha, shop.buyer)) == ("paid", "450.00")
    assert faults() == []


def test_the_bill_was_cancelled_meanwhile(shop, bill, payment):
    given = desk.made(refund(shop.asha, payment, "1200.00"))
    assert shop.asha.post(f"/invoices/{bill['id']}/cancel/", {"reason": "x"}).status == 200
    decide(shop.asha, given, False)
    assert credit_of(shop.asha, shop.buyer) == "1200.00"
    assert faults() == []
    assert refund(shop.asha, payment, "1200.00").data["from_credit"] == "1200.00"
    assert faults() == []


def test_the_bill_was_credited_meanwhile(shop, bill, given):
    credit(shop.asha, bill)
    decide(shop.asha, given, False)
    assert (look(shop.asha, bill)["status"], credit_of(shop.asha, shop.buyer)) == ("credited", "1200.00")
    assert faults() == []


def test_once(shop, given):
    decide(shop.asha, given, False)
    before = everything()
    for succeeded in (True, False):
        desk.refused(decide(shop.asha, given, succeeded), 409, "already_decided")
    assert everything() == before


@pytest.mark.parametrize("mode", ["cash", "credit"])
def test_cash_and_credit_are_given_at_once(shop, bill, mode):
    given = desk.made(refund(shop.asha, pay(shop.bilal, bill, "10.00"), "10.00", mode=mode))
    desk.refused(decide(shop.asha, given, False), 409, "already_decided")


def test_with_a_key(shop, given):
    key, path, body = new_key(), f"/refunds/{given['id']}/outcome/", {"succeeded": False, "reason": "x"}
    assert shop.asha.post(path, body, key=key).status == 200
    again = shop.asha.post(path, body, key=key)
    assert (again.status, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert shop.asha.post(path, body | {"succeeded": True}, key=key).status == 422


@pytest.mark.parametrize(
    "body", [{}, {"succeeded": None}, {"succeeded": "yes"}, {"succeeded": 1}, {"ok": True}]
)
def test_refused_fields(shop, given, body):
    assert shop.asha.post(f"/refunds/{given['id']}/outcome/", body).status == 400


def test_who_may(shop, given):
    desk.refused(decide(shop.bilal, given, True), 403, "forbidden")
    desk.refused(decide(shop.auditor, given, True), 403, "forbidden")
    desk.refused(decide(shop.chitra, given, True), 404, "not_found")
    assert shop.chitra.get(f"/refunds/{given['id']}/").status == 404
    assert shop.asha.get("/refunds/999999/").status == 404
    assert shop.auditor.get(f"/refunds/{given['id']}/").status == 200


def test_lists(shop, bill, payment, given):
    cash = desk.made(refund(shop.asha, pay(shop.bilal, bill, "10.00"), "10.00"))

    def listed(person, query=""):
        answer = person.get(f"/refunds/{query}")
        assert answer.status == 200, answer
        return [row["id"] for row in answer.data["results"]]

    both = [cash["id"], given["id"]]
    assert listed(shop.bilal) == listed(shop.auditor) == listed(shop.asha, f"?invoice={bill['id']}") == both
    assert listed(shop.asha, f"?payment={payment['id']}") == listed(shop.asha, "?mode=upi") == [given["id"]]
    assert listed(shop.asha, "?status=initiated") == [given["id"]]
    assert listed(shop.asha, "?status=succeeded") == [cash["id"]]
    assert listed(shop.asha, f"?store={shop.pune}&date_from={today()}&date_to={today()}") == both
    assert listed(shop.asha, "?date_to=2020-01-01") == listed(shop.chitra) == []
    assert len(shop.asha.get("/refunds/?page_size=1").data["results"]) == 1
    desk.refused(shop.asha.get("/refunds/?status=lost"), 400, "invalid")
    desk.refused(shop.asha.get("/refunds/?customer=1"), 400, "unknown_parameter")
