"""GET /api/invoices/{id}/corrections/: which lawful way a wanted correction must take."""

import pytest

from tests.crediting.ledger import credit, pay, returned
from tests.invoicing import desk

WRONGS = (
    "goods_returned", "too_much_billed", "too_little_billed", "wrong_tax", "wrong_buyer", "billed_twice",
    "too_much_paid",
)  # fmt: skip


def advised(shop, bill, wrong):
    answer = shop.bilal.get(f"/invoices/{bill['id']}/corrections/?wrong={wrong}")
    assert answer.status == 200, answer
    assert answer.data["wrong"] == wrong
    return answer.data["advised"]


def ways(shop, bill):
    """The advised way for each thing that can be wrong."""
    return [advised(shop, bill, wrong) for wrong in WRONGS]


def test_a_draft_is_changed(shop):
    assert ways(shop, desk.draft(shop)) == ["edit_draft"] * 6 + [None]


def test_an_unpaid_bill_is_cancelled_but_for_returned_goods(shop):
    cancel = "cancel_and_reissue"
    assert ways(shop, desk.bill(shop)) == ["credit_note", cancel, cancel, cancel, cancel, cancel, None]


def test_a_paid_bill_is_credited(shop):
    bill = desk.bill(shop)
    pay(shop.bilal, bill, "1.00")
    assert ways(shop, bill) == [
        "credit_note", "credit_note", "bill_the_difference", "credit_and_reissue", "credit_and_reissue",
        "credit_note", "refund",
    ]  # fmt: skip


def test_a_part_credited_bill_is_credited_further(shop):
    bill = desk.bill(shop, desk.labour(quantity="2"))
    credit(shop.asha, bill, returned(bill["line_items"][0], "1"))
    assert ways(shop, bill) == [
        "credit_note", "credit_note", "bill_the_difference", "credit_and_reissue", "credit_and_reissue",
        "credit_note", None,
    ]  # fmt: skip


def test_a_credited_bill_is_done_with(shop):
    bill = desk.bill(shop)
    payment = pay(shop.bilal, bill, bill["total"])
    credit(shop.asha, bill)
    assert ways(shop, bill) == [None, None, "bill_the_difference", None, None, None, "refund"]
    body = {"amount": bill["total"], "reason": "returned"}
    assert shop.asha.post(f"/payments/{payment['id']}/refund/", body, key="r").status == 201
    assert advised(shop, bill, "too_much_paid") is None


def test_a_cancelled_bill_is_done_with(shop):
    bill = desk.bill(shop)
    assert shop.asha.post(f"/invoices/{bill['id']}/cancel/", {"reason": "wrong"}).status == 200
    assert ways(shop, bill) == [None] * 7


def test_every_way_is_judged_with_a_reason(shop):
    bill = desk.bill(shop)
    data = shop.auditor.get(f"/invoices/{bill['id']}/corrections/").data
    assert (data["invoice"], data["wrong"], data["advised"]) == (bill["id"], None, "cancel_and_reissue")
    assert [(each["route"], each["open"]) for each in data["routes"]] == [
        ("edit_draft", False), ("cancel_and_reissue", True), ("credit_note", True), ("credit_and_reissue", True),
        ("bill_the_difference", True), ("refund", False),
    ]  # fmt: skip
    assert all(each["why"].endswith(".") for each in data["routes"])


@pytest.mark.parametrize("query", ["?wrong=everything", "?wrong=", "?why=x"])
def test_unknown_questions(shop, query):
    bill = desk.bill(shop)
    assert shop.asha.get(f"/invoices/{bill['id']}/corrections/{query}").status == 400


def test_of_another_store(shop):
    bill = desk.bill(shop)
    assert shop.chitra.get(f"/invoices/{bill['id']}/corrections/").status == 404


@pytest.mark.parametrize("wrong", ["too_much_billed", "goods_returned", "wrong_buyer", "billed_twice"])
def test_the_advice_is_not_refused(shop, wrong):
    """Whatever is advised can be done at once."""
    for paid in (False, True):
        bill = desk.bill(shop)
        if paid:
            pay(shop.bilal, bill, "10.00")
        way = advised(shop, bill, wrong)
        if way == "cancel_and_reissue":
            assert shop.asha.post(f"/invoices/{bill['id']}/cancel/", {"reason": "wrong"}).status == 200
        else:
            credit(shop.asha, bill)
