import pytest

from tests import cast
from tests.cast import new_key
from tests.inventory import shelf

PATH = "/inventory-config/"


def test_defaults(shop):
    category = cast.category()
    made = shop.admin.post(PATH, {"category": category})
    assert made.status == 201
    assert made.data == {
        "id": made.data["id"], "category": category, "track_serials": False, "log_price": True,
        "require_stock_in_approval": False,
    }  # fmt: skip
    assert made.headers["ETag"] == '"1"'
    assert shop.bilal.get(f"{PATH}{made.data['id']}/").data == made.data
    assert shop.bilal.get(f"{PATH}?category={category}").data["results"] == [made.data]


def test_replays_with_its_key(shop):
    body, key = {"category": cast.category(), "track_serials": True}, new_key()
    first = shop.admin.post(PATH, body, key=key)
    again = shop.admin.post(PATH, body, key=key)
    assert (again.status, again.data, again.headers["Idempotent-Replayed"]) == (201, first.data, "true")


def test_one_a_category(shop):
    body = {"category": cast.category()}
    shop.admin.post(PATH, body)
    again = shop.admin.post(PATH, body)
    assert (again.status, again.code) == (409, "already_exists")
    assert again.field_codes() == {"category": "already_exists"}


def test_a_change(shop):
    made = shop.admin.post(PATH, {"category": cast.category()}).data
    stale = shop.admin.patch(f"{PATH}{made['id']}/", {"log_price": False}, **{"If-Match": '"9"'})
    assert (stale.status, stale.code) == (412, "stale")
    changed = shop.admin.patch(f"{PATH}{made['id']}/", {"log_price": False}, **{"If-Match": '"1"'})
    assert (changed.status, changed.data) == (200, made | {"log_price": False})
    assert changed.headers["ETag"] == '"2"'


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, {"category": "required"}),
        ({"category": "1"}, {"category": "invalid"}),
        ({"category": 1, "track_serials": "yes"}, {"track_serials": "invalid"}),
        ({"category": 1, "log_price": None}, {"log_price": "invalid"}),
        ({"category": 1, "negative_stock": True}, {"negative_stock": "unknown_field"}),
    ],
)
def test_refused_on_the_field(shop, body, faults):
    answer = shop.admin.post(PATH, body)
    assert (answer.status, answer.field_codes()) == (400, faults)


def test_what_is_not_there(shop):
    answer = shop.admin.post(PATH, {"category": 99_999_999})
    assert (answer.status, answer.field_codes()) == (404, {"category": "not_found"})
    assert shop.admin.patch(f"{PATH}99999999/", {"log_price": False}).status == 404
    assert shop.admin.get(f"{PATH}99999999/").status == 404


def test_who_may(shop):
    body = {"category": cast.category()}
    for person in (shop.asha, shop.bilal, shop.auditor):
        assert person.post(PATH, body).status == 403
        assert person.get(PATH).status == 200


def test_no_tracking_over_untracked_stock(shop):
    category = cast.category()
    variant = cast.variant(category_id=category)
    shelf.post(shop.asha, "purchase", shop.pune, variant, 1)
    refused = shop.admin.post(PATH, {"category": category, "track_serials": True})
    assert (refused.status, refused.code) == (409, "stock_on_hand")
    assert refused.data["product_variants"] == [variant]
    config = shop.admin.post(PATH, {"category": category}).data["id"]
    again = shop.admin.patch(f"{PATH}{config}/", {"track_serials": True})
    assert (again.status, again.code) == (409, "stock_on_hand")
    shelf.post(shop.asha, "damage", shop.pune, variant, 1)
    assert shop.admin.patch(f"{PATH}{config}/", {"track_serials": True}).status == 200


def test_no_end_of_tracking_over_tracked_stock(shop):
    variant = shelf.tracked_variant()
    shelf.post(shop.asha, "purchase", shop.pune, variant, 1, serials=["A"])
    [config] = shop.admin.get(PATH).data["results"]
    refused = shop.admin.patch(f"{PATH}{config['id']}/", {"track_serials": False})
    assert (refused.status, refused.code) == (409, "stock_on_hand")
    shelf.post(shop.asha, "damage", shop.pune, variant, 1, serials=["A"])
    assert shop.admin.patch(f"{PATH}{config['id']}/", {"track_serials": False}).status == 200
