"""Reads of payments."""

from datetime import date, datetime
from typing import Any

from finetune.core.caller import Caller
from finetune.core.dates import today
from finetune.core.listing import Listing, Ordering, Page, Row, read_decimal, read_one, read_page, rows_of
from finetune.invoicing.queries import BALANCE, STATUS

_EMI = """CASE WHEN e.payment_id IS NOT NULL THEN json_build_object('provider', e.provider,
    'tenure_months', e.tenure_months, 'financed_amount', e.financed_amount::text, 'subvention', e.subvention::text,
    'down_payment', e.down_payment::text) END AS emi"""

PAYMENTS = Listing(
    what="payment",
    select=f"""p.id, p.invoice_id AS invoice, i.invoice_number, p.store_id AS store, p.amount, p.mode, p.reference,
        'succeeded' AS status, p.tendered, p.change_due, p.received_by_id AS received_by, p.received_at, {_EMI},
        {STATUS} AS invoice_status, CASE WHEN st.is_cancelled THEN 0.00 ELSE {BALANCE} END AS invoice_balance_due""",
    source="""payments_paymentrecord p JOIN invoicing_invoice i ON i.id = p.invoice_id
        JOIN invoicing_settlement st ON st.invoice_id = p.invoice_id LEFT JOIN payments_emiplan e ON e.payment_id = p.id""",
    row_id="p.id",
    scope="%(stores)s::bigint[] IS NULL OR p.store_id = ANY(%(stores)s)",
    filters={
        "invoice": "p.invoice_id = %(invoice)s",
        "store": "p.store_id = %(store)s",
        "mode": "p.mode = %(mode)s",
        "date_from": "p.business_date >= %(date_from)s",
        "date_to": "p.business_date <= %(date_to)s",
        "q": "p.reference ILIKE %(q)s OR i.invoice_number ILIKE %(q)s",
    },
    orderings={
        "received_at": Ordering("p.received_at", datetime.fromisoformat),
        "amount": Ordering("p.amount", read_decimal),
        "business_date": Ordering("p.business_date", date.fromisoformat),
    },
)


def payment(caller: Caller, payment_id: int) -> Row:
    return read_one(PAYMENTS, caller, payment_id, today=today())


def payments(caller: Caller, query: Any) -> Page:
    return read_page(PAYMENTS, caller, query, today=today())


def payments_by_id(caller: Caller, ids: list[int]) -> list[Row]:
    """These payments in the order they were taken, of the stores that the caller may see."""
    return rows_of(
        f"SELECT {PAYMENTS.select} FROM {PAYMENTS.source} WHERE p.id = ANY(%(ids)s) AND ({PAYMENTS.scope}) ORDER BY p.id",
        {"ids": ids, "stores": caller.stores_param, "today": today()},
    )
