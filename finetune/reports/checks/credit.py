"""Credit notes, what the shop owes customers, and refunds."""

from typing import Final

from finetune.reports.checks.check import Check

FROZEN: Final = ("crediting_creditnote.frozen_rows", "crediting_creditnote.frozen_table")
FROZEN_LINES: Final = ("crediting_creditnoteline.frozen_rows", "crediting_creditnoteline.frozen_table")
FROZEN_CREDIT: Final = (
    "crediting_customercreditentry.frozen_rows", "crediting_customercreditentry.frozen_table",
)  # fmt: skip
TAX: Final = "(c.cgst + c.sgst + c.igst + c.cess)"
AMOUNTS: Final = (
    "discount_amount",
    "invoice_discount_share",
    "taxable_value",
    "cgst",
    "sgst",
    "igst",
    "cess",
)

CREDITED = Check(
    "credited-is-sum-of-notes",
    "What a bill's settlement calls credited is the sum of its credit notes.",
    FROZEN,
    """SELECT st.invoice_id AS invoice, st.amount_credited, coalesce(n.total, 0) AS notes
    FROM invoicing_settlement st LEFT JOIN (
        SELECT invoice_id, sum(total) AS total FROM crediting_creditnote GROUP BY invoice_id
    ) n ON n.invoice_id = st.invoice_id
    WHERE st.amount_credited <> coalesce(n.total, 0)""",
)

NOTE_SUMS = Check(
    "note-sums",
    "Each amount of a credit note is the sum of its lines', and its total that sum with the round-off (C7).",
    ("crediting_total_adds_up", *FROZEN, *FROZEN_LINES),
    """SELECT n.id AS note, n.credit_note_number, n.taxable_value, s.taxable_value AS taxable_value_due,
        n.discount_total, s.discount AS discount_due, n.cgst, s.cgst AS cgst_due, n.igst, s.igst AS igst_due,
        n.total_before_round_off, s.total AS total_due, n.round_off_amount, n.total
    FROM crediting_creditnote n LEFT JOIN (
        SELECT note_id, sum(taxable_value) AS taxable_value,
            sum(discount_amount + invoice_discount_share) AS discount, sum(cgst) AS cgst, sum(sgst) AS sgst,
            sum(igst) AS igst, sum(cess) AS cess, sum(total) AS total
        FROM crediting_creditnoteline GROUP BY note_id) s ON s.note_id = n.id
    WHERE n.total <> n.total_before_round_off + n.round_off_amount
        OR (n.taxable_value, n.discount_total, n.cgst, n.sgst, n.igst, n.cess, n.total_before_round_off)
        IS DISTINCT FROM (s.taxable_value, s.discount, s.cgst, s.sgst, s.igst, s.cess, s.total)""",
)

_DUE: Final = ", ".join(
    f"round((l.{name} * c.so_far)::numeric(60, 20) / l.quantity, 2)"
    f" - round((l.{name} * (c.so_far - c.quantity))::numeric(60, 20) / l.quantity, 2)"
    for name in AMOUNTS
)
NOTE_LINES = Check(
    "note-line-is-its-part",
    "A note's line gives back the rounded part of all units credited so far, less what earlier notes gave (C11).",
    FROZEN_LINES,
    f"""SELECT c.id AS note_line, c.note_id AS note, l.id AS line, c.quantity, c.so_far, l.quantity AS billed
    FROM (SELECT *, sum(quantity) OVER (PARTITION BY line_id ORDER BY note_id) AS so_far
        FROM crediting_creditnoteline) c
    JOIN invoicing_invoicelineitem l ON l.id = c.line_id
    WHERE ({", ".join(f"c.{name}" for name in AMOUNTS)}) <> ({_DUE})""",
)

NOTE_LINE_TOTAL = Check(
    "note-line-total",
    "A note's line comes to value and tax, as its bill's line does; its gross is that before discounts.",
    FROZEN_LINES,
    f"""SELECT c.id AS note_line, c.note_id AS note, c.taxable_value, {TAX} AS tax, c.total, c.gross
    FROM crediting_creditnoteline c JOIN invoicing_invoicelineitem l ON l.id = c.line_id
    JOIN invoicing_invoice i ON i.id = l.invoice_id
    WHERE c.total <> c.taxable_value + CASE WHEN i.reverse_charge THEN 0 ELSE {TAX} END
        OR c.gross <> c.taxable_value + c.discount_amount + c.invoice_discount_share
            + CASE WHEN l.tax_inclusive THEN {TAX} ELSE 0 END""",
)

WITHIN = Check(
    "note-within-its-bill",
    "Notes credit lines of their own bill, no more units of a line than were billed, and no draft.",
    ("crediting_creditnoteline.within_the_line", "crediting_line_once"),
    """SELECT l.id AS line, l.invoice_id AS invoice, l.quantity, c.quantity AS credited
    FROM invoicing_invoicelineitem l JOIN invoicing_invoice i ON i.id = l.invoice_id JOIN (
        SELECT c.line_id, sum(c.quantity) AS quantity, bool_and(n.invoice_id IS NOT DISTINCT FROM o.invoice_id) AS own
        FROM crediting_creditnoteline c JOIN invoicing_invoicelineitem o ON o.id = c.line_id
        LEFT JOIN crediting_creditnote n ON n.id = c.note_id GROUP BY c.line_id) c ON c.line_id = l.id
    WHERE c.quantity > l.quantity OR NOT c.own OR i.issued_at IS NULL""",
)

ROUND_OFF = Check(
    "note-round-off",
    "Only a note that completes the return, or would credit more than the bill, takes of the bill's round-off.",
    ("crediting.rules:plan_note", *FROZEN),
    """WITH ordered AS (
        SELECT n.*, i.total - (sum(n.total) OVER (PARTITION BY n.invoice_id ORDER BY n.id) - n.total) AS rest, (
            SELECT sum(l.quantity) FROM invoicing_invoicelineitem l WHERE l.invoice_id = i.id
            ) = (SELECT sum(c.quantity) FROM crediting_creditnoteline c JOIN crediting_creditnote m ON m.id = c.note_id
                WHERE m.invoice_id = i.id AND m.id <= n.id) AS is_all
        FROM crediting_creditnote n JOIN invoicing_invoice i ON i.id = n.invoice_id)
    SELECT id AS note, credit_note_number, completes, is_all, total, rest FROM ordered
    WHERE completes <> is_all
        OR total <> CASE WHEN completes THEN rest ELSE least(rest, total_before_round_off) END""",
)

RETURNED = Check(
    "credited-stock-came-back",
    "Of every line with stock as many units came back as were credited.",
    ("crediting.posting:write_note",),
    """SELECT l.id AS line, l.invoice_id AS invoice, coalesce(c.quantity, 0) AS credited,
        coalesce(e.delta, 0) AS came_back
    FROM invoicing_invoicelineitem l
    LEFT JOIN (SELECT line_id, sum(quantity) AS quantity FROM crediting_creditnoteline GROUP BY 1) c ON c.line_id = l.id
    LEFT JOIN (SELECT invoice_line_id, sum(delta) AS delta FROM inventory_stockentry
        WHERE entry_type = 'return_in' AND status = 'posted' AND invoice_line_id IS NOT NULL GROUP BY 1
    ) e ON e.invoice_line_id = l.id
    WHERE coalesce(e.delta, 0) <> CASE WHEN l.product_variant_id IS NULL THEN 0 ELSE coalesce(c.quantity, 0) END""",
)

TO_CREDIT = Check(
    "to-credit-agrees",
    "What of a bill's money became the customer's credit is what its notes and overpayments made of it.",
    ("invoicing_settlement_not_negative", *FROZEN, *FROZEN_CREDIT),
    """SELECT st.invoice_id AS invoice, st.amount_to_credit, coalesce(n.amount, 0) AS notes,
        coalesce(o.amount, 0) AS overpayments
    FROM invoicing_settlement st
    LEFT JOIN (SELECT invoice_id, sum(amount_to_credit) AS amount FROM crediting_creditnote GROUP BY 1) n
        ON n.invoice_id = st.invoice_id
    LEFT JOIN (SELECT p.invoice_id, sum(e.delta) AS amount FROM crediting_customercreditentry e
        JOIN payments_paymentrecord p ON p.id = e.object_id WHERE e.kind = 'overpayment' GROUP BY 1) o
        ON o.invoice_id = st.invoice_id
    WHERE st.amount_to_credit <> coalesce(n.amount, 0) + coalesce(o.amount, 0)""",
)

CREDIT = Check(
    "credit-is-sum-of-entries",
    "A customer's credit is the sum of its entries, each of which says what it then was, never below zero.",
    ("crediting_credit_once", "crediting_credit_not_overdrawn", *FROZEN_CREDIT),
    """SELECT c.id AS credit, c.customer_id AS customer, c.balance, coalesce(e.total, 0) AS entries, e.broken
    FROM crediting_customercredit c LEFT JOIN (
        SELECT credit_id, sum(delta) AS total, bool_or(balance_after <> running) AS broken FROM (
            SELECT *, sum(delta) OVER (PARTITION BY credit_id ORDER BY id) AS running
            FROM crediting_customercreditentry) r GROUP BY credit_id) e ON e.credit_id = c.id
    WHERE c.balance <> coalesce(e.total, 0) OR c.balance < 0 OR e.broken""",
)

# Each movement of credit that a document asks for. What is owed to whom is the documents' own arithmetic.
_ASKED: Final = """
    SELECT 'credit_note' AS kind, id AS object_id, amount_to_credit AS delta FROM crediting_creditnote
    WHERE amount_to_credit <> 0
    UNION ALL SELECT 'spent', id, -amount FROM payments_paymentrecord WHERE mode = 'credit'
    UNION ALL SELECT 'refund', id, -from_credit FROM refunds_refund WHERE from_credit <> 0
    UNION ALL SELECT 'refund_to_credit', id, amount FROM refunds_refund WHERE mode = 'credit'
    UNION ALL SELECT 'refund_failed', refund_id, to_credit FROM refunds_refundoutcome WHERE to_credit <> 0"""
ASKED = Check(
    "credit-moves-as-documents-say",
    "A customer's credit moved for every note, refund and payment that says so, by that amount and once.",
    (*FROZEN_CREDIT, *FROZEN),
    f"""SELECT kind, object_id, a.delta, e.delta AS delta_of_entry FROM ({_ASKED}) a FULL JOIN (
        SELECT kind, object_id, sum(delta) AS delta FROM crediting_customercreditentry
        WHERE kind <> 'overpayment' GROUP BY kind, object_id) e USING (kind, object_id)
    WHERE a.delta IS DISTINCT FROM e.delta""",
)

REFUNDED = Check(
    "refunded-is-sum-of-refunds",
    "What is owed again on a bill is what was refunded and not drawn on credit, less what did not arrive.",
    ("refunds_refund.frozen_rows", "refunds_refund.frozen_table", "refunds_refundoutcome.frozen_rows"),
    """SELECT st.invoice_id AS invoice, st.amount_refunded, coalesce(r.amount, 0) AS refunds
    FROM invoicing_settlement st LEFT JOIN (
        SELECT r.invoice_id, sum(r.amount - r.from_credit - coalesce(o.to_bill, 0)) AS amount
        FROM refunds_refund r LEFT JOIN refunds_refundoutcome o ON o.refund_id = r.id GROUP BY 1
    ) r ON r.invoice_id = st.invoice_id
    WHERE st.amount_refunded <> coalesce(r.amount, 0)""",
)

CEILING = Check(
    "refund-within-payment",
    "Refunds of a payment that arrived or may are added up, are of its bill, and are never more than it.",
    ("refunds_never_above_payment", "refunds_refundceiling.kept_row"),
    """SELECT p.id AS payment, p.amount, c.amount_refunded, r.amount AS refunds
    FROM payments_paymentrecord p LEFT JOIN refunds_refundceiling c ON c.payment_id = p.id LEFT JOIN (
        SELECT r.payment_id, sum(r.amount) FILTER (WHERE o.succeeded IS NOT FALSE) AS amount,
            bool_and(coalesce(r.invoice_id = m.invoice_id, false) OR EXISTS (SELECT FROM deposits_depositsetoff s
                WHERE s.deposit_id = m.deposit_id AND s.invoice_id = r.invoice_id)) AS own
        FROM refunds_refund r JOIN payments_paymentrecord m ON m.id = r.payment_id
        LEFT JOIN refunds_refundoutcome o ON o.refund_id = r.id GROUP BY 1
    ) r ON r.payment_id = p.id
    WHERE coalesce(c.amount_refunded, 0) <> coalesce(r.amount, 0)
        OR c.amount <> p.amount OR c.amount_refunded > p.amount OR NOT r.own""",
)

FAILED = Check(
    "failed-refund-is-undone",
    "A refund that the bank turned down is all of it paid on the bill again or the customer's credit.",
    ("refunds_only_failed_undone", "refunds_refundoutcome.frozen_rows"),
    """SELECT r.id AS refund, r.amount, r.from_credit, o.succeeded, o.to_bill, o.to_credit
    FROM refunds_refundoutcome o JOIN refunds_refund r ON r.id = o.refund_id
    WHERE o.to_bill + o.to_credit <> CASE WHEN o.succeeded THEN 0 ELSE r.amount END
        OR o.to_bill > r.amount - r.from_credit""",
)

TENDER_BACK = Check(
    "cash-back-within-cash",
    "No more cash went back on a bill than came in on it, or on the deposits that paid it.",
    ("refunds_refund.within_the_tender",),
    """SELECT r.invoice_id AS invoice, r.amount AS cash_back, coalesce(p.amount, 0) AS cash_in
    FROM (SELECT invoice_id, sum(amount) AS amount FROM refunds_refund WHERE mode = 'cash' GROUP BY 1) r
    LEFT JOIN (SELECT coalesce(p.invoice_id, s.invoice_id) AS invoice_id, sum(p.amount) AS amount
        FROM payments_paymentrecord p LEFT JOIN deposits_depositsetoff s ON s.deposit_id = p.deposit_id
        WHERE p.mode = 'cash' GROUP BY 1) p ON p.invoice_id = r.invoice_id
    WHERE r.amount > coalesce(p.amount, 0)""",
)

CHECKS: Final = (
    CREDITED, NOTE_SUMS, NOTE_LINES, NOTE_LINE_TOTAL, WITHIN, ROUND_OFF, RETURNED, TO_CREDIT, CREDIT, ASKED,
    REFUNDED, CEILING, FAILED, TENDER_BACK,
)  # fmt: skip
