"""Why a shelf holds what it holds: each entry that was posted on it, and whether they add up to it."""

from datetime import datetime

from finetune.core.caller import Caller
from finetune.core.listing import Listing, ListQuery, Ordering, Page, Row, read_page, rows_of
from finetune.core.refusals import not_found

# An entry that waited for approval is posted when it is approved, so that is its place in the order.
EXPLAINED = Listing(
    what="stock ledger",
    select="""e.id, e.entry_type, e.delta, e.balance_after - e.delta AS balance_before, e.balance_after,
        coalesce(e.decided_at, e.created_at) AS posted_at, e.reason, e.reference, e.serial_numbers,
        e.booking_id AS booking, (SELECT l.invoice_id FROM invoicing_invoicelineitem l
            WHERE l.id = e.invoice_line_id) AS invoice, e.reversal_of_id AS reversal_of,
        (SELECT r.id FROM inventory_stockentry r WHERE r.reversal_of_id = e.id) AS reversed_by,
        e.entered_by_id AS entered_by, e.approved_by_id AS approved_by""",
    source="inventory_stockentry e",
    row_id="e.id",
    scope="e.product_variant_id = %(variant)s AND e.store_id = %(store)s AND e.status = 'posted'",
    orderings={"posted_at": Ordering("coalesce(e.decided_at, e.created_at)", datetime.fromisoformat)},
    default_ordering="-posted_at",
)

# One statement, so that the sums and the shelf are of one moment.
_LEDGER = """
SELECT l.id, l.store_id AS store, l.product_variant_id AS product_variant, v.sku, v.variant_name, l.quantity,
    l.reserved, l.quantity - l.reserved AS available, l.last_updated,
    p.entries_posted, p.sum_posted, w.entries_waiting, w.units_waiting, s.serials_on_hand,
    (SELECT c.track_serials FROM inventory_settings_of(o.category_id) c) AS track_serials
FROM inventory_stockledger l
JOIN catalog_variant v ON v.id = l.product_variant_id
JOIN catalog_product o ON o.id = v.product_id
CROSS JOIN LATERAL (
    SELECT count(*) AS entries_posted, coalesce(sum(e.delta), 0)::bigint AS sum_posted FROM inventory_stockentry e
    WHERE e.product_variant_id = l.product_variant_id AND e.store_id = l.store_id AND e.status = 'posted') p
CROSS JOIN LATERAL (
    SELECT count(*) AS entries_waiting, coalesce(sum(e.delta), 0)::bigint AS units_waiting
    FROM inventory_stockentry e
    WHERE e.product_variant_id = l.product_variant_id AND e.store_id = l.store_id
        AND e.status = 'pending_approval') w
CROSS JOIN LATERAL (
    SELECT count(*) AS serials_on_hand FROM inventory_serialnumber n
    WHERE n.product_variant_id = l.product_variant_id AND n.store_id = l.store_id
        AND n.status IN ('available', 'reserved') AND NOT n.is_void) s
WHERE l.id = %(id)s AND (%(stores)s::bigint[] IS NULL OR l.store_id = ANY(%(stores)s))
"""


def ledger_with_proof(caller: Caller, ledger_id: int) -> Row:
    """A ledger beside the sum of its entries and the units on hand. Refuses 404."""
    rows = rows_of(_LEDGER, {"id": ledger_id, "stores": caller.stores_param})
    if not rows:
        raise not_found("stock ledger")
    ledger = rows[0]
    ledger["adds_up"] = ledger["sum_posted"] == ledger["quantity"]
    return ledger


def entries_of_ledger(caller: Caller, ledger: Row, query: ListQuery) -> Page:
    """The posted entries of a ledger that the caller may see, as `ledger_with_proof` answered it; the newest first."""
    return read_page(EXPLAINED, caller, query, variant=ledger["product_variant"], store=ledger["store"])


def opening_and_closing(ledger: Row, page: Page, query: ListQuery) -> tuple[int, int]:
    """What was on the shelf before the oldest entry of a page, and after its newest."""
    if not page.rows:
        return ledger["quantity"], ledger["quantity"]
    first, last = page.rows[0], page.rows[-1]
    is_newest_first = (query.ordering or EXPLAINED.default_ordering).startswith("-")
    oldest, newest = (last, first) if is_newest_first else (first, last)
    return oldest["balance_before"], newest["balance_after"]
