"""Whole bills: their lines, their sums, which tax and which paper."""

from typing import Final

from finetune.gst.supply import OTHER_COUNTRY, STATES, UTGST_STATES
from finetune.reports.checks.check import Check


def listed(codes: "frozenset[str] | list[str]") -> str:
    """Codes of this code base as an SQL list."""
    return ", ".join(f"'{code}'" for code in sorted(codes))


FROZEN: Final = ("invoicing_invoice.frozen_rows", "invoicing_invoice.frozen_table")
FROZEN_LINES: Final = tuple(
    f"invoicing_invoicelineitem.{name}"
    for name in ("frozen_insert", "frozen_update", "frozen_moved", "frozen_delete", "frozen_table")
)

HAS_LINES = Check(
    "bill-has-lines",
    "Every bill has lines, numbered from 1 without a hole.",
    ("invoicing_line_position_once", *FROZEN_LINES),
    """SELECT i.id AS invoice, i.invoice_number, count(l.id) AS lines, max(l.position) AS last_position
    FROM invoicing_invoice i LEFT JOIN invoicing_invoicelineitem l ON l.invoice_id = i.id
    GROUP BY i.id HAVING count(l.id) = 0 OR min(l.position) <> 1 OR max(l.position) <> count(l.id)""",
)

HAS_SETTLEMENT = Check(
    "bill-has-settlement",
    "Every issued bill has a settlement of the same total, and a draft has none.",
    ("invoicing_settlement.frozen_total", "invoicing_settlement.frozen_table"),
    """SELECT i.id AS invoice, i.invoice_number, i.total, st.total AS total_settled
    FROM invoicing_invoice i LEFT JOIN invoicing_settlement st ON st.invoice_id = i.id
    WHERE st.total IS DISTINCT FROM CASE WHEN i.issued_at IS NOT NULL THEN i.total END""",
)

SUMS = Check(
    "bill-sums",
    "Each amount of a bill is the sum of its lines' (C7).",
    ("invoicing_parts_add_up", "invoicing_one_kind_of_tax", *FROZEN, *FROZEN_LINES),
    """SELECT i.id AS invoice, i.invoice_number, i.taxable_value, s.taxable_value AS taxable_value_due,
        i.discount_total, s.discount AS discount_due, i.cgst, s.cgst AS cgst_due, i.sgst, s.sgst AS sgst_due,
        i.igst, s.igst AS igst_due, i.cess, s.cess AS cess_due, i.total_before_round_off, s.total AS total_due
    FROM invoicing_invoice i JOIN (
        SELECT invoice_id, sum(taxable_value) AS taxable_value,
            sum(discount_amount + invoice_discount_share) AS discount,
            sum(cgst) AS cgst, sum(sgst) AS sgst, sum(igst) AS igst, sum(cess) AS cess, sum(total) AS total
        FROM invoicing_invoicelineitem GROUP BY invoice_id) s ON s.invoice_id = i.id
    WHERE (i.taxable_value, i.discount_total, i.cgst, i.sgst, i.igst, i.cess, i.total_before_round_off)
        <> (s.taxable_value, s.discount, s.cgst, s.sgst, s.igst, s.cess, s.total)""",
)

ROUND_OFF = Check(
    "bill-round-off",
    "The total is the sum and the round-off: to the nearest rupee, half up, where asked for, else none (C8).",
    ("invoicing_total_adds_up", *FROZEN),
    """SELECT id AS invoice, invoice_number, total_before_round_off, round_off_amount, total
        FROM invoicing_invoice
    WHERE total <> total_before_round_off + round_off_amount OR round_off_amount <> CASE
        WHEN ("order"->>'round_off')::boolean THEN round(total_before_round_off) - total_before_round_off
        ELSE 0 END""",
)

NATURE = Check(
    "bill-nature",
    "A bill is within the State where the seller's is the place of supply; to SEZ and abroad never (C12).",
    FROZEN,
    """SELECT id AS invoice, invoice_number, supply_nature, seller->>'state_code' AS seller_state,
        place_of_supply,
        buyer->>'category' AS buyer_category
    FROM invoicing_invoice WHERE supply_nature IS DISTINCT FROM CASE
        WHEN seller->>'state_code' = place_of_supply AND buyer->>'category' NOT IN ('sez', 'export')
            THEN 'intra'
        ELSE 'inter' END""",
)

PLACE = Check(
    "bill-place-of-supply",
    "The place of supply is a State; it is 96 for an export and for nothing else.",
    FROZEN,
    f"""SELECT id AS invoice, invoice_number, place_of_supply, buyer->>'category' AS buyer_category
    FROM invoicing_invoice WHERE (place_of_supply = '{OTHER_COUNTRY}') <> (buyer->>'category' = 'export')
        OR place_of_supply NOT IN ('{OTHER_COUNTRY}', {listed(list(STATES))})""",
)

LABEL = Check(
    "bill-state-tax-label",
    "The State's half is called UTGST in the Union territories without a legislature, else SGST.",
    FROZEN,
    f"""SELECT id AS invoice, invoice_number, state_tax_label, seller->>'state_code' AS seller_state
    FROM invoicing_invoice WHERE state_tax_label
        <> CASE WHEN seller->>'state_code' IN ({listed(UTGST_STATES)}) THEN 'UTGST' ELSE 'SGST' END""",
)

DOCUMENT_TYPE = Check(
    "bill-document-type",
    "The paper follows from the lines: tax invoice, bill of supply, or both in one for a consumer (46A).",
    FROZEN,
    """SELECT i.id AS invoice, i.invoice_number, i.document_type, l.taxable, l.untaxed,
        i.buyer->>'category' AS buyer_category
    FROM invoicing_invoice i JOIN (
        SELECT invoice_id, bool_or(treatment = 'taxable') AS taxable,
            bool_or(treatment <> 'taxable') AS untaxed
        FROM invoicing_invoicelineitem GROUP BY invoice_id) l ON l.invoice_id = i.id
    WHERE i.document_type IS DISTINCT FROM CASE
        WHEN (i.seller->>'is_composition')::boolean OR NOT l.taxable THEN 'bill_of_supply'
        WHEN NOT l.untaxed THEN 'tax_invoice'
        WHEN i.buyer->>'category' NOT IN ('registered', 'sez') THEN 'invoice_cum_bill' END""",
)

SNAPSHOTS = Check(
    "bill-snapshots",
    "A bill's copies of seller and buyer are of its own store and customer, and GSTINs are of their States.",
    FROZEN,
    """SELECT id AS invoice, invoice_number, store_id AS store, seller->>'id' AS seller,
        customer_id AS customer,
        buyer->>'id' AS buyer
    FROM invoicing_invoice WHERE (seller->>'id')::bigint IS DISTINCT FROM store_id
        OR (buyer->>'id')::bigint IS DISTINCT FROM customer_id
        OR left(nullif(seller->>'gstin', ''), 2) <> seller->>'state_code'
        OR (buyer->>'category' IN ('registered', 'sez')) <> (buyer->>'gstin' <> '')""",
)

NOT_FUTURE = Check(
    "bill-not-in-future",
    "No bill was issued before its date began in India.",
    FROZEN,
    """SELECT id AS invoice, invoice_number, invoice_date, issued_at FROM invoicing_invoice
    WHERE invoice_date > (issued_at AT TIME ZONE 'Asia/Kolkata')::date""",
)

CHECKS: Final = (
    HAS_LINES, HAS_SETTLEMENT, SUMS, ROUND_OFF, NATURE, PLACE, LABEL, DOCUMENT_TYPE,
    SNAPSHOTS, NOT_FUTURE,
)  # fmt: skip
