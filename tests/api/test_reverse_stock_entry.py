import pytest

from tests import cast
from tests.cast import new_key
from tests.inventory import shelf


def reverse(person, entry, reason="typed twice", key=None):
    return person.post(f"/stock-entries/{entry}/reverse/", {"reason": reason}, key=key)


def test_a_purchase_is_taken_back(shop):
    variant = cast.variant()
    entry = shelf.post(shop.asha, "purchase", shop.pune, variant, 5)
    answer = reverse(shop.asha, entry)
    assert answer.status == 201
    shown = answer.data
    assert (shown["entry_type"], shown["quantity"], shown["delta"], shown["balance_after"]) == (
        "purchase",
        5,
        -5,
        0,
    )
    assert (shown["reversal_of"], shown["reason"], shown["status"]) == (entry, "typed twice", "posted")
    original = shop.asha.get(f"/stock-entries/{entry}/").data
    assert (original["reversed_by"], original["delta"], original["status"]) == (shown["id"], 5, "posted")
    assert shelf.faults() == []


def test_replays_with_its_key(shop):
    entry, key = shelf.post(shop.asha, "purchase", shop.pune, cast.variant(), 5), new_key()
    first = reverse(shop.asha, entry, key=key)
    again = reverse(shop.asha, entry, key=key)
    assert (again.status, again.data, again.headers["Idempotent-Replayed"]) == (201, first.data, "true")


def test_only_once_and_never_itself(shop):
    entry = shelf.post(shop.asha, "purchase", shop.pune, cast.variant(), 5)
    reversal = reverse(shop.asha, entry).data["id"]
    again = reverse(shop.asha, entry)
    assert (again.status, again.code, again.data["reversed_by"]) == (409, "already_reversed", reversal)
    itself = reverse(shop.asha, reversal)
    assert (itself.status, itself.code) == (409, "not_reversible")


@pytest.mark.parametrize("decide", ["", "reject"])
def test_what_was_never_posted(shop, decide):
    entry = shelf.post(shop.asha, "purchase", shop.pune, shelf.guarded_variant(), 5)
    if decide:
        shop.asha.post(f"/stock-entries/{entry}/reject/", {"reason": "x"})
    assert reverse(shop.asha, entry).code == "not_reversible"


def test_not_what_is_gone(shop):
    variant = cast.variant()
    entry = shelf.post(shop.asha, "purchase", shop.pune, variant, 5)
    shelf.post(shop.asha, "damage", shop.pune, variant, 2)
    answer = reverse(shop.asha, entry)
    assert (answer.status, answer.code) == (409, "insufficient_stock")
    assert (answer.data["requested"], answer.data["available"]) == (5, 3)


@pytest.mark.parametrize(
    ("entry_type", "quantity", "state"),
    [
        ("sale", 1, "sold"), ("consumption", 1, "consumed"), ("damage", 1, "defective"),
        ("return_out", 1, "returned"), ("adjustment", -1, "written_off"),
    ],
)  # fmt: skip
def test_a_unit_comes_back(shop, entry_type, quantity, state):
    variant = shelf.tracked_variant()
    shelf.post(shop.asha, "purchase", shop.pune, variant, 1, serials=["A"])
    entry = shelf.post(
        shop.asha, entry_type, shop.pune, variant, quantity, serials=["A"], booking=shop.booking(), reason="x"
    )
    assert shelf.units("A")[0][0] == state
    assert reverse(shop.asha, entry).status == 201
    assert shelf.units("A") == [("available", False, shop.pune)]
    assert shelf.faults() == []


def test_a_unit_that_came_in_by_mistake_may_come_in_again(shop):
    variant = shelf.tracked_variant()
    entry = shelf.post(shop.asha, "purchase", shop.pune, variant, 1, serials=["A"])
    assert reverse(shop.asha, entry).status == 201
    assert shelf.units("A") == [("written_off", True, shop.pune)]
    shelf.post(shop.chitra, "purchase", shop.nagpur, variant, 1, serials=["A"])
    assert shelf.units("A") == [("available", False, shop.nagpur)]
    assert shelf.faults() == []


def test_a_unit_that_was_sold_again_stays_sold(shop):
    variant = shelf.tracked_variant()
    shelf.post(shop.asha, "purchase", shop.pune, variant, 1, serials=["A"])
    first = shelf.post(shop.bilal, "sale", shop.pune, variant, 1, serials=["A"], booking=shop.booking())
    back = shelf.post(shop.bilal, "return_in", shop.pune, variant, 1, serials=["A"])
    second = shelf.post(shop.bilal, "sale", shop.pune, variant, 1, serials=["A"], booking=shop.booking())
    answer = reverse(shop.asha, first)
    assert (answer.status, answer.code) == (409, "serial_not_available")
    assert answer.data["errors"][0]["status"] == "sold"
    # Taken back in the right order, all of it goes.
    assert [reverse(shop.asha, entry).status for entry in (second, back, first)] == [201, 201, 201]
    assert shelf.units("A") == [("available", False, shop.pune)]
    assert shelf.faults() == []


def test_a_reversal_never_waits(shop):
    variant = shelf.guarded_variant()
    entry = shelf.post(shop.asha, "purchase", shop.pune, variant, 2)
    shop.admin.post(f"/stock-entries/{entry}/approve/")
    out = shelf.post(shop.asha, "damage", shop.pune, variant, 1)
    assert reverse(shop.asha, out).data["status"] == "posted"
    assert reverse(shop.asha, entry).data["balance_after"] == 0


def test_who_may(shop):
    entry = shelf.post(shop.asha, "purchase", shop.pune, cast.variant(), 1)
    assert reverse(shop.bilal, entry).status == 403
    assert reverse(shop.auditor, entry).status == 403
    assert reverse(shop.chitra, entry).status == 404
    assert shop.asha.post(f"/stock-entries/{entry}/reverse/", {}).field_codes() == {"reason": "required"}
    assert reverse(shop.admin, entry).status == 201
