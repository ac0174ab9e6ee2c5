"""Numbers, bills and lines put wrong."""

from tests.reports.sabotage.kit import BOS, COUNT_TO, DRAFT, LAST, LAST_BILL, RENUMBER, UNPAID, Sabotage

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
    Sabotage(
        "numbers-without-hole",
        (
            """WITH last AS (UPDATE crediting_creditnote SET number = number + 1,
                credit_note_number = 'FT-CN-' || lpad((number + 1)::text, 4, '0')
                WHERE number = (SELECT max(number) FROM crediting_creditnote) RETURNING number)
            UPDATE invoicing_invoicesequence s SET last_number = last.number FROM last WHERE s.series = 'FT-CN'""",
        ),
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
