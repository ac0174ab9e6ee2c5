"""Reads and locks of refunds."""

from typing import Any

from finetune.core.caller import Caller
from finetune.core.listing import Listing, Page, Row, read_one, read_page, rows_of
from finetune.core.refusals import not_found

# Cash and credit are settled the moment they are given; the others when the bank has answered.
STATUS = """CASE WHEN r.mode IN ('cash', 'credit') OR o.succeeded THEN 'succeeded'
    WHEN o.succeeded IS NULL THEN 'initiated' ELSE 'failed' END"""

REFUNDS = Listing(
    what="refund",
    select=f"""r.id, r.payment_id AS payment, r.invoice_id AS invoice, i.invoice_number, r.store_id AS store, r.amount,
        r.from_credit, r.mode, r.reason, coalesce(nullif(o.reference, ''), r.reference) AS reference,
        {STATUS} AS status, o.reason AS outcome_reason, o.decided_at, r.refunded_by_id AS refunded_by,
        r.created_at""",
    source="""refunds_refund r JOIN invoicing_invoice i ON i.id = r.invoice_id
        LEFT JOIN refunds_refundoutcome o ON o.refund_id = r.id""",
    row_id="r.id",
    scope="%(stores)s::bigint[] IS NULL OR r.store_id = ANY(%(stores)s)",
    filters={
        "payment": "r.payment_id = %(payment)s",
        "invoice": "r.invoice_id = %(invoice)s",
        "store": "r.store_id = %(store)s",
        "mode": "r.mode = %(mode)s",
        "status": f"({STATUS}) = %(status)s",
        "date_from": "r.business_date >= %(date_from)s",
        "date_to": "r.business_date <= %(date_to)s",
    },
)


def refund(caller: Caller, refund_id: int) -> Row:
    return read_one(REFUNDS, caller, refund_id)


def refunds(caller: Caller, query: Any) -> Page:
    return read_page(REFUNDS, caller, query)


def payment_for_refund(payment_id: int, *, caller: Caller) -> Row:
    """A payment and its bill, not locked: the bill's settlement is what refunds lock first. 404 outside the stores.

    The bill of a deposit is the last one it was set off in; `invoice_id` is null while there is none.
    """
    rows = rows_of(
        """SELECT p.mode, coalesce(p.invoice_id, (SELECT o.invoice_id FROM deposits_depositsetoff o
            WHERE o.deposit_id = p.deposit_id ORDER BY o.id DESC LIMIT 1)) AS invoice_id
        FROM payments_paymentrecord p
        WHERE p.id = %(id)s AND (%(stores)s::bigint[] IS NULL OR p.store_id = ANY(%(stores)s))""",
        {"id": payment_id, "stores": caller.stores_param},
    )
    if not rows:
        raise not_found("payment")
    return rows[0]


def lock_ceiling(payment_id: int, *, invoice_id: int, mode: str, actor_id: int) -> Row:
    """What is left of a payment to give back, its row made and locked, and the bill's money in one mode.

    Holds the store's cash session first, where money goes back. Of a deposit only what was set off is a
    payment of bills.
    """
    return rows_of(
        """WITH made AS (
            INSERT INTO refunds_refundceiling (payment_id, amount)
            SELECT id, amount FROM payments_paymentrecord WHERE id = %(id)s
                AND (%(mode)s = 'credit' OR payments_hold_cash_session(store_id, %(actor)s) IS NOT NULL)
            ON CONFLICT (payment_id) DO UPDATE SET amount = refunds_refundceiling.amount
            RETURNING payment_id, amount, amount_refunded
        )
        SELECT coalesce(b.amount_applied, m.amount) - m.amount_refunded AS "left",
            refunds_came_in(%(invoice)s, %(mode)s) AS came_in, refunds_went_back(%(invoice)s, %(mode)s) AS went_back
        FROM made m JOIN payments_paymentrecord p ON p.id = m.payment_id
        LEFT JOIN deposits_depositbalance b ON b.deposit_id = p.deposit_id""",
        {"id": payment_id, "invoice": invoice_id, "mode": mode, "actor": actor_id},
    )[0]


def bill_of_refund(refund_id: int, *, caller: Caller) -> int:
    """The bill whose settlement must be locked before this refund is decided. 404 outside the caller's stores."""
    rows = rows_of(
        """SELECT r.invoice_id FROM refunds_refund r
        WHERE r.id = %(id)s AND (%(stores)s::bigint[] IS NULL OR r.store_id = ANY(%(stores)s))""",
        {"id": refund_id, "stores": caller.stores_param},
    )
    if not rows:
        raise not_found("refund")
    return int(rows[0]["invoice_id"])


def given_refund(refund_id: int) -> Row:
    """A refund, and whether its outcome is known. The settlement of its bill must be locked."""
    return rows_of(
        """SELECT r.mode, r.amount, r.from_credit,
            EXISTS (SELECT FROM refunds_refundoutcome o WHERE o.refund_id = r.id) AS is_decided
        FROM refunds_refund r WHERE r.id = %s""",
        [refund_id],
    )[0]
