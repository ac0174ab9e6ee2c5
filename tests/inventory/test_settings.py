"""Settings run down the tree, and never against the stock that stands there."""

import pytest
from django.db import DatabaseError, connection, transaction

from tests import cast
from tests.inventory import shelf


def settings_of(category: int) -> tuple[bool, bool, bool]:
    [row] = shelf.fetch("SELECT * FROM inventory_settings_of(%s)", category)
    return row


def test_the_nearest_above_counts(shop):
    top = cast.category()
    middle = cast.category(parent=top)
    bottom = cast.category(parent=middle)
    assert settings_of(bottom) == (False, True, False)
    shelf.config(top, track_serials=True, log_price=False, require_stock_in_approval=True)
    assert settings_of(bottom) == (True, False, True)
    shelf.config(middle)
    assert settings_of(bottom) == settings_of(middle) == (False, True, False)
    assert settings_of(top) == (True, False, True)


def refused(sql: str, *params: int) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, params)
    except DatabaseError as error:
        return "stock_on_hand" in str(error)
    return False


@pytest.fixture
def shelves(shop):
    """A tracked shelf and a plain one, each with a variant."""
    tracked, plain = cast.category(), cast.category()
    shelf.config(tracked, track_serials=True)
    return {
        "tracked": tracked, "plain": plain,
        "phone": cast.variant(category_id=tracked), "cable": cast.variant(category_id=plain),
    }  # fmt: skip


MOVE_PRODUCT = """UPDATE catalog_product SET category_id = %s
    WHERE id = (SELECT product_id FROM catalog_variant WHERE id = %s)"""


def test_a_product_moves_only_while_its_shelf_is_empty(shop, shelves):
    shelf.post(shop.asha, "purchase", shop.pune, shelves["phone"], 1, serials=["A"])
    shelf.post(shop.asha, "purchase", shop.pune, shelves["cable"], 1)
    assert refused(MOVE_PRODUCT, shelves["plain"], shelves["phone"])
    assert refused(MOVE_PRODUCT, shelves["tracked"], shelves["cable"])
    assert not refused(MOVE_PRODUCT, cast.category(), shelves["cable"])
    shelf.post(shop.asha, "damage", shop.pune, shelves["phone"], 1, serials=["A"])
    assert not refused(MOVE_PRODUCT, shelves["plain"], shelves["phone"])


def test_the_api_says_so(shop, shelves):
    shelf.post(shop.asha, "purchase", shop.pune, shelves["cable"], 1)
    [(product,)] = shelf.fetch("SELECT product_id FROM catalog_variant WHERE id = %s", shelves["cable"])
    answer = shop.asha.patch(f"/products/{product}/", {"category": shelves["tracked"]})
    assert (answer.status, answer.code) == (409, "stock_on_hand")


def test_a_category_moves_only_with_stock_that_agrees(shop, shelves):
    shelf.post(shop.asha, "purchase", shop.pune, shelves["cable"], 1)
    move = "UPDATE catalog_category SET parent_id = %s WHERE id = %s"
    assert refused(move, shelves["tracked"], shelves["plain"])
    assert not refused(move, cast.category(), shelves["plain"])
    # With settings of its own it stays what it is, wherever it stands.
    shelf.config(shelves["plain"])
    assert not refused(move, shelves["tracked"], shelves["plain"])


def test_a_variant_moves_only_with_stock_that_agrees(shop, shelves):
    shelf.post(shop.asha, "purchase", shop.pune, shelves["cable"], 1)
    move = """UPDATE catalog_variant SET product_id = (SELECT product_id FROM catalog_variant WHERE id = %s)
        WHERE id = %s"""
    assert refused(move, shelves["phone"], shelves["cable"])


def test_removing_a_configuration(shop, shelves):
    shelf.post(shop.asha, "purchase", shop.pune, shelves["phone"], 1, serials=["A"])
    assert refused("DELETE FROM inventory_inventoryconfig WHERE category_id = %s", shelves["tracked"])


def test_what_waits_counts_as_well(shop):
    category = cast.category()
    config = shelf.config(category, require_stock_in_approval=True)
    variant = cast.variant(category_id=category)
    entry = shelf.post(shop.asha, "purchase", shop.pune, variant, 1)
    path, change = f"/inventory-config/{config}/", {"track_serials": True}
    assert shop.admin.patch(path, change).code == "stock_on_hand"
    shop.asha.post(f"/stock-entries/{entry}/reject/", {"reason": "x"})
    assert shop.admin.patch(path, change).status == 200


def test_a_sale_from_before_tracking_is_not_taken_back(shop):
    category = cast.category()
    variant = cast.variant(category_id=category)
    shelf.post(shop.asha, "purchase", shop.pune, variant, 1)
    sold = shelf.post(shop.bilal, "sale", shop.pune, variant, 1, booking=shop.booking())
    shelf.config(category, track_serials=True)
    answer = shop.asha.post(f"/stock-entries/{sold}/reverse/", {"reason": "x"})
    assert (answer.status, answer.code) == (409, "not_reversible")
    assert shelf.faults() == []
