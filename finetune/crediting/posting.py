"""Writing credit notes and moving customers' credit. Everything here joins the caller's transaction."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from django.db import connection

from finetune.core.caller import Actor
from finetune.core.listing import Row
from finetune.crediting.rules import Note, NoteLine
from finetune.inventory.posting import entries_json, lock_stock
from finetune.inventory.records import PlannedEntry, SerialMove, StockLine
from finetune.inventory.rules import plan_return_lines, wanted_serials


def write_note(
    *, actor: Actor, note: Note, settlement: Row, gstin: str, booking_id: int | None, reason: str, on: date
) -> int:
    """Write a decided note in one statement: settlement, lines, stock, credit, audit, and its number last."""
    amounts = note.amounts
    document = {
        "actor": actor.user_id,
        "request": actor.request_id,
        "invoice_id": settlement["id"],
        "store_id": settlement["store_id"],
        "customer_id": settlement["customer_id"],
        "credit_invoice_id": settlement["id"] if settlement["is_walk_in"] else None,
        "gstin": gstin,
        "note_date": on,
        "reason": reason,
        "completes": note.completes,
        "taxable_value": amounts.taxable_value,
        "discount_total": amounts.discount_total,
        "cgst": amounts.cgst,
        "sgst": amounts.sgst,
        "igst": amounts.igst,
        "cess": amounts.cess,
        "total_before_round_off": amounts.total_before_round_off,
        "round_off_amount": note.round_off_amount,
        "total": note.total,
        "amount_to_credit": note.to_credit,
        "lines": [_line(position, line) for position, line in enumerate(note.lines, start=1)],
        "stock": _returned_stock(note.lines, store_id=settlement["store_id"], booking_id=booking_id),
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT crediting_issue_note(%s::jsonb)", [msgspec.json.encode(document).decode()])
        return int(cursor.fetchone()[0])


def _line(position: int, line: NoteLine) -> dict[str, Any]:
    money = line.amounts
    return {
        "position": position,
        "line_id": line.line.id,
        "quantity": line.wanted.quantity,
        "restock": line.wanted.restock,
        "serial_numbers": wanted_serials(line.wanted.serial_numbers),
        "gross": money.gross,
        "discount_amount": money.discount_amount,
        "invoice_discount_share": money.invoice_discount_share,
        "taxable_value": money.taxable_value,
        "cgst": money.cgst,
        "sgst": money.sgst,
        "igst": money.igst,
        "cess": money.cess,
        "total": money.total,
    }


def _returned_stock(
    lines: Sequence[NoteLine], *, store_id: int, booking_id: int | None
) -> list[dict[str, Any]]:
    """What comes back: on the shelf, or at once off it again as damaged where it is not to be sold."""
    returned = [
        StockLine(
            position=position,
            variant_id=line.line.variant_id,
            quantity=int(line.wanted.quantity),
            serial_numbers=wanted_serials(line.wanted.serial_numbers),
            unit_price=line.line.unit_price,
            booking_id=booking_id,
            invoice_line_id=line.line.id,
        )
        for position, line in enumerate(lines)
        if line.line.variant_id is not None
    ]
    if not returned:
        return []
    facts = lock_stock(
        store_id=store_id,
        variant_ids=[each.variant_id for each in returned],
        serials=[serial for each in returned for serial in each.serial_numbers],
    )
    entries = plan_return_lines(returned, facts)
    damaged = [
        _as_damage(entry)
        for entry, each in zip(entries, returned, strict=True)
        if not lines[each.position].wanted.restock
    ]
    return entries_json([*entries, *damaged])


def _as_damage(entry: PlannedEntry) -> PlannedEntry:
    return PlannedEntry(
        entry_type="damage",
        status=entry.status,
        store_id=entry.store_id,
        variant_id=entry.variant_id,
        quantity=entry.quantity,
        delta=-entry.quantity,
        serials=tuple(SerialMove(each.serial_no, each.to_status, "defective") for each in entry.serials),
        booking_id=entry.booking_id,
        reason="came back with a credit note, not to be sold",
    )
