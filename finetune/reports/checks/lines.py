"""Lines of bills and drafts, worked out again from quantity, price and rate to the paisa."""

from typing import Final

from finetune.gst.rates import RATES
from finetune.reports.checks.bills import FROZEN_LINES
from finetune.reports.checks.check import Check

# round() of numeric is half away from zero, as C1. A quotient has as many decimals as its dividend at least,
# so twenty of them keep a value just under half a paisa from being taken for the half.
NET: Final = "(l.gross - l.discount_amount - l.invoice_discount_share)"
LINES: Final = "invoicing_invoicelineitem l JOIN invoicing_invoice i ON i.id = l.invoice_id"
WHICH: Final = "l.id AS line, i.id AS invoice, i.invoice_number"
TAX: Final = "(l.cgst + l.sgst + l.igst + l.cess)"
CHARGED: Final = """(l.treatment = 'taxable' AND NOT (i.seller->>'is_composition')::boolean
    AND (i.with_payment_of_tax OR i.buyer->>'category' IN ('unregistered', 'registered')))"""
WHOLE_TAX: Final = (
    f"({NET} * l.gst_rate)::numeric(60, 20) / (100 + CASE WHEN l.tax_inclusive THEN l.gst_rate ELSE 0 END)"
)

GROSS = Check(
    "line-gross",
    "A line's gross is quantity times price, rounded half up to the paisa (C2).",
    FROZEN_LINES,
    f"""SELECT {WHICH}, l.quantity, l.unit_price, l.gross FROM {LINES}
    WHERE l.gross <> round(l.quantity * l.unit_price, 2)""",
)

DISCOUNT = Check(
    "line-discount",
    "A line's discount is as asked for: an amount, or a percent of the gross, and never more than it (C3).",
    ("invoicing_line_not_negative", *FROZEN_LINES),
    f"""SELECT {WHICH}, l.gross, l.discount_percent, l.discount_amount FROM {LINES}
    CROSS JOIN LATERAL (SELECT i."order"->'lines'->(l.position - 1)->'discount' AS asked) o
    WHERE l.discount_amount <> CASE WHEN l.discount_percent IS NOT NULL
        THEN round(l.gross * l.discount_percent / 100, 2)
            ELSE coalesce((o.asked->>'amount')::numeric, 0) END
        OR l.discount_percent IS DISTINCT FROM (o.asked->>'percent')::numeric
        OR l.discount_amount < 0 OR l.discount_amount > l.gross""",
)

SHARES = Check(
    "line-share-of-discount",
    "The discount on a whole bill is spread over its lines by running totals, to the paisa (C4).",
    FROZEN_LINES,
    """WITH net AS (
        SELECT l.id, l.invoice_id, l.position, l.invoice_discount_share, i.invoice_number,
            i."order"->'discount' AS asked,
            sum(l.gross - l.discount_amount) OVER (PARTITION BY l.invoice_id) AS whole,
            sum(l.gross - l.discount_amount) OVER (PARTITION BY l.invoice_id ORDER BY l.position) AS running
        FROM invoicing_invoicelineitem l JOIN invoicing_invoice i ON i.id = l.invoice_id
    ), due AS (
        SELECT n.*, coalesce(round(d.discount * n.running::numeric(60, 20) / nullif(n.whole, 0), 2),
            0) AS so_far
        FROM net n CROSS JOIN LATERAL (SELECT coalesce((n.asked->>'amount')::numeric,
            round(n.whole * (n.asked->>'percent')::numeric / 100, 2), 0) AS discount) d
    )
    SELECT id AS line, invoice_id AS invoice, invoice_number, invoice_discount_share,
        share AS share_due FROM (
        SELECT *,
            so_far - lag(so_far, 1, 0::numeric) OVER (PARTITION BY invoice_id ORDER BY position) AS share
        FROM due) shared
    WHERE invoice_discount_share <> share""",
)

VALUE = Check(
    "line-value",
    "Gross less discounts is the taxable value, or with the tax inside, value and tax together (C5, C6).",
    FROZEN_LINES,
    f"""SELECT {WHICH}, l.tax_inclusive, {NET} AS net, l.taxable_value, {TAX} AS tax FROM {LINES}
    WHERE l.taxable_value <> {NET} - CASE WHEN l.tax_inclusive THEN {TAX} ELSE 0 END
        OR l.taxable_value < 0""",
)

TAXES = Check(
    "line-tax",
    "Each tax is the rate's, rounded once (C5, C6); none where no tax is due (C10).",
    ("invoicing_line_one_kind_of_tax", *FROZEN_LINES),
    f"""SELECT {WHICH}, i.supply_nature, l.treatment, l.gst_rate, {NET} AS net, l.cgst, l.sgst, l.igst, l.cess
    FROM {LINES} CROSS JOIN LATERAL (SELECT
        CASE WHEN {CHARGED} AND i.supply_nature = 'intra' THEN round({WHOLE_TAX} / 2, 2) ELSE 0 END AS half,
        CASE WHEN {CHARGED} AND i.supply_nature = 'inter' THEN round({WHOLE_TAX}, 2) ELSE 0 END AS igst) due
    WHERE (l.cgst, l.sgst, l.igst, l.cess) <> (due.half, due.half, due.igst, 0)""",
)

TOTAL = Check(
    "line-total",
    "A line's total is value and tax; under reverse charge the value alone (C9).",
    FROZEN_LINES,
    f"""SELECT {WHICH}, l.taxable_value, {TAX} AS tax, i.reverse_charge, l.total FROM {LINES}
    WHERE l.total <> l.taxable_value + CASE WHEN i.reverse_charge THEN 0 ELSE {TAX} END""",
)

_PERIODS: Final = ", ".join(
    f"({row.percent}, '{row.since}'::date, '{row.until or 'infinity'}'::date)" for row in RATES
)
RATE = Check(
    "line-rate-in-force",
    "Each rate was in force on the day of the bill, and only a taxable line has one.",
    ("invoicing.rules:draw_up", *FROZEN_LINES),
    f"""SELECT {WHICH}, i.invoice_date, l.gst_rate, l.treatment FROM {LINES}
    WHERE i.issued_at IS NOT NULL AND (l.treatment <> 'taxable' AND l.gst_rate <> 0 OR NOT EXISTS (
        SELECT FROM (VALUES {_PERIODS}) AS period (percent, since, until)
        WHERE percent = l.gst_rate AND i.invoice_date BETWEEN since AND until))""",
)

CHECKS: Final = (GROSS, DISCOUNT, SHARES, VALUE, TAXES, TOTAL, RATE)
