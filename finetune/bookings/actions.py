"""Take a device in, change what is known of it, move it on."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import F

from finetune.bookings.models import Booking, BookingPhoto, StatusLink
from finetune.bookings.pictures import Picture
from finetune.bookings.posting import new_token
from finetune.bookings.rules import REPAIR, booking_problems, may_go, reason_problems, refuse_more_photos
from finetune.core import audit
from finetune.core.caller import Actor
from finetune.core.dates import now
from finetune.core.masters import change_row, create_row, lock_row
from finetune.core.refusals import Refusal, conflict, invalid, not_found
from finetune.core.transactions import Made, one_transaction
from finetune.customers.queries import require_customer
from finetune.stores.queries import require_store

DECIDING = ("kind", "device", "issue")


@one_transaction
def open_booking(*, actor: Actor, fields: Mapping[str, Any]) -> Made:
    """Refuses 400 for a repair that does not say what, 404 for a store or customer that is not there."""
    record = {"kind": REPAIR, **fields, **_exact_estimate(fields)}
    refuse_silence(record)
    require_store(record["store_id"], caller=actor.caller)
    require_customer(record["customer_id"])
    row = create_row(
        Booking,
        actor=actor,
        verb="booking.write",
        kind="booking",
        fields={**record, "created_by_id": actor.user_id},
    )
    return Made("booking", {"id": row.pk})


@one_transaction
def change_booking(*, actor: Actor, booking_id: int, version: str | None, changes: Mapping[str, Any]) -> Made:
    """As `open_booking`, asked of the record as it would become. Store, kind and status stay."""
    _require_booking(actor, booking_id)
    booking = lock_row(Booking, booking_id, what="booking", version=version)
    refuse_silence({name: getattr(booking, name) for name in DECIDING} | dict(changes))
    if "customer_id" in changes:
        require_customer(changes["customer_id"])
    exact = {**changes, **_exact_estimate(changes)}
    change_row(booking, actor=actor, verb="booking.write", kind="booking", changes=exact)
    return Made("booking", {"id": booking.pk})


@one_transaction
def transition_booking(*, actor: Actor, booking_id: int, to: str, reason: str = "") -> Made:
    """Move a booking on, or cancel it with a reason. Of two at once, one moves it; the other gets 409."""
    if problems := reason_problems(to=to, reason=reason):
        raise invalid(problems)
    booking = _require_booking(actor, booking_id)
    present = booking.status
    if not may_go(booking.kind, present, to):
        raise refused_transition(present, to)
    written = {"status": to, "status_reason": reason, "version": F("version") + 1, "updated_at": now()}
    # The claim: whoever changes the row first wins, since the other no longer finds the status it read.
    if not Booking.objects.filter(pk=booking_id, status=present).update(**written):
        raise refused_transition(Booking.objects.values_list("status", flat=True).get(pk=booking_id), to)
    audit.record(
        actor=actor,
        verb="booking.transition",
        kind="booking",
        object_id=booking_id,
        reason=reason,
        changes={"status": [present, to]},
    )
    return Made("booking", {"id": booking_id})


@one_transaction
def add_photos(*, actor: Actor, booking_id: int, pictures: Sequence[Picture]) -> Made:
    """Keep pictures of the device. Refuses 409 where the booking would have more than it may."""
    _require_booking(actor, booking_id)
    lock_row(Booking, booking_id, what="booking", version=None)
    refuse_more_photos(BookingPhoto.objects.filter(booking_id=booking_id).count(), len(pictures))
    for each in pictures:
        photo = BookingPhoto.objects.create(
            booking_id=booking_id,
            content=each.content,
            preview=each.preview,
            width=each.width,
            height=each.height,
            taken_by_id=actor.user_id,
        )
        _note_photo(actor, booking_id, [None, photo.pk])
    return Made("booking", {"id": booking_id})


@one_transaction
def remove_photo(*, actor: Actor, booking_id: int, photo_id: int) -> Made:
    """Take a picture away that should not have been taken. Who did it stays in the audit."""
    _require_booking(actor, booking_id)
    if not BookingPhoto.objects.filter(pk=photo_id, booking_id=booking_id).delete()[0]:
        raise not_found("photo")
    _note_photo(actor, booking_id, [photo_id, None])
    return Made("booking", {"id": booking_id})


def _note_photo(actor: Actor, booking_id: int, change: list[int | None]) -> None:
    audit.record(
        actor=actor, verb="booking.write", kind="booking", object_id=booking_id, changes={"photo": change}
    )


@one_transaction
def renew_status_link(*, actor: Actor, booking_id: int) -> Made:
    """End the link of the customer's page and make another: the old code then opens nothing."""
    _change_link(actor, booking_id, "renewed")
    StatusLink.objects.create(booking_id=booking_id, token=new_token())
    return Made("booking", {"id": booking_id})


@one_transaction
def end_status_link(*, actor: Actor, booking_id: int) -> Made:
    """End the link of the customer's page."""
    _change_link(actor, booking_id, "ended")
    return Made("booking", {"id": booking_id})


def _change_link(actor: Actor, booking_id: int, done: str) -> None:
    _require_booking(actor, booking_id)
    # Two at once would both make a link, and the second break the rule that there is one.
    lock_row(Booking, booking_id, what="booking", version=None)
    StatusLink.objects.filter(booking_id=booking_id, revoked_at=None).update(revoked_at=now())
    audit.record(
        actor=actor,
        verb="booking.write",
        kind="booking",
        object_id=booking_id,
        changes={"status_link": [None, done]},
    )


def refused_transition(present: str, to: str) -> Refusal:
    # `from` is a word of Python, so the facts travel as a mapping.
    facts: dict[str, Any] = {"from": present, "to": to}
    return conflict("invalid_transition", f"A booking cannot go from {present} to {to}.", **facts)


def refuse_silence(record: Mapping[str, Any]) -> None:
    if problems := booking_problems(record):
        raise invalid(problems)


def _exact_estimate(fields: Mapping[str, Any]) -> dict[str, Decimal | None]:
    given = fields.get("estimate")
    return {"estimate": None if given is None else Decimal(given)} if "estimate" in fields else {}


def _require_booking(actor: Actor, booking_id: int) -> Booking:
    booking = Booking.objects.filter(pk=booking_id).first()
    if booking is None or not actor.caller.may_see_store(booking.store_id):
        raise not_found("booking")
    return booking
