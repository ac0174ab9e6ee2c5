"""What the pages of goods count and look up: each in one statement."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from finetune.core.caller import Caller
from finetune.core.listing import Row, like, rows_of
from finetune.inventory.queries import ENTRIES, IN_MY_STORES
from finetune.inventory.schemas import EntryQuery, LedgerQuery

_CATEGORIES = """
WITH RECURSIVE shelf AS (
    SELECT c.id, c.name, c.parent_id, 0 AS depth, ARRAY[lower(c.name)] AS place, c.name::text AS path
    FROM catalog_category c WHERE c.parent_id IS NULL
    UNION ALL
    SELECT c.id, c.name, c.parent_id, s.depth + 1, s.place || lower(c.name), s.path || ' › ' || c.name
    FROM catalog_category c JOIN shelf s ON c.parent_id = s.id)
SELECT id, name, parent_id AS parent, depth, path FROM shelf ORDER BY place
"""

# Which of the categories above says how stock is kept: the nearest, the category itself first.
_SETTINGS = """
WITH RECURSIVE shelf AS (
    SELECT c.id, c.name, 0 AS depth, ARRAY[lower(c.name)] AS place,
        CASE WHEN g.id IS NOT NULL THEN c.id END AS source
    FROM catalog_category c LEFT JOIN inventory_inventoryconfig g ON g.category_id = c.id WHERE c.parent_id IS NULL
    UNION ALL
    SELECT c.id, c.name, s.depth + 1, s.place || lower(c.name),
        CASE WHEN g.id IS NOT NULL THEN c.id ELSE s.source END
    FROM catalog_category c JOIN shelf s ON c.parent_id = s.id
    LEFT JOIN inventory_inventoryconfig g ON g.category_id = c.id)
SELECT s.id, s.name, s.depth, s.source, o.name AS source_name, s.source = s.id AS is_own,
    e.track_serials, e.log_price, e.require_stock_in_approval
FROM shelf s CROSS JOIN LATERAL inventory_settings_of(s.id) e LEFT JOIN catalog_category o ON o.id = s.source
ORDER BY s.place
"""

_CELLS = f"""
SELECT l.id, l.product_variant_id AS variant, l.store_id AS store, l.quantity, l.reserved,
    l.quantity - l.reserved AS available
FROM inventory_stockledger l
WHERE l.product_variant_id = ANY(%(variants)s) AND ({IN_MY_STORES.format("l")})
"""

# The filter of the ledgers, said once more for sums: of one store's shelves, or of each variant over all of them.
_STOCK_TOTALS = f"""
WITH shelf AS (
    SELECT l.product_variant_id, sum(l.quantity) AS quantity, sum(l.reserved) AS reserved
    FROM inventory_stockledger l
    WHERE ({IN_MY_STORES.format("l")}) AND (%(store)s::bigint IS NULL OR l.store_id = %(store)s)
    GROUP BY l.product_variant_id{{by_store}}),
told AS (
    SELECT l.quantity, l.reserved, l.quantity - l.reserved <= coalesce(v.reorder_level, %(low_stock_at)s) AS is_low
    FROM shelf l JOIN catalog_variant v ON v.id = l.product_variant_id
    WHERE (%(category)s::bigint IS NULL OR v.product_id IN (
            WITH RECURSIVE below AS (
                SELECT %(category)s::bigint AS id
                UNION SELECT c.id FROM catalog_category c JOIN below ON c.parent_id = below.id)
            SELECT p.id FROM catalog_product p JOIN below ON p.category_id = below.id))
        AND (%(product_variant)s::bigint IS NULL OR v.id = %(product_variant)s)
        AND (%(q)s::text IS NULL OR v.sku ILIKE %(q)s OR v.barcode ILIKE %(q)s OR v.variant_name ILIKE %(q)s
            OR EXISTS (SELECT FROM catalog_product p WHERE p.id = v.product_id AND p.name ILIKE %(q)s)))
SELECT count(*) AS number, coalesce(sum(quantity), 0)::bigint AS quantity,
    coalesce(sum(reserved), 0)::bigint AS reserved, count(*) FILTER (WHERE is_low) AS low
FROM told WHERE %(low_stock)s::boolean IS NULL OR is_low = %(low_stock)s
"""

_VARIANT_BY_CODE = """
SELECT v.id FROM catalog_variant v WHERE upper(v.sku) = upper(%(code)s) OR v.barcode = %(code)s LIMIT 2
"""

_UNITS = """
SELECT s.id, s.serial_no, s.status FROM inventory_serialnumber s
WHERE s.product_variant_id = %(variant)s AND s.store_id = %(store)s AND s.status IN ('available', 'reserved')
    AND NOT s.is_void
ORDER BY s.serial_no LIMIT %(limit)s
"""

_UNITS_NAMED = f"""
SELECT a.serial_no, s.id, s.status FROM unnest(%(serials)s::text[]) WITH ORDINALITY AS a (serial_no, place)
LEFT JOIN inventory_serialnumber s ON s.serial_no = a.serial_no AND ({IN_MY_STORES.format("s")})
ORDER BY a.place
"""

_BOOKINGS_OF_ENTRIES = """
SELECT e.id, e.booking_id AS booking, e.reversal_of_id AS reversal_of FROM inventory_stockentry e
WHERE e.id = ANY(%(entries)s)
"""

_ENTRY_TOTALS = f"""
SELECT count(*) AS number, count(*) FILTER (WHERE e.status = 'pending_approval') AS waiting,
    coalesce(sum(e.delta) FILTER (WHERE e.status = 'posted' AND e.delta > 0), 0)::bigint AS units_in,
    coalesce(sum(e.delta) FILTER (WHERE e.status = 'posted' AND e.delta < 0), 0)::bigint AS units_out
FROM inventory_stockentry e WHERE ({IN_MY_STORES.format("e")}) AND {{conditions}}
"""

_OPEN_REPAIRS = """
SELECT b.id, b.device, c.name AS customer, b.status FROM bookings_booking b
JOIN customers_customer c ON c.id = b.customer_id
WHERE b.store_id = %(store)s AND b.kind = 'repair' AND b.status NOT IN ('delivered', 'cancelled')
ORDER BY b.id DESC LIMIT 100
"""

_LABELS = f"""
SELECT upper(a.code) AS code, v.id, v.sku, v.price, v.mrp, s.serial_no,
    CASE WHEN v.variant_name ILIKE p.name || '%%' THEN v.variant_name ELSE p.name || ', ' || v.variant_name END AS name
FROM unnest(%(codes)s::text[]) AS a (code)
LEFT JOIN inventory_serialnumber s ON s.serial_no = upper(a.code) AND ({IN_MY_STORES.format("s")})
-- One look into one index after another, rather than a walk through all variants for each code.
JOIN catalog_variant v ON v.id = coalesce(s.product_variant_id,
    (SELECT w.id FROM catalog_variant w WHERE upper(w.sku) = upper(a.code)),
    (SELECT w.id FROM catalog_variant w WHERE w.barcode = a.code AND w.barcode <> ''))
JOIN catalog_product p ON p.id = v.product_id
"""


def category_tree() -> list[Row]:
    """All categories, each below its parent: id, name, parent, depth, path."""
    return rows_of(_CATEGORIES, {})


def category_settings() -> list[Row]:
    """How stock of each category is kept, and which category says so; none does where `source` is null."""
    return rows_of(_SETTINGS, {})


def cells_of(caller: Caller, variant_ids: Sequence[int]) -> dict[tuple[int, int], Row]:
    """The ledgers of these variants in the caller's stores, by (variant, store)."""
    params = {"variants": list(variant_ids), "stores": caller.stores_param}
    return {(row["variant"], row["store"]): row for row in rows_of(_CELLS, params)}


def stock_totals(caller: Caller, query: LedgerQuery, *, by_store: bool) -> Row:
    """number, quantity, reserved and low: over ledgers, or over variants with the sum of their ledgers."""
    given = query.model_dump(include={"store", "category", "product_variant", "low_stock"})
    params = {
        **given,
        "q": like(query.q) if query.q else None,
        "stores": caller.stores_param,
        "low_stock_at": settings.LOW_STOCK_AT,
    }
    return rows_of(_STOCK_TOTALS.format(by_store=", l.store_id" if by_store else ""), params)[0]


def variant_with_code(code: str) -> int | None:
    """The one variant whose SKU or barcode this is."""
    rows = rows_of(_VARIANT_BY_CODE, {"code": code})
    return int(rows[0]["id"]) if len(rows) == 1 else None


def units_on_hand(variant_id: int, store_id: int, *, limit: int) -> list[Row]:
    return rows_of(_UNITS, {"variant": variant_id, "store": store_id, "limit": limit})


def open_repairs(store_id: int) -> list[Row]:
    """The repairs that parts may be used in, the newest first."""
    return rows_of(_OPEN_REPAIRS, {"store": store_id})


def labelled(caller: Caller, codes: Sequence[str]) -> dict[str, Row]:
    """What each code stands for: a unit in the caller's stores, a SKU or a barcode. Unknown ones are absent."""
    params: dict[str, Any] = {"codes": list(codes), "stores": caller.stores_param}
    return {row["code"]: row for row in rows_of(_LABELS, params)}


def units_named(caller: Caller, serial_numbers: Sequence[str]) -> list[Row]:
    """Units by their numbers; without an id where a unit stands in a store that the caller may not see."""
    return rows_of(_UNITS_NAMED, {"serials": list(serial_numbers), "stores": caller.stores_param})


def entry_totals(caller: Caller, query: EntryQuery) -> Row:
    """number, units_in, units_out (of what is posted) and waiting."""
    given = query.model_dump(
        include={"store", "product_variant", "entry_type", "status", "booking", "date_from", "date_to"}
    )
    conditions = [f"({ENTRIES.filters[name]})" for name, value in given.items() if value is not None]
    sql = _ENTRY_TOTALS.format(conditions=" AND ".join(["true", *conditions]))
    return rows_of(sql, {**given, "stores": caller.stores_param})[0]


def bookings_of_entries(entry_ids: Sequence[int]) -> dict[int, Row]:
    """booking and reversal_of of each entry."""
    return {row["id"]: row for row in rows_of(_BOOKINGS_OF_ENTRIES, {"entries": list(entry_ids)})}


def settings_of(category_id: int) -> Row:
    """How the stock of a category is kept, inherited or not: track_serials, log_price, require_stock_in_approval."""
    return rows_of("SELECT * FROM inventory_settings_of(%(category)s)", {"category": category_id})[0]
