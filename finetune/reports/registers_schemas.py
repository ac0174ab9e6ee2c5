"""What the registers look like on their way in and out."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from finetune.core.fields import QueryId
from finetune.core.listing import Day, ListQuery, PageOf, SearchQuery
from finetune.gst.gstin import normalise
from finetune.reports.exports import Format

Money = Annotated[str, Field(pattern=r"^-?[0-9]+\.[0-9]{2}$", examples=["1180.00"])]


class SalesQuery(SearchQuery):
    store: QueryId | None = None
    gstin: Annotated[str | None, Field(max_length=40), AfterValidator(lambda v: v and normalise(v))] = None
    customer: QueryId | None = None
    kind: Literal["invoice", "credit_note"] | None = None
    date_from: Day | None = None
    date_to: Day | None = None
    format: Format = "json"


class SalesAmounts(BaseModel):
    """A credit note counts negative, a cancelled bill nothing."""

    taxable_value: Money
    cgst: Money
    sgst: Money
    igst: Money
    cess: Money
    total_tax: Money
    round_off_amount: Money
    total: Money


class SalesDocument(BaseModel):
    """What a row of the register is about. `of_number` is the bill that a credit note is about."""

    kind: Literal["invoice", "credit_note"]
    id: int
    number: str
    date: date
    document_type: str
    of_number: str | None
    store: int
    customer: int
    gstin: str
    customer_name: str
    buyer_category: str
    buyer_gstin: str
    place_of_supply: str
    supply_nature: Literal["intra", "inter"]
    reverse_charge: bool
    is_cancelled: bool


# The bases in this order make the columns of a file: the document first, then its money.
class SalesRow(SalesAmounts, SalesDocument):
    """A document of the register."""


class SalesTotals(SalesAmounts):
    count: int


class SalesPage(PageOf[SalesRow]):
    """`totals` are over all pages."""

    totals: SalesTotals


class DayQuery(ListQuery):
    """One day, today unless said otherwise; all stores that you may see unless one is named."""

    date: Day | None = None
    store: QueryId | None = None
    format: Format = "json"


class DayRow(BaseModel):
    """A document or a movement of money. What is taken back or given back is negative; `mode` is empty for
    documents, and `credit` where no money moved but the customer's credit."""

    kind: Literal["invoice", "cancellation", "payment", "credit_note", "refund", "deposit", "deposit_refund"]
    id: int
    at: datetime
    number: str
    store: int
    customer_name: str
    mode: Literal["", "cash", "card", "upi", "emi", "credit"]
    reference: str
    amount: Money
    entered_by: int


class ByMode(BaseModel):
    cash: Money
    card: Money
    upi: Money
    emi: Money
    total: Money


class DayTotals(BaseModel):
    """`billed` is what documents of the day add up to, with cancellations and notes taken off."""

    invoices: int
    cancellations: int
    credit_notes: int
    taxable_value: Money
    total_tax: Money
    billed: Money
    received: ByMode
    given_back: ByMode


class DayPage(PageOf[DayRow]):
    """`totals` are over all pages."""

    date: date
    totals: DayTotals


class ValuationQuery(SearchQuery):
    store: QueryId | None = None
    format: Format = "json"


class ValuationRow(BaseModel):
    """Units on the shelf. `basis` says where `unit_cost` is from; both are null where nobody knows."""

    store: int
    product_variant: int
    sku: str
    name: str
    hsn_code: str
    quantity: int
    unit_cost: Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]{1,3})?$")] | None
    basis: Literal["purchases", "cost", "unknown"]
    value: Money | None


class ValuationTotals(BaseModel):
    quantity: int
    value: Money
    quantity_without_price: int


class ValuationPage(PageOf[ValuationRow]):
    """`totals` are over all pages."""

    totals: ValuationTotals
