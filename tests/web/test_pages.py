"""The pages: log-in, the day's figures of one's own stores, and what goes wrong."""

import re
from decimal import Decimal

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from finetune.core.dates import today
from finetune.staff import throttle
from finetune.web.templatetags.shop import inr
from tests import cast
from tests.cast import PASSWORD, Shop
from tests.web.visits import log_in, words_of


def test_the_front_page_tells_a_stranger_what_this_is(db: None):
    page = Client().get("/")
    assert page.status_code == 200
    assert 'href="/login/"' in page.content.decode()
    assert 'href="/api/docs"' in page.content.decode()
    assert "sessionid" not in page.cookies


def test_logging_in_shows_name_role_and_stores(shop: Shop):
    client, answer = log_in(shop.asha)
    assert (answer.status_code, answer["Location"]) == (303, "/")
    page = client.get("/")
    words = words_of(page)
    assert "asha" in words
    assert "Branch head" in words
    assert "Pune" in words
    assert "Nagpur" not in words
    assert "no-store" in page["Cache-Control"]


def test_those_who_see_all_stores_are_told_so(shop: Shop):
    client, _ = log_in(shop.auditor)
    assert "Every store" in words_of(client.get("/"))


def test_a_user_without_a_store_is_told_what_to_do(shop: Shop):
    client, _ = log_in(cast.person("advisor"))
    assert "Ask a system administrator" in words_of(client.get("/"))


def test_the_session_has_a_new_key_after_log_in(shop: Shop):
    client, _ = log_in(shop.bilal)
    planted = client.cookies["finetune_session"].value
    _, answer = log_in(shop.asha, client)
    assert answer.status_code == 303
    assert client.cookies["finetune_session"].value != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_the_cookie_is_kept_from_scripts_and_other_sites(shop: Shop):
    client, _ = log_in(shop.bilal)
    cookie = client.cookies["finetune_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/", "/"),
        ("/api/docs", "/api/docs"),
        ("/x?y=1", "/x?y=1"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("evil", "/"),
        ("/\r\nX: 1", "/"),
        ("\x00", "/"),
        ("", "/"),
    ],
)
def test_log_in_leads_only_to_this_host(shop: Shop, wanted: str, reached: str):
    client, answer = log_in(shop.bilal, next=wanted)
    assert answer["Location"] == reached
    assert client.get("/login/", {"next": wanted})["Location"] == reached


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"password": "wrong"}, 401),
        ({"username": "nobody-here"}, 401),
        ({"username": ""}, 400),
        ({"password": ""}, 400),
        ({"username": "a\x00b"}, 401),
        ({"password": "a\x00b"}, 401),
        ({"username": "x" * 151}, 401),
        ({"password": "x" * 257}, 401),
        ({"username": "<script>alert(1)</script>"}, 401),
    ],
)
def test_a_wrong_log_in_says_so_kindly(shop: Shop, form: dict[str, str], status: int):
    client, answer = log_in(shop.bilal, None, **form)
    assert answer.status_code == status
    assert 'role="alert"' in answer.content.decode()
    assert "<script>alert" not in answer.content.decode()
    assert "finetune_session" not in client.cookies
    assert PASSWORD not in answer.content.decode()


def test_guessing_is_slowed_down_on_the_page_too(shop: Shop):
    client = Client()
    for _ in range(throttle.FAILURES_PER_PAIR_MAX):
        log_in(shop.bilal, client, password="wrong")
    _, answer = log_in(shop.bilal, client)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "Wait a quarter of an hour" in words_of(answer)


def test_log_in_needs_the_token_of_its_page(shop: Shop):
    answer = log_in(shop.bilal, Client(enforce_csrf_checks=True))[1]
    assert answer.status_code == 403
    assert "too old" in words_of(answer)


def test_log_out_ends_the_session_and_is_no_link(shop: Shop):
    client, _ = log_in(shop.bilal)
    key = client.cookies["finetune_session"].value
    assert client.get("/logout/").status_code == 405
    answer = client.post("/logout/")
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert not Session.objects.filter(session_key=key).exists()
    assert "Log in" in words_of(client.get("/"))


def test_a_user_who_was_switched_off_is_a_stranger_at_once(shop: Shop):
    client, _ = log_in(shop.bilal)
    shop.admin.patch(f"/users/{shop.bilal.id}/", {"is_active": False})
    assert "Log out" not in words_of(client.get("/"))


def test_the_figures_of_the_day_are_those_of_ones_own_stores(shop: Shop):
    for store in (None, None, shop.nagpur):
        shop.booking(store=store)
    bill = {
        "store": shop.pune,
        "customer": shop.buyer,
        "prices_include_tax": True,
        "line_items": [
            {
                "description": "Display",
                "hsn_code": "998716",
                "quantity": "1",
                "unit_price": "41180",
                "gst_rate": "18",
            }
        ],
    }
    invoice = shop.asha.post("/invoices/", bill)
    assert invoice.status == 201, invoice.data
    taken = {"invoice": invoice.data["id"], "amount": "1180.00", "mode": "upi", "reference": "UPI-1"}
    assert shop.asha.post("/payments/", taken, key="k").status == 201
    words = words_of(log_in(shop.asha)[0].get("/"))
    assert "Billed today ₹ 41,180.00" in words
    assert "Invoices issued 1" in words
    assert f"Taxable value {inr(Decimal(invoice.data['taxable_value']))}" in words
    assert f"GST {inr(Decimal(invoice.data['total_tax']))}" in words
    assert "Received today ₹ 1,180.00" in words
    assert "UPI 1 1,180.00" in words
    assert "Open bookings 2" in words
    assert f"{today().day} {today():%B %Y}" in words
    elsewhere = words_of(log_in(shop.chitra)[0].get("/"))
    assert "No invoice has been issued yet today." in elsewhere
    assert "Open bookings 1" in elsewhere


def test_stock_that_waits_is_counted_by_store(shop: Shop):
    category = cast.category()
    variant = cast.variant(category_id=category)
    shop.admin.post("/inventory-config/", {"category": category, "require_stock_in_approval": True})
    entry = {
        "entry_type": "purchase",
        "store": shop.pune,
        "product_variant": variant,
        "quantity": 1,
        "unit_price": "10",
    }
    assert shop.asha.post("/stock-entries/", entry).data["status"] == "pending_approval"
    assert "Stock waiting for approval 1" in words_of(log_in(shop.bilal)[0].get("/"))
    assert "Nothing waits" in words_of(log_in(shop.chitra)[0].get("/"))


def test_the_front_page_asks_the_database_a_few_times_only(shop: Shop, django_assert_max_num_queries):
    client, _ = log_in(shop.asha)
    with django_assert_max_num_queries(7):
        client.get("/")
    with django_assert_max_num_queries(0):
        Client().get("/")


@pytest.mark.parametrize("path", ["/nowhere", "/login", "/static/web/none.css", "/favicon.png"])
def test_a_page_that_is_not_there(db: None, path: str):
    page = Client().get(path)
    assert page.status_code == 404
    assert "There is nothing here" in words_of(page)
    assert page["Content-Type"].startswith("text/html")


def test_our_own_mistake_has_a_page_with_its_number(db: None, monkeypatch: pytest.MonkeyPatch):
    def fail(*given: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("finetune.web.shell.visit.caller_of", fail)
    page = Client(raise_request_exception=False).get("/")
    assert page.status_code == 500
    assert page["X-Request-Id"] in words_of(page)
    assert "boom" not in words_of(page)


def test_a_session_that_cannot_be_saved_is_a_moment_to_wait(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    from django.db import OperationalError

    def away(*given: object, **named: object) -> None:
        raise OperationalError("the server went away")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.save", away)
    client = Client(raise_request_exception=False)
    assert log_in(shop.bilal, client)[1].status_code == 503


@pytest.mark.parametrize(
    ("path", "kind"), [("/favicon.ico", "image/x-icon"), ("/favicon.svg", "image/svg+xml")]
)
def test_the_icon(path: str, kind: str, db: None):
    answer = Client().get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, kind)
    assert len(answer.getvalue()) > 100


def test_a_static_file_is_named_by_its_content(db: None):
    page = Client().get("/").content.decode()
    address = re.search(r'href="(/static/web/shop\.css\?v=[0-9a-f]{12})"', page)
    assert address
    answer = Client().get(address[1])
    assert (answer.status_code, answer["Cache-Control"]) == (200, "max-age=86400, public")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_tables_of_this_page_are_there(db: None):
    """The statements of web/queries name tables of other rooms."""
    from finetune.web import queries

    with connection.cursor() as cursor:
        for sql in (queries._INVOICES, queries._PAYMENTS, queries._BOOKINGS, queries._WAITING):
            cursor.execute(f"EXPLAIN {sql}", {"stores": None, "today": today(), "statuses": ["ready"]})
            assert cursor.fetchall()
