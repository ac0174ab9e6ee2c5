"""Units by their number: where each is, how it came there, and who has the sold ones."""

from typing import Final

from finetune.reports.checks.check import Check

EVENTS: Final = ("inventory_serialevent.frozen_rows", "inventory_serialevent.frozen_table")

ON_HAND = Check(
    "serials-on-hand",
    "Where serials are tracked, as many units are available or reserved as the ledger says; else none.",
    (
        "inventory_inventoryconfig.stock_agrees",
        "catalog_category.stock_agrees",
        "catalog_product.stock_agrees",
        "catalog_variant.stock_agrees",
    ),
    """SELECT store_id AS store, product_variant_id AS variant, k.track_serials, coalesce(l.quantity,
        0) AS quantity,
        coalesce(n.units, 0) AS units
    FROM inventory_stockledger l FULL JOIN (
        SELECT store_id, product_variant_id, count(*) AS units FROM inventory_serialnumber
        WHERE status IN ('available', 'reserved') AND NOT is_void GROUP BY store_id, product_variant_id
    ) n USING (store_id, product_variant_id)
    JOIN catalog_variant v ON v.id = product_variant_id JOIN catalog_product p ON p.id = v.product_id
    CROSS JOIN LATERAL inventory_settings_of(p.category_id) k
    WHERE coalesce(n.units, 0) <> CASE WHEN k.track_serials THEN coalesce(l.quantity, 0) ELSE 0 END""",
)

LAST_EVENT = Check(
    "serial-is-as-last-event",
    "A unit is in the state and store that its last event left it in, by the entry of that event.",
    ("inventory_serialnumber.frozen_rows", *EVENTS),
    """SELECT s.id AS serial, s.serial_no, s.status, h.to_status, s.store_id AS store,
        h.store_id AS store_of_event,
        s.last_entry_id AS last_entry, h.entry_id AS entry_of_event
    FROM inventory_serialnumber s LEFT JOIN LATERAL (
        SELECT * FROM inventory_serialevent WHERE serial_id = s.id ORDER BY id DESC LIMIT 1) h ON true
    LEFT JOIN inventory_stockentry e ON e.id = h.entry_id
    WHERE (s.status, s.store_id, s.last_entry_id, s.product_variant_id)
        IS DISTINCT FROM (h.to_status, h.store_id, h.entry_id, e.product_variant_id)""",
)

CHAIN = Check(
    "serial-history-is-a-chain",
    "Each event of a unit begins in the state in which the one before it ended; the first begins in none.",
    EVENTS,
    """SELECT id AS event, serial_id AS serial, before, from_status, to_status FROM (
        SELECT h.*, lag(to_status, 1, '') OVER (PARTITION BY serial_id ORDER BY id) AS before
        FROM inventory_serialevent h) chained
    WHERE from_status <> before""",
)

OF_ENTRY = Check(
    "entry-names-its-serials",
    "An entry names as many different units as it moves, or none at all, and its events are about those.",
    ("inventory_stockentry.only_decide", *EVENTS),
    """SELECT e.id AS entry, e.delta, e.serial_numbers, m.serials AS moved
    FROM inventory_stockentry e LEFT JOIN (
        SELECT h.entry_id, array_agg(DISTINCT s.serial_no) AS serials
        FROM inventory_serialevent h JOIN inventory_serialnumber s ON s.id = h.serial_id GROUP BY h.entry_id
    ) m ON m.entry_id = e.id
    WHERE ARRAY(SELECT unnest(e.serial_numbers) ORDER BY 1) <> ARRAY(SELECT unnest(m.serials) ORDER BY 1)
        OR cardinality(e.serial_numbers) NOT IN (0, abs(e.delta))""",
)

OF_LINE = Check(
    "line-names-its-serials",
    "The units that a line of an issued bill names are those that its sale took from the shelf.",
    ("invoicing_invoicelineitem.frozen_update", "inventory_stockentry.only_decide"),
    """SELECT l.id AS line, i.id AS invoice, i.invoice_number, l.serial_numbers, e.id AS entry,
        e.serial_numbers AS taken
    FROM invoicing_invoicelineitem l JOIN invoicing_invoice i ON i.id = l.invoice_id
    LEFT JOIN inventory_stockentry e ON e.invoice_line_id = l.id AND e.entry_type = 'sale'
        AND e.reversal_of_id IS NULL
    WHERE i.issued_at IS NOT NULL AND ARRAY(SELECT jsonb_array_elements_text(l.serial_numbers) ORDER BY 1)
        <> ARRAY(SELECT unnest(e.serial_numbers)::text ORDER BY 1)""",
)

# A return that waits for approval has the unit already: it is pending, no longer sold.
SOLD_ONCE = Check(
    "sold-unit-on-one-live-line",
    "A unit is sold where one live line, or a sale by hand, sold it and it did not come back; else not.",
    ("inventory_serial_once", "invoicing_invoicelineitem.frozen_insert", *EVENTS),
    """WITH moved AS (
        SELECT jsonb_array_elements_text(l.serial_numbers) AS serial_no, 1 AS times, i.id AS invoice
        FROM invoicing_invoicelineitem l JOIN invoicing_invoice i ON i.id = l.invoice_id
        JOIN invoicing_settlement st ON st.invoice_id = i.id WHERE NOT st.is_cancelled
        UNION ALL
        SELECT unnest(e.serial_numbers), CASE e.entry_type WHEN 'sale' THEN 1 ELSE -1 END, NULL
        FROM inventory_stockentry e
        WHERE (e.entry_type = 'sale' AND e.invoice_line_id IS NULL OR e.entry_type = 'return_in')
            AND e.status <> 'rejected' AND e.reversal_of_id IS NULL
            AND NOT EXISTS (SELECT FROM inventory_stockentry r WHERE r.reversal_of_id = e.id)
    ), sold AS (
        SELECT serial_no, sum(times) AS times,
            array_agg(invoice) FILTER (WHERE invoice IS NOT NULL) AS invoices
        FROM moved GROUP BY serial_no
    )
    SELECT s.id AS serial, serial_no, s.status, coalesce(sold.times, 0) AS times_sold, sold.invoices
    FROM inventory_serialnumber s FULL JOIN sold USING (serial_no)
    WHERE coalesce(sold.times, 0) <> CASE WHEN s.status = 'sold' THEN 1 ELSE 0 END""",
)

CHECKS: Final = (ON_HAND, LAST_EVENT, CHAIN, OF_ENTRY, OF_LINE, SOLD_ONCE)
