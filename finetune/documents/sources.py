"""Credit notes and vouchers as they are printed, read from their frozen rows. Bills are in `queries`."""

from datetime import date

import msgspec

from finetune.core.caller import Caller
from finetune.core.listing import Row, rows_of
from finetune.core.refusals import not_found
from finetune.documents.queries import IS_EINVOICED, LINK, PORTAL, Printable

_LINES = """(SELECT json_agg(json_build_object('description', l.description, 'hsn_code', l.hsn_code,
        'quantity', trim_scale(c.quantity)::text, 'unit', l.unit,
        'unit_price', round(l.unit_price, greatest(2, scale(trim_scale(l.unit_price))))::text,
        'gst_rate', trim_scale(l.gst_rate)::text, 'treatment', l.treatment, 'tax_inclusive', l.tax_inclusive,
        'discount_percent', trim_scale(l.discount_percent)::text, 'serial_numbers', c.serial_numbers,
        'gross', c.gross::text, 'discount_amount', c.discount_amount::text,
        'invoice_discount_share', c.invoice_discount_share::text, 'taxable_value', c.taxable_value::text,
        'cgst', c.cgst::text, 'sgst', c.sgst::text, 'igst', c.igst::text, 'cess', c.cess::text,
        'total', c.total::text) ORDER BY c.position)::text
    FROM crediting_creditnoteline c JOIN invoicing_invoicelineitem l ON l.id = c.line_id
    WHERE c.note_id = n.id) AS line_items"""
_NOTE = f"""SELECT n.credit_note_number AS number, n.note_date AS date, n.issued_at, n.reason,
    i.seller::text AS seller, i.buyer::text AS buyer, i.place_of_supply, i.supply_nature, i.state_tax_label,
    i.reverse_charge, i.with_payment_of_tax, {_LINES}, n.taxable_value::text, n.discount_total::text,
    n.cgst::text, n.sgst::text, n.igst::text, n.cess::text, n.total_before_round_off::text,
    n.round_off_amount::text, n.total::text,
    json_build_array(json_build_object('number', i.invoice_number, 'date', i.invoice_date))::text AS against, {PORTAL}
FROM crediting_creditnote n JOIN invoicing_invoice i ON i.id = n.invoice_id
LEFT JOIN einvoicing_answer ea ON ea.note_id = n.id WHERE n.id = %(id)s"""

# An advance has one line, without quantity; the tax is inside of what was received (CGST Rule 50, 51).
_ADVANCE = """d.seller::text AS seller, d.buyer::text AS buyer, d.place_of_supply, d.supply_nature,
    d.state_tax_label, json_build_array(json_build_object('description', d.description,
        'gst_rate', trim_scale(d.gst_rate)::text, 'taxable_value', v.taxable_value::text, 'cgst', v.cgst::text,
        'sgst', v.sgst::text, 'igst', v.igst::text, 'cess', '0.00', 'total', v.amount::text))::text AS line_items,
    v.taxable_value::text, v.cgst::text, v.sgst::text, v.igst::text, '0.00' AS cess, v.amount::text AS total"""
_RECEIPT = f"""SELECT v.voucher_number AS number, v.voucher_date AS date, v.issued_at, '[]' AS against, {_ADVANCE},
    p.mode, p.reference
FROM deposits_deposit v JOIN deposits_deposit d ON d.id = v.id
JOIN payments_paymentrecord p ON p.deposit_id = v.id WHERE v.id = %(id)s"""
_REFUND = f"""SELECT v.voucher_number AS number, v.voucher_date AS date, v.issued_at, v.reason, {_ADVANCE},
    v.mode, v.reference,
    json_build_array(json_build_object('number', d.voucher_number, 'date', d.voucher_date))::text AS against
FROM deposits_depositrefund v JOIN deposits_deposit d ON d.id = v.deposit_id WHERE v.id = %(id)s"""

_SCOPE = "(%(stores)s::bigint[] IS NULL OR {}.store_id = ANY(%(stores)s))"
_NOTE_HEAD = f"""SELECT n.id, 'credit_note' AS kind, n.credit_note_number AS number,
    'issued' || {IS_EINVOICED.format("note_id = n.id")} AS state, {LINK}
FROM crediting_creditnote n JOIN invoicing_invoice i ON i.id = n.invoice_id
WHERE n.id = %(id)s AND {_SCOPE.format("n")}"""
_RECEIPT_HEAD = f"""SELECT d.id, 'receipt_voucher' AS kind, d.voucher_number AS number, 'issued' AS state,
    '' AS token FROM deposits_deposit d WHERE d.id = %(id)s AND {_SCOPE.format("d")}"""
_REFUND_HEAD = f"""SELECT r.id, 'refund_voucher' AS kind, r.voucher_number AS number, 'issued' AS state, '' AS token
FROM deposits_depositrefund r WHERE r.id = %(id)s AND r.deposit_id = %(deposit)s AND {_SCOPE.format("r")}"""


class Against(msgspec.Struct):
    """The document that this one refers to."""

    number: str
    date: date


def _printable(sql: str, what: str, caller: Caller, **given: int) -> Printable:
    rows = rows_of(sql, {"stores": caller.stores_param, **given})
    if not rows:
        raise not_found(what)
    return Printable(**rows[0])


def printable_note(caller: Caller, note_id: int) -> Printable:
    """A credit note; its code leads to the page of its bill. Refuses 404 outside the caller's stores."""
    return _printable(_NOTE_HEAD, "credit note", caller, id=note_id)


def printable_receipt(caller: Caller, deposit_id: int) -> Printable:
    return _printable(_RECEIPT_HEAD, "deposit", caller, id=deposit_id)


def printable_refund(caller: Caller, deposit_id: int, voucher_id: int) -> Printable:
    return _printable(_REFUND_HEAD, "refund voucher", caller, id=voucher_id, deposit=deposit_id)


def _frozen(sql: str, object_id: int) -> Row:
    row = rows_of(sql, {"id": object_id})[0]
    for name in ("seller", "buyer", "line_items"):
        row[name] = msgspec.json.decode(row[name])
    row["against"] = msgspec.json.decode(row["against"], type=list[Against])
    return {**row, "against": [msgspec.structs.asdict(each) for each in row["against"]]}


def frozen_note(note_id: int) -> Row:
    return _frozen(_NOTE, note_id)


def frozen_receipt(deposit_id: int) -> Row:
    return _frozen(_RECEIPT, deposit_id)


def frozen_refund(voucher_id: int) -> Row:
    return _frozen(_REFUND, voucher_id)
