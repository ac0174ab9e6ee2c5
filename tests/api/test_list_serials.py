import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from finetune.core.dates import today
from tests.inventory import shelf


@pytest.fixture
def units(shop):
    """A1 sold at Pune, A2 at Pune, B1 at Nagpur."""
    variant = shelf.tracked_variant()
    shelf.post(shop.asha, "purchase", shop.pune, variant, 2, serials=["a1", "A2"])
    shelf.post(shop.chitra, "purchase", shop.nagpur, variant, 1, serials=["B1"])
    shelf.post(shop.bilal, "sale", shop.pune, variant, 1, serials=["A1"], booking=shop.booking())
    return variant


def found(person, filters=""):
    return [row["serial_no"] for row in person.get(f"/serials/{filters}").data["results"]]


def test_those_of_ones_stores(shop, units):
    assert found(shop.bilal) == ["A2", "A1"]
    assert found(shop.chitra) == ["B1"]
    assert found(shop.auditor, "?ordering=serial_no") == ["A1", "A2", "B1"]


def test_a_unit(shop, units):
    [row] = shop.bilal.get("/serials/?serial_no=%20a1%20").data["results"]
    assert row == {
        "id": row["id"], "serial_no": "A1", "product_variant": units, "store": shop.pune, "status": "sold"
    }  # fmt: skip
    assert shop.bilal.get(f"/serials/{row['id']}/").data == row
    assert shop.chitra.get(f"/serials/{row['id']}/").status == 404
    assert shop.chitra.get(f"/serials/{row['id']}/history/").status == 404


def test_filters(shop, units):
    for filters, expected in [
        ("?status=available", ["B1", "A2"]),
        (f"?store={shop.nagpur}", ["B1"]),
        (f"?product_variant={units}", ["B1", "A2", "A1"]),
        ("?product_variant=99999999", []),
        ("?serial_no=A", []),
        (f"?status=sold&store={shop.pune}", ["A1"]),
    ]:
        assert found(shop.admin, filters) == expected, filters
    assert shop.admin.get("/serials/?status=lost").status == 400


def test_the_history_of_a_unit(shop, units):
    [row] = shop.bilal.get("/serials/?serial_no=A1").data["results"]
    page = shop.bilal.get(f"/serials/{row['id']}/history/?page_size=1").data
    [sold] = page["results"]
    assert sold == {
        "id": sold["id"], "entry": sold["entry"], "type": "sale", "from": "available", "to": "sold",
        "store": shop.pune, "at": sold["at"], "by": shop.bilal.id,
    }  # fmt: skip
    [bought] = shop.bilal.get(page["next"].split("/api")[1]).data["results"]
    assert (bought["type"], bought["from"], bought["to"], bought["by"]) == (
        "purchase",
        "",
        "available",
        shop.asha.id,
    )


def test_the_days_of_a_history(shop, units):
    [row] = shop.bilal.get("/serials/?serial_no=A1").data["results"]
    address, day = f"/serials/{row['id']}/history/", today().isoformat()
    assert len(shop.bilal.get(f"{address}?date_from={day}&date_to={day}").data["results"]) == 2
    assert shop.bilal.get(f"{address}?date_to=2020-01-01").data["results"] == []


def test_who_decided_moved_it(shop):
    variant = shelf.tracked_variant(require_stock_in_approval=True)
    entry = shelf.post(shop.asha, "purchase", shop.pune, variant, 1, serials=["A"])
    shop.admin.post(f"/stock-entries/{entry}/approve/")
    [row] = shop.admin.get("/serials/?serial_no=A").data["results"]
    events = shop.admin.get(f"/serials/{row['id']}/history/?ordering=id").data["results"]
    assert [(event["from"], event["to"], event["by"]) for event in events] == [
        ("", "pending", shop.asha.id),
        ("pending", "available", shop.admin.id),
    ]


@pytest.mark.parametrize("path", ["/serials/", "/serials/{}/history/"])
def test_statements(shop, units, path):
    [row] = shop.admin.get("/serials/?serial_no=A1").data["results"]
    with CaptureQueriesContext(connection) as queries:
        shop.admin.get(path.format(row["id"]))
    assert len(queries) <= 3
