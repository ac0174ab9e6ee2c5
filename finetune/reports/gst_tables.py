"""The sections of GSTR-1 as flat tables, with the titles that accountants know from the offline tool."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from finetune.gst.gstr1 import Section
from finetune.gst.supply import OTHER_COUNTRY, STATES
from finetune.reports.exports import Table

Row = dict[str, Any]
_TAXES = ("Integrated Tax", "Central Tax", "State/UT Tax", "Cess")
_MONEY = ("Rate", "Taxable Value", *_TAXES)

TITLES: dict[Section, tuple[str, ...]] = {
    Section.B2B: (
        "GSTIN/UIN of Recipient", "Invoice Number", "Invoice Date", "Invoice Value", "Place Of Supply",
        "Reverse Charge", "Invoice Type", *_MONEY,
    ),
    Section.B2CL: ("Invoice Number", "Invoice Date", "Invoice Value", "Place Of Supply", *_MONEY),
    Section.B2CS: ("Type", "Supply Type", "Place Of Supply", *_MONEY),
    Section.CDNR: (
        "GSTIN/UIN of Recipient", "Note Number", "Note Date", "Note Type", "Note Value", "Place Of Supply",
        "Reverse Charge", "Note Supply Type", *_MONEY,
    ),
    Section.CDNUR: (
        "UR Type", "Note Number", "Note Date", "Note Type", "Note Value",
        "Place Of Supply", *_MONEY,
    ),
    Section.EXP: ("Export Type", "Invoice Number", "Invoice Date", "Invoice Value", *_MONEY),
    Section.NIL: ("Description", "Nil Rated Supplies", "Exempted", "Non-GST Supplies"),
    Section.AT: ("Place Of Supply", "Supply Type", "Rate", "Gross Advance Received", *_TAXES),
    Section.TXPD: ("Place Of Supply", "Supply Type", "Rate", "Gross Advance Adjusted", *_TAXES),
    Section.HSN: ("Table", "HSN", "Description", "UQC", "Total Quantity", *_MONEY),
    Section.DOC_ISSUE: (
        "Nature of Document", "Sr. No. From", "Sr. No. To", "Total Number", "Cancelled", "Net Issued",
    ),
}  # fmt: skip
_NIL_WORDS = {
    "INTRB2B": "Inter-State supplies to registered persons",
    "INTRAB2B": "Intra-State supplies to registered persons",
    "INTRB2C": "Inter-State supplies to unregistered persons",
    "INTRAB2C": "Intra-State supplies to unregistered persons",
}
_HALVES = {"hsn_b2b": "B2B", "hsn_b2c": "B2C", "data": "all"}
_DOCUMENTS = {
    1: "Invoices for outward supply",
    4: "Debit note",
    5: "Credit note",
    6: "Receipt voucher",
    8: "Refund voucher",
}


def section_table(section: Section, data: Any) -> Table:
    """The section as a table; without rows where the return has none."""
    rows = _ROWS[section](data) if data else ()
    return Table(section.value, TITLES[section], rows)


def _place(code: str) -> str:
    name = "Other Country" if code == OTHER_COUNTRY else STATES.get(code, "")
    return f"{code}-{name}"


def _taxes(row: Row) -> tuple[Any, ...]:
    return tuple(row.get(name, Decimal("0.00")) for name in ("iamt", "camt", "samt", "csamt"))


def _money(item: Row) -> tuple[Any, ...]:
    detail = item.get("itm_det", item)
    return (detail["rt"], detail["txval"], *_taxes(detail))


def _items(rows: Iterable[tuple[Sequence[Any], Row]]) -> Iterator[tuple[Any, ...]]:
    """A line for each rate of each document, as the offline tool has it."""
    for head, row in rows:
        for item in row["itms"]:
            yield (*head, *_money(item))


def _b2b(data: Any) -> Iterator[tuple[Any, ...]]:
    return _items(
        (
            (
                group["ctin"], row["inum"], row["idt"], row["val"], _place(row["pos"]), row["rchrg"],
                row["inv_typ"],
            ),
            row,
        )
        for group in data
        for row in group["inv"]
    )  # fmt: skip


def _b2cl(data: Any) -> Iterator[tuple[Any, ...]]:
    return _items(
        ((row["inum"], row["idt"], row["val"], _place(group["pos"])), row)
        for group in data
        for row in group["inv"]
    )


def _b2cs(data: Any) -> Iterator[tuple[Any, ...]]:
    return ((row["typ"], row["sply_ty"], _place(row["pos"]), *_money(row)) for row in data)


def _cdnr(data: Any) -> Iterator[tuple[Any, ...]]:
    return _items(
        (
            (
                group["ctin"], row["nt_num"], row["nt_dt"], row["ntty"], row["val"], _place(row["pos"]),
                row["rchrg"], row["inv_typ"],
            ),
            row,
        )
        for group in data
        for row in group["nt"]
    )  # fmt: skip


def _cdnur(data: Any) -> Iterator[tuple[Any, ...]]:
    return _items(
        (
            (
                row["typ"], row["nt_num"], row["nt_dt"], row["ntty"], row["val"],
                _place(row["pos"]) if "pos" in row else "",
            ),
            row,
        )
        for row in data
    )  # fmt: skip


def _exp(data: Any) -> Iterator[tuple[Any, ...]]:
    return _items(
        ((group["exp_typ"], row["inum"], row["idt"], row["val"]), row)
        for group in data
        for row in group["inv"]
    )


def _nil(data: Any) -> Iterator[tuple[Any, ...]]:
    return (
        (_NIL_WORDS[row["sply_ty"]], row["nil_amt"], row["expt_amt"], row["ngsup_amt"]) for row in data["inv"]
    )


def _advances(data: Any) -> Iterator[tuple[Any, ...]]:
    return (
        (_place(group["pos"]), group["sply_ty"], item["rt"], item["ad_amt"], *_taxes(item))
        for group in data
        for item in group["itms"]
    )


def _hsn(data: Any) -> Iterator[tuple[Any, ...]]:
    return (
        (_HALVES[half], row["hsn_sc"], row["desc"], row["uqc"], row["qty"], *_money(row))
        for half, rows in data.items()
        for row in rows
    )


def _doc_issue(data: Any) -> Iterator[tuple[Any, ...]]:
    return (
        (_DOCUMENTS[group["doc_num"]], row["from"], row["to"], row["totnum"], row["cancel"], row["net_issue"])
        for group in data["doc_det"]
        for row in group["docs"]
    )


_ROWS = {
    Section.B2B: _b2b,
    Section.B2CL: _b2cl,
    Section.B2CS: _b2cs,
    Section.CDNR: _cdnr,
    Section.CDNUR: _cdnur,
    Section.EXP: _exp,
    Section.NIL: _nil,
    Section.AT: _advances,
    Section.TXPD: _advances,
    Section.HSN: _hsn,
    Section.DOC_ISSUE: _doc_issue,
}
