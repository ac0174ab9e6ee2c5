"""GSTR-3B table 3.1: outward supplies of a month, from the same documents as GSTR-1.

Table 3.2 and the payment are filled on the portal. Outward supplies under reverse charge are left out of (a):
the buyer pays that tax. Source, checked 2026-11: the JSON of the GSTN offline utility for GSTR-3B.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from finetune.gst.gstr1.records import ADVANCES, Amounts, Kind, Period, TaxDocument
from finetune.gst.supply import BuyerClass
from finetune.gst.tax import Treatment


@dataclass(slots=True)
class OutwardSupplies:
    """The rows of 3.1 while documents are being added, notes counting negative."""

    taxable: Amounts = field(default_factory=Amounts)
    zero_rated: Amounts = field(default_factory=Amounts)
    nil_and_exempt: Amounts = field(default_factory=Amounts)
    non_gst: Amounts = field(default_factory=Amounts)

    def add(self, document: TaxDocument) -> None:
        if not document.counts:
            return
        if document.kind in ADVANCES:
            # Tax is due when the advance comes in (11A) and is taken back when the invoice charges it (11B).
            received = document.kind is Kind.RECEIPT_VOUCHER
            self.taxable += document.amounts if received else -document.amounts
            return
        for line in document.lines:
            amounts = -line.amounts if document.kind is Kind.CREDIT_NOTE else line.amounts
            if line.treatment is Treatment.NON_GST:
                self.non_gst += amounts
            elif line.treatment is not Treatment.TAXABLE:
                self.nil_and_exempt += amounts
            elif document.buyer_class in (BuyerClass.SEZ, BuyerClass.EXPORT):
                self.zero_rated += amounts
            elif not document.reverse_charge:
                self.taxable += amounts


def gstr3b(*, gstin: str, period: Period, documents: Iterable[TaxDocument]) -> dict[str, Any]:
    """Table 3.1 as the portal takes it; inward reverse charge (d) is not kept here and stays zero."""
    supplies = OutwardSupplies()
    for document in documents:
        supplies.add(document)
    return {
        "gstin": gstin,
        "ret_period": period.text,
        "sup_details": {
            "osup_det": _row(supplies.taxable),
            "osup_zero": _row(supplies.zero_rated),
            "osup_nil_exmp": _row(supplies.nil_and_exempt),
            "isup_rev": _row(Amounts()),
            "osup_nongst": _row(supplies.non_gst),
        },
    }


def _row(amounts: Amounts) -> dict[str, Decimal]:
    names = ("txval", "iamt", "camt", "samt", "csamt")
    return dict(zip(names, amounts.parts, strict=True))
