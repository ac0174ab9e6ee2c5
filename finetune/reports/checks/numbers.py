"""Numbers of bills: none twice, none missing, in order."""

from typing import Final

from finetune.reports.checks.check import Check

PADDED: Final = "{prefix} || lpad({number}::text, greatest(4, length({number}::text)), '0')"
# The counter's clock and ours are one, but a clock may be set right by a little between two bills.
CLOCK_SLACK: Final = "interval '1 second'"

TAKEN_ONCE = Check(
    "number-taken-once",
    "No two bills have the same number in the same run of a series.",
    ("invoicing_number_once",),
    """SELECT array_agg(id ORDER BY id) AS invoices, series, run, number FROM invoicing_invoice
    WHERE number IS NOT NULL GROUP BY series, run, number HAVING count(*) > 1""",
)

TEXT_ONCE = Check(
    "number-text-once",
    "Within a financial year no two bills of one GSTIN carry the same number, in capitals or not.",
    ("invoicing_number_once", "invoicing_run_once", "invoicing.rules:refuse_prefix_taken"),
    """SELECT array_agg(i.id ORDER BY i.id) AS invoices, upper(i.invoice_number) AS number_text,
        extract(year FROM i.invoice_date - interval '3 months') AS year_from, i.seller->>'gstin' AS gstin
    FROM invoicing_invoice i JOIN (
        SELECT upper(invoice_number) AS text FROM invoicing_invoice WHERE invoice_number IS NOT NULL
        GROUP BY 1 HAVING count(*) > 1) twice ON twice.text = upper(i.invoice_number)
    GROUP BY 2, 3, 4 HAVING count(DISTINCT (i.series, i.run, i.number)) > 1""",
)

WITHOUT_HOLE = Check(
    "numbers-without-hole",
    "A run of numbers begins after its opening number and has no hole up to its highest.",
    ("invoicing_invoice.frozen_rows", "invoicing_invoice.frozen_table"),
    """SELECT series, run, previous + 1 AS missing_from, number - 1 AS missing_to, id AS invoice FROM (
        SELECT i.id, i.series, i.run, i.number, r.opening_number,
            lag(i.number, 1, r.opening_number)
                OVER (PARTITION BY i.series, i.run ORDER BY i.number) AS previous
        FROM invoicing_invoice i JOIN invoicing_sequencerun r ON r.series = i.series
            AND r.run = i.run) numbered
    WHERE number > previous + 1 OR number <= opening_number""",
)

COUNTER = Check(
    "counter-at-highest",
    "The counter of a series is in its last run, at the highest number and date issued, or at the opening.",
    ("invoicing_sequence_once",),
    """SELECT s.id AS counter, s.series, s.run, s.last_number, w.run AS run_due, w.number AS number_due,
        s.last_date, w.last_date AS date_due
    FROM invoicing_invoicesequence s LEFT JOIN LATERAL (
        SELECT r.run, greatest(r.opening_number, (SELECT max(i.number) FROM invoicing_invoice i
            WHERE i.series = r.series AND i.run = r.run)) AS number,
            (SELECT max(i.invoice_date) FROM invoicing_invoice i WHERE i.series = r.series) AS last_date
        FROM invoicing_sequencerun r WHERE r.series = s.series ORDER BY r.run DESC LIMIT 1) w ON true
    WHERE (s.run, s.last_number, s.last_date) IS DISTINCT FROM (w.run, w.number, w.last_date)""",
)

TEXT = Check(
    "number-text",
    "A number is its prefix and at least four digits, in 16 letters, digits, / and - at most (Rule 46).",
    ("invoicing_invoice.frozen_rows", "invoicing_sequencerun.frozen_rows"),
    f"""SELECT i.id AS invoice, i.invoice_number, r.prefix, i.number
    FROM invoicing_invoice i JOIN invoicing_sequencerun r ON r.series = i.series AND r.run = i.run
    WHERE i.invoice_number <> {PADDED.format(prefix="r.prefix", number="i.number")}
        OR i.invoice_number !~ '^[A-Za-z0-9/-]{{1,16}}$'""",
)

DRAFTS = Check(
    "draft-without-number",
    "A draft has no number, and a bill that is issued has all of it.",
    ("invoicing_number_only_when_issued",),
    """SELECT id AS invoice, invoice_number, issued_at FROM invoicing_invoice
    WHERE num_nonnulls(series, run, number, invoice_number, issued_at, issued_by_id) NOT IN (0, 6)""",
)

DATES_RISE = Check(
    "number-dates-rise",
    "No bill has an earlier date than the number before it in its series.",
    ("invoicing_invoice.frozen_rows",),
    """SELECT id AS invoice, invoice_number, invoice_date, before AS date_before FROM (
        SELECT id, invoice_number, invoice_date,
            max(invoice_date) OVER (PARTITION BY series ORDER BY run, number ROWS BETWEEN UNBOUNDED PRECEDING
                AND 1 PRECEDING) AS before
        FROM invoicing_invoice WHERE number IS NOT NULL) dated
    WHERE invoice_date < before""",
)

ISSUE_ORDER = Check(
    "number-order-is-issue-order",
    "Bills were issued in the order of their numbers, by the database's clock.",
    ("invoicing_invoice.frozen_rows",),
    f"""SELECT id AS invoice, invoice_number, issued_at, before AS issued_before FROM (
        SELECT id, invoice_number, issued_at,
            lag(issued_at) OVER (PARTITION BY series ORDER BY run, number) AS before
        FROM invoicing_invoice WHERE number IS NOT NULL) timed
    WHERE issued_at < before - {CLOCK_SLACK}""",
)

OWN_SERIES = Check(
    "number-in-its-series",
    "Every number is of a run that was opened, for its kind of document, for its seller's GSTIN or for all.",
    ("invoicing_run_once", "invoicing_sequencerun.frozen_rows"),
    """SELECT i.id AS invoice, i.invoice_number, i.series, i.run, i.document_type, r.kind, r.gstin
    FROM invoicing_invoice i LEFT JOIN invoicing_sequencerun r ON r.series = i.series AND r.run = i.run
    WHERE i.number IS NOT NULL AND (r.id IS NULL OR r.gstin NOT IN ('', i.seller->>'gstin')
        OR r.kind <> CASE i.document_type WHEN 'bill_of_supply' THEN 'bill_of_supply' ELSE 'invoice' END)""",
)

CHECKS: Final = (
    TAKEN_ONCE, TEXT_ONCE, WITHOUT_HOLE, COUNTER, TEXT, DRAFTS, DATES_RISE, ISSUE_ORDER, OWN_SERIES,
)  # fmt: skip
