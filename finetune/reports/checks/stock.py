"""Ledgers and the entries that made them."""

from typing import Final

from finetune.reports.checks.check import Check

FROZEN: Final = (
    "inventory_stockentry.only_decide",
    "inventory_stockentry.frozen_rows",
    "inventory_stockentry.frozen_table",
)
# Which way an entry goes, as inventory.rules.MOVEMENTS has it. A reversal goes the other way.
DIRECTION: Final = """CASE WHEN e.reversal_of_id IS NULL THEN 1 ELSE -1 END * CASE e.entry_type
    WHEN 'adjustment' THEN sign(e.quantity) WHEN 'purchase' THEN 1 WHEN 'return_in'
        THEN 1 WHEN 'transfer_in' THEN 1
    ELSE -1 END"""

LEDGER = Check(
    "ledger-is-sum-of-entries",
    "What a ledger says is on the shelf is the sum of its posted entries; one that waits has no part in it.",
    ("inventory_ledger_once", "inventory_stockledger.frozen_rows", *FROZEN),
    """SELECT store_id AS store, product_variant_id AS variant, l.quantity, coalesce(e.quantity, 0) AS entries
    FROM inventory_stockledger l FULL JOIN (
        SELECT store_id, product_variant_id, sum(delta) AS quantity FROM inventory_stockentry
            WHERE status = 'posted'
        GROUP BY store_id, product_variant_id) e USING (store_id, product_variant_id)
    WHERE coalesce(l.quantity, 0) <> coalesce(e.quantity, 0)""",
)

# An entry that waited is posted later than its id says. Its audit row gets its id while the ledger row is
# locked, as that of every other entry does: those ids are the order of posting, whatever the clock did. A
# shelf with an entry that has no audit row is left to the check for that.
BALANCE = Check(
    "balance-runs-on",
    "Each entry's balance is that of the one posted before it on the shelf, and what it moved.",
    FROZEN,
    """WITH posted AS (
        SELECT e.id, e.store_id, e.product_variant_id, e.delta, e.balance_after, (
            SELECT min(a.id) FROM core_auditrecord a WHERE a.kind = 'stock_entry' AND a.object_id = e.id
                AND a.verb = ANY (CASE WHEN e.decided_at IS NULL THEN ARRAY['stock.post', 'stock.reverse']
                    ELSE ARRAY['stock.approve'] END)) AS place
        FROM inventory_stockentry e WHERE e.status = 'posted'
    ), ordered AS (
        SELECT *, lag(balance_after, 1, 0) OVER shelf AS before, bool_and(place IS NOT NULL) OVER (
            PARTITION BY store_id, product_variant_id) AS is_whole
        FROM posted WINDOW shelf AS (PARTITION BY store_id, product_variant_id ORDER BY place)
    )
    SELECT id AS entry, store_id AS store, product_variant_id AS variant, before, delta, balance_after
    FROM ordered WHERE is_whole AND balance_after <> before + delta""",
)

NOT_NEGATIVE = Check(
    "stock-not-negative",
    "No shelf holds less than nothing, and no more of it is reserved than is there.",
    ("inventory_stock_not_negative", "inventory_reserved_within_quantity"),
    """SELECT store_id AS store, product_variant_id AS variant, quantity, reserved FROM inventory_stockledger
    WHERE quantity < 0 OR reserved < 0 OR reserved > quantity""",
)

POSTED = Check(
    "entry-moves-as-its-type",
    "An entry moves its quantity the way of its type; it has a balance, not negative, where it is posted.",
    ("inventory_posted_has_balance", "inventory_entry_moves_something", "inventory_entry_type_known"),
    f"""SELECT e.id AS entry, e.entry_type, e.status, e.quantity, e.delta, e.balance_after
        FROM inventory_stockentry e
    WHERE e.delta = 0 OR e.delta <> {DIRECTION} * abs(e.quantity) OR (e.entry_type <> 'adjustment'
        AND e.quantity < 0)
        OR (e.status = 'posted') <> (e.balance_after IS NOT NULL) OR e.balance_after < 0""",
)

BOOKED = Check(
    "sale-has-booking",
    "What is sold or used up leaves the shelf for a booking.",
    ("inventory_sale_has_booking",),
    """SELECT id AS entry, entry_type, delta FROM inventory_stockentry
    WHERE entry_type IN ('sale', 'consumption') AND booking_id IS NULL""",
)

REVERSAL = Check(
    "reversal-is-the-opposite",
    "A posted entry is taken back once at most, by its exact opposite; a reversal is never taken back.",
    ("inventory_stockentry_reversal_of_id_key", "inventory.corrections:plan_reversals"),
    """SELECT r.id AS entry, o.id AS original, r.delta, o.delta AS delta_of_original
    FROM inventory_stockentry r JOIN inventory_stockentry o ON o.id = r.reversal_of_id
    WHERE r.delta <> -o.delta OR o.status <> 'posted' OR r.status <> 'posted' OR o.reversal_of_id IS NOT NULL
        OR (r.entry_type, r.store_id, r.product_variant_id)
            <> (o.entry_type, o.store_id, o.product_variant_id)
        OR (r.booking_id, r.invoice_line_id) IS DISTINCT FROM (o.booking_id, o.invoice_line_id)
        OR NOT (r.serial_numbers @> o.serial_numbers AND r.serial_numbers <@ o.serial_numbers)
        OR EXISTS (SELECT FROM inventory_stockentry t WHERE t.reversal_of_id = o.id AND t.id <> r.id)""",
)

DECIDED = Check(
    "entry-decided-by-another",
    "Nobody approves what they entered. Who decided an entry, and when, is known; one that waits has nobody.",
    ("inventory_no_self_approval", "inventory_stockentry.only_decide"),
    """SELECT id AS entry, status, entered_by_id AS entered_by, approved_by_id AS approved_by, decided_at
    FROM inventory_stockentry
    WHERE (status = 'posted' AND approved_by_id = entered_by_id)
        OR (approved_by_id IS NULL) <> (decided_at IS NULL)
        OR (status = 'pending_approval' AND decided_at IS NOT NULL) OR (status = 'rejected'
        AND decided_at IS NULL)""",
)

SOLD = Check(
    "sold-lines-left-the-shelf",
    "Of each line of a bill exactly its quantity left the shelf; of a cancelled bill's or a draft's, none.",
    ("invoicing.posting:issue", "invoicing.actions:cancel_invoice"),
    """SELECT l.id AS line, i.id AS invoice, i.invoice_number, l.quantity, st.is_cancelled,
        coalesce(-e.delta, 0) AS taken
    FROM invoicing_invoicelineitem l JOIN invoicing_invoice i ON i.id = l.invoice_id
    LEFT JOIN invoicing_settlement st ON st.invoice_id = i.id
    LEFT JOIN (SELECT invoice_line_id, sum(delta) AS delta FROM inventory_stockentry
        WHERE entry_type = 'sale' AND status = 'posted' AND invoice_line_id IS NOT NULL GROUP BY 1
    ) e ON e.invoice_line_id = l.id
    WHERE coalesce(-e.delta, 0) <> CASE
        WHEN l.product_variant_id IS NULL OR i.issued_at IS NULL OR st.is_cancelled THEN 0
            ELSE l.quantity END""",
)

OF_LINE = Check(
    "document-entry-fits-its-line",
    "An entry that a document posted is of the variant, store and booking of a line that exists.",
    ("inventory_stockentry.only_decide", "invoicing_invoicelineitem.frozen_delete"),
    """SELECT e.id AS entry, e.invoice_line_id AS line, i.id AS invoice
    FROM inventory_stockentry e LEFT JOIN invoicing_invoicelineitem l ON l.id = e.invoice_line_id
    LEFT JOIN invoicing_invoice i ON i.id = l.invoice_id
    WHERE e.invoice_line_id IS NOT NULL AND (e.product_variant_id, e.store_id, e.booking_id)
        IS DISTINCT FROM (l.product_variant_id, i.store_id, i.booking_id)""",
)

CHECKS: Final = (LEDGER, BALANCE, NOT_NEGATIVE, POSTED, BOOKED, REVERSAL, DECIDED, SOLD, OF_LINE)
