"""The issued documents of a GSTIN and month, as the pure room takes them. Read in portions."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from finetune.core.caller import Caller
from finetune.core.listing import Row, rows_of
from finetune.gst.gstr1 import Amounts, Kind, NumberRange, Original, Period, TaxDocument, TaxLine
from finetune.gst.supply import BuyerClass
from finetune.gst.tax import Nature, Treatment

PORTION = 500

_LINES = """(SELECT json_agg(json_build_array(
        l.hsn_code, l.description, l.unit, {part}.quantity::text, l.gst_rate::text, l.treatment,
        {part}.taxable_value::text, {part}.igst::text, {part}.cgst::text, {part}.sgst::text,
        {part}.cess::text) ORDER BY {part}.position)::text"""

# What a document of any kind takes from the bill that it is, or that it is about.
_OF_THE_BILL = """i.place_of_supply, i.supply_nature, i.reverse_charge, i.with_payment_of_tax,
    i.seller->>'gstin' AS gstin, i.seller->>'state_code' AS state_code,
    coalesce((i.seller->>'is_composition')::boolean, false) AS is_composition,
    i.buyer->>'category' AS buyer_category, i.buyer->>'gstin' AS buyer_gstin"""

_INVOICES = f"""SELECT i.id, 'invoice' AS kind, i.invoice_number AS number, i.invoice_date AS date, i.total,
    {_OF_THE_BILL}, (ca.cancelled_at AT TIME ZONE 'Asia/Kolkata')::date AS cancelled_on,
    ea.invoice_id IS NOT NULL AS has_irn,
    NULL::text AS original_number, NULL::date AS original_date, NULL::numeric AS original_total,
    {_LINES.format(part="l")} FROM invoicing_invoicelineitem l WHERE l.invoice_id = i.id) AS lines
FROM invoicing_invoice i LEFT JOIN invoicing_invoicecancellation ca ON ca.invoice_id = i.id
LEFT JOIN einvoicing_answer ea ON ea.invoice_id = i.id
WHERE i.issued_at IS NOT NULL AND i.seller->>'gstin' = %(gstin)s
    AND i.invoice_date BETWEEN %(first)s AND %(last)s AND (i.invoice_date, i.id) > (%(date)s, %(id)s)
ORDER BY i.invoice_date, i.id LIMIT %(limit)s"""

_CREDIT_NOTES = f"""SELECT n.id, 'credit_note' AS kind, n.credit_note_number AS number, n.note_date AS date, n.total,
    {_OF_THE_BILL}, NULL::date AS cancelled_on,
    i.invoice_number AS original_number, i.invoice_date AS original_date, i.total AS original_total,
    {_LINES.format(part="c")} FROM crediting_creditnoteline c
        JOIN invoicing_invoicelineitem l ON l.id = c.line_id WHERE c.note_id = n.id) AS lines
FROM crediting_creditnote n JOIN invoicing_invoice i ON i.id = n.invoice_id
WHERE i.seller->>'gstin' = %(gstin)s
    AND n.note_date BETWEEN %(first)s AND %(last)s AND (n.note_date, n.id) > (%(date)s, %(id)s)
ORDER BY n.note_date, n.id LIMIT %(limit)s"""

# Advances for goods carry no tax since Notification 66/2017 and stand in neither table 11A nor 11B.
_ADVANCES = """SELECT {id} AS id, '{kind}' AS kind, {number} AS number, {date} AS date, {part}.amount AS total,
    d.place_of_supply, d.supply_nature, false AS reverse_charge, false AS with_payment_of_tax,
    d.seller->>'gstin' AS gstin, d.seller->>'state_code' AS state_code,
    coalesce((d.seller->>'is_composition')::boolean, false) AS is_composition,
    d.buyer->>'category' AS buyer_category, d.buyer->>'gstin' AS buyer_gstin, NULL::date AS cancelled_on,
    {original} AS original_number, {original_date} AS original_date, d.amount AS original_total,
    json_build_array(json_build_array('', d.description, 'NA', '1', d.gst_rate::text, 'taxable',
        {part}.taxable_value::text, {part}.igst::text, {part}.cgst::text, {part}.sgst::text, '0.00'))::text AS lines
FROM {source}
WHERE d.supply = 'service' AND d.seller->>'gstin' = %(gstin)s
    AND {date} BETWEEN %(first)s AND %(last)s AND ({date}, {id}) > (%(date)s, %(id)s)
ORDER BY {date}, {id} LIMIT %(limit)s"""
_OF_VOUCHER = {"original": "d.voucher_number", "original_date": "d.voucher_date"}
_DEPOSITS = _ADVANCES.format(
    kind="receipt_voucher", id="d.id", number="d.voucher_number", date="d.voucher_date", part="d",
    original="NULL::text", original_date="NULL::date", source="deposits_deposit d",
)  # fmt: skip
_SET_OFFS = _ADVANCES.format(
    kind="adjustment", id="o.id", number="d.voucher_number", date="o.set_off_date", part="o", **_OF_VOUCHER,
    source="deposits_depositsetoff o JOIN deposits_deposit d ON d.id = o.deposit_id",
)  # fmt: skip
_DEPOSIT_REFUNDS = _ADVANCES.format(
    kind="refund_voucher", id="r.id", number="r.voucher_number", date="r.voucher_date", part="r", **_OF_VOUCHER,
    source="deposits_depositrefund r JOIN deposits_deposit d ON d.id = r.deposit_id",
)  # fmt: skip

# Islands of consecutive numbers: number less its place in order is the same for all of one island.
_RANGES = """
SELECT '{kind}' AS kind, n.series, n.run, min(n.number) AS first, max(n.number) AS last,
    (array_agg(n.text ORDER BY n.number))[1] AS first_text,
    (array_agg(n.text ORDER BY n.number DESC))[1] AS last_text, count(n.cancelled) AS cancelled
FROM (SELECT x.series, x.run, x.number, {text} AS text, {cancelled} AS cancelled,
        x.number - row_number() OVER (PARTITION BY x.series, x.run ORDER BY x.number) AS island
    FROM {source} WHERE {seller}->>'gstin' = %(gstin)s AND {date} BETWEEN %(first)s AND %(last)s) n
GROUP BY n.series, n.run, n.island ORDER BY n.series, n.run, 4"""
_RANGES_OF_EVERY_KIND = (
    _RANGES.format(
        kind="invoice", text="x.invoice_number", cancelled="ca.invoice_id", date="x.invoice_date",
        seller="x.issued_at IS NOT NULL AND x.seller",
        source="invoicing_invoice x LEFT JOIN invoicing_invoicecancellation ca ON ca.invoice_id = x.id",
    ),
    _RANGES.format(
        kind="credit_note", text="x.credit_note_number", cancelled="NULL::bigint", seller="i.seller",
        date="x.note_date",
        source="crediting_creditnote x JOIN invoicing_invoice i ON i.id = x.invoice_id",
    ),
    _RANGES.format(
        kind="receipt_voucher", text="x.voucher_number", cancelled="NULL::bigint", seller="x.seller",
        date="x.voucher_date", source="deposits_deposit x",
    ),
    _RANGES.format(
        kind="refund_voucher", text="x.voucher_number", cancelled="NULL::bigint", seller="d.seller",
        date="x.voucher_date",
        source="deposits_depositrefund x JOIN deposits_deposit d ON d.id = x.deposit_id",
    ),
)  # fmt: skip

_VISIBLE = """
SELECT EXISTS (SELECT FROM stores_store s
        WHERE s.gstin = %(gstin)s AND (%(stores)s::bigint[] IS NULL OR s.id = ANY(%(stores)s)))
    OR EXISTS (SELECT FROM invoicing_invoice i
        WHERE i.issued_at IS NOT NULL AND i.seller->>'gstin' = %(gstin)s
            AND (%(stores)s::bigint[] IS NULL OR i.store_id = ANY(%(stores)s))) AS visible"""


def may_see_gstin(caller: Caller, gstin: str) -> bool:
    """Whether a store that the caller may see bills under this GSTIN, or once did.

    The return is then shown whole: it is of the GSTIN, not of a store.
    """
    if not gstin:
        return False
    return bool(rows_of(_VISIBLE, {"gstin": gstin, "stores": caller.stores_param})[0]["visible"])


def documents(gstin: str, period: Period) -> Iterator[TaxDocument]:
    """All documents of the month, cancelled ones too, kind after kind."""
    for sql in (_INVOICES, _CREDIT_NOTES, _DEPOSITS, _SET_OFFS, _DEPOSIT_REFUNDS):
        for row in _portions(sql, gstin, period):
            yield _document(row)


def ranges(gstin: str, period: Period) -> list[NumberRange]:
    """The numbers of the month for table 13, without a hole in any range."""
    params = {"gstin": gstin, "first": period.first, "last": period.last}
    return [
        NumberRange(**(row | {"kind": Kind(row["kind"])}))
        for sql in _RANGES_OF_EVERY_KIND
        for row in rows_of(sql, params)
    ]


def _portions(sql: str, gstin: str, period: Period) -> Iterator[Row]:
    params: dict[str, Any] = {"gstin": gstin, "first": period.first, "last": period.last, "limit": PORTION}
    date, row_id = period.first, 0
    while True:
        rows = rows_of(sql, params | {"date": date, "id": row_id})
        yield from rows
        if len(rows) < PORTION:
            return
        date, row_id = rows[-1]["date"], rows[-1]["id"]


def _document(row: Row) -> TaxDocument:
    return TaxDocument(
        id=row["id"],
        kind=Kind(row["kind"]),
        number=row["number"],
        date=row["date"],
        gstin=row["gstin"],
        state_code=row["state_code"],
        buyer_class=BuyerClass(row["buyer_category"]),
        buyer_gstin=row["buyer_gstin"] or "",
        place_of_supply=row["place_of_supply"],
        nature=Nature(row["supply_nature"]),
        total=row["total"],
        lines=tuple(_line(line) for line in json.loads(row["lines"] or "[]")),
        reverse_charge=row["reverse_charge"],
        with_payment=row["with_payment_of_tax"],
        is_composition=row["is_composition"],
        original=_original(row),
        cancelled_on=row["cancelled_on"],
        has_irn=row.get("has_irn", False),
    )


def _original(row: Row) -> Original | None:
    if row["original_number"] is None:
        return None
    return Original(row["original_number"], row["original_date"], row["original_total"])


def _line(line: list[str]) -> TaxLine:
    hsn, description, unit, quantity, rate, treatment, *money = line
    return TaxLine(
        hsn_code=hsn,
        description=description,
        unit=unit,
        quantity=Decimal(quantity),
        rate=Decimal(rate),
        treatment=Treatment(treatment),
        amounts=Amounts(*(Decimal(each) for each in money)),
    )
