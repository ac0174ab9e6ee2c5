"""A document as it is printed: every text ready, nothing left to compute. Layouts only place it. Pure."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "tax_invoice", "bill_of_supply", "invoice_cum_bill", "credit_note", "receipt_voucher", "refund_voucher"
]


@dataclass(frozen=True, slots=True)
class Fact:
    """A label with its value, such as an invoice's date."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Party:
    label: str
    name: str
    lines: tuple[str, ...]
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class TaxCell:
    amount: str
    rate: str


@dataclass(frozen=True, slots=True)
class PrintedLine:
    position: str
    description: str
    notes: tuple[str, ...]
    hsn_code: str
    quantity: str
    unit: str
    price: str
    price_note: str
    discount: str
    discount_note: str
    taxable_value: str
    taxes: tuple[TaxCell, ...]
    total: str


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """The tax of one HSN code at one rate."""

    hsn_code: str
    rate: str
    taxable_value: str
    taxes: tuple[TaxCell, ...]
    total_tax: str


@dataclass(frozen=True, slots=True)
class TotalRow:
    label: str
    value: str
    is_grand: bool = False


@dataclass(frozen=True, slots=True)
class PrintedDocument:
    """`tax_labels` heads the tax columns (none on a bill of supply); `stamp` is set across a void document;
    `portal` and `signed_qr` are what the e-invoice portal answered, printed as received (CGST Rule 46(r)).

    `attachment` is the document's JSON for programs, put into the PDF as a file.
    """

    kind: Kind
    lang: Literal["en", "hi"]
    title: str
    subtitle: str
    copy: str
    number: str
    issued_at: int
    facts: tuple[Fact, ...]
    seller: Party
    buyer: Party
    endorsement: str
    tax_labels: tuple[str, ...]
    has_discount: bool
    lines: tuple[PrintedLine, ...]
    lines_total: PrintedLine
    summary: tuple[SummaryRow, ...]
    summary_total: SummaryRow | None
    totals: tuple[TotalRow, ...]
    words: str
    reason: str
    remarks: tuple[str, ...]
    declarations: tuple[str, ...]
    stamp: str
    stamp_detail: str
    public_url: str
    portal: tuple[Fact, ...]
    signed_qr: str
    labels: dict[str, str]
    attachment: str
