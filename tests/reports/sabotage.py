"""One wrong on purpose for every check of the books: what somebody with the superuser's hands could do."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sabotage:
    """Statements that put rows at odds with one promise, and constraints that must go first to let them."""

    check: str
    statements: tuple[str, ...]
    drops: tuple[tuple[str, str], ...] = ()


LAST = "(SELECT max(number) FROM invoicing_invoice WHERE series = 'FT-INV')"
LAST_BILL = f"series = 'FT-INV' AND number = {LAST}"
BOS = "series = 'FT-BOS' AND number = 1"
DRAFT = "(SELECT min(id) FROM invoicing_invoice WHERE issued_at IS NULL)"
UNPAID = """(SELECT min(i.id) FROM invoicing_invoice i JOIN invoicing_settlement st ON st.invoice_id = i.id
    WHERE st.amount_paid = 0 AND NOT st.is_cancelled AND i.round_off_amount = 0)"""
CANCELLED = "(SELECT min(invoice_id) FROM invoicing_invoicecancellation)"
RENUMBER = """UPDATE invoicing_invoice
    SET number = {0}, invoice_number = 'FT-INV-' || lpad(({0})::text, 4, '0')
    WHERE series = 'FT-INV' AND number = {1}"""
COUNT_TO = """UPDATE invoicing_invoicesequence s SET last_number = i.number, last_date = i.invoice_date
    FROM invoicing_invoice i WHERE i.series = s.series AND s.series = 'FT-INV' AND i.number = {0}"""
SOLD_UNIT = """(SELECT s.id FROM inventory_serialnumber s WHERE s.status = 'sold' ORDER BY s.id LIMIT 1)"""
PAID_BY_CARD = "(SELECT min(id) FROM payments_paymentrecord WHERE mode = 'card')"
OF_CARD_BILL = f"(SELECT invoice_id FROM payments_paymentrecord WHERE id = {PAID_BY_CARD})"
LOOSE_SALE = """(SELECT min(id) FROM inventory_stockentry WHERE entry_type = 'sale' AND serial_numbers = '{}'
    AND invoice_line_id IS NOT NULL)"""
APPROVED = "(SELECT min(id) FROM inventory_stockentry WHERE approved_by_id IS NOT NULL AND status = 'posted')"

NUMBERS = (
    Sabotage(
        "number-taken-once",
        (RENUMBER.format(f"{LAST} - 1", LAST), COUNT_TO.format(LAST)),
        (("invoicing_invoice", "invoicing_number_once"),),
    ),
    Sabotage(
        "number-text-once",
        (
            f"""WITH twin AS (SELECT min(number) AS number FROM invoicing_invoice WHERE series = 'FT-INV'
                AND seller->>'gstin' = (SELECT seller->>'gstin' FROM invoicing_invoice WHERE {BOS})),
            run AS (INSERT INTO invoicing_sequencerun (series, run, kind, prefix, opening_number)
                SELECT 'TWIN', 1, 'bill_of_supply', 'ft-inv-', number - 1 FROM twin)
            UPDATE invoicing_invoice i SET series = 'TWIN', number = twin.number,
                invoice_number = 'ft-inv-' || lpad(twin.number::text, 4, '0')
            FROM twin WHERE i.series = 'FT-BOS' AND i.number = 1""",
            "UPDATE invoicing_invoicesequence SET last_number = 0, last_date = NULL WHERE series = 'FT-BOS'",
        ),
    ),
    Sabotage("numbers-without-hole", (RENUMBER.format(f"{LAST} + 1", LAST), COUNT_TO.format(LAST))),
    Sabotage(
        "numbers-without-hole",
        ("UPDATE invoicing_sequencerun SET opening_number = 1 WHERE series = 'FT-BOS'",),
    ),
    Sabotage("counter-at-highest", ("UPDATE invoicing_invoicesequence SET last_number = last_number + 5",)),
    Sabotage("counter-at-highest", ("UPDATE invoicing_invoicesequence SET run = 2 WHERE series = 'FT-CN'",)),
    Sabotage("number-text", (f"UPDATE invoicing_invoice SET invoice_number = 'FT-BOS-1' WHERE {BOS}",)),
    Sabotage(
        "number-text",
        (
            f"UPDATE invoicing_invoice SET invoice_number = 'FT_BOS_0001' WHERE {BOS}",
            "UPDATE invoicing_sequencerun SET prefix = 'FT_BOS_' WHERE series = 'FT-BOS'",
        ),
    ),
    Sabotage(
        "draft-without-number",
        (f"UPDATE invoicing_invoice SET invoice_number = 'FT-INV-9999' WHERE id = {DRAFT}",),
        (("invoicing_invoice", "invoicing_number_only_when_issued"),),
    ),
    Sabotage(
        "number-dates-rise",
        (f"UPDATE invoicing_invoice SET invoice_date = invoice_date - 1 WHERE {LAST_BILL}",),
    ),
    Sabotage(
        "number-order-is-issue-order",
        (f"UPDATE invoicing_invoice SET issued_at = issued_at - interval '1 hour' WHERE {LAST_BILL}",),
    ),
    Sabotage(
        "number-in-its-series",
        ("UPDATE invoicing_sequencerun SET kind = 'credit_note' WHERE series = 'FT-BOS'",),
    ),
    Sabotage(
        "number-in-its-series",
        ("UPDATE invoicing_sequencerun SET gstin = '27AAPFU0939F1ZV' WHERE series = 'FT-BOS'",),
    ),
)

BILLS = (
    Sabotage("bill-has-lines", (f"DELETE FROM invoicing_invoicelineitem WHERE invoice_id = {DRAFT}",)),
    Sabotage(
        "bill-has-lines",
        (f"UPDATE invoicing_invoicelineitem SET position = 2 WHERE invoice_id = {DRAFT}",),
    ),
    Sabotage(
        "bill-has-settlement",
        (f"UPDATE invoicing_settlement SET total = total + 1 WHERE invoice_id = {UNPAID}",),
    ),
    Sabotage(
        "bill-sums", (f"UPDATE invoicing_invoice SET discount_total = discount_total + 1 WHERE {LAST_BILL}",)
    ),
    Sabotage(
        "bill-round-off",
        (
            f"UPDATE invoicing_settlement SET total = total + 0.25 WHERE invoice_id = {UNPAID}",
            f"UPDATE invoicing_invoice SET round_off_amount = 0.25, total = total + 0.25 WHERE id = {UNPAID}",
        ),
    ),
    Sabotage("bill-nature", (f"UPDATE invoicing_invoice SET supply_nature = 'inter' WHERE {BOS}",)),
    Sabotage(
        "bill-place-of-supply",
        ("UPDATE invoicing_invoice SET place_of_supply = '25' WHERE place_of_supply = '30'",),
    ),
    Sabotage(
        "bill-state-tax-label", (f"UPDATE invoicing_invoice SET state_tax_label = 'UTGST' WHERE {BOS}",)
    ),
    Sabotage(
        "bill-document-type",
        (f"UPDATE invoicing_invoice SET document_type = 'invoice_cum_bill' WHERE {LAST_BILL}",),
    ),
    Sabotage(
        "bill-snapshots",
        (f"UPDATE invoicing_invoice SET seller = jsonb_set(seller, '{{id}}', '999') WHERE {LAST_BILL}",),
    ),
    Sabotage(
        "bill-not-in-future",
        (
            "UPDATE invoicing_invoice SET issued_at = issued_at - interval '21 days'"
            " WHERE series = 'FT-INV' AND number = 1",
        ),
    ),
)

TAXED_MORE = "cgst = cgst + 0.5, sgst = sgst + 0.5"
RAISED = "total_before_round_off = total_before_round_off + 1, total = total + 1"
LINES = (
    Sabotage(
        "line-gross",
        (f"UPDATE invoicing_invoicelineitem SET unit_price = unit_price + 1 WHERE invoice_id = {DRAFT}",),
    ),
    Sabotage(
        "line-discount",
        (f"UPDATE invoicing_invoicelineitem SET discount_percent = 5 WHERE invoice_id = {DRAFT}",),
    ),
    Sabotage(
        "line-share-of-discount",
        (
            """UPDATE invoicing_invoice SET "order" = jsonb_set("order", '{discount,amount}', '"10.01"')
            WHERE "order"->'discount'->>'amount' = '10'""",
        ),
    ),
    Sabotage(
        "line-value",
        (
            "UPDATE invoicing_invoicelineitem SET taxable_value = taxable_value + 1, total = total + 1"
            f" WHERE invoice_id = {DRAFT}",
            f"UPDATE invoicing_invoice SET taxable_value = taxable_value + 1, {RAISED} WHERE id = {DRAFT}",
        ),
    ),
    Sabotage(
        "line-tax",
        (
            f"UPDATE invoicing_invoicelineitem SET {TAXED_MORE}, total = total + 1"
            f" WHERE invoice_id = {DRAFT}",
            f"UPDATE invoicing_invoice SET {TAXED_MORE}, {RAISED} WHERE id = {DRAFT}",
        ),
    ),
    Sabotage(
        "line-total",
        (
            f"UPDATE invoicing_invoicelineitem SET total = total + 1 WHERE invoice_id = {DRAFT}",
            f"UPDATE invoicing_invoice SET {RAISED} WHERE id = {DRAFT}",
        ),
        (("invoicing_invoice", "invoicing_parts_add_up"),),
    ),
    Sabotage(
        "line-rate-in-force",
        ("UPDATE invoicing_invoicelineitem SET gst_rate = 18 WHERE treatment = 'exempt'",),
    ),
    Sabotage(
        "line-rate-in-force",
        (
            """UPDATE invoicing_invoicelineitem SET gst_rate = 12 WHERE invoice_id IN (
                SELECT id FROM invoicing_invoice WHERE buyer->>'category' = 'export')""",
        ),
    ),
)

MONEY = (
    Sabotage(
        "paid-is-sum-of-payments",
        (f"UPDATE invoicing_settlement SET amount_paid = amount_paid - 1 WHERE invoice_id = {OF_CARD_BILL}",),
    ),
    Sabotage(
        "never-overpaid",
        (
            f"UPDATE invoicing_settlement SET amount_paid = total + 1 WHERE invoice_id = {OF_CARD_BILL}",
            f"""UPDATE payments_paymentrecord p SET amount = p.amount + st.amount_paid - (
                SELECT sum(o.amount) FROM payments_paymentrecord o WHERE o.invoice_id = p.invoice_id)
            FROM invoicing_settlement st WHERE st.invoice_id = p.invoice_id AND p.id = {PAID_BY_CARD}""",
        ),
        (("invoicing_settlement", "invoicing_never_overpaid"),),
    ),
    Sabotage(
        "payment-on-issued-bill",
        (
            f"UPDATE invoicing_settlement SET amount_paid = 1 WHERE invoice_id = {CANCELLED}",
            f"""WITH taken AS (
                INSERT INTO payments_paymentrecord (invoice_id, store_id, amount, mode, reference,
                    received_by_id, received_at, business_date)
                SELECT i.id, i.store_id, 1, 'upi', 'FOR NOTHING', i.issued_by_id, now(),
                    (now() AT TIME ZONE 'Asia/Kolkata')::date
                FROM invoicing_invoice i WHERE i.id = {CANCELLED}
                RETURNING id, received_by_id)
            INSERT INTO core_auditrecord (user_id, request_id, verb, kind, object_id)
            SELECT received_by_id, 'by hand', 'payment.take', 'payment', id FROM taken""",
        ),
        (("invoicing_settlement", "invoicing_cancelled_is_unpaid"),),
    ),
    Sabotage(
        "cancellation-agrees",
        (f"DELETE FROM invoicing_invoicecancellation WHERE invoice_id = {CANCELLED}",),
    ),
    Sabotage(
        "payment-is-whole",
        (f"UPDATE payments_paymentrecord SET reference = '' WHERE id = {PAID_BY_CARD}",),
        (("payments_paymentrecord", "payments_reference_given"),),
    ),
    Sabotage(
        "upi-reference-once",
        (
            """UPDATE payments_paymentrecord SET reference = lower(one.reference)
            FROM (SELECT id, reference FROM payments_paymentrecord WHERE mode = 'upi' ORDER BY id LIMIT 1) one
            WHERE mode = 'upi' AND payments_paymentrecord.id = (
                SELECT max(id) FROM payments_paymentrecord WHERE mode = 'upi')""",
        ),
        (("payments_paymentrecord", "payments_upi_reference_once"),),
    ),
    Sabotage(
        "card-reference-once",
        (
            """UPDATE payments_paymentrecord p SET reference = pair.reference FROM (
                SELECT b.id, a.reference FROM payments_paymentrecord a JOIN payments_paymentrecord b
                    ON (a.mode, a.store_id, a.business_date) = (b.mode, b.store_id, b.business_date)
                WHERE a.id < b.id AND a.mode = 'card' ORDER BY 1 LIMIT 1) pair WHERE p.id = pair.id""",
        ),
        (("payments_paymentrecord", "payments_card_reference_once"),),
    ),
    Sabotage("emi-adds-up", ("UPDATE payments_emiplan SET subvention = subvention + 1",)),
    Sabotage(
        "change-is-the-rest",
        ("UPDATE payments_paymentrecord SET tendered = amount - 1, change_due = -1 WHERE mode = 'cash'",),
    ),
    Sabotage(
        "payment-day",
        ("UPDATE payments_paymentrecord SET received_at = received_at - interval '2 days'",),
    ),
    Sabotage("cash-of-day", ("UPDATE payments_cashofday SET amount = amount - 1",)),
    Sabotage("cash-of-day", ("DELETE FROM payments_cashofday",)),
)

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

ALL = (*NUMBERS, *BILLS, *LINES, *MONEY, *STOCK, *SERIALS, *TRAIL)
