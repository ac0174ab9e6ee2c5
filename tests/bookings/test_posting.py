from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from finetune.bookings.models import Booking, WalkIn
from finetune.bookings.posting import open_counter_booking, walk_in_of
from finetune.bookings.queries import lock_booking
from finetune.core.refusals import Refusal
from finetune.customers.models import Customer
from tests import cast


def test_open_counter_booking(shop):
    named = Booking.objects.get(
        pk=open_counter_booking(actor=shop.bilal.actor, store_id=shop.pune, customer_id=shop.buyer)
    )
    assert (named.kind, named.status, named.customer_id) == ("counter", "delivered", shop.buyer)
    assert (named.store_id, named.created_by_id) == (shop.pune, shop.bilal.id)
    nameless = [
        Booking.objects.get(
            pk=open_counter_booking(actor=shop.bilal.actor, store_id=shop.pune, customer_id=None)
        )
        for _ in range(2)
    ]
    assert nameless[0].customer_id == nameless[1].customer_id == walk_in_of(shop.pune, actor=shop.bilal.actor)
    assert Customer.objects.get(pk=nameless[0].customer_id).is_walk_in
    assert walk_in_of(shop.nagpur, actor=shop.chitra.actor) != nameless[0].customer_id


def test_open_counter_booking_refuses(shop):
    for store, customer, field in (
        (shop.nagpur, None, "store"),
        (10**9, None, "store"),
        (shop.pune, 10**9, "customer"),
    ):
        with pytest.raises(Refusal) as refused:
            open_counter_booking(actor=shop.bilal.actor, store_id=store, customer_id=customer)
        assert (refused.value.status, refused.value.errors[0].field) == (404, field)
    assert not WalkIn.objects.exists()


@pytest.mark.race
def test_first_sales_at_once_share_one_walk_in(committed_shop):
    shop, clerks = committed_shop, 6
    barrier, found = Barrier(clerks), []

    def sell() -> None:
        try:
            barrier.wait()
            with transaction.atomic():
                found.append(
                    open_counter_booking(actor=shop.bilal.actor, store_id=shop.pune, customer_id=None)
                )
        finally:
            connection.close()

    threads = [Thread(target=sell) for _ in range(clerks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == clerks
    walk_in = WalkIn.objects.get().customer_id
    assert set(Booking.objects.values_list("customer_id", flat=True)) == {walk_in}
    assert Customer.objects.filter(is_walk_in=True).count() == 1


def test_lock_booking(shop):
    booking = shop.booking()
    with transaction.atomic():
        row = lock_booking(booking, caller=shop.bilal.actor.caller)
    assert row == {
        "id": booking, "store_id": shop.pune, "customer_id": shop.buyer, "kind": "repair", "device": "Phone",
        "issue": "Cracked display", "imei": "", "status": "received",
    }  # fmt: skip
    for person, booking_id in ((shop.chitra, booking), (shop.bilal, 10**9)):
        with pytest.raises(Refusal) as refused, transaction.atomic():
            lock_booking(booking_id, caller=person.actor.caller)
        assert (refused.value.status, refused.value.errors[0].field) == (404, "booking")


@pytest.mark.race
def test_a_locked_booking_is_not_cancelled_meanwhile(committed_shop):
    shop = committed_shop
    booking, seen = shop.booking(), []

    def cancel() -> None:
        body = {"to": "cancelled", "reason": "x"}
        seen.append(shop.asha.post(f"/bookings/{booking}/transition/", body).status)
        connection.close()

    thread = Thread(target=cancel)
    with transaction.atomic():
        lock_booking(booking, caller=shop.bilal.actor.caller)
        thread.start()
        thread.join(timeout=0.3)
        assert thread.is_alive()
        assert Booking.objects.get(pk=booking).status == "received"
    thread.join()
    assert seen == [200]
    assert cast.customer()
