from tests import cast
from tests.cast import new_key
from tests.inventory import shelf


def reject(person, entry, reason="wrong box", key=None):
    return person.post(f"/stock-entries/{entry}/reject/", {"reason": reason}, key=key)


def test_by_the_head(shop):
    variant = shelf.guarded_variant()
    entry = shelf.post(shop.bilal, "return_in", shop.pune, variant, 2)
    answer = reject(shop.asha, entry)
    assert answer.status == 200
    shown = answer.data
    assert (shown["status"], shown["balance_after"], shown["approved_by"], shown["decision_reason"]) == (
        "rejected",
        None,
        shop.asha.id,
        "wrong box",
    )
    assert shelf.quantity(shop.pune, variant) == 0


def test_by_its_maker(shop):
    entry = shelf.post(shop.bilal, "return_in", shop.pune, shelf.guarded_variant(), 1)
    assert reject(shop.bilal, entry).data["status"] == "rejected"


def test_replays_with_its_key(shop):
    entry, key = shelf.post(shop.bilal, "return_in", shop.pune, shelf.guarded_variant(), 1), new_key()
    first = reject(shop.asha, entry, key=key)
    again = reject(shop.asha, entry, key=key)
    assert (again.status, again.data, again.headers["Idempotent-Replayed"]) == (200, first.data, "true")


def test_a_new_unit_may_come_in_again_anywhere(shop):
    variant = shelf.tracked_variant(require_stock_in_approval=True)
    entry = shelf.post(shop.asha, "purchase", shop.pune, variant, 1, serials=["A"])
    reject(shop.asha, entry)
    assert shelf.units("A") == [("written_off", True, shop.pune)]
    again = shelf.post(shop.chitra, "purchase", shop.nagpur, variant, 1, serials=["A"])
    assert shelf.units("A") == [("pending", False, shop.nagpur)]
    shop.admin.post(f"/stock-entries/{again}/approve/")
    assert shelf.units("A") == [("available", False, shop.nagpur)]
    assert shelf.faults() == []


def test_a_sold_unit_stays_sold(shop):
    variant = shelf.tracked_variant(require_stock_in_approval=True)
    bought = shelf.post(shop.asha, "purchase", shop.pune, variant, 1, serials=["A"])
    shop.admin.post(f"/stock-entries/{bought}/approve/")
    sold = shelf.post(shop.bilal, "sale", shop.pune, variant, 1, serials=["A"], booking=shop.booking())
    entry = shelf.post(shop.bilal, "return_in", shop.pune, variant, 1, serials=["A"])
    assert shelf.units("A")[0][0] == "pending"
    reject(shop.asha, entry)
    assert shelf.units("A") == [("sold", False, shop.pune)]
    # The rejected return moved nothing, so the sale can still be taken back.
    assert shop.asha.post(f"/stock-entries/{sold}/reverse/", {"reason": "typed twice"}).status == 201
    assert shelf.faults() == []


def test_only_once(shop):
    entry = shelf.post(shop.asha, "purchase", shop.pune, shelf.guarded_variant(), 1)
    assert reject(shop.asha, entry).status == 200
    assert reject(shop.asha, entry).code == "not_pending"
    assert shop.admin.post(f"/stock-entries/{entry}/approve/").code == "not_pending"


def test_who_may(shop):
    entry = shelf.post(shop.asha, "purchase", shop.pune, shelf.guarded_variant(), 1)
    assert reject(shop.bilal, entry).status == 403
    assert reject(shop.auditor, entry).status == 403
    assert reject(shop.chitra, entry).status == 404
    assert reject(cast.person("branch_head", shop.pune), entry).status == 200


def test_a_reason_is_needed(shop):
    entry = shelf.post(shop.asha, "purchase", shop.pune, shelf.guarded_variant(), 1)
    assert shop.asha.post(f"/stock-entries/{entry}/reject/").field_codes() == {"reason": "required"}
    assert reject(shop.asha, entry, reason=" ").status == 400
