"""The catalogue's pages: prices and who may see which, forms, categories and how their stock is kept."""

from typing import Any

import pytest

from tests import cast
from tests.cast import Shop
from tests.inventory import shelf
from tests.web.visits import browser_of, words_of

KEY = "0123456789abcdef"


def product_form(shelf_of: int, **fields: str) -> dict[str, str]:
    return {
        "name": "Demo Phone", "category": str(shelf_of), "brand": "Demo", "hsn_code": "85171300", "gst_rate": "18",
        "treatment": "taxable", "unit": "", "variant_name": "128 GB black", "sku": "DP-128", "barcode": "",
        "price": "14,999.00", "mrp": "17999", "cost": "11800", "reorder_level": "3", **fields,
    }  # fmt: skip


def count_of(table: str) -> int:
    return int(shelf.fetch(f"SELECT count(*) FROM {table}")[0][0])


def test_cost_is_a_column_for_who_may_see_it(shop: Shop):
    variant = cast.variant(sku="PHONE-1", cost="777.77")
    for path in ("/catalogue/", f"/catalogue/{variant}/"):
        assert "777.77" in words_of(browser_of(shop.auditor).get(path))
        page = browser_of(shop.bilal).get(path)
        assert "PHONE-1" in words_of(page)
        assert "777.77" not in words_of(page)
        assert "Cost" not in words_of(page)
    answer = browser_of(shop.bilal).get("/catalogue/", {"format": "csv"})
    assert b"777.77" not in b"".join(answer)


def test_a_product_is_made_with_its_first_item(shop: Shop):
    category = cast.category()
    client = browser_of(shop.asha)
    assert client.get("/catalogue/new/").status_code == 200
    form = product_form(category, _key=KEY)
    first, second = (client.post("/catalogue/new/", form) for _ in range(2))
    assert first.status_code == 303, words_of(first)
    assert first["Location"] == second["Location"]
    words = words_of(client.get(first["Location"]))
    assert "Demo Phone, 128 GB black" in words
    assert "14,999.00" in words
    assert count_of("catalog_product") == count_of("catalog_variant") == 1
    assert shelf.fetch("SELECT unit FROM catalog_product") == [("NOS",)]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"price": ""}, "Fill this in."),
        ({"price": "18000"}, "above the MRP"),
        ({"hsn_code": "12"}, "HSN"),
        ({"category": ""}, "Fill this in."),
        ({"gst_rate": "17"}, "not a GST rate in force"),
        ({"sku": "taken"}, "already"),
    ],
)
def test_a_refused_product_leaves_nothing_behind(shop: Shop, wrong: dict[str, str], said: str):
    cast.variant(sku="TAKEN")
    before = count_of("catalog_product")
    page = browser_of(shop.asha).post("/catalogue/new/", product_form(cast.category(), **wrong))
    assert page.status_code in (400, 409)
    assert said in words_of(page)
    assert 'value="Demo Phone"' in page.content.decode()
    assert count_of("catalog_product") == before


def test_a_change_of_price_is_written_down(shop: Shop):
    variant = cast.variant(price="100.00", mrp="150.00", cost="60.00")
    client = browser_of(shop.asha)
    page = client.get(f"/catalogue/{variant}/edit/").content.decode()
    assert 'value="100.00"' in page
    form = {"variant_name": "Black", "sku": "B-1", "barcode": "", "price": "120", "mrp": "150.00", "cost": "65",
            "reorder_level": "", "_version": "1"}  # fmt: skip
    assert client.post(f"/catalogue/{variant}/edit/", form).status_code == 303
    assert "100.00 120.00 asha" in words_of(client.get(f"/catalogue/{variant}/"))
    assert "60.00 65.00 asha" in words_of(client.get("/catalogue/prices/"))
    assert "65.00" not in words_of(browser_of(shop.bilal).get("/catalogue/prices/"))
    assert "120.00" not in words_of(client.get("/catalogue/prices/", {"kind": "cost"}))
    stale = client.post(f"/catalogue/{variant}/edit/", {**form, "price": "130"})
    assert stale.status_code == 412
    assert "Somebody changed this" in words_of(stale)


def test_items_products_and_categories_are_kept(shop: Shop):
    parent = cast.category("Phones")
    variant = cast.variant(category_id=parent)
    product = shelf.fetch("SELECT product_id FROM catalog_variant WHERE id = %s", variant)[0][0]
    client = browser_of(shop.admin)
    form = {
        "variant_name": "Blue",
        "sku": "BLUE",
        "barcode": "",
        "price": "5",
        "mrp": "",
        "cost": "",
        "reorder_level": "",
    }
    assert client.post(f"/catalogue/products/{product}/items/new/", form).status_code == 303
    assert "BLUE" in words_of(client.get(f"/catalogue/products/{product}/"))
    form = {"name": "Renamed", "category": str(parent), "brand": "", "hsn_code": "85171300", "gst_rate": "18",
            "treatment": "taxable", "unit": "NOS", "_version": "1"}  # fmt: skip
    assert client.post(f"/catalogue/products/{product}/edit/", form).status_code == 303
    assert "Renamed" in words_of(client.get("/catalogue/products/"))
    answer = client.post("/catalogue/categories/new/", {"name": "Tablets", "parent": str(parent)})
    assert answer.status_code == 303
    page = client.get("/catalogue/categories/")
    assert words_of(page).index("Phones") < words_of(page).index("Tablets")
    child = shelf.fetch("SELECT id FROM catalog_category WHERE name = 'Tablets'")[0][0]
    ring = client.post(f"/catalogue/categories/{parent}/edit/", {"name": "Phones", "parent": str(child)})
    assert ring.status_code == 409
    assert "below itself" in words_of(ring)


def test_roles_of_the_catalogue(shop: Shop):
    variant = cast.variant()
    product = shelf.fetch("SELECT product_id FROM catalog_variant WHERE id = %s", variant)[0][0]
    advisor, head = browser_of(shop.bilal), browser_of(shop.asha)
    for path in ("/catalogue/new/", f"/catalogue/{variant}/edit/", f"/catalogue/products/{product}/edit/"):
        assert advisor.get(path).status_code == 403
        assert head.get(path).status_code == 200
    assert head.get("/catalogue/categories/new/").status_code == 403
    assert head.get(f"/settings/inventory/{cast.category()}/").status_code == 403
    for path in ("/catalogue/999999/", "/catalogue/products/999999/", "/catalogue/nonsense/"):
        assert head.get(path).status_code == 404


def test_settings_say_what_is_inherited_and_from_whom(shop: Shop):
    parent = cast.category("Phones")
    child = cast.category("Tablets", parent)
    client = browser_of(shop.admin)
    assert "the shop" in words_of(client.get("/settings/inventory/"))
    answer = client.post(f"/settings/inventory/{parent}/", {"track_serials": "on", "log_price": "on"})
    assert answer.status_code == 303
    words = words_of(client.get("/settings/inventory/"))
    assert "Phones Tracked Not needed Kept itself" in words
    assert "Tablets Tracked Not needed Kept ↑ Phones" in words
    page = client.get(f"/settings/inventory/{child}/").content.decode()
    assert page.count(" checked") == 2
    assert (
        client.post(f"/settings/inventory/{child}/", {"require_stock_in_approval": "on"}).status_code == 303
    )
    assert "Tablets Counted Needed Not kept itself" in words_of(client.get("/settings/inventory/"))
    variant = cast.variant(category_id=child)
    entry = shelf.post(shop.asha, "purchase", shop.pune, variant, 1)
    assert shop.admin.post(f"/stock-entries/{entry}/approve/").status == 200
    refused = client.post(f"/settings/inventory/{child}/", {"track_serials": "on", "_version": "1"})
    assert refused.status_code == 409
    assert "Stock stands here" in words_of(refused)


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/catalogue/", 5), ("/catalogue/{variant}/", 9), ("/catalogue/new/", 5), ("/catalogue/products/", 6),
        ("/catalogue/categories/", 5), ("/catalogue/prices/", 6), ("/settings/inventory/", 5),
    ],
)  # fmt: skip
def test_pages_ask_a_few_times(shop: Shop, path: str, queries: int, django_assert_max_num_queries: Any):
    variants = [cast.variant() for _ in range(6)]
    client = browser_of(shop.asha)
    with django_assert_max_num_queries(queries):
        assert client.get(path.format(variant=variants[0])).status_code == 200
