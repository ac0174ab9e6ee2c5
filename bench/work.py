# ruff: noqa: S311
"""What is measured: for each verb the requests that clients send, and the limit's one call for the same rows."""

import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from bench.clients import Wanted
from bench.scene import SALE_LINES, Scene

ISSUE_PARTS, ISSUE_SERVICES = 3, 2
# Documents that the limit decides before it is measured; it writes each of them many times.
DOCUMENTS = 32

# The rows of a page as they lie in the tables. Lines come as an array of the bill's line rows, which was the cheapest
# of what was tried: a join that repeats the bill, two statements, JSON made by PostgreSQL.
LIST_BILLS = """SELECT i.id, i.invoice_number, i.document_type, i.booking_id, i.store_id, i.customer_id,
    i.buyer->>'name', i.invoice_date, i.due_date, i.place_of_supply, i.supply_nature, i.state_tax_label,
    i.reverse_charge, i.with_payment_of_tax, i.notes, i.taxable_value, i.discount_total, i.cgst, i.sgst, i.igst,
    i.cess, i.total_before_round_off, i.round_off_amount, i.total, i.created_at, i.issued_at, i.created_by_id,
    st.amount_paid, st.amount_credited, st.amount_refunded, st.amount_deposited, st.amount_to_credit,
    st.is_cancelled, ca.reason, pl.token,
    (SELECT array_agg(l ORDER BY l.position)::text FROM invoicing_invoicelineitem l WHERE l.invoice_id = i.id)
FROM invoicing_invoice i LEFT JOIN invoicing_settlement st ON st.invoice_id = i.id
LEFT JOIN invoicing_invoicecancellation ca ON ca.invoice_id = i.id
LEFT JOIN invoicing_publiclink pl ON pl.invoice_id = i.id AND pl.revoked_at IS NULL
WHERE i.store_id = %s ORDER BY i.id DESC LIMIT 51"""
LIST_PAYMENTS = """SELECT p.id, p.invoice_id, i.invoice_number, p.deposit_id, p.store_id, p.amount, p.mode, p.reference,
    p.tendered, p.change_due, p.received_by_id, p.received_at, e.provider, i.due_date, i.total, i.issued_at,
    st.amount_paid, st.amount_credited, st.amount_refunded, st.amount_deposited, st.amount_to_credit, st.is_cancelled
FROM payments_paymentrecord p LEFT JOIN invoicing_invoice i ON i.id = p.invoice_id
LEFT JOIN invoicing_settlement st ON st.invoice_id = p.invoice_id
LEFT JOIN payments_emiplan e ON e.payment_id = p.id
WHERE p.store_id = %s ORDER BY p.id DESC LIMIT 51"""
LIST_LEDGERS = """SELECT l.id, l.store_id, l.product_variant_id, v.sku, v.variant_name, l.quantity, l.reserved,
    l.last_updated
FROM inventory_stockledger l JOIN catalog_variant v ON v.id = l.product_variant_id
WHERE l.store_id = %s ORDER BY l.id DESC LIMIT 51"""


@dataclass(frozen=True, slots=True)
class Work:
    """One verb. `requests` makes so many of them; `target` is the highest ratio to the limit, or None."""

    name: str
    requests: Callable[[Scene, int], list[Wanted]]
    limit_sql: str
    target: float | None = None
    is_list: bool = False


def new_key() -> str:
    return uuid.uuid4().hex[:30]


def _post(path: str, body: Any) -> Wanted:
    return Wanted("POST", path, msgspec.json.encode(body), new_key())


def some_variants(scene: Scene, count: int) -> list[int]:
    """In order: the limit takes no locks beforehand, and two of them must not wait for each other."""
    return sorted(random.sample(scene.variants, count))


def issue_body(scene: Scene) -> dict[str, Any]:
    parts = [{"variant": variant, "quantity": 1} for variant in some_variants(scene, ISSUE_PARTS)]
    labour = {
        "description": "Labour",
        "hsn_code": "998716",
        "quantity": 1,
        "unit_price": "500.00",
        "gst_rate": "18",
    }
    return {"booking": random.choice(scene.bookings), "line_items": [*parts, *[labour] * ISSUE_SERVICES]}


def sale_body(scene: Scene) -> dict[str, Any]:
    lines = [{"variant": variant, "quantity": 1} for variant in some_variants(scene, SALE_LINES)]
    tenders = [{"mode": "upi", "amount": scene.sale_total, "reference": new_key()}]
    return {"store": scene.store, "counter_sale": True, "line_items": lines, "tenders": tenders}


def payment_body(scene: Scene) -> dict[str, Any]:
    return {"invoice": random.choice(scene.bills), "amount": "1.00", "mode": "upi", "reference": new_key()}


def entry_body(scene: Scene) -> dict[str, Any]:
    variant = random.choice(scene.variants)
    entry = {"entry_type": "purchase", "store": scene.store, "product_variant": variant, "quantity": 1}
    return {**entry, "unit_price": "400.00"}


def _posts(path: str, body: Callable[[Scene], Any]) -> Callable[[Scene, int], list[Wanted]]:
    return lambda scene, count: [_post(path, body(scene)) for _ in range(count)]


def _gets(path: str) -> Callable[[Scene, int], list[Wanted]]:
    return lambda scene, count: [Wanted("GET", path)] * count


WORKS: Sequence[Work] = (
    Work("issue", _posts("/api/invoices/", issue_body), "SELECT bench.issue(%s::jsonb, %s)", 2.0),
    Work(
        "pay", _posts("/api/payments/", payment_body), "SELECT bench.pay(%s, %s, %s, %s, %s::jsonb, %s)", 2.5
    ),
    Work("sell", _posts("/api/sales/", sale_body), "SELECT bench.sell(%s::jsonb, %s::jsonb, %s)"),
    Work(
        "stock entry",
        _posts("/api/stock-entries/", entry_body),
        "SELECT bench.post_stock(%s, %s::jsonb, %s)",
        2.5,
    ),
    Work("list bills", _gets("/api/invoices/?page_size=50"), LIST_BILLS, 2.2, is_list=True),
    Work("list payments", _gets("/api/payments/?page_size=50"), LIST_PAYMENTS, is_list=True),
    Work("list stock", _gets("/api/stock-ledgers/?page_size=50"), LIST_LEDGERS, is_list=True),
)
WITH_GAPS = "SELECT bench.issue_with_gaps(%s::jsonb, %s)"
