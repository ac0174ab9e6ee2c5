"""Every page, like every operation of the API: who may not write is refused, another store's object is not there, and
what the shop paid is not shown to an advisor."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver

from finetune.web.urls import urlpatterns
from tests import cast
from tests.security.scene import COST, OF_A_STORE, PURCHASE_PRICE, Scene
from tests.web.visits import browser_of

# What opens without a log-in; all else is declared by `page`, with its verbs.
OPEN_TO_STRANGERS = {
    *("login/", "login/code/", "logout/", "language/", "favicon.ico", "favicon.svg"),
    *("i/<token>/", "i/<token>/pdf/", "i/<token>/verify", "r/<token>/"),
}
# What an auditor may send: about their own log-in and what they look at, and what shows something and writes nothing.
AN_AUDITOR_SENDS = re.compile(r"account/.*|store/|catalogue/labels/")
KINDS = {
    "invoice_id": "invoices",
    "booking_id": "bookings",
    "payment_id": "payments",
    "refund_id": "refunds",
    "note_id": "credit-notes",
    "deposit_id": "deposits",
    "session_id": "cash-sessions",
    "entry_id": "stock-entries",
    "ledger_id": "stock-ledgers",
    "serial_id": "serials",
}
OF_THE_CHAIN = {
    "customer_id": "customers",
    "product_id": "products",
    "variant_id": "variants",
    "category_id": "categories",
    "row_id": "stores",
}
WITHIN = {"photo_id"}  # an object of another one that stands before it in the address


def _routes(patterns: list[Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from _routes(each.url_patterns, before + str(each.pattern))
        else:
            assert isinstance(each, URLPattern)
            yield before + str(each.pattern), each.callback


ROUTES = dict(_routes(urlpatterns))
PAGES = {route: view for route, view in ROUTES.items() if hasattr(view, "verbs")}
WRITING = sorted(route for route, view in PAGES.items() if "POST" in view.methods)
READING = sorted(route for route, view in PAGES.items() if "GET" in view.methods)
OF_STORES = sorted(route for route in PAGES if any(f"<{name}>" in route for name in KINDS))


def _answer(client: Client, method: str, path: str) -> Any:
    return client.post(path) if method == "POST" else client.get(path)


def test_every_page_says_who_may_open_it():
    assert set(ROUTES) - set(PAGES) == OPEN_TO_STRANGERS


def test_every_id_in_an_address_is_of_a_known_kind():
    names = {name for route in PAGES for name in re.findall(r"<(?:\w+:)?(\w+)>", route)}
    assert names == KINDS.keys() | OF_THE_CHAIN.keys() | WITHIN
    assert set(KINDS.values()) | {"stores"} == set(OF_A_STORE)


@pytest.mark.parametrize("route", [each for each in WRITING if not AN_AUDITOR_SENDS.fullmatch(each)])
def test_an_auditor_writes_nothing(scene: Scene, route: str):
    path = "/" + re.sub(r"<\w+>", "1", route)
    assert browser_of(scene.shop.auditor).post(path).status_code == 403


@pytest.mark.parametrize("route", OF_STORES)
def test_what_is_another_stores_is_not_there(scene: Scene, route: str):
    of_nagpur = browser_of(cast.person("branch_head", scene.shop.nagpur))
    path = "/" + re.sub(
        r"<(\w+)>", lambda found: str(scene.id_of(KINDS[found[1]]) if found[1] in KINDS else 1), route
    )
    for method in PAGES[route].methods:
        answer = _answer(of_nagpur, method, path)
        assert answer.status_code == 404, (method, path, answer.content[-300:])


def test_another_store_is_not_there(scene: Scene):
    of_nagpur = browser_of(cast.person("branch_head", scene.shop.nagpur))
    for path in (
        "/settings/stores/{}/",
        "/day/?store={}",
        "/stock/entries/new/?store={}",
        "/counter/scan/?code=x&store={}",
    ):
        assert of_nagpur.get(path.format(scene.shop.pune)).status_code == 404, path


def test_what_an_address_names_behind_the_question_mark_is_not_there_either(scene: Scene):
    of_nagpur = browser_of(cast.person("branch_head", scene.shop.nagpur))
    booking, entry = scene.id_of("bookings"), scene.id_of("stock-entries")
    for path in (
        f"/counter/?booking={booking}",
        f"/invoices/new/?booking={booking}",
        f"/catalogue/labels/?entry={entry}",
    ):
        assert of_nagpur.get(path).status_code == 404, path


def _pages_with_figures(scene: Scene, person: cast.Person) -> set[str]:
    """Pages, their parts and their files in which a figure stands that only the shop's purchases have."""
    figures = {
        text for each in (COST, PURCHASE_PRICE) for text in (each, each[:-1], f"{each[0]},{each[1:7]}")
    }
    client, found = browser_of(person), set()
    kinds = KINDS | OF_THE_CHAIN
    for route in READING:
        path = "/" + re.sub(
            r"<(\w+)>", lambda name: str(scene.id_of(kinds[name[1]]) if name[1] in kinds else 1), route
        )
        for query in ("", "?part=totals", "?format=csv"):
            page = client.get(path + query).content.decode(errors="replace")
            found |= {route} if any(figure in page for figure in figures) else set()
    return found


def test_an_advisor_reads_on_no_page_what_the_shop_paid(scene: Scene):
    assert _pages_with_figures(scene, scene.shop.bilal) == set()
    by_the_head = _pages_with_figures(scene, scene.shop.asha)
    assert by_the_head >= {"catalogue/", "catalogue/<variant_id>/", "stock/entries/<entry_id>/"}
