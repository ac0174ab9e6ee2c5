"""The pages: log-in, the day's figures of one's own stores, and what goes wrong."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from finetune.staff import throttle
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


def test_another_store_is_shown_even_where_the_address_named_one(shop: Shop):
    client, _ = log_in(shop.admin)
    here = f"/invoices/?status=overdue&store={shop.pune}&cursor=x"
    answer = client.post("/store/", {"store": str(shop.nagpur), "next": here})
    assert answer["Location"] == "/invoices/?status=overdue"


def test_the_store_that_a_link_asked_for_stays_when_something_is_filtered(shop: Shop):
    client, _ = log_in(shop.admin)
    page = client.get("/invoices/", {"store": str(shop.pune)}).content.decode()
    assert f'<input type="hidden" name="store" value="{shop.pune}">' in page
