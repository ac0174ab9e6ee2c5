"""The reports on their pages: they show what the API answers, to whom may see it."""

from datetime import timedelta
from typing import Any

import pytest

from finetune.core.dates import today
from tests import cast
from tests.cast import Shop
from tests.crediting import ledger
from tests.invoicing import desk
from tests.web.visits import browser_of, words_of

PAGES = (
    "/reports/",
    "/reports/numbers/",
    "/reports/sales/",
    "/reports/day-book/",
    "/reports/dues/",
    "/reports/gstr-1/",
    "/reports/gstr-1/problems/",
    "/reports/gstr-3b/",
    "/reports/stock-value/",
)
FOR_OWNERS = PAGES[5:]


def this_month() -> str:
    return f"{today():%m%Y}"


@pytest.mark.parametrize("path", PAGES)
def test_who_sees_which_report(shop: Shop, path: str):
    for person in (shop.asha, shop.auditor, shop.admin):
        assert browser_of(person).get(path).status_code == 200
    assert browser_of(shop.bilal).get(path).status_code == (403 if path in FOR_OWNERS else 200)


def test_the_index_leads_only_where_one_may_go(shop: Shop):
    assert "GSTR-1" in words_of(browser_of(shop.asha).get("/reports/"))
    words = words_of(browser_of(shop.bilal).get("/reports/"))
    assert "Day book" in words
    assert "GSTR-1" not in words
    assert "Value of the stock" not in words


def test_numbers_are_proved_in_a_sentence(shop: Shop):
    bills = [desk.bill_of("1180", shop) for _ in range(3)]
    desk.made(shop.asha.post(f"/invoices/{bills[1]['id']}/cancel/", {"reason": "twice"}), 200)
    words = words_of(browser_of(shop.bilal).get("/reports/numbers/"))
    assert "No number is missing and none stands twice." in words
    assert "FT-INV-0001 to FT-INV-0003: 3 numbers, none missing, none twice." in words
    assert "1 is cancelled and keeps its number" in words


def test_a_gap_is_said_and_listed(shop: Shop):
    desk.bill_of("1180", shop)
    desk.execute("UPDATE invoicing_invoicesequence SET last_number = 3 WHERE series = 'FT-INV'")
    words = words_of(browser_of(shop.bilal).get("/reports/numbers/"))
    assert "Some numbers are missing" in words
    assert "FT-INV-0001 to FT-INV-0001: 1 number, 2 missing, 0 standing twice." in words
    assert "FT-INV-0002 FT-INV-0003" in words


def test_the_sales_register_adds_up(shop: Shop):
    bill = desk.bill_of("1180", shop)
    ledger.credit(shop.asha, desk.bill_of("590", shop))
    browser = browser_of(shop.bilal)
    totals = words_of(browser.get("/reports/sales/?part=totals"))
    assert "Documents 3 Taxable 1,000.00 CGST 90.00 SGST 90.00 IGST 0.00 Total 1,180.00" in totals
    page = browser.get("/reports/sales/")
    assert f'href="/invoices/{bill["id"]}/"' in page.content.decode()
    assert "−590.00" in words_of(page)
    rows = browser.get("/reports/sales/?kind=credit_note&format=csv").content.decode().splitlines()
    assert len(rows) == 2


def test_the_day_book_shows_one_day(shop: Shop):
    bill = desk.bill_of("1180", shop)
    ledger.pay(shop.asha, bill, "1000.00")
    browser = browser_of(shop.bilal)
    totals = words_of(browser.get("/reports/day-book/?part=totals"))
    assert "Bills 1 Billed 1,180.00 Received 1,000.00 Cash 1,000.00 Given back 0.00" in totals
    yesterday = (today() - timedelta(days=1)).isoformat()
    assert bill["invoice_number"] in words_of(browser.get("/reports/day-book/"))
    assert bill["invoice_number"] not in words_of(browser.get(f"/reports/day-book/?date={yesterday}"))


def test_stock_is_valued_for_who_may_see_cost(shop: Shop):
    variant = desk.stocked(shop, 4, cost="100.000", sku="VALUED-1")
    words = words_of(browser_of(shop.asha).get("/reports/stock-value/?q=valued"))
    assert "VALUED-1" in words
    assert variant
    assert "Units 4 Value 400.00" in words_of(browser_of(shop.asha).get("/reports/stock-value/?part=totals"))


def test_debts_are_listed_by_their_age(shop: Shop):
    old = (today() - timedelta(days=45)).isoformat()
    late = desk.bill_of("590", shop, invoice_date=old)
    desk.bill_of("1180", shop)
    paid = desk.bill_of("100", shop)
    ledger.pay(shop.asha, paid, "100.00")
    browser = browser_of(shop.bilal)
    totals = words_of(browser.get("/reports/dues/?part=totals"))
    assert "Bills 2 Owed 1,770.00 Not due yet 1,180.00 31 to 60 days 590.00" in totals
    words = words_of(browser.get("/reports/dues/?age=60"))
    assert late["invoice_number"] in words
    assert "45" in words
    assert paid["invoice_number"] not in words_of(browser.get("/reports/dues/"))
    assert late["invoice_number"] not in words_of(browser_of(shop.chitra).get("/reports/dues/"))


def test_gstr1_shows_its_sections_and_what_to_put_right(shop: Shop):
    desk.bill_of("1180", shop)
    desk.made(shop.asha.post("/invoices/", desk.repair(shop, desk.labour(hsn_code=None))))
    browser = browser_of(shop.asha)
    address = f"?gstin={cast.PUNE_GSTIN}&period={this_month()}"
    page = browser.get(f"/reports/gstr-1/{address}").content.decode()
    assert f"/api/reports/gstr1/?gstin={cast.PUNE_GSTIN}&amp;period={this_month()}" in page
    figures = words_of(browser.get(f"/reports/gstr-1/{address}&part=figures"))
    assert "To consumers (7) 1 2,500.00 0.00 225.00 225.00 CSV" in figures
    assert "0 errors, 1 thing to look at." in words_of(
        browser.get(f"/reports/gstr-1/{address}&part=problems")
    )
    words = words_of(browser.get(f"/reports/gstr-1/problems/{address}"))
    assert "This line has no HSN or SAC code" in words
    assert "FT-INV-0002 line 1" in words


def test_gstr3b_shows_its_figures(shop: Shop):
    desk.bill_of("1180", shop)
    address = f"?gstin={cast.PUNE_GSTIN}&period={this_month()}"
    words = words_of(browser_of(shop.asha).get(f"/reports/gstr-3b/{address}&part=figures"))
    assert "(a) Outward taxable supplies 1,000.00 0.00 90.00 90.00 0.00" in words


def test_a_foreign_gstin_is_not_there(shop: Shop):
    address = f"?gstin={cast.BENGALURU_GSTIN}&period={this_month()}"
    for path in FOR_OWNERS[:3]:
        assert browser_of(shop.asha).get(f"{path}{address}").status_code == 404
        assert browser_of(shop.asha).get(f"{path}?gstin=%00&period=x").status_code in (200, 404)


def test_without_a_gstin_there_is_no_return(shop: Shop):
    head = cast.person("branch_head", cast.store("27"))
    for path in FOR_OWNERS[:3]:
        assert "No store has a GSTIN" in words_of(browser_of(head).get(path))


def test_the_reports_ask_few_questions(shop: Shop, django_assert_max_num_queries: Any):
    for _ in range(3):
        desk.bill_of("1180", shop)
    browser = browser_of(shop.asha)
    for path in (
        *PAGES[:6],
        "/reports/sales/?part=totals",
        "/reports/dues/?part=totals",
        "/reports/stock-value/",
    ):
        with django_assert_max_num_queries(6):
            assert browser.get(path).status_code == 200
