"""Reads and locks of refunds."""

from typing import Any

from finetune.core.caller import Caller
from finetune.core.listing import Listing, Page, Row, read_one, read_page, rows_of
from finetune.core.refusals import not_found

REFUNDS = Listing(
    what="refund",
    select="""r.id, r.payment_id AS payment, r.invoice_id AS invoice, i.invoice_number, r.store_id AS store, r.amount,
        r.from_credit, r.mode, r.reason, coalesce(nullif(o.reference, ''), r.reference) AS reference,
        CASE WHEN r.mode IN ('cash', 'credit') OR o.succeeded THEN 'succeeded'
            WHEN o.succeeded IS NULL THEN 'initiated' ELSE 'failed' END AS status,
        r.refunded_by_id AS refunded_by, r.created_at""",
    source="""refunds_refund r JOIN invoicing_invoice i ON i.id = r.invoice_id
        LEFT JOIN refunds_refundoutcome o ON o.refund_id = r.id""",
    row_id="r.id",
    scope="%(stores)s::bigint[] IS NULL OR r.store_id = ANY(%(stores)s)",
    filters={
        "payment": "r.payment_id = %(payment)s",
        "invoice": "r.invoice_id = %(invoice)s",
        "store": "r.store_id = %(store)s",
        "mode": "r.mode = %(mode)s",
        "date_from": "r.business_date >= %(date_from)s",
        "date_to": "r.business_date <= %(date_to)s",
    },
)


def refund(caller: Caller, refund_id: int) -> Row:
    return read_one(REFUNDS, caller, refund_id)


def refunds(caller: Caller, query: Any) -> Page:
    return read_page(REFUNDS, caller, query)


def payment_for_refund(payment_id: int, *, caller: Caller) -> Row:
    """A payment on a bill, not locked: its bill's settlement is what refunds lock first. 404 outside the stores."""
    rows = rows_of(
        """SELECT p.id, p.invoice_id, p.store_id, p.amount, p.mode FROM payments_paymentrecord p
        WHERE p.id = %(id)s AND p.invoice_id IS NOT NULL
            AND (%(stores)s::bigint[] IS NULL OR p.store_id = ANY(%(stores)s))""",
        {"id": payment_id, "stores": caller.stores_param},
    )
    if not rows:
        raise not_found("payment")
    return rows[0]


def lock_ceiling(payment_id: int) -> Row:
    """How much of a payment went back, locked, with the cash that came in on its bill and went back."""
    return rows_of(
        """WITH made AS (
            INSERT INTO refunds_refundceiling (payment_id, amount)
            SELECT id, amount FROM payments_paymentrecord WHERE id = %(id)s
            ON CONFLICT (payment_id) DO UPDATE SET amount = refunds_refundceiling.amount
            RETURNING payment_id, amount, amount_refunded
        )
        SELECT m.amount, m.amount_refunded, p.mode,
            (SELECT coalesce(sum(c.amount), 0) FROM payments_paymentrecord c
             WHERE c.invoice_id = p.invoice_id AND c.mode = 'cash' AND c.is_live) AS cash_received,
            (SELECT coalesce(sum(r.amount), 0) FROM refunds_refund r
             WHERE r.invoice_id = p.invoice_id AND r.mode = 'cash') AS cash_refunded
        FROM made m JOIN payments_paymentrecord p ON p.id = m.payment_id""",
        {"id": payment_id},
    )[0]


def lock_waiting_refund(refund_id: int, *, caller: Caller) -> Row:
    """A refund with its outcome so far, locked."""
    rows = rows_of(
        """SELECT r.id, r.mode, r.amount, r.invoice_id, i.customer_id,
            coalesce((i.buyer->>'is_walk_in')::boolean, false) AS is_walk_in,
            EXISTS (SELECT FROM refunds_refundoutcome o WHERE o.refund_id = r.id) AS is_decided
        FROM refunds_refund r JOIN invoicing_invoice i ON i.id = r.invoice_id
        WHERE r.id = %(id)s AND (%(stores)s::bigint[] IS NULL OR r.store_id = ANY(%(stores)s)) FOR UPDATE OF r""",
        {"id": refund_id, "stores": caller.stores_param},
    )
    if not rows:
        raise not_found("refund")
    return rows[0]
