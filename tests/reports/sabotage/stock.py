"""Stock, serials and the trail put wrong."""

from tests.reports.sabotage.kit import APPROVED, LAST_BILL, LOOSE_SALE, PAID_BY_CARD, SOLD_UNIT, Sabotage

STOCK = (
    Sabotage(
        "ledger-is-sum-of-entries",
        (
            """UPDATE inventory_stockledger l SET quantity = quantity + 1 WHERE product_variant_id = (
                SELECT id FROM catalog_variant WHERE sku = 'TG-CLR')""",
        ),
    ),
    Sabotage(
        "balance-runs-on",
        (f"UPDATE inventory_stockentry SET balance_after = balance_after + 1 WHERE id = {LOOSE_SALE}",),
    ),
    Sabotage(
        "stock-not-negative",
        ("UPDATE inventory_stockledger SET reserved = quantity + 1",),
        (("inventory_stockledger", "inventory_reserved_within_quantity"),),
    ),
    Sabotage(
        "entry-moves-as-its-type",
        ("UPDATE inventory_stockentry SET quantity = quantity + 1 WHERE entry_type = 'consumption'",),
    ),
    Sabotage(
        "sale-has-booking",
        ("UPDATE inventory_stockentry SET booking_id = NULL WHERE entry_type = 'consumption'",),
        (("inventory_stockentry", "inventory_sale_has_booking"),),
    ),
    Sabotage(
        "reversal-is-the-opposite",
        (
            """UPDATE inventory_stockentry e SET booking_id = (
                SELECT min(b.id) FROM bookings_booking b WHERE b.store_id = e.store_id)
            WHERE reversal_of_id IS NOT NULL AND invoice_line_id IS NULL""",
        ),
    ),
    Sabotage(
        "entry-decided-by-another",
        (
            f"""UPDATE core_auditrecord a SET user_id = e.entered_by_id FROM inventory_stockentry e
            WHERE a.verb = 'stock.approve' AND a.object_id = e.id AND e.id = {APPROVED}""",
            f"UPDATE inventory_stockentry SET approved_by_id = entered_by_id WHERE id = {APPROVED}",
        ),
        (("inventory_stockentry", "inventory_no_self_approval"),),
    ),
    Sabotage(
        "sold-lines-left-the-shelf",
        (f"UPDATE inventory_stockentry SET invoice_line_id = NULL WHERE id = {LOOSE_SALE}",),
    ),
    Sabotage(
        "document-entry-fits-its-line",
        (
            f"""UPDATE inventory_stockentry e SET booking_id = (SELECT max(b.id) FROM bookings_booking b
                WHERE b.store_id = e.store_id AND b.id <> e.booking_id) WHERE id = {LOOSE_SALE}""",
        ),
    ),
)

SERIALS = (
    Sabotage(
        "serials-on-hand", ("UPDATE inventory_inventoryconfig SET track_serials = false WHERE track_serials",)
    ),
    Sabotage(
        "serial-is-as-last-event",
        ("UPDATE inventory_serialnumber SET last_entry_id = (SELECT max(id) FROM inventory_stockentry)",),
    ),
    Sabotage(
        "serial-history-is-a-chain",
        ("UPDATE inventory_serialevent SET from_status = 'sold' WHERE from_status = ''",),
    ),
    Sabotage(
        "entry-names-its-serials",
        (
            "UPDATE inventory_stockentry SET serial_numbers[1] = 'ANOTHER' WHERE entry_type = 'purchase'"
            " AND serial_numbers <> '{}'",
        ),
    ),
    Sabotage(
        "line-names-its-serials",
        (
            """WITH two AS (SELECT l.id, l.serial_numbers FROM invoicing_invoicelineitem l
                JOIN invoicing_settlement st ON st.invoice_id = l.invoice_id AND NOT st.is_cancelled
                WHERE l.serial_numbers <> '[]' ORDER BY l.id LIMIT 2)
            UPDATE invoicing_invoicelineitem l SET serial_numbers = other.serial_numbers
            FROM two JOIN two other ON other.id <> two.id WHERE l.id = two.id""",
        ),
    ),
    Sabotage(
        "sold-unit-on-one-live-line",
        (
            f"""UPDATE inventory_serialevent SET to_status = 'consumed' WHERE id = (
                SELECT max(id) FROM inventory_serialevent WHERE serial_id = {SOLD_UNIT})""",
            f"UPDATE inventory_serialnumber SET status = 'consumed' WHERE id = {SOLD_UNIT}",
        ),
    ),
)

UNSIGNED = (
    "UPDATE core_auditrecord SET {0} WHERE id = (SELECT min(id) FROM core_auditrecord WHERE verb = '{1}')"
)
TRAIL = (
    Sabotage("bill-in-audit", (UNSIGNED.format("request_id = ''", "invoice.issue"),)),
    Sabotage("bill-in-audit", ("DELETE FROM core_auditrecord WHERE verb = 'invoice.issue'",)),
    Sabotage("cancellation-in-audit", (UNSIGNED.format("user_id = 0", "invoice.cancel"),)),
    Sabotage("payment-in-audit", (UNSIGNED.format("user_id = 0", "payment.take"),)),
    Sabotage("entry-in-audit", (UNSIGNED.format("user_id = 0", "stock.post"),)),
    Sabotage("entry-in-audit", ("DELETE FROM core_auditrecord WHERE verb = 'stock.post'",)),
    Sabotage("decision-in-audit", (UNSIGNED.format("user_id = 0", "stock.approve"),)),
    Sabotage("decision-in-audit", (UNSIGNED.format("user_id = 0", "stock.reject"),)),
    Sabotage("note-in-audit", (UNSIGNED.format("user_id = 0", "credit_note.issue"),)),
    Sabotage("deposit-in-audit", (UNSIGNED.format("user_id = 0", "deposit.take"),)),
    Sabotage("deposit-refund-in-audit", (UNSIGNED.format("user_id = 0", "deposit.refund"),)),
    Sabotage("session-in-audit", (UNSIGNED.format("user_id = 0", "cash_session.open"),)),
    Sabotage("session-in-audit", (UNSIGNED.format("user_id = 0", "cash_session.close"),)),
    Sabotage("session-in-audit", (UNSIGNED.format("user_id = 0", "cash_session.move"),)),
    Sabotage("refund-in-audit", (UNSIGNED.format("user_id = 0", "refund.give"),)),
    Sabotage(
        "key-names-its-object",
        ("""UPDATE core_idempotencykey SET ref = '{"id": 999999999}' WHERE kind = 'variant'""",),
    ),
    Sabotage(
        "key-names-its-object",
        ("UPDATE core_idempotencykey SET ref = ref || '{\"ids\": [999999999]}' WHERE kind = 'sale'",),
    ),
    Sabotage(
        "rows-of-one-store",
        (
            f"""UPDATE bookings_booking b
            SET store_id = (SELECT max(s.id) FROM stores_store s WHERE s.id <> b.store_id)
            WHERE id = (SELECT booking_id FROM invoicing_invoice WHERE {LAST_BILL})""",
        ),
    ),
    Sabotage(
        "rows-of-one-store",
        (
            f"""UPDATE payments_paymentrecord p SET store_id = (
                SELECT max(s.id) FROM stores_store s WHERE s.id <> p.store_id) WHERE id = {PAID_BY_CARD}""",
        ),
    ),
)
