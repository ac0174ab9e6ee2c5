"""Stock for tests: bring it in, look at it, and ask whether the books agree with themselves."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from finetune.inventory import actions
from finetune.inventory.records import WantedEntry
from finetune.inventory.rules import wanted_serials
from tests import cast
from tests.cast import SYSTEM, Person


def config(category_id: int, **switches: bool) -> int:
    return actions.create_config(actor=SYSTEM, fields={"category_id": category_id, **switches}).id


def tracked_variant(**switches: bool) -> int:
    """A variant of a category that tracks serials."""
    category = cast.category()
    config(category, track_serials=True, **switches)
    return cast.variant(category_id=category)


def guarded_variant(**switches: bool) -> int:
    """A variant whose stock waits for approval."""
    category = cast.category()
    config(category, require_stock_in_approval=True, **switches)
    return cast.variant(category_id=category)


def body(entry_type: str, store: int, variant: int, quantity: int, **fields: Any) -> dict[str, Any]:
    return {
        "entry_type": entry_type, "store": store, "product_variant": variant, "quantity": quantity, **fields
    }  # fmt: skip


def post(
    person: Person, entry_type: str, store: int, variant: int, quantity: int, *, serials: Sequence[str] = (),
    booking: int | None = None, reason: str = "",
) -> int:  # fmt: skip
    """An entry by the real action."""
    wanted = WantedEntry(
        entry_type, variant, quantity, wanted_serials(serials), booking_id=booking, reason=reason
    )
    return actions.post_entry(actor=person.actor, store_id=store, wanted=wanted).id


def fetch(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def quantity(store: int, variant: int) -> int | None:
    """What the ledger says; None where there is no row yet."""
    rows = fetch(
        "SELECT quantity FROM inventory_stockledger WHERE store_id = %s AND product_variant_id = %s",
        store,
        variant,
    )
    return rows[0][0] if rows else None


def units(*serials: str) -> list[tuple[str, bool, int]]:
    """The state, voidness and store of these units, in the order asked for; ("", False, 0) where not
    known."""
    known = {
        row[0]: row[1:]
        for row in fetch("SELECT serial_no, status, is_void, store_id FROM inventory_serialnumber")
    }
    return [known.get(serial, ("", False, 0)) for serial in serials]


def how_much() -> list[int]:
    """How many rows the tables of stock hold: a refusal changes none of these."""
    tables = ("stockentry", "serialnumber", "serialevent", "inventoryconfig", "pricelog")
    return [fetch(f"SELECT count(*) FROM inventory_{table}")[0][0] for table in tables]


def faults() -> list[tuple[Any, ...]]:
    """Ledgers that disagree with their entries or with the serials on hand, and units whose history has a
    hole."""
    return fetch(
        """
        SELECT 'entries', l.id, l.quantity FROM inventory_stockledger l WHERE l.quantity <> (SELECT
        coalesce(sum(e.delta), 0) FROM inventory_stockentry e WHERE e.status = 'posted'
            AND e.store_id = l.store_id AND e.product_variant_id = l.product_variant_id)
        UNION ALL
        SELECT 'serials', l.id, l.quantity FROM inventory_stockledger l
        JOIN catalog_variant v ON v.id = l.product_variant_id JOIN catalog_product p ON p.id = v.product_id,
            inventory_settings_of(p.category_id) s
        WHERE (SELECT count(*) FROM inventory_serialnumber n WHERE n.store_id = l.store_id
            AND n.product_variant_id = l.product_variant_id AND n.status IN ('available', 'reserved'))
            <> CASE WHEN s.track_serials THEN l.quantity ELSE 0 END
        UNION ALL SELECT 'balance', e.id, e.balance_after FROM inventory_stockentry e WHERE e.status =
        'posted' AND e.reversal_of_id IS NULL AND e.decided_at IS NULL AND e.balance_after <> (
            SELECT sum(o.delta) FROM inventory_stockentry o WHERE o.status = 'posted' AND o.id <= e.id
            AND o.store_id = e.store_id AND o.product_variant_id = e.product_variant_id)
            AND NOT EXISTS (SELECT FROM inventory_stockentry d WHERE d.decided_at IS NOT NULL)
        UNION ALL
        SELECT 'history', n.id, 0 FROM inventory_serialnumber n
        WHERE n.status <> (SELECT h.to_status FROM inventory_serialevent h WHERE h.serial_id = n.id
            ORDER BY h.id DESC LIMIT 1)
        """
    )
