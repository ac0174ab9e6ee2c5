"""An issued document as its snapshot tells it, before it becomes an INV-01."""

from dataclasses import dataclass
from datetime import date as Day
from decimal import Decimal
from typing import Literal

from finetune.gst.supply import BuyerClass
from finetune.gst.tax import Treatment

DocumentKind = Literal["INV", "CRN", "DBN"]


@dataclass(frozen=True, slots=True)
class Party:
    """Seller or buyer as copied when the document was issued."""

    gstin: str
    legal_name: str
    trade_name: str
    address: str
    city: str
    pincode: str
    state_code: str
    country: str = "IN"
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A line as stored. `gross` and `discount` are in the price's own money, tax inside where inclusive."""

    description: str
    hsn_code: str
    unit: str
    quantity: Decimal
    unit_price: Decimal
    rate: Decimal
    treatment: Treatment
    tax_inclusive: bool
    gross: Decimal
    discount: Decimal
    taxable_value: Decimal
    igst: Decimal
    cgst: Decimal
    sgst: Decimal
    cess: Decimal
    total: Decimal
    serial_numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preceding:
    """The invoice that a note corrects."""

    number: str
    date: Day


@dataclass(frozen=True, slots=True)
class EinvoiceDocument:
    """A document with all that INV-01 asks for. `place_of_supply` is 96 for an export."""

    kind: DocumentKind
    number: str
    date: Day
    seller: Party
    buyer: Party
    buyer_class: BuyerClass
    place_of_supply: str
    reverse_charge: bool
    with_payment: bool
    items: tuple[Item, ...]
    round_off: Decimal
    total: Decimal
    preceding: Preceding | None = None

    @property
    def is_export(self) -> bool:
        return self.buyer_class is BuyerClass.EXPORT

    @property
    def supply_type(self) -> str:
        """`SupTyp`. A consumer has none: his bill is never e-invoiced."""
        paid = "WP" if self.with_payment else "WOP"
        kinds = {
            BuyerClass.REGISTERED: "B2B",
            BuyerClass.SEZ: f"SEZ{paid}",
            BuyerClass.EXPORT: f"EXP{paid}",
        }
        return kinds.get(self.buyer_class, "")
