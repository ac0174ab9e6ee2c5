"""Reads of e-invoices. `answer_of` is what a printed bill asks."""

from dataclasses import dataclass
from datetime import datetime

from finetune.core.caller import Caller
from finetune.core.listing import Row, rows_of
from finetune.core.refusals import not_found
from finetune.einvoicing.models import Answer

_SCOPE = "%(stores)s::bigint[] IS NULL OR i.store_id = ANY(%(stores)s)"

_FACTS = f"""SELECT i.id, i.issued_at, i.document_type, i.invoice_number, i.invoice_date, i.place_of_supply,
    i.reverse_charge, i.with_payment_of_tax, i.seller::json AS seller, i.buyer::json AS buyer,
    i.round_off_amount, i.total, ca.invoice_id IS NOT NULL AS is_cancelled,
    (SELECT coalesce(json_agg(json_build_object('description', l.description, 'hsn_code', l.hsn_code,
        'unit', l.unit, 'quantity', l.quantity::text, 'unit_price', l.unit_price::text,
        'gst_rate', l.gst_rate::text, 'treatment', l.treatment, 'tax_inclusive', l.tax_inclusive,
        'gross', l.gross::text, 'discount_amount', l.discount_amount::text,
        'invoice_discount_share', l.invoice_discount_share::text, 'taxable_value', l.taxable_value::text,
        'igst', l.igst::text, 'cgst', l.cgst::text, 'sgst', l.sgst::text, 'cess', l.cess::text,
        'total', l.total::text, 'serial_numbers', l.serial_numbers) ORDER BY l.position), '[]')
        FROM invoicing_invoicelineitem l WHERE l.invoice_id = i.id) AS lines
FROM invoicing_invoice i LEFT JOIN invoicing_invoicecancellation ca ON ca.invoice_id = i.id
WHERE i.id = %(id)s AND ({_SCOPE})"""

_ANSWER = f"""SELECT a.invoice_id AS invoice, a.irn, a.ack_no, a.ack_date, a.signed_qr, a.signed_invoice,
    a.recorded_by_id AS recorded_by, a.recorded_at
FROM einvoicing_answer a JOIN invoicing_invoice i ON i.id = a.invoice_id
WHERE a.invoice_id = %(id)s AND ({_SCOPE})"""


@dataclass(frozen=True, slots=True)
class EinvoiceAnswer:
    """What is printed on an e-invoiced document: CGST Rule 46(r). The QR is printed as it was received."""

    irn: str
    ack_no: str
    ack_date: datetime
    signed_qr: str


def facts_of(caller: Caller, invoice_id: int) -> Row:
    """All that an INV-01 is made of. 404 outside the caller's stores."""
    rows = rows_of(_FACTS, {"id": invoice_id, "stores": caller.stores_param})
    if not rows:
        raise not_found("invoice")
    return rows[0]


def answer(caller: Caller, invoice_id: int) -> Row:
    """The recorded answer as the API shows it. 404 where there is none."""
    rows = rows_of(_ANSWER, {"id": invoice_id, "stores": caller.stores_param})
    if not rows:
        raise not_found("e-invoice answer")
    return rows[0]


def submission(submission_id: int) -> Row:
    return rows_of(
        """SELECT s.invoice_id AS invoice, s.irn, s.reference, s.submitted_by_id AS submitted_by,
            s.submitted_at
        FROM einvoicing_submission s WHERE s.id = %s""",
        [submission_id],
    )[0]


def answer_of(invoice_id: int) -> EinvoiceAnswer | None:
    """What to print on this bill, or None where the portal has not answered. Asks for no permission."""
    row = (
        Answer.objects.filter(invoice_id=invoice_id).values("irn", "ack_no", "ack_date", "signed_qr").first()
    )
    return None if row is None else EinvoiceAnswer(**row)
