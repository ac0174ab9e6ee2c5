"""Reads of e-invoices. `answer_of` is what a printed bill asks, `answer_of_note` a printed credit note."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from finetune.core.caller import Caller
from finetune.core.listing import Row, rows_of
from finetune.core.refusals import not_found
from finetune.einvoicing.models import Answer

Kind = Literal["invoice", "note"]
NAMES = {"invoice": "invoice", "note": "credit note"}

_PART = """'gross', {part}.gross::text, 'discount_amount', {part}.discount_amount::text,
        'invoice_discount_share', {part}.invoice_discount_share::text,
        'taxable_value', {part}.taxable_value::text, 'igst', {part}.igst::text, 'cgst', {part}.cgst::text,
        'sgst', {part}.sgst::text, 'cess', {part}.cess::text, 'total', {part}.total::text,
        'quantity', {part}.quantity::text, 'serial_numbers', {part}.serial_numbers)
        ORDER BY {part}.position), '[]')"""
_LINE = """(SELECT coalesce(json_agg(json_build_object('description', l.description, 'hsn_code', l.hsn_code,
        'unit', l.unit, 'unit_price', l.unit_price::text, 'gst_rate', l.gst_rate::text, 'treatment', l.treatment,
        'tax_inclusive', l.tax_inclusive, """
_BILL = """i.issued_at, i.document_type, i.place_of_supply, i.reverse_charge, i.with_payment_of_tax,
    i.seller::json AS seller, i.buyer::json AS buyer"""
_SCOPE = "%(stores)s::bigint[] IS NULL OR i.store_id = ANY(%(stores)s)"

_FACTS = {
    "invoice": f"""SELECT i.id, i.invoice_number AS number, i.invoice_date AS date, {_BILL}, i.round_off_amount,
    i.total, ca.invoice_id IS NOT NULL AS is_cancelled, NULL::text AS preceding_number,
    NULL::date AS preceding_date,
    {_LINE}{_PART.format(part="l")} FROM invoicing_invoicelineitem l WHERE l.invoice_id = i.id) AS lines
FROM invoicing_invoice i LEFT JOIN invoicing_invoicecancellation ca ON ca.invoice_id = i.id
WHERE i.id = %(id)s AND ({_SCOPE})""",
    "note": f"""SELECT n.id, n.credit_note_number AS number, n.note_date AS date, {_BILL}, n.round_off_amount,
    n.total, false AS is_cancelled, i.invoice_number AS preceding_number, i.invoice_date AS preceding_date,
    {_LINE}{_PART.format(part="c")} FROM crediting_creditnoteline c
        JOIN invoicing_invoicelineitem l ON l.id = c.line_id WHERE c.note_id = n.id) AS lines
FROM crediting_creditnote n JOIN invoicing_invoice i ON i.id = n.invoice_id
WHERE n.id = %(id)s AND ({_SCOPE})""",
}

_ANSWER = f"""SELECT a.invoice_id AS invoice, a.note_id AS credit_note, a.irn, a.ack_no, a.ack_date, a.signed_qr,
    a.signed_invoice, a.recorded_by_id AS recorded_by, a.recorded_at
FROM einvoicing_answer a LEFT JOIN crediting_creditnote n ON n.id = a.note_id
JOIN invoicing_invoice i ON i.id = coalesce(a.invoice_id, n.invoice_id)
WHERE a.{{kind}}_id = %(id)s AND ({_SCOPE})"""


@dataclass(frozen=True, slots=True)
class EinvoiceAnswer:
    """What is printed on an e-invoiced document: CGST Rule 46(r). The QR is printed as it was received."""

    irn: str
    ack_no: str
    ack_date: datetime
    signed_qr: str


def facts_of(caller: Caller, kind: Kind, document_id: int) -> Row:
    """All that an INV-01 is made of. 404 outside the caller's stores."""
    rows = rows_of(_FACTS[kind], {"id": document_id, "stores": caller.stores_param})
    if not rows:
        raise not_found(NAMES[kind])
    return rows[0]


def answer(caller: Caller, kind: Kind, document_id: int) -> Row:
    """The recorded answer as the API shows it. 404 where there is none."""
    rows = rows_of(_ANSWER.format(kind=kind), {"id": document_id, "stores": caller.stores_param})
    if not rows:
        raise not_found("e-invoice answer")
    return rows[0]


def submission(submission_id: int) -> Row:
    return rows_of(
        """SELECT s.invoice_id AS invoice, s.note_id AS credit_note, s.irn, s.reference,
            s.submitted_by_id AS submitted_by, s.submitted_at
        FROM einvoicing_submission s WHERE s.id = %s""",
        [submission_id],
    )[0]


def answer_of(invoice_id: int) -> EinvoiceAnswer | None:
    """What to print on this bill, or None where the portal has not answered. Asks for no permission."""
    return _printed(invoice_id=invoice_id)


def answer_of_note(note_id: int) -> EinvoiceAnswer | None:
    """The same for a credit note."""
    return _printed(note_id=note_id)


def _printed(**document: int) -> EinvoiceAnswer | None:
    row = Answer.objects.filter(**document).values("irn", "ack_no", "ack_date", "signed_qr").first()
    return None if row is None else EinvoiceAnswer(**row)
