"""Reads of the reports."""

from typing import Any

from finetune.core.dates import INDIA, now
from finetune.core.listing import rows_of
from finetune.reports.numbered import NUMBERED, PADDED

LISTED_MAX = 1000

# A number can be missing between two that were issued, after the opening number, and up to the counter. A
# range is spelt out only as far as the answer goes, however far somebody moved the counter by hand.
_NUMBER_PROOF = f"""
WITH numbered AS MATERIALIZED (SELECT n.series, n.run, n.number, n.text FROM {NUMBERED} n),
known AS (
    SELECT series, run, number, text FROM numbered
    UNION ALL
    SELECT r.series, r.run, greatest(s.last_number, r.opening_number) + 1, NULL
    FROM invoicing_sequencerun r
    LEFT JOIN invoicing_invoicesequence s ON s.series = r.series AND s.run = r.run
),
holes AS MATERIALIZED (
    SELECT series, run, prefix, previous + 1 AS low, number - 1 AS high FROM (
        SELECT k.series, k.run, k.number, r.prefix,
            lag(k.number, 1, r.opening_number) OVER (PARTITION BY r.id ORDER BY k.number) AS previous
        FROM known k JOIN invoicing_sequencerun r ON r.series = k.series AND r.run = k.run) neighbours
    WHERE number > previous + 1
),
twice AS MATERIALIZED (
    SELECT series, run, number, text FROM (
        SELECT n.*, count(*) OVER (
            PARTITION BY upper(n.text), extract(year FROM n.day - interval '3 months'), n.gstin) AS times
        FROM {NUMBERED} n WHERE upper(n.text) IN (
            SELECT upper(text) FROM numbered GROUP BY 1 HAVING count(*) > 1)) same_text
    WHERE times > 1
    UNION
    SELECT series, run, number, text FROM (
        SELECT *, count(*) OVER (PARTITION BY series, run, number) AS times FROM numbered) same_number
    WHERE times > 1
)
SELECT r.series, r.run,
    (SELECT n.text FROM {NUMBERED} n WHERE n.series = r.series AND n.run = r.run ORDER BY n.number LIMIT 1)
        AS first,
    (SELECT n.text FROM {NUMBERED} n WHERE n.series = r.series AND n.run = r.run
        ORDER BY n.number DESC LIMIT 1) AS last,
    (SELECT count(*) FROM numbered n WHERE n.series = r.series AND n.run = r.run) AS count,
    ARRAY(SELECT h.prefix || {PADDED.format("missing.number")} FROM holes h
        CROSS JOIN LATERAL generate_series(h.low, least(h.high, h.low + %(limit)s - 1)) missing (number)
        WHERE h.series = r.series AND h.run = r.run ORDER BY missing.number LIMIT %(limit)s) AS gaps,
    ARRAY(SELECT t.text FROM twice t WHERE t.series = r.series AND t.run = r.run
        ORDER BY t.number, t.text LIMIT %(limit)s) AS duplicates,
    ARRAY(SELECT latest.invoice_number FROM (
        SELECT i.invoice_number, i.number
        FROM invoicing_invoicecancellation c JOIN invoicing_invoice i ON i.id = c.invoice_id
        WHERE i.series = r.series AND i.run = r.run ORDER BY i.number DESC LIMIT %(limit)s) latest
        ORDER BY latest.number) AS cancelled
FROM invoicing_sequencerun r ORDER BY r.series, r.run
"""


def number_proof() -> dict[str, Any]:
    """Every run of every number series, empty ones too: what was issued, what is missing, what stands twice.

    Of one moment, and true of all that was committed before `checked_at`.
    """
    checked_at = now().astimezone(INDIA)
    return {"checked_at": checked_at, "series": rows_of(_NUMBER_PROOF, {"limit": LISTED_MAX})}
