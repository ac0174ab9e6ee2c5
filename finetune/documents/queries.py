"""What a document says, read from the rows that are frozen; and documents that were set before."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from django.db import connection

from finetune.core.caller import Caller
from finetune.core.listing import Row, rows_of
from finetune.core.refusals import conflict, not_found
from finetune.invoicing.queries import BALANCE, KEPT, LINES, SCOPE, STATUS

LINK = """(SELECT l.token FROM invoicing_publiclink l WHERE l.invoice_id = i.id
    ORDER BY l.revoked_at IS NULL DESC, l.id DESC LIMIT 1) AS token"""
# A bill is printed anew when it is cancelled, and when the portal's answer is recorded: both are other papers.
IS_EINVOICED = (
    "CASE WHEN EXISTS (SELECT FROM einvoicing_answer ea WHERE ea.{}) THEN ', e-invoiced' ELSE '' END"
)
_STATE = f"""CASE WHEN st.is_cancelled THEN 'cancelled' ELSE 'issued' END
    || {IS_EINVOICED.format("invoice_id = i.id")} AS state"""
PORTAL = "ea.irn, ea.ack_no, ea.ack_date, ea.signed_qr"
_HEAD = f"""SELECT i.id, i.document_type AS kind, i.invoice_number AS number,
    i.issued_at IS NOT NULL AS is_issued,
    {_STATE}, {LINK}
FROM invoicing_invoice i LEFT JOIN invoicing_settlement st ON st.invoice_id = i.id"""


@dataclass(frozen=True, slots=True)
class Printable:
    """An issued bill, with all that decides which paper it is."""

    id: int
    kind: Any
    number: str
    state: str
    token: str


def printable_invoice(caller: Caller, invoice_id: int) -> Printable:
    """Refuses 404 outside the caller's stores, and 409 for a draft, which has no number to print."""
    rows = rows_of(
        f"{_HEAD} WHERE i.id = %(id)s AND ({SCOPE})", {"id": invoice_id, "stores": caller.stores_param}
    )
    if not rows:
        raise not_found("invoice")
    if not rows[0].pop("is_issued"):
        raise conflict("invoice_not_issued", "This is a draft: it has no number yet. Issue it first.")
    return Printable(**rows[0])


def printable_for_sending(invoice_id: int) -> Printable:
    """An issued bill that was asked for by somebody who may see it, on its way out."""
    rows = rows_of(f"{_HEAD} WHERE i.id = %(id)s AND i.issued_at IS NOT NULL", {"id": invoice_id})
    del rows[0]["is_issued"]
    return Printable(**rows[0])


def has_live_link(invoice_id: int) -> bool:
    live = "SELECT FROM invoicing_publiclink WHERE invoice_id = %s AND revoked_at IS NULL"
    return bool(rows_of(live, [invoice_id]))


@dataclass(frozen=True, slots=True)
class SharedBill:
    """A bill as its public page shows it at this moment. `amount_paid` is what it keeps of its money, deposits
    included: total less that and what is credited is the balance."""

    paper: Printable
    date: date
    total: Decimal
    status: str
    amount_paid: Decimal
    amount_credited: Decimal
    balance_due: Decimal
    upi_vpa: str


_SHARED = f"""SELECT i.id, i.document_type AS kind, i.invoice_number AS number,
    {_STATE}, l.token,
    i.invoice_date, i.total, {STATUS} AS status, {KEPT}, st.amount_credited,
    CASE WHEN st.is_cancelled THEN 0.00 ELSE {BALANCE} END AS balance_due, s.upi_vpa
FROM invoicing_publiclink l JOIN invoicing_invoice i ON i.id = l.invoice_id
JOIN invoicing_settlement st ON st.invoice_id = i.id JOIN stores_store s ON s.id = i.store_id
WHERE l.token = %(token)s AND l.revoked_at IS NULL"""


def shared_bill(token: str, *, today: date) -> SharedBill | None:
    """The bill behind a public link; None where there is no such link, or no longer."""
    with connection.cursor() as cursor:
        cursor.execute(_SHARED, {"token": token, "today": today})
        row = cursor.fetchone()
    return SharedBill(Printable(*row[:5]), *row[5:]) if row else None


# What moves is left out: payments and the balance would change the paper under the same number.
_FROZEN = f"""SELECT i.invoice_number AS number, i.invoice_date AS date, i.due_date, i.issued_at,
    i.seller::text AS seller, i.buyer::text AS buyer, i.place_of_supply, i.supply_nature, i.state_tax_label,
    i.reverse_charge, i.with_payment_of_tax, i.notes, {LINES}, i.taxable_value::text, i.discount_total::text,
    i.cgst::text, i.sgst::text, i.igst::text, i.cess::text, i.total_before_round_off::text,
    i.round_off_amount::text, i.total::text, ca.cancelled_at, ca.reason AS cancellation_reason, {PORTAL}
FROM invoicing_invoice i LEFT JOIN invoicing_invoicecancellation ca ON ca.invoice_id = i.id
LEFT JOIN einvoicing_answer ea ON ea.invoice_id = i.id
WHERE i.id = %(id)s"""


def frozen_invoice(invoice_id: int) -> Row:
    """The row that `builders.printed` takes."""
    row = rows_of(_FROZEN, {"id": invoice_id})[0]
    for name in ("seller", "buyer", "line_items"):
        row[name] = msgspec.json.decode(row[name])
    return row


_KEPT = """SELECT sha256, content FROM documents_rendereddocument
WHERE kind = %(kind)s AND object_id = %(object_id)s AND layout = %(layout)s AND lang = %(lang)s
AND state = %(state)s AND public_url = %(public_url)s"""


def kept(key: Row) -> tuple[bytes, str] | None:
    """The bytes that were set before, with their SHA-256."""
    rows = rows_of(_KEPT, key)
    return (bytes(rows[0]["content"]), rows[0]["sha256"]) if rows else None
