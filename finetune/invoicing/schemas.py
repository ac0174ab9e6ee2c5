"""What an invoice looks like on its way in and out."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from finetune.core.dates import today
from finetune.core.fields import (
    FAULTS_MAX,
    AmountOrZero,
    BlankForNull,
    Body,
    NoneForNull,
    Percent,
    Quantity,
    QueryId,
    Record,
    RowId,
    UnitPrice,
    complaint,
    text,
    together,
)
from finetune.core.listing import Day, SearchQuery
from finetune.core.refusals import FieldError, invalid
from finetune.gst.fields import Gstin, GstRate, HsnCode, PlaceOfSupply, UnitCode
from finetune.gst.tax import Discount
from finetune.invoicing.numbering import series_problems
from finetune.invoicing.records import Order, WantedLine
from finetune.invoicing.rules import order_problems
from finetune.invoicing.sound_parts import sound_order

LINES_MAX = 500
SERIALS_MAX = 1000

Money = Annotated[str, Field(pattern=r"^-?[0-9]+\.[0-9]{2}$", examples=["1180.00"])]
Decimals = Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)?$", examples=["18"])]
Status = Literal["cancelled", "draft", "credited", "paid", "overdue", "partially_paid", "issued"]
Treatments = Literal["taxable", "nil", "exempt", "non_gst"]
SequenceKind = Literal["invoice", "bill_of_supply", "credit_note", "receipt_voucher", "refund_voucher"]
Yes = Annotated[bool, Field(strict=True)]
Serial = Annotated[str, Field(min_length=1, max_length=64)]


def _own_where_no_variant(value: Any, info: ValidationInfo) -> Any:
    """What a line without a variant must say itself; one whose variant is at fault is not asked."""
    if value in (None, "") and info.data.get("variant", 0) is None:
        raise complaint("missing", "Without a variant this field is required.")
    return value


Own = [AfterValidator(_own_where_no_variant), Field(validate_default=True)]


class DiscountIn(Body):
    """Rupees or percent, never both, before tax."""

    amount: AmountOrZero | None = None
    percent: Percent | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "DiscountIn":
        if (self.amount is None) == (self.percent is None):
            raise complaint("invalid", "A discount is either an amount or a percent.")
        return self

    def discount(self) -> Discount:
        return Discount(amount=self.amount, percent=self.percent)


def _discount(given: DiscountIn | None) -> Discount | None:
    return None if given is None else given.discount()


class LineIn(Body):
    variant: RowId | None = None
    description: Annotated[text(300) | None, *Own] = None  # type: ignore[valid-type]
    hsn_code: HsnCode | None = None
    quantity: Quantity
    unit: UnitCode | None = None
    unit_price: Annotated[UnitPrice | None, *Own] = None
    gst_rate: Annotated[GstRate | None, *Own] = None
    treatment: Treatments | None = None
    discount: DiscountIn | None = None
    tax_inclusive: Yes | None = None
    serial_numbers: Annotated[list[Serial], Field(max_length=SERIALS_MAX), NoneForNull] = []

    def wanted(self) -> WantedLine:
        return WantedLine(
            quantity=self.quantity,
            variant_id=self.variant,
            description=self.description,
            hsn_code=self.hsn_code,
            unit=self.unit,
            unit_price=self.unit_price,
            gst_rate=self.gst_rate,
            treatment=self.treatment,
            discount=_discount(self.discount),
            tax_inclusive=self.tax_inclusive,
            serial_numbers=tuple(self.serial_numbers),
        )


class OrderIn(Body):
    """What is billed, to whom and how. Shared by invoices, drafts and sales."""

    booking: RowId | None = None
    customer: RowId | None = None
    store: RowId | None = None
    counter_sale: Yes = False
    invoice_date: Day | None = None
    due_date: Day | None = None
    place_of_supply: PlaceOfSupply | None = None
    prices_include_tax: Yes = False
    reverse_charge: Yes = False
    with_payment_of_tax: Yes = False
    discount: DiscountIn | None = None
    round_off: Yes = True
    notes: Annotated[text(1000), BlankForNull] = ""  # type: ignore[valid-type]
    line_items: Annotated[list[LineIn], Field(min_length=1, max_length=LINES_MAX)]

    def as_order(self) -> Order:
        return Order(
            lines=tuple(line.wanted() for line in self.line_items),
            booking_id=self.booking,
            customer_id=self.customer,
            store_id=self.store,
            counter_sale=self.counter_sale,
            invoice_date=self.invoice_date,
            due_date=self.due_date,
            place_of_supply=self.place_of_supply or None,
            prices_include_tax=self.prices_include_tax,
            reverse_charge=self.reverse_charge,
            with_payment_of_tax=self.with_payment_of_tax,
            discount=_discount(self.discount),
            round_off=self.round_off,
            notes=self.notes,
        )


class BillIn(OrderIn):
    """An order that is complete in itself: what is malformed and what our rules refuse are told together."""

    @model_validator(mode="wrap")
    @classmethod
    def _all_at_once(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(data)
        except ValidationError as error:
            if not isinstance(data, dict) or error.error_count() > FAULTS_MAX:
                raise
            raise together(error, cls.problems_beside(data, error)) from None

    @classmethod
    def problems_beside(cls, data: dict[str, Any], error: ValidationError) -> list[FieldError]:
        """What our rules have against the parts that are well-formed."""
        sound = {
            name: value for name, value in sound_order(data, error).items() if name in OrderIn.model_fields
        }
        try:
            order = OrderIn.model_validate(sound).as_order()
        except ValidationError:
            return []
        return order_problems(order, today=today())

    def problems(self) -> list[FieldError]:
        return order_problems(self.as_order(), today=today())

    def order(self) -> Order:
        """The order, checked as far as it can be before anything is looked up. Refuses 400."""
        if problems := self.problems():
            raise invalid(problems)
        return self.as_order()


class InvoiceIn(BillIn):
    status: Literal["issued", "draft"] = "issued"


class InvoicePatch(OrderIn):
    """Fields of a draft to change; those left out stay. Lines are replaced as a whole."""

    line_items: Annotated[list[LineIn], Field(min_length=1, max_length=LINES_MAX)] = []

    def changes(self) -> Mapping[str, Any]:
        """The given fields under the names that Order uses."""
        names = {
            "booking": "booking_id",
            "customer": "customer_id",
            "store": "store_id",
            "line_items": "lines",
        }
        given: dict[str, Any] = {}
        for name in self.model_fields_set:
            value = getattr(self, name)
            if isinstance(value, DiscountIn):
                value = value.discount()
            elif name == "place_of_supply":
                value = value or None
            elif name == "line_items":
                value = tuple(line.wanted() for line in self.line_items)
            given[names.get(name, name)] = value
        return given


class IssueIn(Body):
    invoice_date: Day | None = None


class LineAmountsOut(BaseModel):
    """The money of one line, of a bill or of a note on it."""

    gross: Money
    discount_amount: Money
    invoice_discount_share: Money
    taxable_value: Money
    cgst: Money
    sgst: Money
    igst: Money
    cess: Money
    total: Money


class AmountsOut(BaseModel):
    """The money of a document: each figure the sum of its lines', then the round-off."""

    taxable_value: Money
    discount_total: Money
    cgst: Money
    sgst: Money
    igst: Money
    cess: Money
    total_tax: Money
    total_before_round_off: Money
    round_off_amount: Money
    total: Money


class LineOut(LineAmountsOut):
    id: int
    variant: int | None
    description: str
    hsn_code: str
    quantity: Decimals
    unit: str
    unit_price: Decimals
    gst_rate: Decimals
    treatment: Treatments
    tax_inclusive: bool
    discount_percent: Decimals | None
    serial_numbers: list[str]


class InvoiceRow(AmountsOut):
    """An invoice as lists show it."""

    id: int
    invoice_number: str | None
    status: Status
    document_type: Literal["tax_invoice", "bill_of_supply", "invoice_cum_bill"]
    booking: int | None
    store: int
    customer: int
    customer_name: str
    invoice_date: date
    due_date: date | None
    place_of_supply: str
    supply_nature: Literal["intra", "inter"]
    state_tax_label: Literal["SGST", "UTGST"]
    reverse_charge: bool
    with_payment_of_tax: bool
    notes: str
    line_items: list[LineOut]
    amount_paid: Money
    amount_deposited: Money
    amount_credited: Money
    balance_due: Money
    pdf_url: str | None
    public_url: str | None
    cancellation_reason: str | None
    created_at: datetime
    issued_at: datetime | None
    created_by: int


class InvoiceOut(InvoiceRow):
    """A whole invoice. `seller` and `buyer` are copies from the moment of issue."""

    seller: dict[str, Any]
    buyer: dict[str, Any]
    credit_notes: list[dict[str, Any]]


class InvoiceQuery(SearchQuery):
    status: Status | None = None
    store: QueryId | None = None
    customer: QueryId | None = None
    booking: QueryId | None = None
    date_from: Day | None = None
    date_to: Day | None = None
    number: Annotated[str | None, Field(max_length=16)] = None


class SequenceIn(Record):
    """Without a `prefix`, numbers are written with the series' own name and a hyphen."""

    STAND_INS = {"series": "A", "kind": "invoice"}
    FOLLOWS_FROM = {"prefix": {"series", "last_number"}}

    series: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9/_-]{0,19}$")]
    kind: SequenceKind
    gstin: Annotated[Gstin, BlankForNull] = ""
    prefix: Annotated[str | None, Field(max_length=12)] = None
    last_number: Annotated[int, Field(strict=True, ge=0, le=999_999_999)] = 0
    run: Annotated[int, Field(strict=True, ge=1, le=9999)] = 1

    def contradictions(self) -> list[FieldError]:
        return series_problems(prefix=self.fields()["prefix"], last_number=self.last_number)

    def fields(self) -> dict[str, Any]:
        """Those of a SequenceRun."""
        return {
            "series": self.series,
            "kind": self.kind,
            "gstin": self.gstin,
            "prefix": self.prefix or f"{self.series}-",
            "run": self.run,
        }


class SequenceOut(BaseModel):
    id: int
    series: str
    kind: str
    gstin: str
    prefix: str
    last_number: int
    run: int
    last_date: date | None


class SequenceQuery(SearchQuery):
    kind: SequenceKind | None = None
    gstin: Annotated[str | None, Field(max_length=15)] = None
