"""Payments, refunds, credit notes, customers' credit and deposits on their pages."""

from typing import Any

import pytest

from tests.cast import Shop
from tests.crediting import ledger
from tests.invoicing import desk
from tests.web.visits import browser_of, words_of

KEY = "0123456789abcdef0123"
LISTS = ("/payments/", "/refunds/", "/credit-notes/", "/credits/", "/deposits/")


@pytest.fixture
def bill(shop: Shop) -> dict[str, Any]:
    return ledger.bill_of(shop, "1180")


@pytest.mark.parametrize("path", LISTS)
def test_everybody_reads_the_lists(shop: Shop, path: str):
    for person in (shop.bilal, shop.auditor):
        page = browser_of(person).get(path)
        assert page.status_code == 200
        assert "Nothing here yet" in words_of(page)


def test_payments_are_added_up_by_mode(shop: Shop, bill: dict[str, Any]):
    ledger.pay(shop.asha, bill, "500.00")
    ledger.pay(shop.asha, bill, "80.00")
    ledger.pay(shop.asha, bill, "100.00", mode="upi", reference="UTR-7")
    browser = browser_of(shop.bilal)
    assert "Payments 3 Cash 580.00 UPI 100.00" in words_of(browser.get("/payments/?part=totals"))
    assert "Payments 1 UPI 100.00" in words_of(browser.get("/payments/?part=totals&mode=upi"))
    words = words_of(browser.get("/payments/?q=UTR-7"))
    assert "UTR-7" in words
    assert "80.00" not in words
    assert "Payments 0" in words_of(browser_of(shop.chitra).get("/payments/?part=totals"))


def test_money_goes_back_once(shop: Shop, bill: dict[str, Any]):
    payment = ledger.pay(shop.asha, bill, "1000.00")
    browser, path = browser_of(shop.asha), f"/payments/{payment['id']}/"
    assert "₹1,000.00 can still go back by Cash." in words_of(browser.get(path))
    assert "Up to ₹1000.00" in words_of(browser.get(f"{path}refund/"))
    form = {"amount": "300", "mode": "", "reference": "", "reason": "too much", "_key": KEY}
    answers = [browser.post(f"{path}refund/", form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert "From the customer" in words_of(browser.get(answers[0]["Location"]))
    assert "₹700.00 can still go back" in words_of(browser.get(path))
    assert "Refunds 1 Given back 300.00" in words_of(browser.get("/refunds/?part=totals"))
    page = browser.post(f"{path}refund/", {**form, "amount": "900", "_key": KEY[::-1]})
    assert page.status_code == 409
    assert "Rs 700.00 of this payment can still go back." in words_of(page)


def test_a_card_is_not_turned_into_cash(shop: Shop, bill: dict[str, Any]):
    payment = ledger.pay(shop.asha, bill, "1000.00", mode="card", reference="C-1")
    form = {"amount": "300", "mode": "cash", "reason": "asked"}
    page = browser_of(shop.asha).post(f"/payments/{payment['id']}/refund/", form)
    assert page.status_code == 409
    assert "of what came in by cash" in words_of(page)


def test_what_the_bank_said_is_recorded_once(shop: Shop, bill: dict[str, Any]):
    payment = ledger.pay(shop.asha, bill, "1000.00", mode="card", reference="C-1")
    refund = desk.made(ledger.refund(shop.asha, payment, "100.00"))
    browser, path = browser_of(shop.asha), f"/refunds/{refund['id']}/"
    assert "On its way to the bank" in words_of(browser.get(path))
    form = {"succeeded": "false", "reference": "", "reason": "card closed"}
    assert browser.get(f"{path}outcome/").status_code == 200
    assert browser.post(f"{path}outcome/", form).status_code == 303
    assert "card closed" in words_of(browser.get(path))
    assert browser.post(f"{path}outcome/", form).status_code == 409


@pytest.mark.parametrize("said", [{}, {"succeeded": ""}, {"succeeded": "perhaps"}])
def test_a_refund_does_not_fail_because_nothing_was_said(
    shop: Shop, bill: dict[str, Any], said: dict[str, str]
):
    payment = ledger.pay(shop.asha, bill, "1000.00", mode="card", reference="C-1")
    refund = desk.made(ledger.refund(shop.asha, payment, "100.00"))
    page = browser_of(shop.asha).post(f"/refunds/{refund['id']}/outcome/", {**said, "reason": "?"})
    assert page.status_code == 400
    assert shop.asha.get(f"/refunds/{refund['id']}/").data["status"] == "initiated"


def test_an_advisor_gives_nothing_back(shop: Shop, bill: dict[str, Any]):
    payment = ledger.pay(shop.asha, bill, "1000.00")
    browser = browser_of(shop.bilal)
    assert "Give back" not in words_of(browser.get(f"/payments/{payment['id']}/"))
    assert browser.get(f"/payments/{payment['id']}/refund/").status_code == 403


def test_a_credit_note_and_the_credit_it_gives(shop: Shop, bill: dict[str, Any]):
    ledger.pay(shop.asha, bill, "1180.00")
    note = ledger.credit(shop.asha, bill)
    browser = browser_of(shop.bilal)
    words = words_of(browser.get(f"/credit-notes/{note['id']}/"))
    assert note["credit_note_number"] in words
    assert "credit ₹1,180.00" in words
    assert "Notes 1 Taxable 1,000.00 Tax 180.00 Total 1,180.00" in words_of(
        browser.get("/credit-notes/?part=totals")
    )
    assert "Customers 1 The shop owes 1,180.00" in words_of(browser.get("/credits/?part=totals&open=true"))
    assert "A buyer" in words_of(browser.get("/credits/"))


def test_a_deposit_waits_and_goes_back_with_a_voucher(shop: Shop):
    voucher = ledger.deposit(shop.asha, shop.booking(), "500.00")
    browser, path = browser_of(shop.asha), f"/deposits/{voucher['id']}/"
    assert "It waits for the bill of its repair." in words_of(browser.get(path))
    assert "Deposits 1 Taken 500.00 Still open 500.00" in words_of(browser.get("/deposits/?part=totals"))
    payment = browser.get(f"/payments/{voucher['payment']}/")
    assert voucher["voucher_number"] in words_of(payment)
    form = {"amount": "200", "mode": "", "reference": "", "reason": "no repair", "_key": KEY}
    for _ in range(2):
        assert browser.post(f"{path}refund/", form).status_code == 303
    assert "Still open 300.00" in words_of(browser.get(path))
    assert browser.post(f"{path}refund/", {**form, "amount": "301", "_key": KEY[::-1]}).status_code == 409
    assert browser_of(shop.bilal).get(f"{path}refund/").status_code == 403


def test_what_is_in_another_store_is_not_there(shop: Shop, bill: dict[str, Any]):
    payment = ledger.pay(shop.asha, bill, "1180.00")
    refund = desk.made(ledger.refund(shop.asha, payment, "100.00"))
    note = ledger.credit(shop.asha, bill)
    voucher = ledger.deposit(shop.asha, shop.booking(), "500.00")
    browser = browser_of(shop.chitra)
    for path in (
        f"/payments/{payment['id']}/", f"/payments/{payment['id']}/refund/", f"/refunds/{refund['id']}/",
        f"/refunds/{refund['id']}/outcome/", f"/credit-notes/{note['id']}/", f"/deposits/{voucher['id']}/",
        f"/deposits/{voucher['id']}/refund/",
    ):  # fmt: skip
        assert browser.get(path).status_code == 404, path


def test_the_pages_ask_few_questions(shop: Shop, bill: dict[str, Any], django_assert_max_num_queries: Any):
    payment = ledger.pay(shop.asha, bill, "1180.00")
    refund = desk.made(ledger.refund(shop.asha, payment, "100.00"))
    note = ledger.credit(shop.asha, bill)
    voucher = ledger.deposit(shop.asha, shop.booking(), "500.00")
    browser = browser_of(shop.asha)
    for path in (
        *LISTS, *(f"{path}?part=totals" for path in LISTS), f"/payments/{payment['id']}/", f"/refunds/{refund['id']}/",
        f"/credit-notes/{note['id']}/", f"/deposits/{voucher['id']}/",
    ):  # fmt: skip
        with django_assert_max_num_queries(5):
            assert browser.get(path).status_code == 200
