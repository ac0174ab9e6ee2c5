from itertools import product
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, connection, transaction

from finetune.bookings.actions import transition_booking
from finetune.bookings.models import Booking
from finetune.bookings.rules import STATUSES, may_go
from finetune.core.models import AuditRecord
from finetune.core.refusals import Refusal

PATH = {status: STATUSES[: STATUSES.index(status) + 1] for status in STATUSES[:-1]} | {
    "cancelled": ("received", "cancelled")
}


def brought_to(shop, status: str, kind: str) -> Booking:
    booking = Booking.objects.get(pk=shop.booking())
    Booking.objects.filter(pk=booking.pk).update(kind=kind)
    for step in PATH[status][1:]:
        Booking.objects.filter(pk=booking.pk).update(status=step)
    return booking


@pytest.mark.parametrize("kind", ["repair", "counter"])
def test_rule_and_trigger_agree_on_every_pair(shop, kind):
    for present in STATUSES:
        booking = brought_to(shop, present, kind)
        for to in STATUSES:
            try:
                with transaction.atomic():
                    Booking.objects.filter(pk=booking.pk).update(status=to)
                    transaction.set_rollback(True)
                allowed = True
            except DatabaseError as error:
                allowed = "invalid_transition" not in str(error)
            assert allowed == (may_go(kind, present, to) or present == to), (present, to)


@pytest.mark.parametrize(("kind", "status"), list(product(["repair", "counter"], STATUSES)))
def test_a_booking_begins_received(shop, kind, status):
    fields = {
        "store_id": shop.pune,
        "customer_id": shop.buyer,
        "device": "P",
        "issue": "I",
        "created_by_id": shop.asha.id,
    }
    if status == "received" or (kind, status) == ("counter", "delivered"):
        assert Booking.objects.create(kind=kind, status=status, **fields)
    else:
        with pytest.raises(DatabaseError, match="invalid_transition"), transaction.atomic():
            Booking.objects.create(kind=kind, status=status, **fields)


def test_a_transition_is_in_the_audit(shop):
    booking = shop.booking()
    transition_booking(actor=shop.asha.actor, booking_id=booking, to="cancelled", reason="Beyond repair")
    record = AuditRecord.objects.order_by("-id")[0]
    assert (record.verb, record.object_id, record.reason) == ("booking.transition", booking, "Beyond repair")
    assert record.changes == {"status": ["received", "cancelled"]}


@pytest.mark.race
def test_of_two_transitions_at_once_one_wins(committed_shop):
    shop = committed_shop
    for _ in range(5):
        booking, barrier = shop.booking(), Barrier(4)
        outcomes: list[str] = []

        def move(booking=booking, barrier=barrier, outcomes=outcomes) -> None:
            try:
                barrier.wait()
                transition_booking(actor=shop.asha.actor, booking_id=booking, to="diagnosing")
                outcomes.append("moved")
            except Refusal as refusal:
                outcomes.append(refusal.facts["from"])
            finally:
                connection.close()

        threads = [Thread(target=move) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["diagnosing"] * 3 + ["moved"]
        assert Booking.objects.get(pk=booking).version == 2
