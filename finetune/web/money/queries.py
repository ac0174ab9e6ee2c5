"""Totals of the money lists, and who stands behind a row."""

from typing import Any

from finetune.core.caller import Caller
from finetune.core.dates import today
from finetune.core.listing import Row, read_totals, rows_of, rows_of_known
from finetune.crediting.queries import CREDITS, NOTES
from finetune.deposits.queries import DEPOSITS
from finetune.payments.queries import PAYMENTS
from finetune.payments.rules import CARD, CASH, CREDIT, EMI, UPI
from finetune.refunds.queries import REFUNDS

MODES = (CASH, UPI, CARD, EMI, CREDIT)


def _by_mode(alias: str) -> str:
    return ", ".join(
        f"coalesce(sum({alias}.amount) FILTER (WHERE {alias}.mode = '{mode}'), 0.00) AS {mode}"
        for mode in MODES
    )


def payment_totals(caller: Caller, query: Any) -> Row:
    return read_totals(PAYMENTS, f"count(*) AS count, {_by_mode('p')}", caller, query, today=today())


def refund_totals(caller: Caller, query: Any) -> Row:
    """What failed did not go back."""
    gone = "coalesce(sum(r.amount) FILTER (WHERE o.succeeded IS DISTINCT FROM false), 0.00) AS amount"
    return read_totals(REFUNDS, f"count(*) AS count, {gone}", caller, query)


def note_totals(caller: Caller, query: Any) -> Row:
    sums = """count(*) AS count, coalesce(sum(n.taxable_value), 0.00) AS taxable_value,
        coalesce(sum(n.cgst + n.sgst + n.igst + n.cess), 0.00) AS total_tax, coalesce(sum(n.total), 0.00) AS total"""
    return read_totals(NOTES, sums, caller, query)


def credit_totals(caller: Caller, query: Any) -> Row:
    sums = "count(*) FILTER (WHERE k.balance > 0) AS count, coalesce(sum(k.balance), 0.00) AS balance"
    return read_totals(CREDITS, sums, caller, query)


def deposit_totals(caller: Caller, query: Any) -> Row:
    sums = """count(*) AS count, coalesce(sum(d.amount), 0.00) AS amount,
        coalesce(sum(s.amount - s.amount_applied - s.amount_refunded), 0.00) AS amount_open"""
    return read_totals(DEPOSITS, sums, caller, query)


_WHO = "coalesce(nullif(u.name, ''), u.username)"
_AROUND_PAYMENT = f"""SELECT {_WHO} AS by, i.buyer->>'name' AS customer_name, i.customer_id AS customer,
    d.voucher_number, p.business_date,
    coalesce(b.amount_applied, p.amount) - coalesce(c.amount_refunded, 0.00) AS refundable,
    greatest(0.00, refunds_came_in(i.id, p.mode) - refunds_went_back(i.id, p.mode)) AS left_in_mode,
    st.amount_paid + st.amount_deposited - st.amount_to_credit - st.amount_refunded AS kept,
    coalesce((SELECT k.balance FROM crediting_customercredit k WHERE k.customer_id = i.customer_id
        AND k.invoice_id IS NOT DISTINCT FROM
            CASE WHEN (i.buyer->>'is_walk_in')::boolean THEN i.id END), 0.00) AS credit,
    (SELECT coalesce(json_agg(row_to_json(x)), '[]') FROM (
        SELECT r.id, r.amount::text, r.mode, r.reason, r.created_at,
            CASE WHEN r.mode IN ('cash', 'credit') OR o.succeeded THEN 'succeeded'
                WHEN o.succeeded IS NULL THEN 'initiated' ELSE 'failed' END AS status
        FROM refunds_refund r LEFT JOIN refunds_refundoutcome o ON o.refund_id = r.id
        WHERE r.payment_id = p.id ORDER BY r.id) x) AS refunds
FROM payments_paymentrecord p
LEFT JOIN staff_user u ON u.id = p.received_by_id
LEFT JOIN deposits_deposit d ON d.id = p.deposit_id
LEFT JOIN deposits_depositbalance b ON b.deposit_id = d.id
LEFT JOIN invoicing_invoice i ON i.id = coalesce(p.invoice_id, (SELECT o.invoice_id FROM deposits_depositsetoff o
    WHERE o.deposit_id = d.id ORDER BY o.id DESC LIMIT 1))
LEFT JOIN invoicing_settlement st ON st.invoice_id = i.id
LEFT JOIN refunds_refundceiling c ON c.payment_id = p.id
WHERE p.id = %(id)s"""


def around_payment(payment_id: int) -> Row:
    """What a payment's page shows beside it. Whether the caller may see the payment was asked before."""
    return rows_of_known(_AROUND_PAYMENT, {"id": payment_id})[0]


def name_of_user(user_id: int) -> str:
    rows = rows_of(f"SELECT {_WHO} AS name FROM staff_user u WHERE u.id = %s", [user_id])
    return rows[0]["name"] if rows else ""
