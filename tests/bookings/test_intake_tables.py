"""What the database keeps of an intake: links that only end, photos that never change."""

from io import BytesIO

import pytest
from django.db import DatabaseError, connection, transaction

from finetune.bookings.actions import add_photos, end_status_link, remove_photo, renew_status_link
from finetune.bookings.models import Booking, BookingPhoto, StatusLink
from finetune.bookings.pictures import read_picture
from finetune.bookings.posting import open_counter_booking
from finetune.bookings.rules import BENCH, LATE_AFTER_DAYS, PHOTOS_PER_BOOKING_MAX, is_late, next_steps
from finetune.core.dates import now
from finetune.core.models import AuditRecord
from finetune.core.refusals import Refusal
from tests.bookings.test_pictures import picture


def photo():
    return read_picture(BytesIO(picture()))


def test_every_repair_has_a_link_of_its_own(shop):
    first, second = shop.booking(), shop.booking()
    tokens = StatusLink.objects.filter(booking_id__in=(first, second)).values_list("token", flat=True)
    assert len(set(tokens)) == 2
    assert all(len(token) == 32 for token in tokens)


def test_a_counter_sale_has_none(shop):
    booking = open_counter_booking(actor=shop.bilal.actor, store_id=shop.pune, customer_id=None)
    assert not StatusLink.objects.filter(booking_id=booking).exists()


def test_a_renewed_link_ends_the_old_one(shop):
    booking = shop.booking()
    old = StatusLink.objects.get(booking_id=booking)
    renew_status_link(actor=shop.bilal.actor, booking_id=booking)
    old.refresh_from_db()
    assert old.revoked_at
    assert StatusLink.objects.get(booking_id=booking, revoked_at=None).token != old.token
    end_status_link(actor=shop.bilal.actor, booking_id=booking)
    assert not StatusLink.objects.filter(booking_id=booking, revoked_at=None).exists()
    assert (
        AuditRecord.objects.filter(kind="booking", object_id=booking, changes__has_key="status_link").count()
        == 2
    )


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE bookings_statuslink SET token = 'x'",
        "UPDATE bookings_statuslink SET revoked_at = NULL WHERE revoked_at IS NOT NULL",
        "DELETE FROM bookings_statuslink",
        "UPDATE bookings_bookingphoto SET content = 'x'",
    ],
)
def test_links_only_end_and_photos_stay_as_they_are(shop, sql):
    booking = shop.booking()
    end_status_link(actor=shop.bilal.actor, booking_id=booking)
    add_photos(actor=shop.bilal.actor, booking_id=booking, pictures=[photo()])
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_photo_is_kept_and_removed_with_a_trace(shop):
    booking = shop.booking()
    add_photos(actor=shop.bilal.actor, booking_id=booking, pictures=[photo(), photo()])
    first = BookingPhoto.objects.filter(booking_id=booking).earliest("id")
    remove_photo(actor=shop.asha.actor, booking_id=booking, photo_id=first.pk)
    assert BookingPhoto.objects.filter(booking_id=booking).count() == 1
    last = AuditRecord.objects.latest("id")
    assert (last.user_id, last.changes) == (shop.asha.id, {"photo": [first.pk, None]})
    with pytest.raises(Refusal, match="404"):
        remove_photo(actor=shop.asha.actor, booking_id=booking, photo_id=first.pk)


def test_another_stores_booking_takes_no_photo_and_no_link(shop):
    booking = shop.booking()
    for act in (
        lambda: add_photos(actor=shop.chitra.actor, booking_id=booking, pictures=[photo()]),
        lambda: renew_status_link(actor=shop.chitra.actor, booking_id=booking),
        lambda: end_status_link(actor=shop.chitra.actor, booking_id=booking),
    ):
        with pytest.raises(Refusal, match="404"):
            act()


def test_a_booking_has_so_many_photos_and_no_more(shop):
    booking, one = shop.booking(), photo()
    add_photos(actor=shop.bilal.actor, booking_id=booking, pictures=[one] * PHOTOS_PER_BOOKING_MAX)
    with pytest.raises(Refusal) as refused:
        add_photos(actor=shop.bilal.actor, booking_id=booking, pictures=[one])
    assert (refused.value.status, refused.value.code) == (409, "too_many_photos")


def test_a_repair_is_late_after_so_many_days_while_it_is_on_the_bench(shop):
    at = now()
    since = Booking.objects.get(pk=shop.booking()).created_at
    from datetime import timedelta

    long_ago = since - timedelta(days=LATE_AFTER_DAYS, minutes=1)
    assert all(is_late(status, long_ago, at) for status in BENCH)
    assert not is_late("delivered", long_ago, at)
    assert not is_late("received", since, at)


def test_the_next_steps_are_those_of_the_table():
    assert next_steps("repair", "received") == ["diagnosing", "cancelled"]
    assert next_steps("repair", "delivered") == []
    assert next_steps("counter", "received") == ["diagnosing", "delivered", "cancelled"]
