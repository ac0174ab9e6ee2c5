"""The front page of who is logged in: each figure, of which stores, where it leads, and its charts."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client

from finetune.core.dates import now, today
from finetune.web import queries
from finetune.web.charts import HEIGHT, bars_of, percents, round_top
from finetune.web.queries import DAYS_SHOWN
from tests import cast
from tests.cast import Shop
from tests.inventory import shelf
from tests.invoicing import desk
from tests.web.visits import browser_of, words_of


def page_of(person: cast.Person) -> str:
    return words_of(browser_of(person).get("/"))


def test_a_day_at_a_glance(shop: Shop):
    bill = desk.bill_of("41180.00", shop)
    desk.made(desk.pay(shop.bilal, bill["id"], "1180.00", mode="upi", reference="U1"))
    desk.made(desk.pay(shop.bilal, bill["id"], "200.00"))
    desk.bill_of("500.00", shop, due_date=today().isoformat())
    words = page_of(shop.asha)
    assert "Sales today ₹ 41,680.00 2 bills" in words
    assert "Received today ₹ 1,380.00" in words
    assert "Cash in drawer ₹ 200.00" in words
    assert "Dues ₹ 40,300.00 2 bills, none overdue" in words
    assert "Late jobs 0 2 on the bench, 0 ready" in words
    assert f"{today().day} {today():%B %Y}" in words
    elsewhere = page_of(shop.chitra)
    assert "Sales today ₹ 0.00 0 bills" in elsewhere
    assert "Cash in drawer — No drawer is open" in elsewhere
    assert "Everything is paid" in elsewhere
    assert "Nothing was billed in these days yet" in elsewhere


def test_cancelled_bills_do_not_count(shop: Shop):
    desk.bill_of("100.00", shop)
    wrong = desk.bill_of("900.00", shop)
    desk.made(shop.asha.post(f"/invoices/{wrong['id']}/cancel/", {"reason": "mistake"}), 200)
    words = page_of(shop.asha)
    assert "Sales today ₹ 100.00 1 bill " in words
    assert "Dues ₹ 100.00 1 bill, none overdue" in words


def test_what_is_overdue_stands_out(shop: Shop):
    day = today() - timedelta(days=3)
    desk.bill_of("700.00", shop, invoice_date=day.isoformat(), due_date=(day + timedelta(days=1)).isoformat())
    words = page_of(shop.asha)
    assert "Dues ₹ 700.00 1 bill overdue, ₹700.00" in words
    assert "Sales today ₹ 0.00 0 bills" in words
    assert f"{day.day} {day:%b %Y} 1 700.00" in words


def test_jobs_that_wait_too_long(shop: Shop):
    shop.booking()
    old = shop.booking()
    desk.execute("UPDATE bookings_booking SET created_at = now() - interval '6 days' WHERE id = %s", old)
    assert "Late jobs 1 2 on the bench" in page_of(shop.bilal)


def test_stock_that_is_low_or_waits(shop: Shop):
    desk.stocked(shop, 2)
    desk.stocked(shop, 50)
    category = cast.category()
    variant = cast.variant(category_id=category)
    shop.admin.post("/inventory-config/", {"category": category, "require_stock_in_approval": True})
    entry = {"entry_type": "purchase", "store": shop.pune, "product_variant": variant}
    made = shop.asha.post("/stock-entries/", entry | {"quantity": 1, "unit_price": "10"})
    assert made.data["status"] == "pending_approval"
    words = page_of(shop.bilal)
    low = shop.bilal.get("/stock-ledgers/?low_stock=true").data["results"]
    assert f"Low stock {len(low)}" in words
    assert "Approvals 1 wait for a second pair of eyes" in words
    assert "Nothing waits" in page_of(shop.chitra)


def test_each_figure_opens_its_list(shop: Shop):
    page = browser_of(shop.asha).get("/").content.decode()
    day, own = today().isoformat(), f"store={shop.pune}"
    for path in (
        f"/invoices/?date_from={day}&amp;date_to={day}&amp;{own}",
        f"/payments/?date_from={day}&amp;date_to={day}&amp;{own}",
        f"/day/?{own}",
        f"/invoices/?status=overdue&amp;{own}",
        f"/repairs/list/?late=true&amp;{own}",
        f"/stock/?low_stock=true&amp;{own}",
        f"/approvals/?{own}",
    ):
        assert f'href="{path}"' in page, path


def test_all_stores_and_each(shop: Shop):
    desk.bill_of("100.00", shop)
    page = browser_of(shop.admin).get("/")
    words = words_of(page)
    assert "Every store" in words
    assert "Store by store" in words
    assert "Pune 100.00 closed 100.00 0 0 0" in words
    assert "Nagpur 0.00 closed 0.00 0 0 0" in words
    client = browser_of(shop.admin)
    client.post("/store/", {"store": shop.nagpur, "next": "/"})
    chosen = words_of(client.get("/"))
    assert "Sales today ₹ 0.00" in chosen
    assert "Store by store" not in chosen


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("asha", ["New sale", "New repair", "Receive stock"]),
        ("bilal", ["New sale", "New repair"]),
        ("auditor", []),
    ],
)
def test_what_can_be_begun(shop: Shop, who: str, offered: list[str]):
    words = page_of(getattr(shop, who))
    assert [each for each in ("New sale", "New repair", "Receive stock") if each in words] == offered


def test_a_chart_has_a_table_twin(shop: Shop):
    desk.bill_of("100.00", shop)
    page = browser_of(shop.asha).get("/").content.decode()
    assert page.count('<rect class="plot-bar') == DAYS_SHOWN
    assert re.search(
        r'<svg class="plot-bars"[^>]* role="img" aria-label="Sales by day; the most on [^"]+₹100\.00', page
    )
    assert 'style="' not in page
    table = page[page.index("As a table") :]
    assert table.count("/invoices/?date_from=") == DAYS_SHOWN


def test_a_person_without_a_store(db: None):
    words = page_of(cast.person("advisor"))
    assert "Ask a system administrator" in words
    assert "New sale" not in words


def test_the_database_is_asked_a_few_times_only(shop: Shop, django_assert_max_num_queries):
    clients = [browser_of(person) for person in (shop.asha, shop.admin)]
    for _ in range(3):
        shelf.post(shop.asha, "purchase", shop.pune, cast.variant(), 1)
        desk.bill_of("100.00", shop)
    # The administrator is also told how the books stand.
    for client, most in zip(clients, (10, 11), strict=True):
        with django_assert_max_num_queries(most):
            client.get("/")
    with django_assert_max_num_queries(0):
        Client().get("/")


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        # By day either way: which of the two is a matter of what the empty table of a test was last counted as.
        (queries._BILLED, "invoicing_(billed_by_day|date)"),
        (queries._RECEIVED, "payments_date"),
        (queries._OWED, "invoicing_owed"),
        (queries._WAITING, "inventory_entry_waiting"),
    ],
)
def test_no_statement_walks_through_years(db: None, statement: str, index: str):
    given = {"stores": None, "today": today(), "first": today(), "late": now(), "low_at": 5}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement}", given)
        assert re.search(index, "\n".join(row[0] for row in cursor.fetchall()))


@pytest.mark.parametrize(
    ("value", "top"),
    [
        ("0", "1"),
        ("-5", "1"),
        ("1", "1"),
        ("11", "12"),
        ("106543.21", "120000"),
        ("99999", "100000"),
        ("0.3", "0.3"),
    ],
)
def test_the_top_of_a_chart_is_round(value: str, top: str):
    assert round_top(Decimal(value)) == Decimal(top)


def test_bars_are_measured():
    drawn = bars_of([Decimal(0), Decimal(50), Decimal(100), Decimal(-3)])
    assert [bar.height for bar in drawn.bars] == ["0.00", f"{HEIGHT / 2:.2f}", f"{HEIGHT}.00", "0.00"]
    assert [bar.y for bar in drawn.bars] == [f"{HEIGHT}.00", f"{HEIGHT / 2:.2f}", "0.00", f"{HEIGHT}.00"]
    assert len({bar.width for bar in drawn.bars}) == 1
    assert bars_of([]).bars == []


def test_what_is_more_than_nothing_is_seen():
    assert percents([Decimal(0), Decimal(1), Decimal(1000)]) == [0, 1, 100]
    assert percents([Decimal(0)]) == [0]
    assert percents([]) == []
