"""What decisions about stock are made of: the facts read under lock, what is wanted, and the finished plan.
Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

POSTED, PENDING_APPROVAL, REJECTED = "posted", "pending_approval", "rejected"


@dataclass(frozen=True, slots=True)
class VariantFacts:
    """A variant on the shelf of one store, with the settings of its category."""

    id: int
    quantity: int
    reserved: int
    track_serials: bool
    require_stock_in_approval: bool

    @property
    def available(self) -> int:
        return self.quantity - self.reserved


@dataclass(frozen=True, slots=True)
class SerialFacts:
    """A unit as it is now. `sold_on_line` is the invoice line that sold it last, while it is sold by one."""

    serial_no: str
    id: int
    variant_id: int
    store_id: int
    status: str
    is_void: bool
    sold_on_line: int | None = None


@dataclass(frozen=True, slots=True)
class StockFacts:
    """The locked state of some stock of one store. What is not in the mappings does not exist."""

    store_id: int
    store_exists: bool
    variants: Mapping[int, VariantFacts]
    serials: Mapping[str, SerialFacts]


@dataclass(frozen=True, slots=True)
class WantedEntry:
    """A movement as somebody asked for it. Serials are normalised; `quantity` is signed for an adjustment
    alone."""

    entry_type: str
    variant_id: int
    quantity: int
    serial_numbers: tuple[str, ...] = ()
    unit_price: Decimal | None = None
    booking_id: int | None = None
    reason: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class StockLine:
    """A line of a document that moves stock. `position` is its place in the request, for the paths of errors.

    `invoice_line_id` is the line that the entry belongs to; a sale's line is not written yet when it is
    planned.
    """

    position: int
    variant_id: int
    quantity: int
    serial_numbers: tuple[str, ...] = ()
    unit_price: Decimal | None = None
    booking_id: int | None = None
    invoice_line_id: int | None = None


@dataclass(frozen=True, slots=True)
class SerialMove:
    """One unit from a state to another. `from_status` is empty for a unit that was never here; `void` as it
    then is."""

    serial_no: str
    from_status: str
    to_status: str
    void: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "serial_no": self.serial_no,
            "from_status": self.from_status,
            "to_status": self.to_status,
            "void": self.void,
        }


@dataclass(frozen=True, slots=True)
class PlannedEntry:
    """An entry that was decided and only has to be written."""

    entry_type: str
    status: str
    store_id: int
    variant_id: int
    quantity: int
    delta: int
    serials: tuple[SerialMove, ...] = ()
    unit_price: Decimal | None = None
    booking_id: int | None = None
    invoice_line_id: int | None = None
    reversal_of: int | None = None
    reason: str = ""
    reference: str = ""

    def __post_init__(self) -> None:
        assert self.delta != 0, "an entry moves something"
        assert abs(self.delta) == abs(self.quantity), f"{self.quantity} moves {self.delta}"
        assert len(self.serials) in (0, abs(self.delta)), f"{len(self.serials)} serials move {self.delta}"

    def as_json(self) -> dict[str, Any]:
        """As `inventory_post_entries` takes it: integers and text, a price as text."""
        return {
            "entry_type": self.entry_type,
            "status": self.status,
            "store_id": self.store_id,
            "variant_id": self.variant_id,
            "quantity": self.quantity,
            "delta": self.delta,
            "unit_price": None if self.unit_price is None else str(self.unit_price),
            "booking_id": self.booking_id,
            "invoice_line_id": self.invoice_line_id,
            "reversal_of": self.reversal_of,
            "reason": self.reason,
            "reference": self.reference,
            "serials": [each.as_json() for each in self.serials],
        }


@dataclass(frozen=True, slots=True)
class WrittenEntry:
    """An entry as it stands in the books."""

    id: int
    entry_type: str
    status: str
    store_id: int
    variant_id: int
    quantity: int
    delta: int
    unit_price: Decimal | None
    booking_id: int | None
    invoice_line_id: int | None
    reversal_of: int | None
    reversed_by: int | None
    serial_numbers: tuple[str, ...]
    entered_by: int
