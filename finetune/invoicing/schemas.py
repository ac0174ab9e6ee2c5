"""What an invoice looks like on its way in and out."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, model_validator

from finetune.core.fields import AmountOrZero, Body, Percent, Quantity, QueryId, RowId, UnitPrice, complaint, text
from finetune.core.listing import Day, SearchQuery
from finetune.core.refusals import invalid
from finetune.gst.fields import GstRate, HsnCode, PlaceOfSupply, UnitCode
from finetune.gst.tax import Discount
from finetune.invoicing.records import Order, WantedLine
from finetune.invoicing.rules import order_problems

LINES_MAX = 500
SERIALS_MAX = 1000

Money = Annotated[str, Field(pattern=r"^-?[0-9]+\.[0-9]{2}$", examples=["1180.00"])]
Decimals = Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)?$", examples=["18"])]
Status = Literal["cancelled", "draft", "credited", "paid", "overdue", "partially_paid", "issued"]
Treatments = Literal["taxable", "nil", "exempt", "non_gst"]
Yes = Annotated[bool, Field(strict=True)]


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


class LineIn(Body):
    variant: RowId | None = None
    description: text(300) | None = None  # type: ignore[valid-type]
    hsn_code: HsnCode | None = None
    quantity: Quantity
    unit: UnitCode | None = None
    unit_price: UnitPrice | None = None
    gst_rate: GstRate | None = None
    treatment: Treatments | None = None
    discount: DiscountIn | None = None
    tax_inclusive: Yes | None = None
    serial_numbers: Annotated[list[text(64)], Field(max_length=SERIALS_MAX)] = []  # type: ignore[valid-type]

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
            discount=self.discount and self.discount.discount(),
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
    notes: text(1000) = ""  # type: ignore[valid-type]
    line_items: Annotated[list[LineIn], Field(min_length=1, max_length=LINES_MAX)]

    def order(self) -> Order:
        """The order, checked for what is missing or contradicts itself. Refuses 400 with every field at fault."""
        order = Order(
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
            discount=self.discount and self.discount.discount(),
            round_off=self.round_off,
            notes=self.notes,
        )
        if problems := order_problems(order):
            raise invalid(problems)
        return order


class InvoiceIn(OrderIn):
    status: Literal["issued", "draft"] = "issued"


class InvoicePatch(OrderIn):
    """Fields of a draft to change; those left out stay. Lines are replaced as a whole."""

    line_items: Annotated[list[LineIn], Field(min_length=1, max_length=LINES_MAX)] = []

    def changes(self) -> Mapping[str, Any]:
        """The given fields under the names that Order uses."""
        names = {"booking": "booking_id", "customer": "customer_id", "store": "store_id", "line_items": "lines"}
        given: dict[str, Any] = {}
        for name in self.model_fields_set:
            value = getattr(self, name)
            if isinstance(value, DiscountIn):
                value = value.discount()
            elif name == "line_items":
                value = tuple(line.wanted() for line in self.line_items)
            given[names.get(name, name)] = value
        return given


class IssueIn(Body):
    invoice_date: Day | None = None


class LineOut(BaseModel):
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
    gross: Money
    discount_amount: Money
    invoice_discount_share: Money
    taxable_value: Money
    cgst: Money
    sgst: Money
    igst: Money
    cess: Money
    total: Money


class InvoiceRow(BaseModel):
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
    amount_paid: Money
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


class SequenceIn(Body):
    series: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9/_-]{0,19}$")]
    kind: Literal["invoice", "bill_of_supply", "credit_note", "receipt_voucher", "refund_voucher"]
    gstin: text(15) = ""  # type: ignore[valid-type]
    # Rule 46(b) and the portal: letters, digits, - and /; a letter or 1-9 first. It may not end in a digit, or two
    # series could write the same number.
    prefix: Annotated[str, Field(pattern=r"^[A-Za-z1-9]([A-Za-z0-9/-]{0,9}[A-Za-z/-])?$")] | None = None
    last_number: Annotated[int, Field(strict=True, ge=0, le=999_999_999)] = 0
    run: Annotated[int, Field(strict=True, ge=1, le=1)] = 1


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
    kind: Annotated[str | None, Field(max_length=20)] = None
    gstin: Annotated[str | None, Field(max_length=15)] = None
