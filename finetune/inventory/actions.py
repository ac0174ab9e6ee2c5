"""Post stock by hand, approve, reject and reverse it; say how the stock of a category is kept."""

from collections.abc import Mapping
from typing import Any

from finetune.bookings.queries import lock_booking
from finetune.catalog.models import Category
from finetune.core.caller import Actor
from finetune.core.masters import change_row, create_row, lock_row
from finetune.core.refusals import conflict, not_found
from finetune.core.transactions import Made, one_transaction
from finetune.inventory import corrections, queries
from finetune.inventory.models import InventoryConfig
from finetune.inventory.posting import decide_entry, lock_stock, post_entries
from finetune.inventory.records import POSTED, REJECTED, StockFacts, WantedEntry, WrittenEntry
from finetune.inventory.rules import TYPES_FOR_A_BOOKING, plan_entry
from finetune.staff.permissions import permits

CONFIG_VERB = "inventory_config.write"


@one_transaction
def post_entry(*, actor: Actor, store_id: int, wanted: WantedEntry) -> Made:
    """Move stock by hand, or claim it until somebody approves.

    Refuses 404 for a store, booking or variant; 409 booking_cancelled; then what `rules.plan_entry` refuses.
    """
    if not actor.caller.may_see_store(store_id):
        raise not_found("store", field="store")
    if wanted.booking_id is not None:
        _hold_booking(actor, wanted, store_id=store_id)
    facts = lock_stock(store_id=store_id, variant_ids=[wanted.variant_id], serials=wanted.serial_numbers)
    [entry_id] = post_entries([plan_entry(wanted, facts)], actor=actor)
    return Made("stock_entry", {"id": entry_id})


def _hold_booking(actor: Actor, wanted: WantedEntry, *, store_id: int) -> None:
    assert wanted.booking_id is not None
    booking = lock_booking(wanted.booking_id, caller=actor.caller)
    if booking["store_id"] != store_id:
        raise not_found("booking", field="booking")
    if booking["status"] == "cancelled" and wanted.entry_type in TYPES_FOR_A_BOOKING:
        raise conflict(
            "booking_cancelled", "This booking was cancelled. Open another, or leave the stock on the shelf."
        )


@one_transaction
def approve_entry(*, actor: Actor, entry_id: int) -> Made:
    """Post an entry that waits. Refuses 404, 409 not_pending, 403 self_approval. Of two at once, one does
    it."""
    entry, facts = _lock(actor, entry_id)
    moves = corrections.plan_approval(entry, facts, approver=actor.user_id)
    decide_entry(entry_id, actor=actor, status=POSTED, reason="", serials=moves)
    return Made("stock_entry", {"id": entry_id})


@one_transaction
def reject_entry(*, actor: Actor, entry_id: int, reason: str) -> Made:
    """Turn down an entry that waits: its maker, or who may approve. Refuses 404, 409 not_pending, 403."""
    entry, _ = _lock(actor, entry_id)
    is_head = permits(actor.caller.role, "stock.approve")
    moves = corrections.plan_rejection(entry, rejecter=actor.user_id, is_head=is_head)
    decide_entry(entry_id, actor=actor, status=REJECTED, reason=reason, serials=moves)
    return Made("stock_entry", {"id": entry_id})


@one_transaction
def reverse_entry(*, actor: Actor, entry_id: int, reason: str) -> Made:
    """Write the opposite of a posted entry, once. What it made is the reversal.

    Refuses 404; 409 already_reversed, not_reversible, posted_by_document; then as `plan_reversals`.
    """
    entry, facts = _lock(actor, entry_id)
    corrections.refuse_irreversible(entry)
    moved_on = queries.serials_moved_since([entry_id]) if entry.serial_numbers else frozenset()
    planned = corrections.plan_reversals([entry], facts, moved_on=moved_on, reason=reason)
    [reversal_id] = post_entries(planned, actor=actor)
    return Made("stock_entry", {"id": reversal_id})


def _lock(actor: Actor, entry_id: int) -> tuple[WrittenEntry, StockFacts]:
    entry = queries.lock_entry(entry_id, caller=actor.caller)
    facts = lock_stock(store_id=entry.store_id, variant_ids=[entry.variant_id], serials=entry.serial_numbers)
    return entry, facts


@one_transaction
def create_config(*, actor: Actor, fields: Mapping[str, Any]) -> Made:
    """Refuses 404 for an unknown category, 409 already_exists and stock_on_hand."""
    _require_category(fields["category_id"])
    row = create_row(InventoryConfig, actor=actor, verb=CONFIG_VERB, kind="inventory_config", fields=fields)
    return Made("inventory_config", {"id": row.pk})


@one_transaction
def change_config(*, actor: Actor, config_id: int, version: str | None, changes: Mapping[str, Any]) -> Made:
    """As `create_config`; 412 where If-Match names another version."""
    row = lock_row(InventoryConfig, config_id, what="inventory configuration", version=version)
    if "category_id" in changes:
        _require_category(changes["category_id"])
    change_row(row, actor=actor, verb=CONFIG_VERB, kind="inventory_config", changes=changes)
    return Made("inventory_config", {"id": row.pk})


def _require_category(category_id: int) -> None:
    if not Category.objects.filter(pk=category_id).exists():
        raise not_found("category", field="category")
