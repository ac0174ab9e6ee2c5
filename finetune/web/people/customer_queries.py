"""What the page of a customer reads: what they owe and are owed, in the stores that the caller may see."""

from decimal import Decimal

from finetune.core.caller import Caller
from finetune.core.dates import today
from finetune.core.listing import Row, rows_of
from finetune.invoicing.queries import BALANCE_DUE, STATUS
from finetune.web.words import MODE_WORDS

RECENT = 6
_IN_STORES = "(%(stores)s::bigint[] IS NULL OR {}.store_id = ANY(%(stores)s))"

# A walk-in is everybody without a name: what they all owe and bought is nobody's balance, and long to add up.
_OF_ONE = "NOT c.is_walk_in"

_ABOUT = f"""
SELECT c.notes,
    (SELECT coalesce(sum({BALANCE_DUE}), 0.00) FROM invoicing_invoice i
        JOIN invoicing_settlement st ON st.invoice_id = i.id
        WHERE i.customer_id = c.id AND {_OF_ONE} AND i.issued_at IS NOT NULL AND {_IN_STORES.format("i")}) AS owed,
    (SELECT coalesce(sum(i.total), 0.00) FROM invoicing_invoice i
        JOIN invoicing_settlement st ON st.invoice_id = i.id
        WHERE i.customer_id = c.id AND {_OF_ONE} AND i.issued_at IS NOT NULL AND NOT st.is_cancelled
        AND {_IN_STORES.format("i")}) AS billed,
    (SELECT coalesce(sum(k.balance), 0.00) FROM crediting_customercredit k
        WHERE k.customer_id = c.id AND {_OF_ONE} AND k.invoice_id IS NULL) AS credit,
    (SELECT coalesce(sum(o.amount - o.amount_applied - o.amount_refunded), 0.00) FROM deposits_depositbalance o
        JOIN deposits_deposit d ON d.id = o.deposit_id
        WHERE d.customer_id = c.id AND {_OF_ONE} AND {_IN_STORES.format("d")}) AS deposited
FROM customers_customer c WHERE c.id = %(id)s
"""
_BILLS = f"""
SELECT i.id, i.invoice_number, i.invoice_date, i.total, {STATUS} AS status, {BALANCE_DUE} AS balance_due
FROM invoicing_invoice i LEFT JOIN invoicing_settlement st ON st.invoice_id = i.id
WHERE i.customer_id = %(id)s AND {_IN_STORES.format("i")} ORDER BY i.id DESC LIMIT {RECENT}
"""
_REPAIRS = f"""
SELECT b.id, b.device, b.issue, b.status, b.created_at FROM bookings_booking b
WHERE b.customer_id = %(id)s AND b.kind = 'repair' AND {_IN_STORES.format("b")} ORDER BY b.id DESC LIMIT {RECENT}
"""
_PAYMENTS = f"""
SELECT * FROM (
    (SELECT p.id, p.amount, p.mode, p.received_at, i.invoice_number AS of_document FROM payments_paymentrecord p
    JOIN invoicing_invoice i ON i.id = p.invoice_id
    WHERE i.customer_id = %(id)s AND p.is_live AND {_IN_STORES.format("p")} ORDER BY p.id DESC LIMIT {RECENT})
    UNION ALL
    (SELECT p.id, p.amount, p.mode, p.received_at, d.voucher_number FROM payments_paymentrecord p
    JOIN deposits_deposit d ON d.id = p.deposit_id
    WHERE d.customer_id = %(id)s AND p.is_live AND {_IN_STORES.format("p")} ORDER BY p.id DESC LIMIT {RECENT})
) taken ORDER BY id DESC LIMIT {RECENT}
"""


def about(caller: Caller, customer_id: int) -> Row:
    """Notes, what is owed on open bills, billed in all, and what the shop holds: credit and open deposits."""
    row = rows_of(_ABOUT, _given(caller, customer_id))[0]
    row["held"] = Decimal(row["credit"]) + Decimal(row["deposited"])
    return row


def bills(caller: Caller, customer_id: int) -> list[Row]:
    return rows_of(_BILLS, _given(caller, customer_id))


def repairs(caller: Caller, customer_id: int) -> list[Row]:
    return rows_of(_REPAIRS, _given(caller, customer_id))


def payments(caller: Caller, customer_id: int) -> list[Row]:
    rows = rows_of(_PAYMENTS, _given(caller, customer_id))
    return [{**row, "mode_words": MODE_WORDS[row["mode"]]} for row in rows]


def _given(caller: Caller, customer_id: int) -> Row:
    return {"id": customer_id, "stores": caller.stores_param, "today": today()}
