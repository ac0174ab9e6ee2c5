"""The records that billing decides with: what was asked for, the facts, and the finished plan. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from finetune.gst.supply import DocumentType
from finetune.gst.tax import BillAmounts, Discount, Nature, TaxableLine, Treatment


def series_kind_of(document_type: DocumentType | None) -> str:
    """The kind of number series that a document counts in."""
    return "bill_of_supply" if document_type is DocumentType.BILL_OF_SUPPLY else "invoice"


@dataclass(frozen=True, slots=True)
class WantedLine:
    """A line as it was asked for. None means: take it from the catalogue, or from the default.

    `listed_price` is what the catalogue said when a draft was quoted: a later price makes no discount of it.
    """

    quantity: Decimal
    variant_id: int | None = None
    description: str | None = None
    hsn_code: str | None = None
    unit: str | None = None
    unit_price: Decimal | None = None
    listed_price: Decimal | None = None
    gst_rate: Decimal | None = None
    treatment: str | None = None
    discount: Discount | None = None
    tax_inclusive: bool | None = None
    serial_numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """A bill as it was asked for. Kept with a draft, so that it can be drawn up again on the day of issue."""

    lines: tuple[WantedLine, ...]
    booking_id: int | None = None
    customer_id: int | None = None
    store_id: int | None = None
    counter_sale: bool = False
    invoice_date: date | None = None
    due_date: date | None = None
    place_of_supply: str | None = None
    prices_include_tax: bool = False
    reverse_charge: bool = False
    with_payment_of_tax: bool = False
    discount: Discount | None = None
    round_off: bool = True
    notes: str = ""

    @property
    def variant_ids(self) -> list[int]:
        return sorted({line.variant_id for line in self.lines if line.variant_id is not None})


@dataclass(frozen=True, slots=True)
class StoreFacts:
    id: int
    code: str
    name: str
    legal_name: str
    gstin: str
    state_code: str
    address: str
    city: str
    pincode: str
    phone: str
    is_composition: bool
    discount_ceiling_percent: Decimal


@dataclass(frozen=True, slots=True)
class BuyerFacts:
    id: int
    name: str
    legal_name: str
    phone: str
    email: str
    gstin: str
    state_code: str
    address: str
    city: str
    pincode: str
    country: str
    category: str
    is_walk_in: bool


@dataclass(frozen=True, slots=True)
class VariantFacts:
    """A variant with what its product says. `price` is per unit with the tax inside."""

    id: int
    name: str
    hsn_code: str
    gst_rate: Decimal
    treatment: str
    unit: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class LastNumber:
    """A number series with the date of the last document that it numbered."""

    series: str
    date: date | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What deciding needs. `ceiling_percent` is None for who may give any discount; `last_numbers`, by kind
    of series, are looked up only for a bill that is issued with an earlier date."""

    store: StoreFacts
    buyer: BuyerFacts
    variants: Mapping[int, VariantFacts]
    booking_id: int | None
    booking_status: str | None
    has_deposits: bool
    today: date
    ceiling_percent: Decimal | None
    last_numbers: Mapping[str, LastNumber] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """A line with nothing left open."""

    variant_id: int | None
    description: str
    hsn_code: str
    unit: str
    treatment: Treatment
    quantity: Decimal
    unit_price: Decimal
    listed_price: Decimal | None
    gst_rate: Decimal
    tax_inclusive: bool
    discount: Discount | None
    serial_numbers: tuple[str, ...]

    def taxable(self) -> TaxableLine:
        return TaxableLine(
            quantity=self.quantity,
            unit_price=self.unit_price,
            gst_rate=self.gst_rate,
            treatment=self.treatment,
            tax_inclusive=self.tax_inclusive,
            discount=self.discount,
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """A bill decided to the paisa; all that is missing is its number."""

    order: Order
    facts: Facts
    lines: tuple[Line, ...]
    amounts: BillAmounts
    document_type: DocumentType
    invoice_date: date
    place_of_supply: str
    nature: Nature
    state_tax_label: str

    @property
    def series_kind(self) -> str:
        return series_kind_of(self.document_type)
