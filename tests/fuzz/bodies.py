"""Bodies that are right, so that a request with one odd field gets as far as the rules and the database."""

from collections.abc import Callable
from typing import Any

Rows = Callable[[str], list[dict[str, Any]]]
LINE = {
    "description": "Repair",
    "hsn_code": "998716",
    "quantity": "1",
    "unit_price": "1500.00",
    "gst_rate": "18",
}


# The state that a row must be in for its operation to do something.
STATES: dict[tuple[str, str], tuple[str, ...]] = {
    ("PATCH", "/api/invoices/{row_id}/"): ("draft",),
    ("DELETE", "/api/invoices/{row_id}/"): ("draft",),
    ("POST", "/api/invoices/{row_id}/issue/"): ("draft",),
    ("POST", "/api/invoices/{row_id}/cancel/"): ("issued", "overdue"),
    ("POST", "/api/stock-entries/{row_id}/approve/"): ("pending_approval",),
    ("POST", "/api/stock-entries/{row_id}/reject/"): ("pending_approval",),
    ("POST", "/api/bookings/{row_id}/transition/"): ("received", "diagnosing", "in_progress", "ready"),
    ("POST", "/api/refunds/{row_id}/outcome/"): ("initiated",),
}


def fitting(rows: list[dict[str, Any]], method: str, path: str) -> list[dict[str, Any]]:
    """Those that the operation is for, where there are any."""
    states = STATES.get((method, path))
    return [row for row in rows if states is None or row["status"] in states] or rows


def chosen(rows: list[dict[str, Any]], lot: int) -> dict[str, Any]:
    return rows[lot % len(rows)] if rows else {}


def right_body(path: str, path_id: str, rows: Rows, lot: int) -> dict[str, Any] | None:
    """For an operation that does something; None where what the schema says is enough."""
    make = BODIES.get(path.removeprefix("/api"))
    return None if make is None else make(path_id, rows, lot)


def _bill(path_id: str, rows: Rows, lot: int) -> dict[str, Any]:
    store, variant = chosen(rows("stores"), lot), chosen(rows("stock-ledgers"), lot)
    if lot % 3 == 0:
        line = {"variant": variant.get("product_variant"), "quantity": 1}
        return {"store": variant.get("store"), "counter_sale": True, "line_items": [line]}
    return {
        "store": store.get("id"),
        "customer": chosen(rows("customers"), lot).get("id"),
        "line_items": [LINE] * (1 + lot % 3),
        "status": ("issued", "draft")[lot % 2],
    }


def _sale(path_id: str, rows: Rows, lot: int) -> dict[str, Any]:
    bill = {"store": chosen(rows("stores"), lot).get("id"), "line_items": [LINE]}
    buyer = chosen(rows("customers"), lot).get("id")
    return {**bill, "customer": buyer, "tenders": [{"mode": "cash", "amount": "1770.00"}]}


def _payment(path_id: str, rows: Rows, lot: int) -> dict[str, Any]:
    open_bills = [row for row in rows("invoices") if row["status"] in ("issued", "partially_paid", "overdue")]
    return {"invoice": chosen(open_bills, lot).get("id"), "amount": "0.01", "mode": "cash"}


def _entry(path_id: str, rows: Rows, lot: int) -> dict[str, Any]:
    ledger = chosen(rows("stock-ledgers"), lot)
    return {
        "entry_type": ("purchase", "damage", "return_in", "adjustment")[lot % 4],
        "store": ledger.get("store"),
        "product_variant": ledger.get("product_variant"),
        "quantity": 1,
        "unit_price": "10.00",
        "reason": "counted",
    }


def _note(path_id: str, rows: Rows, lot: int) -> dict[str, Any]:
    bill: dict[str, Any] = next(
        (row for row in rows("invoices") if str(row["id"]) == path_id), {"line_items": []}
    )
    lines = [{"line": line["id"], "quantity": "1"} for line in bill["line_items"][:1]]
    return {"reason": "returned", "line_items": lines}


def _answer(path_id: str, rows: Rows, lot: int) -> dict[str, Any]:
    return {"irn": "0" * 64, "ack_no": "1", "ack_date": "2026-11-22 10:30:00", "signed_qr": "a.b.c"}


def _transition(path_id: str, rows: Rows, lot: int) -> dict[str, Any]:
    states = ("diagnosing", "awaiting_approval", "in_progress", "ready", "delivered", "cancelled")
    return {"to": states[lot % len(states)], "reason": "because"}


BODIES: dict[str, Callable[[str, Rows, int], dict[str, Any]]] = {
    "/invoices/": _bill,
    "/sales/": _sale,
    "/payments/": _payment,
    "/stock-entries/": _entry,
    "/invoices/{row_id}/": lambda path_id, rows, lot: {"notes": "again"},
    "/invoices/{row_id}/issue/": lambda path_id, rows, lot: {},
    "/invoices/{row_id}/cancel/": lambda path_id, rows, lot: {"reason": "twice"},
    "/invoices/{row_id}/credit-notes/": _note,
    "/invoices/{row_id}/send/": lambda path_id, rows, lot: {"to": "buyer@example.com"},
    "/invoices/{row_id}/einvoice/answer/": _answer,
    "/credit-notes/{row_id}/einvoice/answer/": _answer,
    "/payments/{row_id}/refund/": lambda path_id, rows, lot: {"amount": "0.01", "reason": "too much"},
    "/refunds/{row_id}/outcome/": lambda path_id, rows, lot: {"succeeded": bool(lot % 2)},
    "/bookings/{row_id}/deposits/": lambda path_id, rows, lot: {"amount": "10.00", "mode": "cash"},
    "/deposits/{row_id}/refund/": lambda path_id, rows, lot: {"amount": "0.01", "reason": "no repair"},
    "/bookings/{row_id}/transition/": _transition,
    "/stock-entries/{row_id}/reverse/": lambda path_id, rows, lot: {"reason": "slip"},
    "/stock-entries/{row_id}/approve/": lambda path_id, rows, lot: {},
    "/stock-entries/{row_id}/reject/": lambda path_id, rows, lot: {"reason": "not ours"},
    "/deliveries/{row_id}/replay/": lambda path_id, rows, lot: {},
    "/users/{row_id}/": lambda path_id, rows, lot: {"name": f"Name {lot % 99}"},
}
