"""Which section of GSTR-1 a document stands in. One decision, for invoices and the notes that follow them."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from finetune.gst.gstr1.records import NOTES, Period, TaxDocument
from finetune.gst.rates import b2cl_limit
from finetune.gst.supply import BuyerClass
from finetune.gst.tax import Nature


class Section(StrEnum):
    """The sections this shop can produce, in the order in which they are written."""

    B2B = "b2b"
    B2CL = "b2cl"
    B2CS = "b2cs"
    CDNR = "cdnr"
    CDNUR = "cdnur"
    EXP = "exp"
    NIL = "nil"
    AT = "at"
    TXPD = "txpd"
    HSN = "hsn"
    DOC_ISSUE = "doc_issue"


# Table 12 in two halves, and table 13 mandatory: GSTN advisory, from the period 05/2025.
HSN_SPLIT_SINCE: Final = Period(2025, 5)


def hsn_is_split(period: Period) -> bool:
    return (period.year, period.month) >= (HSN_SPLIT_SINCE.year, HSN_SPLIT_SINCE.month)


def is_large(*, total: Decimal, on: date) -> bool:
    """Whether an inter-State invoice to a consumer is listed by itself: its total is above the limit."""
    return total > b2cl_limit(on)


def section_of_invoice(document: TaxDocument) -> Section:
    """The section of the taxable lines of an invoice, or of the invoice behind a note."""
    if document.is_registered:
        return Section.B2B
    if document.buyer_class is BuyerClass.EXPORT:
        return Section.EXP
    total, on = document.total, document.date
    if document.kind in NOTES and document.original is not None:
        # A small note on a large invoice is still about a large invoice.
        total, on = document.original.total, document.original.date
    if document.nature is Nature.INTER and is_large(total=total, on=on):
        return Section.B2CL
    return Section.B2CS


def section_of(document: TaxDocument) -> Section:
    """The section of the document's taxable lines. Advances have sections of their own."""
    section = section_of_invoice(document)
    if document.kind not in NOTES:
        return section
    return {Section.B2B: Section.CDNR, Section.B2CS: Section.B2CS}.get(section, Section.CDNUR)


def invoice_type(document: TaxDocument) -> str:
    """`inv_typ` of b2b and cdnr: regular, or SEZ with or without payment of tax."""
    if document.buyer_class is BuyerClass.SEZ:
        return "SEWP" if document.with_payment else "SEWOP"
    return "R"


def unregistered_type(document: TaxDocument) -> str:
    """`typ` of cdnur."""
    if document.buyer_class is BuyerClass.EXPORT:
        return "EXPWP" if document.with_payment else "EXPWOP"
    return "B2CL"
