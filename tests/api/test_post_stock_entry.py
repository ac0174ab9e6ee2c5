import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import cast
from tests.cast import new_key
from tests.inventory import shelf

PATH = "/stock-entries/"


def post(person, *args, key=None, **fields):
    return person.post(PATH, shelf.body(*args, **fields), key=key)


def test_a_purchase(shop):
    variant = cast.variant()
    answer = post(shop.asha, "purchase", shop.pune, variant, 5, unit_price="10.125", reference="GRN 7")
    assert answer.status == 201
    assert answer.data == {
        "id": answer.data["id"], "entry_type": "purchase", "status": "posted", "store": shop.pune,
        "product_variant": variant, "quantity": 5, "delta": 5, "balance_after": 5, "unit_price": "10.125",
        "booking": None, "serial_numbers": [], "reason": "", "reference": "GRN 7", "reversal_of": None,
        "reversed_by": None, "entered_by": shop.asha.id, "approved_by": None, "decided_at": None,
        "decision_reason": "", "created_at": answer.data["created_at"],
    }  # fmt: skip
    assert shelf.quantity(shop.pune, variant) == 5
    assert shelf.quantity(shop.nagpur, variant) is None


def test_every_type(shop):
    variant, booking = cast.variant(), shop.booking()
    steps = [
        ("purchase", 10, {}, 10), ("sale", 2, {"booking": booking}, 8), ("return_in", 1, {}, 9),
        ("return_out", 2, {}, 7), ("damage", 1, {}, 6), ("consumption", 1, {"booking": booking}, 5),
        ("adjustment", -2, {"reason": "counted"}, 3), ("adjustment", 4, {"reason": "found"}, 7),
    ]  # fmt: skip
    for entry_type, quantity, fields, balance in steps:
        answer = post(shop.asha, entry_type, shop.pune, variant, quantity, **fields)
        assert (answer.status, answer.data["quantity"], answer.data["balance_after"]) == (
            201,
            quantity,
            balance,
        )
    assert shelf.faults() == []


def test_tracked_units_from_the_box_to_the_buyer(shop):
    variant, booking = shelf.tracked_variant(), shop.booking()
    bought = post(shop.asha, "purchase", shop.pune, variant, 3, serial_numbers=[" a1", "A2 ", "a3"])
    assert (bought.status, bought.data["serial_numbers"]) == (201, ["A1", "A2", "A3"])
    assert (
        post(shop.bilal, "sale", shop.pune, variant, 1, serial_numbers=["a1"], booking=booking).status == 201
    )
    assert (
        post(shop.bilal, "consumption", shop.pune, variant, 1, serial_numbers=["a2"], booking=booking).status
        == 201
    )
    assert post(shop.asha, "damage", shop.pune, variant, 1, serial_numbers=["A3"]).status == 201
    assert [state for state, *_ in shelf.units("A1", "A2", "A3")] == ["sold", "consumed", "defective"]
    assert post(shop.bilal, "return_in", shop.pune, variant, 1, serial_numbers=["A1"]).status == 201
    assert shelf.units("A1") == [("available", False, shop.pune)]
    assert shelf.faults() == []


def test_replays_with_its_key(shop):
    variant, key = cast.variant(), new_key()
    first = post(shop.asha, "purchase", shop.pune, variant, 5, key=key)
    again = post(shop.asha, "purchase", shop.pune, variant, 5, key=key)
    assert (again.status, again.data) == (201, first.data)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert shelf.quantity(shop.pune, variant) == 5
    other = post(shop.asha, "purchase", shop.pune, variant, 6, key=key)
    assert (other.status, other.code) == (422, "idempotency_key_reused")


def test_a_refusal_leaves_the_key_and_everything_else(shop):
    variant, key = cast.variant(), new_key()
    before = shelf.how_much()
    refused = post(shop.asha, "damage", shop.pune, variant, 1, key=key)
    assert (refused.status, refused.code) == (409, "insufficient_stock")
    assert (refused.data["requested"], refused.data["available"]) == (1, 0)
    assert shelf.how_much() == before
    assert shelf.quantity(shop.pune, variant) is None
    shelf.post(shop.asha, "purchase", shop.pune, variant, 1)
    assert post(shop.asha, "damage", shop.pune, variant, 1, key=key).status == 201


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"entry_type": "transfer_out"}, {"entry_type": "not_available"}),
        ({"entry_type": "transfer_in"}, {"entry_type": "not_available"}),
        ({"entry_type": "gift"}, {"entry_type": "invalid"}),
        ({"entry_type": None}, {"entry_type": "invalid"}),
        ({"entry_type": "sale"}, {"booking": "booking_required"}),
        ({"entry_type": "consumption", "booking": None}, {"booking": "booking_required"}),
        ({"entry_type": "adjustment"}, {"reason": "required"}),
        ({"entry_type": "adjustment", "reason": "  "}, {"reason": "required"}),
        ({"entry_type": "adjustment", "reason": "x", "quantity": 0}, {"quantity": "invalid"}),
        ({"quantity": 0}, {"quantity": "invalid"}),
        ({"quantity": -1}, {"quantity": "invalid"}),
        ({"quantity": 1_000_001}, {"quantity": "invalid"}),
        ({"quantity": "1.5"}, {"quantity": "invalid"}),
        ({"quantity": True}, {"quantity": "invalid"}),
        ({"quantity": None}, {"quantity": "invalid"}),
        ({"unit_price": "-1"}, {"unit_price": "invalid"}),
        ({"unit_price": "1.0001"}, {"unit_price": "invalid"}),
        ({"unit_price": "99999999999"}, {"unit_price": "invalid"}),
        ({"booking": 2**63}, {"booking": "invalid"}),
        ({"store": "1"}, {"store": "invalid"}),
        ({"product_variant": 0}, {"product_variant": "invalid"}),
        ({"serial_numbers": ["A", " "]}, {"serial_numbers.1": "invalid"}),
        ({"serial_numbers": ["x" * 65]}, {"serial_numbers.0": "invalid"}),
        ({"serial_numbers": "A"}, {"serial_numbers": "invalid"}),
        ({"reference": "x" * 61}, {"reference": "invalid"}),
        ({"delta": 1}, {"delta": "unknown_field"}),
        ({"entry_type": "sale", "quantity": 0}, {"quantity": "invalid", "booking": "booking_required"}),
    ],
)
def test_refused_on_the_field(shop, change, faults):
    answer = shop.admin.post(PATH, shelf.body("purchase", shop.pune, 1, 1) | change)
    assert (answer.status, answer.field_codes()) == (400, faults)


def test_what_is_missing(shop):
    answer = shop.asha.post(PATH, {})
    assert answer.status == 400
    assert answer.field_codes() == dict.fromkeys(
        ["entry_type", "store", "product_variant", "quantity"], "required"
    )


def test_null_stands_for_nothing_given(shop):
    fields = {"unit_price": None, "booking": None, "serial_numbers": None, "reason": None, "reference": None}
    assert post(shop.asha, "purchase", shop.pune, cast.variant(), "2", **fields).status == 201


@pytest.mark.parametrize(
    ("serials", "quantity", "is_taken"),
    [
        ([], 1, False),
        (["A", " a "], 2, False),
        (["A"], 2, False),
        (["A", "B"], 1, False),
        (["A", " a "], 1, True),
    ],
)
def test_as_many_serials_as_units(shop, serials, quantity, is_taken):
    answer = post(shop.asha, "purchase", shop.pune, shelf.tracked_variant(), quantity, serial_numbers=serials)
    if is_taken:
        assert answer.status == 201
    else:
        assert (answer.status, answer.code) == (400, "serial_count_mismatch")
        assert answer.field_codes() == {"serial_numbers": "serial_count_mismatch"}


def test_no_serials_where_none_are_tracked(shop):
    answer = post(shop.asha, "purchase", shop.pune, cast.variant(), 1, serial_numbers=["A"])
    assert (answer.status, answer.code) == (400, "serial_count_mismatch")


def test_a_unit_comes_in_once(shop):
    variant = shelf.tracked_variant()
    shelf.post(shop.asha, "purchase", shop.pune, variant, 1, serials=["A"])
    answer = post(shop.chitra, "purchase", shop.nagpur, variant, 2, serial_numbers=["B", "a"])
    assert (answer.status, answer.code) == (409, "serial_exists")
    [error] = answer.data["errors"]
    assert error["field"] == "serial_numbers.1"
    assert (error["status"], error["store"]) == ("available", shop.pune)
    assert shelf.units("B") == [("", False, 0)]


def test_every_unit_that_is_not_there(shop):
    variant, booking = shelf.tracked_variant(), shop.booking()
    shelf.post(shop.asha, "purchase", shop.pune, variant, 2, serials=["A", "B"])
    shelf.post(shop.chitra, "purchase", shop.nagpur, variant, 1, serials=["C"])
    shelf.post(shop.bilal, "sale", shop.pune, variant, 1, serials=["A"], booking=booking)
    answer = post(
        shop.bilal, "sale", shop.pune, variant, 4, serial_numbers=["A", "B", "C", "D"], booking=booking
    )
    assert (answer.status, answer.code) == (409, "serial_not_available")
    assert [(error["field"], error["status"], error["store"]) for error in answer.data["errors"]] == [
        ("serial_numbers.0", "sold", shop.pune),
        ("serial_numbers.2", "available", shop.nagpur),
        ("serial_numbers.3", None, None),
    ]
    assert shelf.faults() == []


def test_only_what_was_sold_here_comes_back(shop):
    variant = shelf.tracked_variant()
    shelf.post(shop.asha, "purchase", shop.pune, variant, 1, serials=["A"])
    shelf.post(shop.bilal, "sale", shop.pune, variant, 1, serials=["A"], booking=shop.booking())
    answer = post(shop.chitra, "return_in", shop.nagpur, variant, 1, serial_numbers=["A"])
    assert (answer.status, answer.code) == (409, "serial_not_available")
    assert post(shop.bilal, "return_in", shop.pune, variant, 1, serial_numbers=["A"]).status == 201


def test_a_written_off_unit_is_found_again(shop):
    variant = shelf.tracked_variant()
    shelf.post(shop.asha, "purchase", shop.pune, variant, 1, serials=["A"])
    shelf.post(shop.asha, "adjustment", shop.pune, variant, -1, serials=["A"], reason="lost")
    again = post(shop.asha, "purchase", shop.pune, variant, 1, serial_numbers=["A"])
    assert (again.status, again.code) == (409, "serial_exists")
    assert (
        post(shop.asha, "adjustment", shop.pune, variant, 1, serial_numbers=["A"], reason="found").status
        == 201
    )
    assert shelf.units("A") == [("available", False, shop.pune)]


def test_it_waits_where_the_category_says_so(shop):
    category = cast.category()
    shelf.config(category, require_stock_in_approval=True, track_serials=True)
    variant = cast.variant(category_id=category)
    answer = post(shop.asha, "purchase", shop.pune, variant, 2, serial_numbers=["A", "B"])
    assert answer.status == 201
    shown = answer.data
    assert (shown["status"], shown["delta"], shown["balance_after"]) == ("pending_approval", 2, None)
    assert shelf.quantity(shop.pune, variant) == 0
    assert [state for state, *_ in shelf.units("A", "B")] == ["pending", "pending"]
    again = post(shop.asha, "purchase", shop.pune, variant, 1, serial_numbers=["A"])
    assert (again.status, again.code) == (409, "serial_exists")
    short = post(shop.asha, "damage", shop.pune, variant, 1, serial_numbers=["A"])
    assert (short.status, short.code) == (409, "serial_not_available")


ROLES = [
    ("advisor", "purchase", 403), ("advisor", "return_out", 403), ("advisor", "damage", 403),
    ("advisor", "adjustment", 403), ("advisor", "sale", 409), ("advisor", "consumption", 409),
    ("advisor", "return_in", 201), ("branch_head", "purchase", 201), ("branch_head", "adjustment", 201),
    ("system_admin", "purchase", 201), ("auditor", "purchase", 403), ("auditor", "sale", 403),
]  # fmt: skip


@pytest.mark.parametrize(("role", "entry_type", "status"), ROLES)
def test_who_may_post_what(shop, role, entry_type, status):
    fields = {"booking": shop.booking()} if entry_type in ("sale", "consumption") else {"reason": "counted"}
    person = cast.person(role, shop.pune)
    assert post(person, entry_type, shop.pune, cast.variant(), 1, **fields).status == status


def test_what_is_not_there_or_not_yours(shop):
    variant = cast.variant()
    for person, store in [(shop.chitra, shop.pune), (shop.admin, 99_999_999)]:
        answer = post(person, "purchase", store, variant, 1)
        assert (answer.status, answer.field_codes()) == (404, {"store": "not_found"})
    answer = post(shop.asha, "purchase", shop.pune, 99_999_999, 1)
    assert (answer.status, answer.field_codes()) == (404, {"product_variant": "not_found"})
    for booking in (99_999_999, shop.booking(store=shop.nagpur)):
        for person in (shop.bilal, shop.admin):
            answer = post(person, "sale", shop.pune, variant, 1, booking=booking)
            assert (answer.status, answer.field_codes()) == (404, {"booking": "not_found"})


def test_nothing_leaves_for_a_cancelled_booking(shop):
    variant, booking = cast.variant(), shop.booking()
    shelf.post(shop.asha, "purchase", shop.pune, variant, 1)
    shop.asha.post(f"/bookings/{booking}/transition/", {"to": "cancelled", "reason": "changed their mind"})
    answer = post(shop.bilal, "sale", shop.pune, variant, 1, booking=booking)
    assert (answer.status, answer.code) == (409, "booking_cancelled")
    assert post(shop.bilal, "return_in", shop.pune, variant, 1, booking=booking).status == 201


def test_cost_is_shown_to_who_may_see_it(shop):
    bought = post(shop.asha, "purchase", shop.pune, cast.variant(), 1, unit_price=10).data
    assert bought["unit_price"] == "10.00"
    assert "unit_price" not in shop.bilal.get(f"{PATH}{bought['id']}/").data
    assert shop.auditor.get(f"{PATH}{bought['id']}/").data["unit_price"] == "10.00"
    sold = post(
        shop.bilal, "sale", shop.pune, bought["product_variant"], 1, unit_price="1180", booking=shop.booking()
    )
    assert sold.data["unit_price"] == "1180.00"


def test_an_entry_takes_seven_statements(committed_shop):
    shop, variant = committed_shop, shelf.tracked_variant()
    with CaptureQueriesContext(connection) as first:
        assert post(shop.asha, "purchase", shop.pune, variant, 2, serial_numbers=["A", "B"]).status == 201
    assert len(first) <= 7, [query["sql"] for query in first]
    booking = shop.booking()
    with CaptureQueriesContext(connection) as keyed:
        answer = post(
            shop.bilal, "sale", shop.pune, variant, 1, serial_numbers=["A"], booking=booking, key=new_key()
        )
    assert answer.status == 201
    assert len(keyed) <= 9, [query["sql"] for query in keyed]  # the booking's lock and the key's row


def test_it_is_written_down_who_did_it(shop):
    entry = post(shop.asha, "adjustment", shop.pune, cast.variant(), 3, reason="found in the drawer").data[
        "id"
    ]
    [row] = shelf.fetch(
        "SELECT user_id, verb, reason FROM core_auditrecord WHERE kind = 'stock_entry' AND object_id = %s",
        entry,
    )
    assert row == (shop.asha.id, "stock.post", "found in the drawer")


def test_a_container_of_units(shop):
    """Thousands of serials in one call take no step that grows with their square."""
    variant, serials = shelf.tracked_variant(), [f"BOX{number:05d}" for number in range(3000)]
    assert post(shop.asha, "purchase", shop.pune, variant, 3000, serial_numbers=serials).status == 201
    sold = post(shop.bilal, "sale", shop.pune, variant, 3000, serial_numbers=serials, booking=shop.booking())
    assert sold.status == 201
    again = post(shop.asha, "purchase", shop.pune, variant, 3000, serial_numbers=serials)
    assert (again.status, len(again.data["errors"])) == (409, 3000)
    assert shop.asha.post(f"{PATH}{sold.data['id']}/reverse/", {"reason": "all of it"}).status == 201
    assert shelf.faults() == []
