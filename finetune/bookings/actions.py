"""Take a device in, change what is known of it, move it on."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import F

from finetune.bookings.models import Booking
from finetune.bookings.rules import REPAIR, booking_problems, may_go, reason_problems
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
