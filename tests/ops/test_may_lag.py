"""What may be read from a standby, how its position travels, and that nothing changes where there is none.

The standby of these tests is the primary itself, read-only: it has always replayed everything.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as live
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from finetune.core.standby import POSITION_COOKIE, POSITION_HEADER
from finetune.mount import api
from tests import cast
from tests.ops.reads import Reads
from tests.web.visits import browser_of

# Each by its method and address. A new one is added here on purpose: it writes nothing, and nothing is decided by it.
JSON = {
    *("/invoices/", "/payments/", "/deposits/", "/refunds/", "/credit-notes/", "/bookings/", "/customers/"),
    *("/stock-ledgers/", "/stock-ledgers/rollup/", "/stock-entries/", "/price-logs/"),
    *("/reports/gstr1/", "/reports/gstr1/problems/", "/reports/gstr3b/"),
    *("/reports/sales-register/", "/reports/day-book/", "/reports/stock-valuation/"),
}
HTML = {
    *(
        "/",
        "/invoices/",
        "/payments/",
        "/refunds/",
        "/credit-notes/",
        "/deposits/",
        "/customers/",
        "/repairs/list/",
    ),
    *(
        "/stock/",
        "/stock/ledgers/",
        "/stock/entries/",
        "/catalogue/prices/",
        "/day/earlier/",
        "/settings/changes/",
    ),
    *("/reports/sales/", "/reports/day-book/", "/reports/stock-value/", "/reports/dues/"),
    *("/reports/gstr-1/", "/reports/gstr-1/problems/", "/reports/gstr-3b/"),
}
HOW = ("", "?format=csv", "?part=totals", "?part=figures", "?part=problems")
LINE = {"description": "Labour", "quantity": "1", "unit_price": "100.00", "gst_rate": "18"}
ASKED = {
    "gstr1": f"?gstin={cast.PUNE_GSTIN}&period=112026",
    "gstr3b": f"?gstin={cast.PUNE_GSTIN}&period=112026",
}


def pages(patterns: list[Any], before: str = "/") -> Iterator[tuple[str, Any]]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from pages(each.url_patterns, before + str(each.pattern))
        elif isinstance(each, URLPattern):
            yield before + str(each.pattern), each.callback


def endpoints() -> Iterator[tuple[str, str, Any]]:
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    yield method, f"{prefix}{path}", operation.view_func


@pytest.fixture
def standby(own_database: str, settings: Any) -> dict[str, Any]:
    """The test's own database once more, under a user who may write in it but a session that may not."""
    told: dict[str, Any] = live.DATABASES["default"]
    options = f"{told['OPTIONS'].get('options', '')} -c default_transaction_read_only=on"
    here = {**told, "NAME": own_database, "OPTIONS": {**told["OPTIONS"], "options": options}}
    settings.STANDBY_DATABASE = here
    return here


@pytest.fixture
def shop(standby: Any) -> Iterator[cast.Shop]:
    """With connections to the standby that end before its database is removed."""
    from finetune.core.standby import the_standby

    yield cast.open_shop()
    known = the_standby()
    assert known is not None
    for reader in known._free:
        reader.close()


def test_what_may_lag_is_exactly_what_is_listed_here():
    assert {(method, path) for method, path, view in endpoints() if view.may_lag} == {
        ("GET", path) for path in JSON
    }
    marked = {path for path, view in pages(get_resolver().url_patterns) if getattr(view, "may_lag", False)}
    assert marked == HTML


def test_everything_that_may_lag_is_read_from_there_and_writes_nothing(shop):
    """Whole and as files: whatever wrote would be refused there and read again from the primary."""
    shop.bilal.post("/invoices/", {"booking": shop.booking(), "line_items": [LINE]})
    seen = Reads()
    for person, queries in ((shop.admin, HOW), (shop.bilal, ("",))):
        browser = browser_of(person)
        position = browser.cookies[POSITION_COOKIE].value
        for path in sorted(JSON):
            name = re.findall(r"gstr\w+", path)
            here = f"{path}{ASKED[name[0]] if name else ''}"
            formats = ("", "csv") if "reports" in path else ("",)
            for wanted in formats:
                address = f"{here}{'&' if '?' in here else '?'}format={wanted}" if wanted else here
                answer = person.get(address, **{POSITION_HEADER: position})
                assert answer.status in (200, 403), address
                assert seen.since() == ({"caught_up": 1} if answer.status == 200 else {}), address
        for path in sorted(HTML):
            for query in queries:
                assert browser.get(f"{path}{query}").status_code in (200, 403), path
                assert seen.since() == {"caught_up": 1}, path


def test_a_write_tells_a_client_its_place_and_a_read_needs_one(shop):
    made = shop.bilal.post("/invoices/", {"booking": shop.booking(), "line_items": [LINE]})
    position = made.headers[POSITION_HEADER]
    assert re.fullmatch(r"[0-9A-F]+/[0-9A-F]+", position)
    assert POSITION_COOKIE not in shop.bilal.client.cookies
    seen = Reads()
    for told, because in [
        (position, "caught_up"),
        ("0/0", "caught_up"),
        (None, "no_position"),
        ("nonsense", "no_position"),
        ("FFFFFFFF/FFFFFFFF", "not_replayed"),
        ("9" * 5000, "no_position"),
    ]:
        given = {} if told is None else {POSITION_HEADER: told}
        answer = shop.bilal.get("/invoices/", **given)
        assert [row["id"] for row in answer.data["results"]] == [made.data["id"]]
        assert POSITION_HEADER not in answer.headers
        assert seen.since() == {because: 1}, told


def test_a_browser_carries_its_place_by_itself(shop, settings):
    browser = browser_of(shop.bilal)
    at_log_in = browser.cookies[POSITION_COOKIE]
    assert (at_log_in["httponly"], at_log_in["samesite"], at_log_in["path"]) == (True, "Lax", "/")
    value = at_log_in.value
    browser.post("/customers/new/", {"name": "Dipti", "phone": "9876543210"})
    assert browser.cookies[POSITION_COOKIE].value != value
    seen = Reads()
    assert b"Dipti" in browser.get("/customers/").content
    assert seen.since() == {"caught_up": 1}


def test_strangers_are_told_nothing(shop):
    client = Client()
    refused = client.post("/api/invoices/", "{}", content_type="application/json")
    assert refused.status_code == 401
    assert POSITION_HEADER not in refused
    client.post("/login/", {"username": "nobody", "password": "nothing"})
    assert POSITION_COOKIE not in client.cookies


def test_a_single_document_and_who_asks_stay_on_the_primary(shop):
    made = shop.bilal.post("/invoices/", {"booking": shop.booking(), "line_items": [LINE]})
    told = {POSITION_HEADER: made.headers[POSITION_HEADER]}
    seen = Reads()
    assert shop.bilal.get(f"/invoices/{made.data['id']}/", **told).status == 200
    assert seen.since() == {}
    assert shop.bilal.post("/auth/logout/").status == 204
    assert shop.bilal.get("/invoices/", **told).status == 401


def test_a_write_costs_one_statement_more_and_a_list_one_a_second(shop):
    order = {"booking": shop.booking(), "line_items": [LINE]}
    with CaptureQueriesContext(connection) as written:
        made = shop.bilal.post("/invoices/", order)
    assert [each["sql"] for each in written if "wal_insert" in each["sql"]] == [
        "SELECT pg_current_wal_insert_lsn()::text"
    ]
    told = {POSITION_HEADER: made.headers[POSITION_HEADER]}
    shop.bilal.get("/invoices/", **told)
    with CaptureQueriesContext(connection) as read:
        shop.bilal.get("/invoices/", **told)
    assert len(read) == 1, "only who asks is looked up on the primary"


def test_a_standby_that_is_away_fails_nobody_and_is_left_alone_for_a_while(shop, settings):
    position = shop.bilal.post("/customers/", {"name": "Esha"}).headers[POSITION_HEADER]
    settings.STANDBY_DATABASE = {**settings.STANDBY_DATABASE, "HOST": "127.0.0.1", "PORT": "1"}
    seen = Reads()
    for _ in range(3):
        answer = shop.bilal.get("/customers/", **{POSITION_HEADER: position})
        assert answer.data["results"][0]["name"] == "Esha"
    assert seen.since() == {"failed": 1, "paused": 2}
    text = Client().get("/metrics").content.decode()
    assert "finetune_standby_up 0.0" in text


def test_a_reading_that_fails_there_is_read_again_from_the_primary(shop, standby, settings):
    """As where a migration has not arrived there, or a cleaning took away the rows that are being read."""
    position = shop.bilal.post("/customers/", {"name": "Esha"}).headers[POSITION_HEADER]
    settings.STANDBY_DATABASE = {**standby, "NAME": "template1"}
    seen = Reads()
    for _ in range(2):
        assert shop.bilal.get("/customers/", **{POSITION_HEADER: position}).status == 200
    assert seen.since() == {"failed": 2}, "it answers, so it is tried again at once"


def test_without_a_standby_nothing_is_told_asked_or_counted(committed_shop):
    shop, seen = committed_shop, Reads()
    with CaptureQueriesContext(connection) as written:
        made = shop.bilal.post("/invoices/", {"booking": shop.booking(), "line_items": [LINE]})
    assert not [each for each in written if "lsn" in each["sql"]]
    assert POSITION_HEADER not in made.headers
    with CaptureQueriesContext(connection) as read:
        shop.bilal.get("/invoices/", **{POSITION_HEADER: "0/1"})
    assert len(read) == 2
    browser = browser_of(shop.bilal)
    assert POSITION_COOKIE not in browser.cookies
    assert browser.get("/invoices/").status_code == 200
    assert seen.since() == {}
    assert "finetune_standby" not in Client().get("/metrics").content.decode()
