"""Reads of stock, and the lock of an entry."""

from collections.abc import Collection
from datetime import datetime

from django.conf import settings

from finetune.core.caller import Caller
from finetune.core.listing import (
    Listing,
    ListQuery,
    Ordering,
    Page,
    Row,
    read_one,
    read_page,
    read_whole,
    rows_of,
)
from finetune.core.money import price_text
from finetune.core.refusals import not_found
from finetune.inventory.records import SerialFacts, StockFacts, VariantFacts, WrittenEntry
from finetune.inventory.rules import TYPES_AT_COST
from finetune.inventory.schemas import LedgerQuery

IN_MY_STORES = "%(stores)s::bigint[] IS NULL OR {}.store_id = ANY(%(stores)s)"
FROM_DAY = "{} >= %(date_from)s::date::timestamp AT TIME ZONE 'Asia/Kolkata'"
TO_DAY = "{} < (%(date_to)s::date + 1)::timestamp AT TIME ZONE 'Asia/Kolkata'"

CONFIGS = Listing(
    what="inventory configuration",
    select="""c.id, c.category_id AS category, c.track_serials, c.log_price, c.require_stock_in_approval,
        c.version""",
    source="inventory_inventoryconfig c",
    row_id="c.id",
    filters={"category": "c.category_id = %(category)s"},
)

# Conditions on a variant `v`, the same for the ledgers of each store and for the sums over stores.
_ON_VARIANT = {
    "product_variant": "v.id = %(product_variant)s",
    "category": """v.product_id IN (
        WITH RECURSIVE shelf AS (
            SELECT %(category)s::bigint AS id
            UNION SELECT c.id FROM catalog_category c JOIN shelf ON c.parent_id = shelf.id)
        SELECT p.id FROM catalog_product p JOIN shelf ON p.category_id = shelf.id)""",
    "q": """v.id IN (
        SELECT id FROM catalog_variant
        WHERE sku ILIKE %(q)s OR barcode ILIKE %(q)s OR variant_name ILIKE %(q)s
        UNION SELECT w.id FROM catalog_variant w JOIN catalog_product p ON p.id = w.product_id
        WHERE p.name ILIKE %(q)s)""",
    "low_stock": "(l.quantity - l.reserved <= coalesce(v.reorder_level, %(low_stock_at)s)) = %(low_stock)s",
}

LEDGERS = Listing(
    what="stock ledger",
    select="""l.id, l.store_id AS store, l.product_variant_id AS product_variant, v.sku, v.variant_name,
        l.quantity, l.reserved, l.quantity - l.reserved AS available, l.last_updated""",
    source="inventory_stockledger l JOIN catalog_variant v ON v.id = l.product_variant_id",
    row_id="l.id",
    scope=IN_MY_STORES.format("l"),
    filters={"store": "l.store_id = %(store)s", **_ON_VARIANT},
    orderings={
        "sku": Ordering("upper(v.sku)", str),
        "quantity": Ordering("l.quantity", read_whole),
        "available": Ordering("(l.quantity - l.reserved)", read_whole),
        "last_updated": Ordering("l.last_updated", datetime.fromisoformat),
    },
)

# A page reads the ledger rows of its own variants alone.
_SUMS = """catalog_variant v CROSS JOIN LATERAL (
    SELECT sum(g.quantity)::bigint AS quantity, sum(g.reserved)::bigint AS reserved,
           json_agg(json_build_object('store', g.store_id, 'quantity', g.quantity) ORDER BY g.store_id)
               AS stores
    FROM inventory_stockledger g
    WHERE g.product_variant_id = v.id AND (%(stores)s::bigint[] IS NULL OR g.store_id = ANY(%(stores)s))
      AND (%(store)s::bigint IS NULL OR g.store_id = %(store)s)) l"""

ROLLUP = Listing(
    what="variant",
    select="""v.id AS product_variant, v.sku, v.variant_name, l.quantity, l.reserved,
        l.quantity - l.reserved AS available, l.stores""",
    source=_SUMS,
    row_id="v.id",
    scope="l.stores IS NOT NULL",
    filters=_ON_VARIANT,
    orderings={"sku": Ordering("upper(v.sku)", str)},
)

_ENTRY_COLUMNS = """e.id, e.entry_type, e.status, e.store_id AS store,
    e.product_variant_id AS product_variant, e.quantity, e.delta, e.balance_after, e.unit_price,
    e.booking_id AS booking, e.serial_numbers, e.reason, e.reference, e.reversal_of_id AS reversal_of,
    r.id AS reversed_by, e.entered_by_id AS entered_by, e.approved_by_id AS approved_by, e.decided_at,
    e.decision_reason, e.created_at"""

ENTRIES = Listing(
    what="stock entry",
    select=_ENTRY_COLUMNS,
    source="inventory_stockentry e LEFT JOIN inventory_stockentry r ON r.reversal_of_id = e.id",
    row_id="e.id",
    scope=IN_MY_STORES.format("e"),
    filters={
        "store": "e.store_id = %(store)s",
        "product_variant": "e.product_variant_id = %(product_variant)s",
        "entry_type": "e.entry_type = %(entry_type)s",
        "status": "e.status = %(status)s",
        "booking": "e.booking_id = %(booking)s",
        "date_from": FROM_DAY.format("e.created_at"),
        "date_to": TO_DAY.format("e.created_at"),
    },
    orderings={"created_at": Ordering("e.created_at", datetime.fromisoformat)},
)

SERIALS = Listing(
    what="serial number",
    select="s.id, s.serial_no, s.product_variant_id AS product_variant, s.store_id AS store, s.status",
    source="inventory_serialnumber s",
    row_id="s.id",
    scope=IN_MY_STORES.format("s"),
    filters={
        "serial_no": "s.serial_no = %(serial_no)s",
        "status": "s.status = %(status)s",
        "store": "s.store_id = %(store)s",
        "product_variant": "s.product_variant_id = %(product_variant)s",
    },
    orderings={"serial_no": Ordering("s.serial_no", str)},
)

# Who decided a waiting entry moved its units then; every other movement is by who entered it.
HISTORY = Listing(
    what="serial number",
    select="""h.id, h.entry_id AS entry, e.entry_type AS type, h.from_status AS "from", h.to_status AS "to",
        h.store_id AS store, h.at,
        CASE WHEN h.from_status = 'pending' THEN e.approved_by_id ELSE e.entered_by_id END AS by""",
    source="inventory_serialevent h JOIN inventory_stockentry e ON e.id = h.entry_id",
    row_id="h.id",
    scope="h.serial_id = %(serial_id)s",
    filters={"date_from": FROM_DAY.format("h.at"), "date_to": TO_DAY.format("h.at")},
)

PRICE_LOGS = Listing(
    what="price change",
    select="""g.id, g.product_variant_id AS product_variant, g.old_price, g.new_price, g.kind,
        g.changed_by_id AS changed_by, g.date_changed""",
    source="inventory_pricelog g",
    row_id="g.id",
    scope="%(sees_cost)s OR g.kind <> 'cost'",
    filters={
        "product_variant": "g.product_variant_id = %(product_variant)s",
        "kind": "g.kind = %(kind)s",
        "date_from": FROM_DAY.format("g.date_changed"),
        "date_to": TO_DAY.format("g.date_changed"),
    },
    orderings={"date_changed": Ordering("g.date_changed", datetime.fromisoformat)},
)

_WRITTEN = """e.id, e.entry_type, e.status, e.store_id, e.product_variant_id AS variant_id, e.quantity,
    e.delta,    e.unit_price, e.booking_id, e.invoice_line_id, e.reversal_of_id AS reversal_of,
    (SELECT r.id FROM inventory_stockentry r WHERE r.reversal_of_id = e.id) AS reversed_by,
    e.serial_numbers, e.entered_by_id AS entered_by"""

# Not FOR UPDATE: a reversal's foreign key must not wait for who reads an entry to decide on it.
_LOCK_ENTRY = f"""
SELECT {_WRITTEN} FROM inventory_stockentry e
WHERE e.id = %(id)s AND ({IN_MY_STORES.format("e")}) FOR NO KEY UPDATE OF e
"""

_OF_LINES = f"""
SELECT {_WRITTEN} FROM inventory_stockentry e
WHERE e.invoice_line_id = ANY(%(lines)s) AND e.store_id = %(store)s AND e.status = 'posted'
  AND e.reversal_of_id IS NULL
  AND NOT EXISTS (SELECT FROM inventory_stockentry r WHERE r.reversal_of_id = e.id)
ORDER BY e.id
"""

_MOVED_SINCE = """
SELECT DISTINCT s.serial_no
FROM inventory_serialevent h
JOIN inventory_serialnumber s ON s.id = h.serial_id
JOIN inventory_serialevent later
    ON later.serial_id = h.serial_id AND later.id > h.id AND later.entry_id <> h.entry_id
JOIN inventory_stockentry e ON e.id = later.entry_id
WHERE h.entry_id = ANY(%(entries)s) AND e.reversal_of_id IS NULL AND e.status <> 'rejected'
  AND NOT EXISTS (SELECT FROM inventory_stockentry r WHERE r.reversal_of_id = e.id)
"""


# As inventory_lock_stock reads them, without its locks: for who only wants to know.
_FACTS = """
SELECT EXISTS (SELECT FROM stores_store WHERE id = %(store)s) AS store_exists,
    (SELECT coalesce(json_agg(json_build_object('id', v.id, 'quantity', coalesce(l.quantity, 0),
            'reserved', coalesce(l.reserved, 0), 'track_serials', c.track_serials,
            'require_stock_in_approval', c.require_stock_in_approval)), '[]')
        FROM catalog_variant v
        JOIN catalog_product p ON p.id = v.product_id
        CROSS JOIN LATERAL inventory_settings_of(p.category_id) c
        LEFT JOIN inventory_stockledger l ON l.product_variant_id = v.id AND l.store_id = %(store)s
        WHERE v.id = ANY(%(variants)s)) AS variants,
    (SELECT coalesce(json_agg(json_build_object('serial_no', s.serial_no, 'id', s.id,
            'variant_id', s.product_variant_id, 'store_id', s.store_id, 'status', s.status, 'is_void', s.is_void)),
            '[]')
        FROM inventory_serialnumber s WHERE s.serial_no = ANY(%(serials)s)) AS serials
"""


def stock_facts(*, store_id: int, variant_ids: Collection[int], serials: Collection[str] = ()) -> StockFacts:
    """What `lock_stock` reads, but without a lock: true now, and maybe no more when something is posted."""
    params = {"store": store_id, "variants": list(variant_ids), "serials": list(serials)}
    row = rows_of(_FACTS, params)[0]
    return StockFacts(
        store_id=store_id,
        store_exists=row["store_exists"],
        variants={each["id"]: VariantFacts(**each) for each in row["variants"]},
        serials={each["serial_no"]: SerialFacts(**each) for each in row["serials"]},
    )


def config(caller: Caller, config_id: int) -> Row:
    return read_one(CONFIGS, caller, config_id)


def configs(caller: Caller, query: ListQuery) -> Page:
    return read_page(CONFIGS, caller, query)


def ledgers(caller: Caller, query: LedgerQuery) -> Page:
    return read_page(LEDGERS, caller, query, low_stock_at=settings.LOW_STOCK_AT)


def rollup(caller: Caller, query: LedgerQuery) -> Page:
    """One row a variant: the sums over the stores that the caller may see, and each store's quantity."""
    return read_page(ROLLUP, caller, query, low_stock_at=settings.LOW_STOCK_AT, store=query.store)


def entry(caller: Caller, entry_id: int) -> Row:
    """Without `unit_price`, where that is what the shop paid, for who may not see cost."""
    return _seen_by(caller, read_one(ENTRIES, caller, entry_id))


def entries(caller: Caller, query: ListQuery) -> Page:
    page = read_page(ENTRIES, caller, query)
    for row in page.rows:
        _seen_by(caller, row)
    return page


def _seen_by(caller: Caller, row: Row) -> Row:
    price = row["unit_price"]
    row["unit_price"] = None if price is None else price_text(price)
    if row["entry_type"] in TYPES_AT_COST and not caller.sees_cost:
        del row["unit_price"]
    return row


def serial(caller: Caller, serial_id: int) -> Row:
    return read_one(SERIALS, caller, serial_id)


def serials(caller: Caller, query: ListQuery) -> Page:
    return read_page(SERIALS, caller, query)


def serial_history(caller: Caller, serial_id: int, query: ListQuery) -> Page:
    """The events of a unit that stands in a store of the caller's, wherever they happened."""
    serial(caller, serial_id)
    return read_page(HISTORY, caller, query, serial_id=serial_id)


def price_logs(caller: Caller, query: ListQuery) -> Page:
    return read_page(PRICE_LOGS, caller, query, sees_cost=caller.sees_cost)


def lock_entry(entry_id: int, *, caller: Caller) -> WrittenEntry:
    """The entry, locked; before any stock is. Refuses 404."""
    rows = rows_of(_LOCK_ENTRY, {"id": entry_id, "stores": caller.stores_param})
    if not rows:
        raise not_found("stock entry")
    return _written(rows[0])


def entries_of_lines(invoice_line_ids: Collection[int], *, store_id: int) -> list[WrittenEntry]:
    """What these lines posted in the store and was not reversed, oldest first."""
    return [_written(row) for row in rows_of(_OF_LINES, {"lines": list(invoice_line_ids), "store": store_id})]


def _written(row: Row) -> WrittenEntry:
    return WrittenEntry(**{**row, "serial_numbers": tuple(row["serial_numbers"])})


def serials_moved_since(entry_ids: Collection[int]) -> frozenset[str]:
    """The units of these entries that moved again and stayed moved: not by a reversal, nor by what was
    reversed or rejected. Read it after `lock_stock`."""
    return frozenset(row["serial_no"] for row in rows_of(_MOVED_SINCE, {"entries": list(entry_ids)}))
