import pytest

STEPS = ("diagnosing", "awaiting_approval", "in_progress", "ready", "delivered")


def go(person, booking, to, reason="", **more):
    body = {"to": to} | ({"reason": reason} if reason else {})
    return person.post(f"/bookings/{booking}/transition/", body, **more)


def test_all_the_way(shop):
    booking = shop.booking()
    for step in STEPS:
        moved = go(shop.bilal, booking, step)
        assert (moved.status, moved.data["status"]) == (200, step)
    assert moved.headers["ETag"] == '"6"'
    assert moved.data == shop.bilal.get(f"/bookings/{booking}/").data


def test_steps_that_are_not_listed(shop):
    booking = shop.booking()
    for to in ("received", "in_progress", "delivered"):
        refused = go(shop.bilal, booking, to)
        assert (refused.status, refused.code) == (409, "invalid_transition")
        assert (refused.data["from"], refused.data["to"]) == ("received", to)
    assert shop.bilal.get(f"/bookings/{booking}/").headers["ETag"] == '"1"'


def test_cancelling_needs_a_reason(shop):
    booking = shop.booking()
    for body in (
        {"to": "cancelled"},
        {"to": "cancelled", "reason": " "},
        {"to": "cancelled", "reason": None},
    ):
        refused = shop.bilal.post(f"/bookings/{booking}/transition/", body)
        assert (refused.status, refused.field_codes()) == (400, {"reason": "required"})
    cancelled = go(shop.bilal, booking, "cancelled", "Beyond repair")
    assert (cancelled.status, cancelled.data["status"]) == (200, "cancelled")
    assert cancelled.data["status_reason"] == "Beyond repair"
    assert go(shop.bilal, booking, "cancelled", "Again").status == 409
    assert go(shop.bilal, booking, "diagnosing").status == 409


@pytest.mark.parametrize("body", [{}, {"to": "sold"}, {"to": None}, {"to": "Diagnosing"}, {"to": ["ready"]}])
def test_unknown_status(shop, body):
    refused = shop.bilal.post(f"/bookings/{shop.booking()}/transition/", body)
    assert refused.status == 400
    assert refused.field_codes().keys() == {"to"}


def test_replay(shop):
    booking = shop.booking()
    assert go(shop.bilal, booking, "diagnosing", key="k1").status == 200
    go(shop.bilal, booking, "awaiting_approval")
    again = go(shop.bilal, booking, "diagnosing", key="k1")
    assert (again.status, again.data["status"]) == (200, "awaiting_approval")
    assert again.headers["Idempotent-Replayed"] == "true"
    other = shop.booking()
    assert go(shop.bilal, other, "diagnosing", key="k1").status == 422


def test_who_may(shop):
    booking = shop.booking()
    assert go(shop.auditor, booking, "diagnosing").status == 403
    assert go(shop.chitra, booking, "diagnosing").status == 404
    assert go(shop.bilal, 10**9, "diagnosing").status == 404
    assert go(shop.admin, booking, "diagnosing").status == 200


def test_a_counter_booking_may_be_delivered_at_once(shop):
    body = {"store": shop.pune, "customer": shop.buyer, "kind": "counter"}
    booking = shop.bilal.post("/bookings/", body).data["id"]
    assert go(shop.bilal, booking, "delivered").data["status"] == "delivered"
