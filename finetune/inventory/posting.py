"""Writes of stock that join a caller's transaction. For this room and the rooms above it.

A document moves stock in three steps, inside its own `@one_transaction` action:

    facts = lock_stock(store_id=..., variant_ids=[...], serials=[...])     # one statement
    entries = rules.plan_sale_lines([StockLine(position=0, ...)], facts)   # pure; refuses as section 5 says
    post_entries(entries, actor=actor)                                     # one statement

Locks: the booking and every lock of the document come before `lock_stock`, the number series after it. Call
`lock_stock` once in a transaction, with all that the transaction moves, or two of them may deadlock (which is
tried again, and costs time).

A document that writes itself in one SQL function calls `inventory_post_entries` from there in place of the
last step: `entries_json(entries)` is its argument, an array in the order of the entries. The function may set
`booking_id` and `invoice_line_id` of each before it passes them on:

    PERFORM inventory_post_entries(p_actor, p_request, p_entries)   -- bigint[], the new ids in the same order
"""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec

from finetune.core.caller import Actor
from finetune.core.statements import prepared_cursor
from finetune.inventory import corrections, queries
from finetune.inventory.records import PlannedEntry, SerialFacts, SerialMove, StockFacts, VariantFacts

_VARIANTS = msgspec.json.Decoder(list[VariantFacts])
_SERIALS = msgspec.json.Decoder(list[SerialFacts])


def lock_stock(*, store_id: int, variant_ids: Iterable[int], serials: Collection[str] = ()) -> StockFacts:
    """Lock these variants' ledger rows in a store, then these serials, and read what deciding needs.

    Ledger rows that are not there are made. Serials must be normalised (`rules.wanted_serials`); they may
    stand anywhere or nowhere. The settings that are read stay as they are until the transaction ends. Refuses
    nothing: a store, variant or serial that does not exist is absent from the facts.
    """
    with prepared_cursor() as cursor:
        cursor.execute(
            "SELECT store_exists, variants::text, serials::text"
            " FROM inventory_lock_stock(%s, %s::bigint[], %s::text[])",
            [store_id, sorted(set(variant_ids)), list(serials)],
        )
        store_exists, variants, units = cursor.fetchone()
    return StockFacts(
        store_id=store_id,
        store_exists=store_exists,
        variants={each.id: each for each in _VARIANTS.decode(variants)},
        serials={each.serial_no: each for each in _SERIALS.decode(units)},
    )


def entries_json(entries: Sequence[PlannedEntry]) -> list[dict[str, Any]]:
    """The argument of `inventory_post_entries`, before it is made JSON."""
    return [entry.as_json() for entry in entries]


def post_entries(entries: Sequence[PlannedEntry], *, actor: Actor) -> list[int]:
    """Write planned entries and what they do, and answer their ids in the same order. The stock must be
    locked."""
    with prepared_cursor() as cursor:
        cursor.execute(
            "SELECT inventory_post_entries(%s, %s, %s::jsonb)",
            [actor.user_id, actor.request_id, json.dumps(entries_json(entries))],
        )
        return list(cursor.fetchone()[0])


def decide_entry(
    entry_id: int, *, actor: Actor, status: str, reason: str, serials: Sequence[SerialMove]
) -> None:
    """Post or reject an entry that waits. The entry and its stock must be locked."""
    moves = [each.as_json() for each in serials]
    with prepared_cursor() as cursor:
        cursor.execute(
            "SELECT inventory_decide_entry(%s, %s, %s, %s, %s, %s::jsonb)",
            [actor.user_id, actor.request_id, entry_id, status, reason, json.dumps(moves)],
        )


def reverse_document_entries(
    *, actor: Actor, store_id: int, invoice_line_ids: Collection[int], reason: str
) -> list[int]:
    """Take back all that these lines of one document moved, and answer the ids of the reversals.

    For a document that is cancelled as a whole; its own row must be locked, and nothing else of this room. It
    locks the stock itself. What was reversed before is left out. Refuses 409 serial_not_available where a
    unit has moved since, not_reversible where its category began or ceased to track serials since.
    """
    originals = queries.entries_of_lines(invoice_line_ids, store_id=store_id)
    if not originals:
        return []
    serials = [serial for entry in originals for serial in entry.serial_numbers]
    facts = lock_stock(
        store_id=store_id, variant_ids=[entry.variant_id for entry in originals], serials=serials
    )
    moved_on = queries.serials_moved_since([entry.id for entry in originals]) if serials else frozenset()
    return post_entries(
        corrections.plan_reversals(originals, facts, moved_on=moved_on, reason=reason), actor=actor
    )
