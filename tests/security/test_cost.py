"""What the shop paid is in no answer to an advisor, under whatever name and in whatever format."""

from typing import Any

import msgspec
import pytest
from django.db import transaction

from finetune.staff.permissions import permits, sees_cost
from tests import published
from tests.cast import Answer, Person, new_key
from tests.security.scene import COST, PURCHASE_PRICE, Scene, guarded, made, named
from tests.security.test_who_may import ready, tried

GUARDED = list(guarded())
NAMES = ("cost", "valuation", "value", "margin", "profit")
FIGURES = [PURCHASE_PRICE.rstrip("0").encode(), COST.encode()]


@pytest.fixture
def bought(scene: Scene) -> Scene:
    """Goods with a price that was paid, a cost that was changed, and a bill on which some were sold."""
    shop = scene.shop
    variant = scene.id_of("variants")
    entry = {"entry_type": "purchase", "store": shop.pune, "product_variant": variant, "quantity": 5}
    bought = made(shop.asha.post("/stock-entries/", entry | {"unit_price": PURCHASE_PRICE}))
    returned = {"entry_type": "return_out", "quantity": 1, "unit_price": PURCHASE_PRICE}
    made(shop.asha.post("/stock-entries/", entry | returned))
    made(shop.asha.patch(f"/variants/{variant}/", {"cost": "1.00"}))
    made(shop.asha.patch(f"/variants/{variant}/", {"cost": COST}))
    sold = {"store": shop.pune, "counter_sale": True, "line_items": [{"variant": variant, "quantity": 1}]}
    made(shop.bilal.post("/invoices/", sold))
    scene.ids["stock-entries"] = bought["id"]
    return scene


def raw(answer: Answer) -> bytes:
    return answer.data if isinstance(answer.data, bytes) else msgspec.json.encode(answer.data)


def keys_of(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {name for inner in value.values() for name in keys_of(inner)}
    return {name for inner in value for name in keys_of(inner)} if isinstance(value, list) else set()


def told(answer: Answer) -> list[str]:
    """What an answer says of cost."""
    found = [figure.decode() for figure in FIGURES if figure in raw(answer)]
    return found + [name for name in keys_of(answer.data) if name in NAMES]


def addresses(scene: Scene, path: str, operation: dict[str, Any]) -> list[str]:
    """The path, and each file that it can be had as."""
    address = scene.address(path)
    for parameter in operation["parameters"]:
        if parameter["name"] == "format":
            choices = parameter["schema"].get("enum", [])
            mark = "&" if "?" in address else "?"
            return [address, *(f"{address}{mark}format={each}" for each in choices)]
    return [address]


def test_no_read_tells_an_advisor(bought: Scene):
    advisor = bought.shop.bilal
    wrong, seen = [], 0
    for method, path, operation in GUARDED:
        if method != "GET" or not permits("advisor", operation["x-verb"]):
            continue
        for address in addresses(bought, path, operation):
            answer = advisor.get(address)
            seen += answer.status == 200
            wrong += [f"{address}: {what}" for what in told(answer)]
    assert not wrong
    assert seen > 50


def test_no_write_tells_an_advisor(bought: Scene):
    wrong = []
    for operation in GUARDED:
        method, _path, described = operation
        if method != "GET" and permits("advisor", described["x-verb"]):
            ready(bought, operation)
            answer = tried(bought, "bilal", operation)
            wrong += [f"{named(operation)}: {what}" for what in told(answer)]
    assert not wrong


def test_the_same_figures_are_there_for_who_may_see_them(bought: Scene):
    """So that the tests above look for something that is there."""
    shop, variant, entry = bought.shop, bought.id_of("variants"), bought.id_of("stock-entries")
    for person in (shop.admin, shop.asha, shop.auditor):
        assert sees_cost(person.actor.caller.role)
        assert COST in told(person.get(f"/variants/{variant}/"))
        assert PURCHASE_PRICE.rstrip("0") in told(person.get(f"/stock-entries/{entry}/"))
        assert COST in told(person.get(f"/price-logs/?product_variant={variant}"))
        assert told(person.get("/reports/stock-valuation/"))


def test_price_logs_of_cost_are_not_even_counted(bought: Scene):
    advisor, variant = bought.shop.bilal, bought.id_of("variants")
    rows = advisor.get(f"/price-logs/?product_variant={variant}").data["results"]
    assert all(row["kind"] != "cost" for row in rows)
    assert advisor.get(f"/price-logs/?product_variant={variant}&kind=cost").data["results"] == []


@pytest.mark.parametrize("name", ["cost", "-cost", "unit_price", "-unit_price", "value"])
def test_no_list_is_ordered_by_cost(bought: Scene, name: str):
    """The order alone would tell."""
    for method, path, described in published.operations():
        names = {each["name"] for each in described["parameters"]}
        if method == "GET" and {"ordering", "page_size"} <= names and "{row_id}" not in path:
            person: Person = bought.shop.bilal
            if permits("advisor", described["x-verb"]):
                assert person.get(f"{path.removeprefix('/api')}?ordering={name}").status == 400, path


def test_an_advisors_own_return_shows_what_the_buyer_paid_and_no_more(bought: Scene):
    """`return_in` carries the price that was billed, which an advisor may know; a replay says no more."""
    shop = bought.shop
    body = {"entry_type": "return_in", "store": shop.pune, "product_variant": bought.id_of("variants")}
    key = new_key()
    with transaction.atomic():
        first = shop.bilal.post("/stock-entries/", body | {"quantity": 1}, key=key)
        again = shop.bilal.post("/stock-entries/", body | {"quantity": 1}, key=key)
        assert first.status == again.status == 201
        assert first.data == again.data
        assert not told(first)


def test_a_refusal_tells_nothing_either(bought: Scene):
    shop, variant = bought.shop, bought.id_of("variants")
    for change in ({"cost": "2.00"}, {"cost": None}, {"price": "0.01"}):
        answer = shop.bilal.patch(f"/variants/{variant}/", change)
        assert answer.status == 403
        assert not told(answer)
    below = {"store": shop.pune, "counter_sale": True}
    line = {"variant": variant, "quantity": 1, "unit_price": "0.01", "discount": {"percent": "99"}}
    assert not told(shop.bilal.post("/invoices/", below | {"line_items": [line]}))
