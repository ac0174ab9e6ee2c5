from tests import cast
from tests.cast import new_key
from tests.inventory import shelf


def wait(shop, *, quantity=2, person=None):
    """An entry that waits at Pune, entered by Asha."""
    variant = shelf.guarded_variant()
    return shelf.post(person or shop.asha, "purchase", shop.pune, variant, quantity), variant


def approve(person, entry, key=None):
    return person.post(f"/stock-entries/{entry}/approve/", key=key)


def test_it_posts_what_waited(shop):
    entry, variant = wait(shop)
    answer = approve(shop.admin, entry)
    assert answer.status == 200
    shown = answer.data
    assert (shown["status"], shown["delta"], shown["balance_after"]) == ("posted", 2, 2)
    assert (shown["entered_by"], shown["approved_by"]) == (shop.asha.id, shop.admin.id)
    assert shown["decided_at"] is not None
    assert shelf.quantity(shop.pune, variant) == 2
    assert shelf.faults() == []


def test_its_units_go_on_the_shelf(shop):
    variant = shelf.tracked_variant(require_stock_in_approval=True)
    entry = shelf.post(shop.asha, "purchase", shop.pune, variant, 2, serials=["A", "B"])
    assert approve(shop.admin, entry).status == 200
    assert shelf.units("A", "B") == [("available", False, shop.pune)] * 2
    assert shelf.faults() == []


def test_an_advisors_return_by_the_head(shop):
    entry = shelf.post(shop.bilal, "return_in", shop.pune, shelf.guarded_variant(), 1)
    assert approve(shop.asha, entry).data["status"] == "posted"


def test_replays_with_its_key(shop):
    (entry, variant), key = wait(shop), new_key()
    first = approve(shop.admin, entry, key)
    again = approve(shop.admin, entry, key)
    assert (again.status, again.data, again.headers["Idempotent-Replayed"]) == (200, first.data, "true")
    assert shelf.quantity(shop.pune, variant) == 2


def test_not_ones_own(shop):
    entry, variant = wait(shop)
    answer = approve(shop.asha, entry)
    assert (answer.status, answer.code) == (403, "self_approval")
    assert shelf.quantity(shop.pune, variant) == 0


def test_only_once(shop):
    entry, variant = wait(shop)
    assert approve(shop.admin, entry).status == 200
    answer = approve(cast.person("branch_head", shop.pune), entry)
    assert (answer.status, answer.code) == (409, "not_pending")
    assert shelf.quantity(shop.pune, variant) == 2


def test_what_never_waited(shop):
    entry = shelf.post(shop.asha, "purchase", shop.pune, cast.variant(), 1)
    assert approve(shop.admin, entry).code == "not_pending"


def test_who_may(shop):
    entry, _ = wait(shop)
    assert approve(shop.bilal, entry).status == 403
    assert approve(shop.auditor, entry).status == 403
    assert approve(shop.chitra, entry).status == 404
    assert approve(shop.admin, 99_999_999).status == 404
    assert shop.admin.post(f"/stock-entries/{entry}/approve/", {"reason": "x"}).field_codes() == {
        "reason": "unknown_field"
    }
