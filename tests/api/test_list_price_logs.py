from datetime import timedelta

import pytest
from django.db import connection

from finetune.core.dates import today
from tests import cast
from tests.inventory import shelf


def logs(person, filters=""):
    return person.get(f"/price-logs/{filters}").data["results"]


def seen(rows):
    return [(row["kind"], row["old_price"], row["new_price"]) for row in rows]


def test_a_row_for_each_change(shop):
    variant = cast.variant(price="100.00")
    changes = {"price": "110.00", "mrp": "150", "cost": "80", "variant_name": "Other"}
    assert shop.asha.patch(f"/variants/{variant}/", changes).status == 200
    assert shop.asha.patch(f"/variants/{variant}/", {"price": "110.00"}).status == 200
    rows = logs(shop.asha, f"?product_variant={variant}&ordering=id")
    assert sorted(seen(rows)) == [
        ("cost", None, "80.00"),
        ("mrp", None, "150.00"),
        ("price", "100.00", "110.00"),
    ]
    assert {row["changed_by"] for row in rows} == {shop.asha.id}
    assert rows[0] == {
        "id": rows[0]["id"], "product_variant": variant, "old_price": rows[0]["old_price"],
        "new_price": rows[0]["new_price"], "kind": rows[0]["kind"], "changed_by": shop.asha.id,
        "date_changed": rows[0]["date_changed"],
    }  # fmt: skip


@pytest.mark.parametrize("actor", ["", "0", "99999999"])
def test_a_change_made_outside(shop, actor):
    variant = cast.variant(price="100.00")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('finetune.actor', %s, true)", [actor])
        cursor.execute(
            "UPDATE catalog_variant SET price = price + 1, mrp = price * 2 WHERE id = %s", [variant]
        )
    rows = logs(shop.admin, f"?product_variant={variant}")
    assert sorted(seen(rows)) == [("mrp", None, "200.00"), ("price", "100.00", "101.00")]
    assert {row["changed_by"] for row in rows} == {None}


def test_only_where_the_category_logs(shop):
    parent = cast.category()
    below = cast.category(parent=parent)
    variant = cast.variant(category_id=below, price="100.00")
    config = shelf.config(parent, log_price=False)
    shop.asha.patch(f"/variants/{variant}/", {"price": "110.00"})
    assert logs(shop.asha) == []
    shop.admin.patch(f"/inventory-config/{config}/", {"log_price": True})
    shop.asha.patch(f"/variants/{variant}/", {"price": "120.00"})
    assert seen(logs(shop.asha)) == [("price", "110.00", "120.00")]


def test_cost_is_for_who_may_see_it(shop):
    variant = cast.variant(price="100.00")
    shop.asha.patch(f"/variants/{variant}/", {"cost": "80", "price": "110.00"})
    assert [row["kind"] for row in logs(shop.bilal)] == ["price"]
    assert logs(shop.bilal, "?kind=cost") == []
    assert len(logs(shop.auditor)) == 2


def test_filters(shop):
    variant = cast.variant(price="100.00")
    shop.asha.patch(f"/variants/{variant}/", {"cost": "80", "price": "110.00"})
    assert [row["kind"] for row in logs(shop.asha, "?kind=price")] == ["price"]
    assert len(logs(shop.asha, f"?date_from={today()}&date_to={today()}")) == 2
    assert logs(shop.asha, f"?date_from={today() + timedelta(days=1)}") == []
    assert shop.asha.get("/price-logs/?kind=tax").status == 400


def test_a_refused_change_leaves_no_row(shop):
    variant = cast.variant(price="100.00", mrp="120.00")
    assert shop.asha.patch(f"/variants/{variant}/", {"price": "130.00"}).status == 400
    assert logs(shop.asha) == []
