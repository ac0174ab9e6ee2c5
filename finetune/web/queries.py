"""What the front page counts: today's documents in the caller's stores, each in one cheap statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from finetune.core.caller import Caller
from finetune.core.listing import Row, rows_of
from finetune.core.money import ZERO

IN_STORES = "(%(stores)s::bigint[] IS NULL OR store_id = ANY(%(stores)s))"

_INVOICES = f"""
SELECT count(*) AS number, coalesce(sum(i.total), 0) AS total, coalesce(sum(i.taxable_value), 0) AS taxable,
    coalesce(sum(i.cgst + i.sgst + i.igst + i.cess), 0) AS tax
FROM invoicing_invoice i JOIN invoicing_settlement s ON s.invoice_id = i.id
WHERE i.invoice_date = %(today)s AND i.issued_at IS NOT NULL AND NOT s.is_cancelled AND {IN_STORES}
"""
_PAYMENTS = f"""
SELECT mode, count(*) AS number, sum(amount) AS total
FROM payments_paymentrecord WHERE business_date = %(today)s AND is_live AND {IN_STORES} GROUP BY mode
"""
_BOOKINGS = f"""
SELECT status, count(*) AS number FROM bookings_booking
WHERE status = ANY(%(statuses)s) AND {IN_STORES} GROUP BY status
"""
_WAITING = f"""
SELECT s.name AS store, count(*) AS number
FROM inventory_stockentry JOIN stores_store s ON s.id = store_id
WHERE status = 'pending_approval' AND {IN_STORES} GROUP BY s.id, s.name ORDER BY s.name LIMIT 20
"""

MODES = (("cash", "Cash"), ("upi", "UPI"), ("card", "Card"), ("emi", "EMI"))
OPEN_STATUSES = (
    ("received", "Received"),
    ("diagnosing", "Diagnosing"),
    ("awaiting_approval", "Awaiting approval"),
    ("in_progress", "In progress"),
    ("ready", "Ready to hand over"),
)


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    number: int
    total: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Today:
    invoices: Figure
    taxable: Decimal
    tax: Decimal
    payments: list[Figure]
    received: Decimal
    bookings: list[Figure]
    bookings_open: int
    waiting: list[Figure]
    waiting_number: int


def figures_of(caller: Caller, today: date) -> Today:
    given = {
        "stores": caller.stores_param,
        "today": today,
        "statuses": [status for status, _ in OPEN_STATUSES],
    }
    invoices = rows_of(_INVOICES, given)[0]
    payments = _in_order(MODES, rows_of(_PAYMENTS, given), "mode")
    bookings = _in_order(OPEN_STATUSES, rows_of(_BOOKINGS, given), "status")
    waiting = [Figure(row["store"], row["number"]) for row in rows_of(_WAITING, given)]
    return Today(
        invoices=Figure("Invoices", invoices["number"], invoices["total"]),
        taxable=invoices["taxable"],
        tax=invoices["tax"],
        payments=payments,
        received=sum((each.total for each in payments), ZERO),
        bookings=bookings,
        bookings_open=sum(each.number for each in bookings),
        waiting=waiting,
        waiting_number=sum(each.number for each in waiting),
    )


def _in_order(labels: Sequence[tuple[str, str]], rows: list[Row], name: str) -> list[Figure]:
    """One figure for each label, in the labels' order, those without a row included."""
    found = {row[name]: row for row in rows}
    return [
        Figure(label, found[key]["number"], found[key].get("total", ZERO))
        if key in found
        else Figure(label, 0)
        for key, label in labels
    ]
