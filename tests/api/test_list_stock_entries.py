from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from finetune.core.dates import today
from tests import cast
from tests.inventory import shelf


def ids(person, filters=""):
    answer = person.get(f"/stock-entries/{filters}")
    assert answer.status == 200
    return [row["id"] for row in answer.data["results"]]


@pytest.fixture
def entries(shop):
    """Two at Pune, one at Nagpur; oldest first."""
    variant, guarded = cast.variant(), shelf.guarded_variant()
    bought = shelf.post(shop.asha, "purchase", shop.pune, variant, 5)
    sold = shelf.post(shop.bilal, "sale", shop.pune, variant, 1, booking=shop.booking())
    waiting = shelf.post(shop.chitra, "purchase", shop.nagpur, guarded, 1)
    return bought, sold, waiting


def test_newest_first_of_ones_own_stores(shop, entries):
    bought, sold, waiting = entries
    assert ids(shop.bilal) == [sold, bought]
    assert ids(shop.chitra) == [waiting]
    assert ids(shop.auditor) == ids(shop.admin) == [waiting, sold, bought]
    assert ids(shop.admin, "?ordering=created_at") == [bought, sold, waiting]


def test_filters(shop, entries):
    bought, sold, waiting = entries
    [booking] = [row["booking"] for row in shop.bilal.get("/stock-entries/?entry_type=sale").data["results"]]
    variant = shop.admin.get(f"/stock-entries/{bought}/").data["product_variant"]
    day, tomorrow = today(), today() + timedelta(days=1)
    for filters, expected in [
        (f"?store={shop.nagpur}", [waiting]),
        (f"?product_variant={variant}", [sold, bought]),
        ("?entry_type=sale", [sold]),
        ("?status=pending_approval", [waiting]),
        (f"?booking={booking}", [sold]),
        (f"?date_from={day}&date_to={day}", [waiting, sold, bought]),
        (f"?date_from={tomorrow}", []),
        (f"?date_to={day - timedelta(days=1)}", []),
        (f"?store={shop.pune}&status=posted&entry_type=purchase", [bought]),
    ]:
        assert ids(shop.admin, filters) == expected, filters


def test_pages(shop, entries):
    page = shop.admin.get("/stock-entries/?page_size=2").data
    assert [row["id"] for row in page["results"]] == [entries[2], entries[1]]
    rest = shop.admin.get(page["next"].split("/api")[1]).data
    assert [row["id"] for row in rest["results"]] == [entries[0]]
    assert rest["next"] is None


def test_cost_is_left_out(shop):
    entry = shop.asha.post(
        "/stock-entries/", shelf.body("purchase", shop.pune, cast.variant(), 1, unit_price="7")
    )
    assert entry.status == 201
    assert "unit_price" not in shop.bilal.get("/stock-entries/").data["results"][0]
    assert shop.asha.get("/stock-entries/").data["results"][0]["unit_price"] == "7.00"


@pytest.mark.parametrize(
    "filters", ["?status=done", "?entry_type=x", "?store=x", "?date_from=yesterday", "?q=x"]
)
def test_refused(shop, filters):
    assert shop.admin.get(f"/stock-entries/{filters}").status == 400


def test_statements(shop, entries):
    with CaptureQueriesContext(connection) as queries:
        ids(shop.admin)
    assert len(queries) <= 3


def test_one(shop, entries):
    assert shop.bilal.get(f"/stock-entries/{entries[0]}/").status == 200
    assert shop.chitra.get(f"/stock-entries/{entries[0]}/").status == 404
    assert shop.admin.get("/stock-entries/abc/").status == 404
