"""The sections of GSTR-1, gathered in one pass over the documents. Every figure is a sum of stored paise."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from finetune.gst.gstr1.records import (
    ADVANCES,
    Amounts,
    Kind,
    NumberRange,
    Period,
    TaxDocument,
    TaxLine,
)
from finetune.gst.gstr1.sections import (
    Section,
    hsn_is_split,
    invoice_type,
    section_of,
    unregistered_type,
)
from finetune.gst.hsn import is_service
from finetune.gst.tax import ZERO, Nature, Treatment, half_up

Row = dict[str, Any]
_ZERO_QUANTITY = Decimal(0)

DOCUMENT_NUMBERS: Mapping[Kind, int] = {
    Kind.INVOICE: 1,
    Kind.DEBIT_NOTE: 4,
    Kind.CREDIT_NOTE: 5,
    Kind.RECEIPT_VOUCHER: 6,
    Kind.REFUND_VOUCHER: 8,
}
_NIL_KEYS = {Treatment.EXEMPT: "expt_amt", Treatment.NIL: "nil_amt", Treatment.NON_GST: "ngsup_amt"}
_DESCRIPTION_MAX = 30


@dataclass(slots=True)
class HsnRow:
    """One row of table 12 while it is being added up."""

    description: str
    quantity: Decimal = _ZERO_QUANTITY
    amounts: Amounts = field(default_factory=Amounts)


@dataclass(slots=True)
class Tables:
    """All sections while documents are being added. Listed documents are kept, the rest only as sums."""

    gstin: str
    period: Period
    listed: dict[Section, list[tuple[tuple[Any, ...], Row]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    consumers: dict[tuple[str, str, Decimal], Amounts] = field(default_factory=lambda: defaultdict(Amounts))
    untaxed: dict[tuple[str, Treatment], Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    received: dict[tuple[str, str, Decimal], Amounts] = field(default_factory=lambda: defaultdict(Amounts))
    used: dict[tuple[str, str, Decimal], Amounts] = field(default_factory=lambda: defaultdict(Amounts))
    hsn: dict[tuple[bool, str, str, Decimal], HsnRow] = field(default_factory=dict)

    def add(self, document: TaxDocument) -> None:
        """Put one document where it belongs. A cancelled one stands in table 13 only."""
        if not document.counts:
            return
        if document.kind in ADVANCES:
            self._add_advance(document)
            return
        self._add_untaxed(document)
        self._add_to_hsn(document)
        section = section_of(document)
        if section is Section.B2CS:
            self._add_to_consumers(document)
        elif items := _items(document, section):
            self.listed[section].append(_listed(document, section, items))

    def _add_advance(self, document: TaxDocument) -> None:
        """11A: what was received and not yet used in the month. 11B: what was received in an earlier one."""
        original = document.original
        is_receipt = document.kind is Kind.RECEIPT_VOUCHER
        same_month = is_receipt or (original is not None and self.period.covers(original.date))
        table = self.received if same_month else self.used
        for line in document.lines:
            key = (document.place_of_supply, _supply_type(document), line.rate)
            table[key] += line.amounts if is_receipt or not same_month else -line.amounts

    def _add_untaxed(self, document: TaxDocument) -> None:
        who = "B2B" if document.is_registered else "B2C"
        where = "INTR" if document.nature is Nature.INTER else "INTRA"
        for line in document.lines:
            if not line.is_taxable:
                value = line.amounts.taxable_value
                self.untaxed[f"{where}{who}", line.treatment] += _signed(document, value)

    def _add_to_consumers(self, document: TaxDocument) -> None:
        for line in document.lines:
            if line.is_taxable:
                key = (_supply_type(document), document.place_of_supply, line.rate)
                sign = -line.amounts if document.kind is Kind.CREDIT_NOTE else line.amounts
                self.consumers[key] += sign

    def _add_to_hsn(self, document: TaxDocument) -> None:
        half = document.is_registered and hsn_is_split(self.period)
        for line in document.lines:
            service = is_service(line.hsn_code)
            unit = "NA" if service else line.unit
            row = self.hsn.setdefault(
                (half, line.hsn_code, unit, line.rate), HsnRow(line.description[:_DESCRIPTION_MAX])
            )
            if not service:
                row.quantity += _signed(document, line.quantity)
            row.amounts += -line.amounts if document.kind is Kind.CREDIT_NOTE else line.amounts

    def sections(self, ranges: Iterable[NumberRange]) -> dict[Section, Any]:
        """Every section that is not empty, in the order of `Section`."""
        made: dict[Section, Any] = {
            Section.B2B: _by_buyer(self.listed[Section.B2B], "inv"),
            Section.B2CL: _grouped(self.listed[Section.B2CL], "pos", "inv"),
            Section.B2CS: _consumer_rows(self.consumers),
            Section.CDNR: _by_buyer(self.listed[Section.CDNR], "nt"),
            Section.CDNUR: [row for _, row in sorted(self.listed[Section.CDNUR], key=_place)],
            Section.EXP: _grouped(self.listed[Section.EXP], "exp_typ", "inv"),
            Section.NIL: _nil(self.untaxed),
            Section.AT: _advance_rows(self.received),
            Section.TXPD: _advance_rows(self.used),
            Section.HSN: self._hsn(),
            Section.DOC_ISSUE: _numbers_issued(ranges),
        }
        return {section: made[section] for section in Section if made[section]}

    def _hsn(self) -> Row:
        if not hsn_is_split(self.period):
            rows = _hsn_rows(self.hsn, registered=False)
            return {"data": rows} if rows else {}
        halves = {
            "hsn_b2b": _hsn_rows(self.hsn, registered=True),
            "hsn_b2c": _hsn_rows(self.hsn, registered=False),
        }
        return {name: rows for name, rows in halves.items() if rows}


def day(on: date) -> str:
    """As the portal writes it, DD-MM-YYYY."""
    return on.strftime("%d-%m-%Y")


def _signed(document: TaxDocument, value: Decimal) -> Decimal:
    return -value if document.kind is Kind.CREDIT_NOTE else value


def _supply_type(document: TaxDocument) -> str:
    return "INTER" if document.nature is Nature.INTER else "INTRA"


def _taxes(amounts: Amounts, *, inter: bool) -> Row:
    tax = {"iamt": amounts.igst} if inter else {"camt": amounts.cgst, "samt": amounts.sgst}
    return {**tax, "csamt": amounts.cess}


def _by_rate(lines: Iterable[TaxLine]) -> list[tuple[Decimal, Amounts]]:
    sums: dict[Decimal, Amounts] = defaultdict(Amounts)
    for line in lines:
        if line.is_taxable:
            sums[line.rate] += line.amounts
    return sorted(sums.items())


def _items(document: TaxDocument, section: Section) -> list[Row]:
    """One item for each rate of the document's taxable lines; `num` as the offline tool: 1801 for 18 %."""
    inter = document.nature is Nature.INTER
    items = []
    for rate, amounts in _by_rate(document.lines):
        detail = {"txval": amounts.taxable_value, "rt": plain(rate), **_taxes(amounts, inter=inter)}
        flat = section is Section.EXP
        items.append(detail if flat else {"num": int(rate * 100) + 1, "itm_det": detail})
    return items


def _listed(document: TaxDocument, section: Section, items: list[Row]) -> tuple[tuple[Any, ...], Row]:
    """The document as its section lists it, with the key that it is grouped and sorted by."""
    is_note = section in (Section.CDNR, Section.CDNUR)
    row: Row
    if is_note:
        letter = "C" if document.kind is Kind.CREDIT_NOTE else "D"
        row = {"ntty": letter, "nt_num": document.number, "nt_dt": day(document.date), "val": document.total}
    else:
        row = {"inum": document.number, "idt": day(document.date), "val": document.total}
    group = ""
    if section in (Section.B2B, Section.CDNR):
        group = document.buyer_gstin
        row |= {
            "pos": document.place_of_supply,
            "rchrg": "Y" if document.reverse_charge else "N",
            "inv_typ": invoice_type(document),
        }
    elif section is Section.CDNUR:
        kind = unregistered_type(document)
        row = {"typ": kind, **row} | ({"pos": document.place_of_supply} if kind == "B2CL" else {})
    elif section is Section.B2CL:
        group = document.place_of_supply
    else:
        group = "WPAY" if document.with_payment else "WOPAY"
    return (group, document.date, len(document.number), document.number), {**row, "itms": items}


def _place(listed: tuple[tuple[Any, ...], Row]) -> tuple[Any, ...]:
    return listed[0]


def _grouped(listed: list[tuple[tuple[Any, ...], Row]], name: str, under: str) -> list[Row]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for (group, *_), row in sorted(listed, key=_place):
        groups[group].append(row)
    return [{name: group, under: rows} for group, rows in groups.items()]


def _by_buyer(listed: list[tuple[tuple[Any, ...], Row]], under: str) -> list[Row]:
    return _grouped(listed, "ctin", under)


def _consumer_rows(sums: Mapping[tuple[str, str, Decimal], Amounts]) -> list[Row]:
    return [
        {
            "sply_ty": supply_type,
            "typ": "OE",
            "pos": place,
            "rt": plain(rate),
            "txval": amounts.taxable_value,
            **_taxes(amounts, inter=supply_type == "INTER"),
        }
        for (supply_type, place, rate), amounts in sorted(sums.items())
        if amounts
    ]


def _nil(sums: Mapping[tuple[str, Treatment], Decimal]) -> Row:
    rows = []
    for where in ("INTRB2B", "INTRAB2B", "INTRB2C", "INTRAB2C"):
        amounts = {key: sums.get((where, treatment), ZERO) for treatment, key in _NIL_KEYS.items()}
        if any(amounts.values()):
            rows.append({"sply_ty": where, **amounts})
    return {"inv": rows} if rows else {}


def _advance_rows(sums: Mapping[tuple[str, str, Decimal], Amounts]) -> list[Row]:
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for (place, supply_type, rate), amounts in sorted(sums.items()):
        if amounts:
            taxes = _taxes(amounts, inter=supply_type == "INTER")
            groups[place, supply_type].append({"rt": plain(rate), "ad_amt": amounts.taxable_value, **taxes})
    return [{"pos": place, "sply_ty": kind, "itms": items} for (place, kind), items in groups.items()]


def _hsn_rows(sums: Mapping[tuple[bool, str, str, Decimal], HsnRow], *, registered: bool) -> list[Row]:
    kept = [
        (key, row)
        for key, row in sorted(sums.items())
        if key[0] is registered and (row.amounts or row.quantity)
    ]
    return [
        {
            "num": number,
            "hsn_sc": code,
            "desc": row.description,
            "uqc": unit,
            "qty": half_up(row.quantity),
            "rt": plain(rate),
            "txval": row.amounts.taxable_value,
            "iamt": row.amounts.igst,
            "camt": row.amounts.cgst,
            "samt": row.amounts.sgst,
            "csamt": row.amounts.cess,
        }
        for number, ((_, code, unit, rate), row) in enumerate(kept, start=1)
    ]


def _numbers_issued(ranges: Iterable[NumberRange]) -> Row:
    groups: dict[int, list[Row]] = defaultdict(list)
    for each in sorted(ranges, key=lambda r: (r.kind, r.series, r.run, r.first)):
        docs = groups[DOCUMENT_NUMBERS[each.kind]]
        docs.append(
            {
                "num": len(docs) + 1,
                "from": each.first_text,
                "to": each.last_text,
                "totnum": each.count,
                "cancel": each.cancelled,
                "net_issue": each.count - each.cancelled,
            }
        )
    return {"doc_det": [{"doc_num": n, "docs": groups[n]} for n in sorted(groups)]} if groups else {}


def plain(rate: Decimal) -> Decimal:
    """A rate without idle zeros: 18 and 0.25, never 18.000 nor 1.8E+1."""
    return rate.quantize(Decimal(1)) if rate == rate.to_integral_value() else rate.normalize()
