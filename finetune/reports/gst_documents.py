"""The issued documents of a GSTIN and month, as the pure room takes them. Read in portions."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from finetune.core.caller import Caller
from finetune.core.listing import Row, rows_of
from finetune.gst.gstr1 import Amounts, Kind, NumberRange, Period, TaxDocument, TaxLine
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
    {_LINES.format(part="l")}
        FROM invoicing_invoicelineitem l WHERE l.invoice_id = i.id) AS lines
FROM invoicing_invoice i LEFT JOIN invoicing_invoicecancellation ca ON ca.invoice_id = i.id
WHERE i.issued_at IS NOT NULL AND i.seller->>'gstin' = %(gstin)s
    AND i.invoice_date BETWEEN %(first)s AND %(last)s AND (i.invoice_date, i.id) > (%(date)s, %(id)s)
ORDER BY i.invoice_date, i.id LIMIT %(limit)s"""

_INVOICE_RANGES = """
SELECT 'invoice' AS kind, n.series, n.run, min(n.number) AS first, max(n.number) AS last,
    (array_agg(n.text ORDER BY n.number))[1] AS first_text,
    (array_agg(n.text ORDER BY n.number DESC))[1] AS last_text,
    count(n.cancelled) AS cancelled
FROM (SELECT i.series, i.run, i.number, i.invoice_number AS text, ca.invoice_id AS cancelled,
        i.number - row_number() OVER (PARTITION BY i.series, i.run ORDER BY i.number) AS island
    FROM invoicing_invoice i LEFT JOIN invoicing_invoicecancellation ca ON ca.invoice_id = i.id
    WHERE i.issued_at IS NOT NULL AND i.seller->>'gstin' = %(gstin)s
        AND i.invoice_date BETWEEN %(first)s AND %(last)s) n
GROUP BY n.series, n.run, n.island ORDER BY n.series, n.run, 4"""

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
    """All documents of the month, cancelled ones too."""
    yield from _invoices(gstin, period)


def ranges(gstin: str, period: Period) -> list[NumberRange]:
    """The numbers of the month for table 13, without a hole in any range."""
    return _ranges(_INVOICE_RANGES, gstin, period)


def _invoices(gstin: str, period: Period) -> Iterator[TaxDocument]:
    return (_document(row) for row in _portions(_INVOICES, gstin, period))


def _portions(sql: str, gstin: str, period: Period) -> Iterator[Row]:
    params: dict[str, Any] = {"gstin": gstin, "first": period.first, "last": period.last, "limit": PORTION}
    date, row_id = period.first, 0
    while True:
        rows = rows_of(sql, params | {"date": date, "id": row_id})
        yield from rows
        if len(rows) < PORTION:
            return
        date, row_id = rows[-1]["date"], rows[-1]["id"]


def _ranges(sql: str, gstin: str, period: Period) -> list[NumberRange]:
    rows = rows_of(sql, {"gstin": gstin, "first": period.first, "last": period.last})
    return [NumberRange(**(row | {"kind": Kind(row["kind"])})) for row in rows]


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
        cancelled_on=row["cancelled_on"],
    )


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
