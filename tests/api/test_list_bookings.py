from datetime import UTC, datetime

import pytest

from finetune.bookings.models import Booking
from tests import cast


def ids(person, query=""):
    answer = person.get(f"/bookings/?{query}")
    assert answer.status == 200
    return [row["id"] for row in answer.data["results"]]


def test_own_stores_only_newest_first(shop):
    first, second, far = shop.booking(), shop.booking(), shop.booking(store=shop.nagpur)
    assert ids(shop.bilal) == [second, first]
    assert ids(shop.chitra) == [far]
    assert ids(shop.auditor) == ids(shop.admin) == [far, second, first]
    assert ids(shop.bilal, f"store={shop.nagpur}") == []
    assert ids(shop.admin, f"store={shop.nagpur}") == [far]


def test_filters(shop):
    plain = shop.booking()
    buyer = cast.customer("Meera", phone="+919876543210")
    body = {
        "store": shop.pune,
        "customer": buyer,
        "device": "Redmi 9",
        "issue": "No sound",
        "imei": "490154203237518",
    }
    special = shop.bilal.post("/bookings/", body).data["id"]
    shop.bilal.post(f"/bookings/{special}/transition/", {"to": "diagnosing"})
    found_by = ("status=diagnosing", "q=redmi", "q=sound", "q=0323751", "q=meera", "q=098765 43210")
    for query in (f"customer={buyer}", *found_by):
        assert ids(shop.bilal, query) == [special], query
    assert ids(shop.bilal, "status=received&kind=repair") == [plain]
    assert ids(shop.bilal, "kind=counter") == []
    for query, field in (
        ("status=sold", "status"),
        ("kind=x", "kind"),
        ("store=0", "store"),
        ("date_from=x", "date_from"),
    ):
        assert shop.bilal.get(f"/bookings/?{query}").field_codes() == {field: "invalid"}


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 11, 21, 18, 29, 59, tzinfo=UTC), "2026-11-21"),
        (datetime(2026, 11, 21, 18, 30, tzinfo=UTC), "2026-11-22"),
        (datetime(2026, 11, 22, 18, 29, 59, 999999, tzinfo=UTC), "2026-11-22"),
        (datetime(2026, 11, 22, 18, 30, tzinfo=UTC), "2026-11-23"),
    ],
)
def test_days_are_indian(shop, instant, day):
    booking = shop.booking()
    Booking.objects.filter(pk=booking).update(created_at=instant)
    for each in ("2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"):
        assert ids(shop.bilal, f"date_from={each}&date_to={each}") == ([booking] if each == day else [])
    assert ids(shop.bilal, f"date_from={day}") == ids(shop.bilal, f"date_to={day}") == [booking]


def test_the_ends_of_time(shop):
    booking = shop.booking()
    assert ids(shop.bilal, "date_from=0001-01-01&date_to=9999-12-31") == [booking]
    assert ids(shop.bilal, "date_from=9999-12-31") == ids(shop.bilal, "date_to=0001-01-01") == []
    assert shop.bilal.get("/bookings/?date_from=2026-02-30").field_codes() == {"date_from": "invalid"}
