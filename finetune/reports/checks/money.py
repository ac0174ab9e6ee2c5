"""Payments, and what is owed after them."""

from typing import Final

from finetune.gst.rates import CASH_LIMIT
from finetune.reports.checks.check import Check

FROZEN: Final = ("payments_paymentrecord.frozen_rows", "payments_paymentrecord.frozen_table")
# A walk-in has no name to add up under, so the bill, or the booking of a deposit, stands for the person.
PERSON: Final = """CASE WHEN (i.buyer->>'is_walk_in')::boolean THEN 'invoice:' || i.id
    WHEN (d.buyer->>'is_walk_in')::boolean THEN 'booking:' || d.booking_id
    ELSE 'customer:' || coalesce(i.customer_id, d.customer_id) END"""
# A reference is the same however it is spaced, in capitals or not.
REFERENCE: Final = "upper(replace(reference, ' ', ''))"

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
    "No bill holds more money than it comes to, none gave more back than came in, and nothing is negative.",
    ("invoicing_never_overpaid", "invoicing_never_returned_more", "invoicing_settlement_not_negative"),
    """SELECT invoice_id AS invoice, total, amount_paid, amount_deposited, amount_credited, amount_to_credit,
        amount_refunded
    FROM invoicing_settlement
    WHERE least(amount_paid, amount_deposited, amount_credited, amount_to_credit, amount_refunded) < 0
        OR amount_credited > total OR amount_paid + amount_deposited - amount_to_credit - amount_refunded
            NOT BETWEEN 0 AND total - amount_credited""",
)

ON_ISSUED = Check(
    "payment-on-issued-bill",
    "Money is taken on issued bills alone, and nothing is left of it, or credited, on a cancelled one.",
    ("invoicing_cancelled_is_unpaid", "payments.rules:refuse_unpayable"),
    """SELECT i.id AS invoice, i.invoice_number, st.is_cancelled, st.amount_paid, st.amount_deposited,
        st.amount_credited
    FROM invoicing_invoice i LEFT JOIN invoicing_settlement st ON st.invoice_id = i.id
    WHERE (i.issued_at IS NULL AND EXISTS (SELECT FROM payments_paymentrecord p WHERE p.invoice_id = i.id))
        OR (st.is_cancelled AND (st.amount_paid <> st.amount_refunded + st.amount_to_credit OR st.amount_deposited <> 0
            OR st.amount_credited <> 0))""",
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
    "A payment is above zero, in a known mode, on one bill or deposit, and has the bank's reference if any.",
    (
        "payments_amount_positive", "payments_mode_known", "payments_reference_given",
        "payments_for_a_bill_or_a_deposit",
    ),
    """SELECT id AS payment, amount, mode, reference, invoice_id AS invoice, deposit_id AS deposit
    FROM payments_paymentrecord
    WHERE amount <= 0 OR mode NOT IN ('cash', 'card', 'upi', 'emi', 'credit')
        OR (mode IN ('card', 'upi', 'emi') AND reference = '') OR num_nonnulls(invoice_id, deposit_id) <> 1""",
)  # fmt: skip

UPI_ONCE = Check(
    "upi-reference-once",
    "No UPI reference was taken twice.",
    ("payments_upi_reference_once",),
    f"""SELECT array_agg(id ORDER BY id) AS payments, {REFERENCE} AS reference FROM payments_paymentrecord
    WHERE mode = 'upi' AND is_live GROUP BY {REFERENCE} HAVING count(*) > 1""",
)

CARD_ONCE = Check(
    "card-reference-once",
    "No card reference was taken twice in one store on one day.",
    ("payments_card_reference_once",),
    f"""SELECT array_agg(id ORDER BY id) AS payments, store_id AS store, business_date, {REFERENCE} AS reference
    FROM payments_paymentrecord WHERE mode = 'card' AND is_live
    GROUP BY store_id, business_date, {REFERENCE} HAVING count(*) > 1""",
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
    ("payments_change_adds_up", *FROZEN),
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
        FROM payments_paymentrecord p LEFT JOIN invoicing_invoice i ON i.id = p.invoice_id
        LEFT JOIN deposits_deposit d ON d.id = p.deposit_id WHERE p.mode = 'cash' GROUP BY 1, 2
    ) p USING (person, day)
    WHERE coalesce(c.amount, 0) <> coalesce(p.amount, 0) OR p.amount >= {CASH_LIMIT.amount}""",
)

CHECKS: Final = (
    PAID, NEVER_OVERPAID, ON_ISSUED, CANCELLED, WHOLE, UPI_ONCE, CARD_ONCE, EMI, CHANGE, DAY, CASH,
)  # fmt: skip
