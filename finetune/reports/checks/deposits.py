"""Deposits: the tax inside them, what paid a bill, what went back."""

from typing import Final

from finetune.reports.checks.check import Check

FROZEN: Final = ("deposits_deposit.frozen_rows", "deposits_deposit.frozen_table")
FROZEN_PARTS: Final = (
    "deposits_depositsetoff.frozen_rows", "deposits_depositsetoff.frozen_table",
    "deposits_depositrefund.frozen_rows", "deposits_depositrefund.frozen_table",
)  # fmt: skip
PARTS: Final = """(
    SELECT deposit_id, amount, taxable_value, cgst, sgst, igst FROM deposits_depositsetoff
    UNION ALL
    SELECT deposit_id, amount, taxable_value, cgst, sgst, igst FROM deposits_depositrefund)"""
INSIDE: Final = "(d.amount * d.gst_rate)::numeric(60, 20) / (100 + d.gst_rate)"

BALANCE = Check(
    "deposit-balance-agrees",
    "What became of a deposit is the sum of what paid bills and of what went back, never more than it.",
    ("deposits_never_overspent", "deposits_depositbalance.frozen_amount"),
    """SELECT d.id AS deposit, d.voucher_number, d.amount, b.amount_applied, coalesce(s.amount, 0) AS set_off,
        b.amount_refunded, coalesce(r.amount, 0) AS given_back
    FROM deposits_deposit d LEFT JOIN deposits_depositbalance b ON b.deposit_id = d.id
    LEFT JOIN (SELECT deposit_id, sum(amount) AS amount FROM deposits_depositsetoff GROUP BY 1) s
        ON s.deposit_id = d.id
    LEFT JOIN (SELECT deposit_id, sum(amount) AS amount FROM deposits_depositrefund GROUP BY 1) r
        ON r.deposit_id = d.id
    WHERE (b.amount, b.booking_id, b.amount_applied, b.amount_refunded)
        IS DISTINCT FROM (d.amount, d.booking_id, coalesce(s.amount, 0), coalesce(r.amount, 0))
        OR b.amount_applied + b.amount_refunded > d.amount""",
)

TAXES = Check(
    "deposit-tax",
    "The tax inside a deposit is the rate's, as for a price that includes it; an advance for goods has none.",
    ("deposits_parts_add_up", *FROZEN),
    f"""SELECT d.id AS deposit, d.voucher_number, d.supply, d.supply_nature, d.amount, d.gst_rate, d.cgst, d.igst
    FROM deposits_deposit d
    WHERE d.cgst <> CASE d.supply_nature WHEN 'intra' THEN round({INSIDE} / 2, 2) ELSE 0 END OR d.sgst <> d.cgst
        OR d.igst <> CASE d.supply_nature WHEN 'inter' THEN round({INSIDE}, 2) ELSE 0 END
        OR d.amount <> d.taxable_value + d.cgst + d.sgst + d.igst OR (d.supply = 'goods' AND d.gst_rate <> 0)""",
)

# Each part was rounded as the difference of running parts, so in any order they add up to the part of the whole.
SHARES = Check(
    "deposit-parts-add-up",
    "Parts of a deposit carry their share of its tax: all parts together the rounded share of what they come to.",
    FROZEN_PARTS,
    f"""SELECT d.id AS deposit, d.voucher_number, d.amount, p.amount AS used, d.cgst, p.cgst AS cgst_used, d.igst,
        p.igst AS igst_used
    FROM deposits_deposit d JOIN (
        SELECT deposit_id, sum(amount) AS amount, sum(cgst) AS cgst, sum(sgst) AS sgst, sum(igst) AS igst,
            bool_and(amount = taxable_value + cgst + sgst + igst) AS whole
        FROM {PARTS} part GROUP BY deposit_id) p ON p.deposit_id = d.id
    WHERE NOT p.whole OR p.sgst <> p.cgst
        OR p.cgst <> round(d.cgst * p.amount / d.amount, 2) OR p.igst <> round(d.igst * p.amount / d.amount, 2)""",
)

SET_OFF = Check(
    "deposited-is-set-off",
    "What deposits on its booking paid of a bill is set off against it, on its day or the deposit's if later.",
    ("deposits_set_off_once", *FROZEN_PARTS),
    """SELECT i.id AS invoice, i.invoice_number, st.amount_deposited, coalesce(s.amount, 0) AS set_off
    FROM invoicing_invoice i JOIN invoicing_settlement st ON st.invoice_id = i.id LEFT JOIN (
        SELECT o.invoice_id, sum(o.amount) AS amount, bool_and(d.booking_id IS NOT DISTINCT FROM v.booking_id
            AND o.set_off_date = greatest(v.invoice_date, d.voucher_date)) AS is_right
        FROM deposits_depositsetoff o JOIN deposits_deposit d ON d.id = o.deposit_id
        JOIN invoicing_invoice v ON v.id = o.invoice_id GROUP BY 1
    ) s ON s.invoice_id = i.id
    WHERE st.amount_deposited <> coalesce(s.amount, 0) OR NOT s.is_right
    UNION ALL
    SELECT o.invoice_id, NULL, NULL, o.amount FROM deposits_depositsetoff o
    WHERE NOT EXISTS (SELECT FROM invoicing_settlement st WHERE st.invoice_id = o.invoice_id)""",
)

PAID = Check(
    "deposit-is-paid",
    "A deposit is the money of one payment.",
    (*FROZEN, "payments_paymentrecord.frozen_rows"),
    """SELECT d.id AS deposit, d.voucher_number, d.amount, p.id AS payment, p.amount AS paid
    FROM deposits_deposit d FULL JOIN (SELECT * FROM payments_paymentrecord WHERE deposit_id IS NOT NULL) p
        ON p.deposit_id = d.id
    WHERE p.amount IS DISTINCT FROM d.amount""",
)

CHECKS: Final = (BALANCE, TAXES, SHARES, SET_OFF, PAID)
