from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    ValidationInfo,
    create_model,
    field_validator,
)

from finetune.core.fields import (
    BlankForNull,
    Body,
    NoneForNull,
    QueryId,
    RowId,
    UnitPrice,
    WholeNumber,
    complaint,
)
from finetune.core.listing import Day, Flag, ListQuery, SearchQuery
from finetune.inventory.rules import (
    QUANTITY_MAX,
    SERIAL_LENGTH_MAX,
    TYPES_FOR_A_BOOKING,
    TYPES_TO_COME,
    normal_serial,
)

EntryType = Literal[
    "purchase",
    "sale",
    "return_in",
    "return_out",
    "adjustment",
    "damage",
    "consumption",
    "transfer_out",
    "transfer_in",
]
EntryStatus = Literal["posted", "pending_approval", "rejected"]
SerialStatus = Literal[
    "available",
    "pending",
    "reserved",
    "sold",
    "consumed",
    "returned",
    "in_transit",
    "defective",
    "written_off",
]
PriceKind = Literal["price", "mrp", "cost"]
Switch = Annotated[bool, Field(strict=True)]


def _serial(value: str) -> str:
    normal = normal_serial(value)
    if not 1 <= len(normal) <= SERIAL_LENGTH_MAX:
        raise complaint("invalid", f"A serial number has 1 to {SERIAL_LENGTH_MAX} characters.")
    return normal


SerialText = Annotated[str, AfterValidator(_serial)]


class ConfigIn(Body):
    category: RowId
    track_serials: Switch = False
    log_price: Switch = True
    require_stock_in_approval: Switch = False


class ConfigPatch(Body):
    category: RowId = 0
    track_serials: Switch = False
    log_price: Switch = True
    require_stock_in_approval: Switch = False


class ConfigOut(BaseModel):
    id: int
    category: int
    track_serials: bool
    log_price: bool
    require_stock_in_approval: bool


class ConfigQuery(ListQuery):
    category: QueryId | None = None


class LedgerQuery(SearchQuery):
    """`category` takes its sub-categories along. `low_stock` compares `available` with the variant's reorder
    level, else with the shop's setting."""

    store: QueryId | None = None
    product_variant: QueryId | None = None
    category: QueryId | None = None
    low_stock: Flag | None = None


class LedgerOut(BaseModel):
    id: int
    store: int
    product_variant: int
    sku: str
    variant_name: str
    quantity: int
    reserved: int
    available: int
    last_updated: datetime


class StoreQuantity(BaseModel):
    store: int
    quantity: int


class RollupOut(BaseModel):
    product_variant: int
    sku: str
    variant_name: str
    quantity: int
    reserved: int
    available: int
    stores: list[StoreQuantity]


class EntryIn(Body):
    """The order of the fields matters: each is checked against the entry type, which therefore comes
    first."""

    entry_type: EntryType
    store: RowId
    product_variant: RowId
    quantity: WholeNumber
    unit_price: UnitPrice | None = None
    booking: Annotated[RowId | None, Field(validate_default=True)] = None
    serial_numbers: Annotated[list[SerialText], Field(max_length=QUANTITY_MAX), NoneForNull] = []
    reason: Annotated[str, Field(max_length=500, validate_default=True), BlankForNull] = ""
    reference: Annotated[str, Field(max_length=60), BlankForNull] = ""

    @field_validator("entry_type")
    @classmethod
    def is_offered(cls, value: str) -> str:
        if value in TYPES_TO_COME:
            raise complaint("not_available", "Transfers are not available yet.")
        return value

    @field_validator("quantity")
    @classmethod
    def moves_something(cls, value: int, info: ValidationInfo) -> int:
        if info.data.get("entry_type") == "adjustment":
            if value == 0:
                raise complaint(
                    "invalid", "An adjustment of 0 changes nothing. Write -2 for two units too many."
                )
        elif value < 1:
            raise complaint("invalid", "A quantity is at least 1. Only an adjustment may be negative.")
        return value

    @field_validator("booking")
    @classmethod
    def says_for_whom(cls, value: int | None, info: ValidationInfo) -> int | None:
        if value is None and info.data.get("entry_type") in TYPES_FOR_A_BOOKING:
            raise complaint("booking_required", "Say for which booking this leaves the shelf.")
        return value

    @field_validator("reason")
    @classmethod
    def says_why(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("entry_type") == "adjustment" and not value:
            raise complaint("missing", "An adjustment needs a reason.")
        return value


class EntryOut(BaseModel):
    """A movement of stock. While it waits for approval `delta` is what it would do and `balance_after` is
    null.

    `unit_price` is missing where it is what the shop paid and you may not see cost. `approved_by` is who
    approved or rejected it.
    """

    id: int
    entry_type: EntryType
    status: EntryStatus
    store: int
    product_variant: int
    quantity: int
    delta: int
    balance_after: int | None
    unit_price: str | None = None
    booking: int | None
    serial_numbers: list[str]
    reason: str
    reference: str
    reversal_of: int | None
    reversed_by: int | None
    entered_by: int
    approved_by: int | None
    decided_at: datetime | None
    decision_reason: str
    created_at: datetime


class EntryQuery(ListQuery):
    store: QueryId | None = None
    product_variant: QueryId | None = None
    entry_type: EntryType | None = None
    status: EntryStatus | None = None
    booking: QueryId | None = None
    date_from: Day | None = None
    date_to: Day | None = None


class SerialOut(BaseModel):
    id: int
    serial_no: str
    product_variant: int
    store: int
    status: SerialStatus


def _normal(value: Any) -> Any:
    return normal_serial(value) if isinstance(value, str) else value


class SerialQuery(ListQuery):
    """`serial_no` is compared as it is kept: trimmed and in capitals."""

    serial_no: Annotated[str | None, Field(max_length=200), AfterValidator(_normal)] = None
    status: SerialStatus | None = None
    store: QueryId | None = None
    product_variant: QueryId | None = None


class _Event(BaseModel):
    id: int
    entry: int
    type: EntryType
    store: int
    at: datetime
    by: int | None


class SerialEventQuery(ListQuery):
    date_from: Day | None = None
    date_to: Day | None = None


# `from` is a word of Python, so this model cannot be written as a class.
SerialEventOut = create_model(
    "SerialEventOut",
    __base__=_Event,
    __doc__="One change of a unit's state or place. `from` is empty where it came in.",
    **{"from": (SerialStatus | Literal[""], ...), "to": (SerialStatus, ...)},  # type: ignore[call-overload]
)


class PriceLogOut(BaseModel):
    """A change of a variant's price. `changed_by` is null for a change made outside this software."""

    id: int
    product_variant: int
    old_price: str | None
    new_price: str | None
    kind: PriceKind
    changed_by: int | None
    date_changed: datetime


class PriceLogQuery(ListQuery):
    product_variant: QueryId | None = None
    kind: PriceKind | None = None
    date_from: Day | None = None
    date_to: Day | None = None
