"""e-invoices: INV-01 version 1.1 built from an issued document, checked, and its IRN known beforehand."""

from finetune.gst.einvoice.build import as_bytes, inv01
from finetune.gst.einvoice.check import Circumstances, problems
from finetune.gst.einvoice.fields import Problem
from finetune.gst.einvoice.irn import irn
from finetune.gst.einvoice.records import DocumentKind, EinvoiceDocument, Item, Party, Preceding

__all__ = [
    "Circumstances",
    "DocumentKind",
    "EinvoiceDocument",
    "Item",
    "Party",
    "Preceding",
    "Problem",
    "as_bytes",
    "inv01",
    "irn",
    "problems",
]
