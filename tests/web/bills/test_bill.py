"""A bill on its page: what it shows, to whom, and that each amount explains itself."""

from typing import Any

import pytest

from tests import cast
from tests.cast import Shop
from tests.crediting import ledger
from tests.invoicing import desk
from tests.web.visits import browser_of, words_of


def test_the_list_shows_bills_with_what_is_owed(shop: Shop):
    paid = desk.bill_of("1180", shop)
    desk.made(desk.pay(shop.asha, paid["id"], "1000.00"))
    words = words_of(browser_of(shop.bilal).get("/invoices/"))
    assert paid["invoice_number"] in words
    assert "Partly paid" in words
    assert "1,180.00 180.00" in words


def test_totals_are_over_the_filter_and_leave_out_what_does_not_count(shop: Shop):
    desk.bill_of("1180", shop)
    cancelled = desk.bill_of("590", shop)
    desk.made(shop.asha.post(f"/invoices/{cancelled['id']}/cancel/", {"reason": "twice"}), 200)
    desk.draft(shop)
    browser = browser_of(shop.asha)
    words = words_of(browser.get("/invoices/?part=totals"))
    assert "Bills 3 Taxable 1,000.00 Tax 180.00 Total 1,180.00 Owed 1,180.00" in words
    assert "Bills 1 Taxable 1,500.00" in words_of(browser.get("/invoices/?part=totals&status=draft"))
    assert "Bills 1 Taxable 0.00" in words_of(browser.get("/invoices/?part=totals&status=cancelled"))


def test_the_list_as_a_file_holds_what_is_shown(shop: Shop):
    bill = desk.bill_of("1180", shop)
    desk.bill_of("590", shop)
    answer = browser_of(shop.asha).get(f"/invoices/?q={bill['invoice_number']}&format=csv")
    lines = answer.content.decode().splitlines()
    assert len(lines) == 2
    assert bill["invoice_number"] in lines[1]


def test_a_bill_is_shown_as_a_document(shop: Shop):
    line = desk.labour(discount={"percent": "10"})
    bill = desk.bill(shop, line, desk.goods(quantity="2", unit_price="250"), discount={"amount": "50"})
    words = words_of(browser_of(shop.bilal).get(f"/invoices/{bill['id']}/"))
    for expected in ("Tax Invoice", bill["invoice_number"], "Labour", "998716", "CGST", "SGST", "To be paid"):
        assert expected in words
    assert "1 × ₹1,500.00" in words
    assert "10 % of ₹1,500.00" in words
    assert "are due up to this line" in words
    assert "own State, Maharashtra (27)." in words
    assert "Bill issued" in words


def test_a_price_with_tax_inside_explains_itself(shop: Shop):
    bill = desk.bill_of("999", shop)
    words = words_of(browser_of(shop.asha).get(f"/invoices/{bill['id']}/"))
    assert "₹999.00 × 9 / 118" in words
    assert "Rupees Nine Hundred Ninety Nine Only" in words


def test_what_is_owed_explains_itself(shop: Shop):
    bill = ledger.bill_of(shop, "1180")
    payment = ledger.pay(shop.asha, bill, "1000.00")
    desk.made(ledger.refund(shop.asha, payment, "100.00"))
    words = words_of(browser_of(shop.asha).get(f"/invoices/{bill['id']}/"))
    assert "The bill 1,180.00 Paid −1,000.00 Given back 100.00 Owed now 280.00" in words
    assert "Money given back: too much" in words


def test_history_says_who_when_in_which_request_and_why(shop: Shop):
    bill = desk.bill_of("1180", shop)
    cancelled = shop.asha.post(f"/invoices/{bill['id']}/cancel/", {"reason": "billed by mistake"})
    words = words_of(browser_of(shop.asha).get(f"/invoices/{bill['id']}/"))
    assert "Bill cancelled: billed by mistake" in words
    assert cancelled.headers["X-Request-Id"] in words
    assert "asha" in words
    assert "Cancelled on" in words


def actions_of(shop: Shop, person: cast.Person, bill: dict[str, Any]) -> set[str]:
    page = browser_of(person).get(f"/invoices/{bill['id']}/").content.decode()
    return {name for name in ("pay/", "credit/", "edit/", "issue/", "correct/") if f'href="{name}"' in page}


def test_actions_are_offered_by_role_and_state(shop: Shop):
    bill, draft = desk.bill_of("1180", shop), desk.draft(shop)
    assert actions_of(shop, shop.asha, bill) == {"pay/", "credit/", "correct/"}
    assert actions_of(shop, shop.bilal, bill) == {"pay/", "correct/"}
    assert actions_of(shop, shop.auditor, bill) == {"correct/"}
    assert actions_of(shop, shop.bilal, draft) == {"edit/", "issue/"}
    assert actions_of(shop, shop.auditor, draft) == set()
    desk.made(desk.pay(shop.asha, bill["id"], "1180.00"))
    assert actions_of(shop, shop.asha, bill) == {"credit/", "correct/"}
    ledger.credit(shop.asha, bill)
    assert actions_of(shop, shop.asha, bill) == {"correct/"}


BELOW = (
    "",
    "pay/",
    "credit/",
    "cancel/",
    "correct/",
    "edit/",
    "issue/",
    "delete/",
    "einvoice/",
    "einvoice/answer/",
)


@pytest.mark.parametrize("below", BELOW)
def test_a_bill_of_another_store_is_not_there(shop: Shop, below: str):
    bill = desk.bill_of("1180", shop)
    assert browser_of(shop.chitra).get(f"/invoices/{bill['id']}/{below}").status_code == 404
    assert browser_of(shop.chitra).get(f"/invoices/nothing/{below}").status_code == 404


def test_a_stranger_is_asked_to_log_in(shop: Shop, client: Any):
    assert client.get("/invoices/").status_code == 302


def test_a_page_of_a_bill_asks_few_questions(shop: Shop, django_assert_max_num_queries: Any):
    bill = desk.bill(shop, *[desk.labour()] * 12)
    for _ in range(3):
        ledger.pay(shop.asha, bill, "100.00")
    browser = browser_of(shop.asha)
    with django_assert_max_num_queries(6):
        browser.get(f"/invoices/{bill['id']}/")
    with django_assert_max_num_queries(4):
        browser.get("/invoices/")
    with django_assert_max_num_queries(4):
        browser.get("/invoices/?part=totals")
