"""The return as the portal takes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from finetune.gst.gstr1.records import NumberRange, Period, TaxDocument
from finetune.gst.gstr1.sections import Section
from finetune.gst.gstr1.tables import Tables

VERSION: Final = "GST3.2.4"
HASH: Final = "hash"

# The portal wants numbers, and takes 118000.00 for one. A Decimal is written digit by digit, without a float.
_ENCODER = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True)
class Return:
    """A GSTR-1. `turnover` is last year's and this year's so far in whole rupees, or left out together."""

    gstin: str
    period: Period
    sections: dict[Section, Any]
    turnover: tuple[int, int] | None = None

    def envelope(self) -> dict[str, Any]:
        """All of it, empty sections left out."""
        turnover = {} if self.turnover is None else {"gt": self.turnover[0], "cur_gt": self.turnover[1]}
        return {
            "gstin": self.gstin,
            "fp": self.period.text,
            **turnover,
            "version": VERSION,
            "hash": HASH,
            **{section.value: data for section, data in self.sections.items()},
        }


def gstr1(
    *,
    gstin: str,
    period: Period,
    documents: Iterable[TaxDocument],
    ranges: Iterable[NumberRange],
    turnover: tuple[int, int] | None = None,
) -> Return:
    """Make the return in one pass over the documents of this GSTIN and month."""
    tables = Tables(gstin, period)
    for document in documents:
        tables.add(document)
    return Return(gstin, period, tables.sections(ranges), turnover)


def as_json(data: Any) -> bytes:
    """Bytes to be uploaded: every Decimal with the digits it has."""
    return _ENCODER.encode(data)
