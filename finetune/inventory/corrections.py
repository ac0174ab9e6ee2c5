"""Approving, rejecting and reversing entries. Pure, like rules."""

from collections.abc import Collection, Sequence
from typing import Any

from finetune.core.refusals import FieldError, Refusal, conflict, forbidden
from finetune.inventory.records import (
    PENDING_APPROVAL,
    POSTED,
    PlannedEntry,
    SerialMove,
    StockFacts,
    VariantFacts,
    WrittenEntry,
)
from finetune.inventory.rules import (
    AVAILABLE,
    PENDING,
    SOLD,
    WRITTEN_OFF,
    Need,
    movement_of,
    refuse_overfull,
    refuse_short,
)


def plan_approval(entry: WrittenEntry, facts: StockFacts, *, approver: int) -> tuple[SerialMove, ...]:
    """What the entry's units do when it is approved. Refuses 409 not_pending, 403 self_approval."""
    refuse_decided(entry)
    if entry.entered_by == approver:
        raise forbidden("You entered this yourself. Somebody else must approve it.", code="self_approval")
    refuse_overfull(facts.variants[entry.variant_id], entry.delta)
    return tuple(SerialMove(serial_no, PENDING, AVAILABLE) for serial_no in entry.serial_numbers)


def plan_rejection(entry: WrittenEntry, *, rejecter: int, is_head: bool) -> tuple[SerialMove, ...]:
    """What the entry's units do when it is rejected: back to where they were. Refuses 409 not_pending,
    403."""
    refuse_decided(entry)
    if not is_head and entry.entered_by != rejecter:
        raise forbidden("Only who entered this, or the head of the branch, may reject it.")
    return tuple(_taken_back(entry, serial_no, PENDING) for serial_no in entry.serial_numbers)


def refuse_decided(entry: WrittenEntry) -> None:
    if entry.status != PENDING_APPROVAL:
        raise not_pending(entry.status)


def not_pending(status: str = "") -> Refusal:
    now = f" It is {status} now." if status else ""
    facts: dict[str, Any] = {"entry_status": status} if status else {}
    return conflict("not_pending", f"This entry does not wait for approval any more.{now}", **facts)


def already_reversed(reversed_by: int | None = None) -> Refusal:
    facts: dict[str, Any] = {"reversed_by": reversed_by} if reversed_by else {}
    return conflict(
        "already_reversed", "This entry was reversed before. Read it again to see by which.", **facts
    )


def refuse_irreversible(entry: WrittenEntry) -> None:
    """For a reversal by hand: a document's entry is taken back with its document."""
    if entry.reversed_by is not None:
        raise already_reversed(entry.reversed_by)
    if entry.reversal_of is not None:
        raise _not_reversible("This entry is a reversal itself. Enter the movement anew instead.")
    if entry.status != POSTED:
        raise _not_reversible("This entry was never posted, so there is nothing to take back.")
    if entry.invoice_line_id is not None:
        raise conflict(
            "posted_by_document",
            "An invoice or a credit note posted this. Cancel the invoice, or make a credit note, instead.",
            invoice_line=entry.invoice_line_id,
        )


def _not_reversible(detail: str) -> Refusal:
    return conflict("not_reversible", detail)


def plan_reversals(
    entries: Sequence[WrittenEntry], facts: StockFacts, *, moved_on: Collection[str], reason: str
) -> list[PlannedEntry]:
    """The opposite of posted entries of one store, in their order. A reversal never waits for approval.

    `moved_on` are the serials that moved again after one of these entries: those cannot come back by it.
    Refuses 409 not_reversible, serial_not_available, insufficient_stock.
    """
    for entry in entries:
        _refuse_other_tracking(entry, facts.variants[entry.variant_id])
    _refuse_moved(entries, facts, moved_on)
    _refuse_taken(entries, facts)
    for entry in entries:
        refuse_overfull(facts.variants[entry.variant_id], -entry.delta)
    return [_reversal(entry, reason) for entry in entries]


def _reversal(entry: WrittenEntry, reason: str) -> PlannedEntry:
    movement = movement_of(entry.entry_type, entry.quantity)
    return PlannedEntry(
        entry_type=entry.entry_type,
        status=POSTED,
        store_id=entry.store_id,
        variant_id=entry.variant_id,
        quantity=entry.quantity,
        delta=-entry.delta,
        serials=tuple(_taken_back(entry, serial_no, movement.gives) for serial_no in entry.serial_numbers),
        unit_price=entry.unit_price,
        booking_id=entry.booking_id,
        invoice_line_id=entry.invoice_line_id,
        reversal_of=entry.id,
        reason=reason,
    )


def _taken_back(entry: WrittenEntry, serial_no: str, present: str) -> SerialMove:
    """A unit to the state before the entry. One that came in by it is void: the same number may come in
    again."""
    movement = movement_of(entry.entry_type, entry.quantity)
    if movement.sign < 0:
        return SerialMove(serial_no, present, AVAILABLE)
    if movement.takes == SOLD:
        return SerialMove(serial_no, present, SOLD)
    return SerialMove(serial_no, present, WRITTEN_OFF, void=True)


def _refuse_other_tracking(entry: WrittenEntry, variant: VariantFacts) -> None:
    needed = abs(entry.delta) if variant.track_serials else 0
    if len(entry.serial_numbers) != needed:
        raise _not_reversible(
            "Its category began or ceased to track serial numbers since. Post an adjustment instead."
        )


def _refuse_moved(entries: Sequence[WrittenEntry], facts: StockFacts, moved_on: Collection[str]) -> None:
    """409 with every unit that is not where and as its entry put it."""
    errors = []
    for entry in entries:
        movement = movement_of(entry.entry_type, entry.quantity)
        for index, serial_no in enumerate(entry.serial_numbers):
            known = facts.serials[serial_no]
            stays = (known.status, known.variant_id, known.store_id) == (
                movement.gives,
                entry.variant_id,
                entry.store_id,
            )
            if known.is_void or not stays or (movement.sign < 0 and serial_no in moved_on):
                message = f"{serial_no} has moved since: it is {known.status}."
                place = {"serial_no": serial_no, "status": known.status, "store": known.store_id}
                errors.append(FieldError(f"serial_numbers.{index}", "serial_not_available", message, place))
    if errors:
        raise conflict(
            "serial_not_available",
            "Some of these units have moved since. Take back their later movements first.",
            errors=errors,
        )


def _refuse_taken(entries: Sequence[WrittenEntry], facts: StockFacts) -> None:
    totals: dict[int, int] = {}
    for entry in entries:
        if entry.delta > 0:
            totals[entry.variant_id] = totals.get(entry.variant_id, 0) + entry.delta
    refuse_short(
        [Need("quantity", facts.variants[variant_id], units) for variant_id, units in totals.items()]
    )
