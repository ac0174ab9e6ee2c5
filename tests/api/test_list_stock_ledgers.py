import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import cast
from tests.inventory import shelf

PATHS = ("/stock-ledgers/", "/stock-ledgers/rollup/")


def rows(person, path, filters=""):
    answer = person.get(path + filters)
    assert answer.status == 200
    return answer.data["results"]


@pytest.fixture
def stock(shop):
    """Cases in both stores, below a shelf of their own; a glass in Nagpur."""
    shelf_id = cast.category()
    below = cast.category(parent=shelf_id)
    case = cast.variant(category_id=below, variant_name="Leather case", sku="CASE-1", barcode="890123")
    glass = cast.variant(
        product={"name": "Tempered glass"}, variant_name="Clear", sku="GLS-1", reorder_level=20
    )
    shelf.post(shop.asha, "purchase", shop.pune, case, 7)
    shelf.post(shop.chitra, "purchase", shop.nagpur, case, 4)
    shelf.post(shop.chitra, "purchase", shop.nagpur, glass, 9)
    return {"shelf": shelf_id, "case": case, "glass": glass}


def test_a_row_a_store_and_variant(shop, stock):
    [row] = rows(shop.bilal, PATHS[0])
    assert row == {
        "id": row["id"], "store": shop.pune, "product_variant": stock["case"], "sku": "CASE-1",
        "variant_name": "Leather case", "quantity": 7, "reserved": 0, "available": 7,
        "last_updated": row["last_updated"],
    }  # fmt: skip
    assert len(rows(shop.chitra, PATHS[0])) == 2
    assert len(rows(shop.auditor, PATHS[0])) == 3


def test_the_sum_over_ones_stores(shop, stock):
    glass, case = rows(shop.admin, PATHS[1])
    assert case == {
        "product_variant": stock["case"], "sku": "CASE-1", "variant_name": "Leather case", "quantity": 11,
        "reserved": 0, "available": 11,
        "stores": [{"store": shop.pune, "quantity": 7}, {"store": shop.nagpur, "quantity": 4}],
    }  # fmt: skip
    assert (glass["quantity"], glass["stores"]) == (9, [{"store": shop.nagpur, "quantity": 9}])
    [own] = rows(shop.bilal, PATHS[1])
    assert (own["quantity"], own["stores"]) == (7, [{"store": shop.pune, "quantity": 7}])


@pytest.mark.parametrize(
    ("filters", "ledgers", "sums"),
    [
        ("?store={pune}", [7], [7]),
        ("?store={nagpur}", [9, 4], [9, 4]),
        ("?product_variant={case}", [4, 7], [11]),
        ("?category={shelf}", [4, 7], [11]),
        ("?category=99999999", [], []),
        ("?q=leather", [4, 7], [11]),
        ("?q=case-1", [4, 7], [11]),
        ("?q=890123", [4, 7], [11]),
        ("?q=TEMPERED", [9], [9]),
        ("?q=%25", [], []),
        # Below the glass's own reorder level of 20; the cases have the shop's, 5.
        ("?low_stock=true", [9, 4], [9]),
        ("?low_stock=false", [7], [11]),
        ("?low_stock=True", [9, 4], [9]),
        ("?cursor=&q=&low_stock=False", [7], [11]),
        ("?low_stock=true&store={nagpur}", [9, 4], [9, 4]),
    ],
)
def test_filters(shop, stock, filters, ledgers, sums):
    asked = filters.format(pune=shop.pune, nagpur=shop.nagpur, **stock)
    assert [row["quantity"] for row in rows(shop.admin, PATHS[0], asked)] == ledgers
    assert [row["quantity"] for row in rows(shop.admin, PATHS[1], asked)] == sums


@pytest.mark.parametrize("path", PATHS)
def test_another_store_is_as_if_it_were_not_there(shop, stock, path):
    assert rows(shop.bilal, path, f"?store={shop.nagpur}") == []


@pytest.mark.parametrize("path", PATHS)
def test_pages(shop, stock, path):
    asked, seen = f"{path}?page_size=1&ordering=sku", []
    while asked:
        page = shop.admin.get(asked).data
        seen += page["results"]
        asked = page["next"] and page["next"].split("/api")[1]
    assert [row["sku"] for row in seen] == (
        ["CASE-1", "CASE-1", "GLS-1"] if path == PATHS[0] else ["CASE-1", "GLS-1"]
    )


@pytest.mark.parametrize("ordering", ["quantity", "-available", "last_updated", "id"])
def test_orderings_of_ledgers(shop, stock, ordering):
    first = shop.admin.get(f"{PATHS[0]}?page_size=2&ordering={ordering}").data
    rest = shop.admin.get(first["next"].split("/api")[1]).data
    assert len({row["id"] for row in first["results"] + rest["results"]}) == 3


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "filters", ["?low_stock=yes", "?category=x", "?ordering=price", "?cursor=x", "?status=x"]
)
def test_refused(shop, path, filters):
    assert shop.admin.get(path + filters).status == 400


@pytest.mark.parametrize("path", PATHS)
def test_statements(shop, stock, path):
    with CaptureQueriesContext(connection) as queries:
        rows(shop.admin, path, f"?category={stock['shelf']}&q=case&low_stock=false")
    assert len(queries) <= 3
