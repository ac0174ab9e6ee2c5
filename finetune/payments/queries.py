"""Reads of payments."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from finetune.core.caller import Caller
from finetune.core.dates import date_in_india, now, today
from finetune.core.listing import (
    Listing,
    Ordering,
    Page,
    Row,
    read_decimal,
    read_one,
    read_page,
    rows_of,
    rows_of_known,
)
from finetune.invoicing import queries as bill_queries
from finetune.invoicing.queries import BALANCE_DUE, STATUS
from finetune.payments.rules import Tender

_EMI = """CASE WHEN e.payment_id IS NOT NULL THEN json_build_object('provider', e.provider,
    'tenure_months', e.tenure_months, 'financed_amount', e.financed_amount::text,
    'subvention', e.subvention::text, 'down_payment', e.down_payment::text) END AS emi"""

PAYMENTS = Listing(
    what="payment",
    select=f"""p.id, p.invoice_id AS invoice, i.invoice_number, p.deposit_id AS deposit, p.store_id AS store,
        p.amount, p.mode, p.reference, 'succeeded' AS status, p.tendered, p.change_due, p.received_by_id AS received_by,
        p.received_at, {_EMI}, CASE WHEN i.id IS NOT NULL THEN {STATUS} END AS invoice_status,
        CASE WHEN i.id IS NOT NULL THEN {BALANCE_DUE} END AS invoice_balance_due""",
    source="""payments_paymentrecord p LEFT JOIN invoicing_invoice i ON i.id = p.invoice_id
        LEFT JOIN invoicing_settlement st ON st.invoice_id = p.invoice_id
        LEFT JOIN payments_emiplan e ON e.payment_id = p.id""",
    row_id="p.id",
    scope="%(stores)s::bigint[] IS NULL OR p.store_id = ANY(%(stores)s)",
    filters={
        "invoice": "p.invoice_id = %(invoice)s",
        "deposit": "p.deposit_id = %(deposit)s",
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
    return rows_of_known(
        f"""SELECT {PAYMENTS.select} FROM {PAYMENTS.source}
        WHERE p.id = ANY(%(ids)s) AND ({PAYMENTS.scope}) ORDER BY p.id""",
        {"ids": ids, "stores": caller.stores_param, "today": today()},
    )


# The places of tenders whose reference is in the books: of UPI for ever, of cards in one store on one day.
# The modes are written out, so that each branch can use the unique index of its own.
_SAME_REFERENCE = "upper(replace(p.reference, ' ', '')) = upper(replace(t.reference, ' ', ''))"
_TAKEN = f"""ARRAY(
    SELECT t.place::int - 1
    FROM unnest(%(modes)s::text[], %(references)s::text[], %(days)s::date[]) WITH ORDINALITY
        AS t (mode, reference, day, place)
    WHERE (t.mode = 'upi' AND EXISTS (
            SELECT FROM payments_paymentrecord p WHERE p.mode = 'upi' AND p.is_live AND {_SAME_REFERENCE}))
        OR (t.mode = 'card' AND EXISTS (
            SELECT FROM payments_paymentrecord p WHERE p.mode = 'card' AND p.is_live AND {_SAME_REFERENCE}
                AND p.store_id = i.store_id AND p.business_date = t.day))) AS references_taken"""


def lock_bill(invoice_id: int, *, caller: Caller, tenders: Sequence[Tender]) -> Row:
    """What is owed on a bill, locked, with the places of tenders whose reference is taken.

    Refuses 404 on the field `invoice`.
    """
    return bill_queries.lock_settlement(
        invoice_id, caller=caller, field="invoice", further=_TAKEN, **_sought(tenders)
    )


def amount_deposited(invoice_id: int) -> Decimal:
    """What deposits paid of a bill that is being written."""
    rows = rows_of(
        "SELECT amount_deposited FROM invoicing_settlement WHERE invoice_id = %(id)s", {"id": invoice_id}
    )
    return Decimal(rows[0]["amount_deposited"])


def references_taken(tenders: Sequence[Tender], *, store_id: int) -> list[int]:
    """The places of tenders whose reference is taken, for a bill of this store that is being written."""
    if not any(tender.reference for tender in tenders):
        return []
    sql = f"SELECT {_TAKEN} FROM (SELECT %(store)s::bigint AS store_id) i"
    return list(rows_of_known(sql, {"store": store_id, **_sought(tenders)})[0]["references_taken"])


def _sought(tenders: Sequence[Tender]) -> Row:
    return {
        "modes": [tender.mode for tender in tenders],
        "references": [tender.reference for tender in tenders],
        "days": [date_in_india(tender.received_at or now()) for tender in tenders],
    }
