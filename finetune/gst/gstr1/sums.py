"""What a finished section adds up to, read back from its rows: for checks and for exports."""

from collections.abc import Iterable
from typing import Any

from finetune.gst.gstr1.records import Amounts, total_of
from finetune.gst.gstr1.sections import Section
from finetune.gst.tax import ZERO

NIL_KEYS = ("expt_amt", "nil_amt", "ngsup_amt")
Row = dict[str, Any]


def section_amounts(section: Section, data: Any) -> Amounts:
    """What a section adds up to, notes counting negative: for checks, and for the sum under an export."""
    if section is Section.NIL:
        return Amounts(sum((row[key] for row in data["inv"] for key in NIL_KEYS), ZERO))
    if section is Section.HSN:
        return total_of(_row_amounts(row) for rows in data.values() for row in rows)
    if section is Section.DOC_ISSUE:
        return Amounts()
    return total_of(_row_amounts(item, sign=sign) for sign, item in _items_of(section, data))


def _items_of(section: Section, data: Any) -> Iterable[tuple[int, Row]]:
    if section is Section.B2CS:
        return [(1, row) for row in data]
    if section in (Section.AT, Section.TXPD):
        return [(1, item) for group in data for item in group["itms"]]
    inner = "nt" if section is Section.CDNR else "inv"
    documents = data if section is Section.CDNUR else [row for group in data for row in group[inner]]
    return [
        (-1 if row.get("ntty") == "C" else 1, item.get("itm_det", item))
        for row in documents
        for item in row["itms"]
    ]


def _row_amounts(row: Row, *, sign: int = 1) -> Amounts:
    value = row["txval"] if "txval" in row else row["ad_amt"]
    taxes = (row.get(name, ZERO) for name in ("iamt", "camt", "samt", "csamt"))
    amounts = Amounts(value, *taxes)
    return amounts if sign > 0 else -amounts
