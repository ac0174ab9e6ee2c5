"""Numbers of documents: none twice, none missing, in order."""

from typing import Final

from finetune.reports.checks.check import Check
from finetune.reports.numbered import NUMBERED, PADDED

# The counter's clock and ours are one, but a clock may be set right by a little between two bills.
CLOCK_SLACK: Final = "interval '1 second'"
WHICH: Final = "n.kind AS document, n.id, n.text AS number_text"
RUN: Final = "invoicing_sequencerun r ON r.series = n.series AND r.run = n.run"
DOCUMENTS: Final = ("invoicing_invoice", "crediting_creditnote", "deposits_deposit", "deposits_depositrefund")
FROZEN: Final = tuple(f"{table}.{name}" for table in DOCUMENTS for name in ("frozen_rows", "frozen_table"))
ONCE: Final = (
    "invoicing_number_once", "crediting_number_once", "deposits_number_once", "deposits_refund_number_once",
)  # fmt: skip
FROZEN_RUNS: Final = ("invoicing_sequencerun.frozen_rows", "invoicing_sequencerun.frozen_table")

TAKEN_ONCE = Check(
    "number-taken-once",
    "No two documents have the same number in the same run of a series.",
    ONCE,
    f"""SELECT array_agg(n.id ORDER BY n.id) AS ids, n.series, n.run, n.number FROM {NUMBERED} n
    GROUP BY n.series, n.run, n.number HAVING count(*) > 1""",
)

TEXT_ONCE = Check(
    "number-text-once",
    "Within a financial year no two documents of one GSTIN carry the same number, in capitals or not.",
    (*ONCE, "invoicing_run_once", "invoicing.numbering:refuse_prefix_taken"),
    f"""SELECT array_agg(n.id ORDER BY n.id) AS ids, upper(n.text) AS number_text,
        extract(year FROM n.day - interval '3 months') AS year_from, n.gstin
    FROM {NUMBERED} n WHERE upper(n.text) IN (
        SELECT upper(m.text) FROM {NUMBERED} m GROUP BY 1 HAVING count(*) > 1)
    GROUP BY 2, 3, 4 HAVING count(DISTINCT (n.series, n.run, n.number)) > 1""",
)

WITHOUT_HOLE = Check(
    "numbers-without-hole",
    "A run of numbers begins after its opening number and has no hole up to its highest.",
    FROZEN,
    f"""SELECT series, run, previous + 1 AS missing_from, number - 1 AS missing_to, id FROM (
        SELECT n.id, n.series, n.run, n.number, r.opening_number,
            lag(n.number, 1, r.opening_number) OVER (PARTITION BY r.id ORDER BY n.number) AS previous
        FROM {NUMBERED} n JOIN {RUN}) numbered
    WHERE number > previous + 1 OR number <= opening_number""",
)

COUNTER = Check(
    "counter-at-highest",
    "The counter of a series is in its last run, at the highest number and date issued, or the opening.",
    ("invoicing_sequence_once",),
    f"""SELECT s.id AS counter, s.series, s.run, s.last_number, s.last_date,
        w.run AS run_due, w.number AS number_due, w.last_day AS date_due
    FROM invoicing_invoicesequence s LEFT JOIN LATERAL (
        SELECT r.run, greatest(r.opening_number, (
                SELECT max(n.number) FROM {NUMBERED} n
                WHERE n.series = r.series AND n.run = r.run)) AS number,
            (SELECT max(n.day) FROM {NUMBERED} n WHERE n.series = r.series) AS last_day
        FROM invoicing_sequencerun r WHERE r.series = s.series ORDER BY r.run DESC LIMIT 1) w ON true
    WHERE (s.run, s.last_number, s.last_date) IS DISTINCT FROM (w.run, w.number, w.last_day)""",
)

TEXT = Check(
    "number-text",
    "A number is its prefix and at least four digits, in 16 letters, digits, / and - at most (Rule 46).",
    (*FROZEN, *FROZEN_RUNS),
    f"""SELECT {WHICH}, r.prefix, n.number FROM {NUMBERED} n JOIN {RUN}
    WHERE n.text <> r.prefix || {PADDED.format("n.number")} OR n.text !~ '^[A-Za-z0-9/-]{{1,16}}$'""",
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
    "No document has an earlier date than one with a lower number in its series.",
    FROZEN,
    f"""SELECT {WHICH}, n.day, n.day_before FROM (
        SELECT m.*, max(m.day) OVER (PARTITION BY m.series ORDER BY m.run, m.number
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS day_before FROM {NUMBERED} m) n
    WHERE n.day < n.day_before""",
)

ISSUE_ORDER = Check(
    "number-order-is-issue-order",
    "Documents were issued in the order of their numbers, by the database's clock.",
    FROZEN,
    f"""SELECT {WHICH}, n.issued_at, n.issued_before FROM (
        SELECT m.*, lag(m.issued_at) OVER (PARTITION BY m.series ORDER BY m.run, m.number) AS issued_before
        FROM {NUMBERED} m) n
    WHERE n.issued_at < n.issued_before - {CLOCK_SLACK}""",
)

OWN_SERIES = Check(
    "number-in-its-series",
    "Every number is of a run that was opened, for its kind of document, for its seller's GSTIN or for all.",
    ("invoicing_run_once", *FROZEN_RUNS),
    f"""SELECT {WHICH}, n.series, n.run, r.kind AS kind_of_series, n.gstin, r.gstin AS gstin_of_series
    FROM {NUMBERED} n LEFT JOIN {RUN}
    WHERE r.id IS NULL OR r.gstin NOT IN ('', n.gstin) OR r.kind <> n.kind""",
)

CHECKS: Final = (
    TAKEN_ONCE, TEXT_ONCE, WITHOUT_HOLE, COUNTER, TEXT, DRAFTS, DATES_RISE, ISSUE_ORDER, OWN_SERIES,
)  # fmt: skip
