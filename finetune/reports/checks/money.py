"""Payments, and what is owed after them."""

from typing import Final

from finetune.gst.rates import CASH_LIMIT
from finetune.reports.checks.check import Check

FROZEN: Final = ("payments_paymentrecord.frozen_rows", "payments_paymentrecord.frozen_table")
# A walk-in has no name to add up under, so the bill stands for the person: payments.rules.person_of.
PERSON: Final = """CASE WHEN (i.buyer->>'is_walk_in')::boolean THEN 'invoice:' || i.id
    ELSE 'customer:' || i.customer_id END"""

PAID = Check(
    "paid-is-sum-of-payments",
    "What a bill's settlement calls paid is the sum of its payments that stand.",
    FROZEN,
    """SELECT st.invoice_id AS invoice, i.invoice_number, st.amount_paid, coalesce(p.amount, 0) AS payments
    FROM invoicing_settlement st JOIN invoicing_invoice i ON i.id = st.invoice_id LEFT JOIN (
        SELECT invoice_id, sum(amount) AS amount FROM payments_paymentrecord WHERE is_live GROUP BY invoice_id
    ) p ON p.invoice_id = st.invoice_id
    WHERE st.amount_paid <> coalesce(p.amount, 0)""",
)

NEVER_OVERPAID = Check(
    "never-overpaid",
    "Nothing paid, credited or refunded is negative, and no bill holds more than it comes to.",
    ("invoicing_never_overpaid", "invoicing_settlement_not_negative"),
    """SELECT st.invoice_id AS invoice, st.total, st.amount_paid, st.amount_credited, st.amount_refunded
    FROM invoicing_settlement st
    WHERE least(st.amount_paid, st.amount_credited, st.amount_refunded) < 0
        OR st.amount_refunded > st.amount_paid
        OR st.amount_paid > st.total - st.amount_credited + st.amount_refunded""",
)

ON_ISSUED = Check(
    "payment-on-issued-bill",
    "Money is taken on issued bills alone, and none of it stays on a cancelled one.",
    ("invoicing_cancelled_is_unpaid", "payments.rules:refuse_unpayable"),
    """SELECT p.id AS payment, p.invoice_id AS invoice, p.amount, i.issued_at, st.is_cancelled
    FROM payments_paymentrecord p JOIN invoicing_invoice i ON i.id = p.invoice_id
    LEFT JOIN invoicing_settlement st ON st.invoice_id = p.invoice_id
    WHERE i.issued_at IS NULL OR (st.is_cancelled AND p.is_live AND st.amount_paid > st.amount_refunded)""",
)

CANCELLED = Check(
    "cancellation-agrees",
    "A bill's settlement is cancelled where a cancellation was written down, and only there.",
    ("invoicing_settlement.frozen_total", "invoicing_invoicecancellation.frozen_rows"),
    """SELECT st.invoice_id AS invoice, st.is_cancelled, ca.reason
    FROM invoicing_settlement st LEFT JOIN invoicing_invoicecancellation ca ON ca.invoice_id = st.invoice_id
    WHERE st.is_cancelled <> (ca.invoice_id IS NOT NULL)
    UNION ALL
    SELECT ca.invoice_id, NULL, ca.reason FROM invoicing_invoicecancellation ca
    WHERE NOT EXISTS (SELECT FROM invoicing_settlement st WHERE st.invoice_id = ca.invoice_id)""",
)

WHOLE = Check(
    "payment-is-whole",
    "A payment is above zero, in a known mode, and has a reference unless it is cash.",
    ("payments_amount_positive", "payments_mode_known", "payments_reference_given"),
    """SELECT id AS payment, amount, mode, reference FROM payments_paymentrecord
    WHERE amount <= 0 OR mode NOT IN ('cash', 'card', 'upi', 'emi') OR (mode <> 'cash' AND reference = '')""",
)

UPI_ONCE = Check(
    "upi-reference-once",
    "No UPI reference was taken twice.",
    ("payments_upi_reference_once",),
    """SELECT array_agg(id ORDER BY id) AS payments, upper(reference) AS reference FROM payments_paymentrecord
    WHERE mode = 'upi' AND is_live GROUP BY upper(reference) HAVING count(*) > 1""",
)

CARD_ONCE = Check(
    "card-reference-once",
    "No card reference was taken twice in one store on one day.",
    ("payments_card_reference_once",),
    """SELECT array_agg(id ORDER BY id) AS payments, store_id AS store, business_date,
        upper(reference) AS reference
    FROM payments_paymentrecord WHERE mode = 'card' AND is_live
    GROUP BY store_id, business_date, upper(reference) HAVING count(*) > 1""",
)

EMI = Check(
    "emi-adds-up",
    "A payment by EMI has the lender's terms and is what these finance, and the subvention; no other has.",
    ("payments_emi_not_negative", "payments_emiplan.frozen_rows"),
    """SELECT p.id AS payment, p.mode, p.amount, e.financed_amount, e.subvention
    FROM payments_paymentrecord p LEFT JOIN payments_emiplan e ON e.payment_id = p.id
    WHERE (p.mode = 'emi') <> (e.payment_id IS NOT NULL) OR p.amount <> e.financed_amount + e.subvention""",
)

CHANGE = Check(
    "change-is-the-rest",
    "Change is what was handed over less the amount, and only cash gives any.",
    FROZEN,
    """SELECT id AS payment, mode, amount, tendered, change_due FROM payments_paymentrecord
    WHERE change_due <> coalesce(tendered - amount, 0) OR change_due < 0 OR (mode <> 'cash'
        AND tendered IS NOT NULL)""",
)

DAY = Check(
    "payment-day",
    "The business day of a payment is the Indian day it was received on.",
    FROZEN,
    """SELECT id AS payment, received_at, business_date FROM payments_paymentrecord
    WHERE business_date <> (received_at AT TIME ZONE 'Asia/Kolkata')::date""",
)

CASH = Check(
    "cash-of-day",
    "Cash taken from one person in a day is added up, and stays below the limit of the income-tax law.",
    ("payments_cash_day_once", "payments_cash_below_limit"),
    f"""SELECT person, day, coalesce(c.amount, 0) AS added_up, coalesce(p.amount, 0) AS taken
    FROM payments_cashofday c FULL JOIN (
        SELECT {PERSON} AS person, p.business_date AS day, sum(p.amount) AS amount
        FROM payments_paymentrecord p JOIN invoicing_invoice i ON i.id = p.invoice_id
            WHERE p.mode = 'cash' GROUP BY 1, 2
    ) p USING (person, day)
    WHERE coalesce(c.amount, 0) <> coalesce(p.amount, 0) OR p.amount >= {CASH_LIMIT.amount}""",
)

CHECKS: Final = (
    PAID, NEVER_OVERPAID, ON_ISSUED, CANCELLED, WHOLE, UPI_ONCE, CARD_ONCE, EMI, CHANGE, DAY, CASH,
)  # fmt: skip
