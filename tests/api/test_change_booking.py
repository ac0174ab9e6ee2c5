import pytest

from tests import cast


def test_what_may_be_changed(shop):
    booking, other = shop.booking(), cast.customer("Another")
    change = {
        "customer": other,
        "device": "Tablet",
        "issue": "Dead",
        "imei": "490154203237518",
        "estimate": "99.50",
    }
    changed = shop.bilal.patch(f"/bookings/{booking}/", change)
    assert changed.status == 200
    assert {name: changed.data[name] for name in change} == change
    assert changed.data["updated_at"] > changed.data["created_at"]
    assert shop.bilal.patch(f"/bookings/{booking}/", {"estimate": None}).data["estimate"] is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"store": 1}, "not_changeable"),
        ({"kind": "repair"}, "not_changeable"),
        ({"kind": None}, "not_changeable"),
        ({"status": "ready"}, "unknown_field"),
        ({"created_by": 1}, "unknown_field"),
        ({"device": ""}, "required"),
        ({"issue": None}, "required"),
        ({"imei": "1"}, "invalid_imei"),
    ],
)
def test_refused_on_the_field(shop, change, code):
    booking = shop.booking()
    answer = shop.bilal.patch(f"/bookings/{booking}/", change)
    assert (answer.status, answer.field_codes()) == (400, dict.fromkeys(change, code))


def test_unknown_customer(shop):
    answer = shop.bilal.patch(f"/bookings/{shop.booking()}/", {"customer": 10**9})
    assert (answer.status, answer.field_codes()) == (404, {"customer": "not_found"})


def test_another_stores_booking_is_not_there(shop):
    booking = shop.booking()
    for answer in (
        shop.chitra.get(f"/bookings/{booking}/"),
        shop.chitra.patch(f"/bookings/{booking}/", {"issue": "x"}),
        shop.chitra.patch(f"/bookings/{booking}/", {"issue": "x"}, **{"If-Match": '"9"'}),
        shop.chitra.post(f"/bookings/{booking}/transition/", {"to": "diagnosing"}),
    ):
        assert (answer.status, answer.code) == (404, "not_found")
