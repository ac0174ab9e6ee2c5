from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from finetune.core.fields import Body, NoneForNull, Quantity, QueryId, RowId, text
from finetune.core.listing import Day, Flag, SearchQuery
from finetune.core.refusals import invalid
from finetune.crediting.rules import WantedReturn, repeated_lines
from finetune.invoicing.schemas import (
    LINES_MAX,
    SERIALS_MAX,
    AmountsOut,
    Decimals,
    LineAmountsOut,
    Money,
    Treatments,
)


class ReturnIn(Body):
    line: RowId
    quantity: Quantity
    serial_numbers: Annotated[list[text(64)], Field(max_length=SERIALS_MAX), NoneForNull] = []  # type: ignore[valid-type]
    restock: Annotated[bool, Field(strict=True)] = True

    def wanted(self) -> WantedReturn:
        return WantedReturn(
            line_id=self.line,
            quantity=self.quantity,
            serial_numbers=tuple(self.serial_numbers),
            restock=self.restock,
        )


class CreditNoteIn(Body):
    reason: text(500, 1)  # type: ignore[valid-type]
    line_items: Annotated[list[ReturnIn], Field(min_length=1, max_length=LINES_MAX)]

    def returns(self) -> list[WantedReturn]:
        """Refuses 400 for a line that stands twice."""
        returns = [each.wanted() for each in self.line_items]
        if problems := repeated_lines(returns):
            raise invalid(problems)
        return returns


class NoteLineOut(LineAmountsOut):
    id: int
    line: int
    variant: int | None
    description: str
    hsn_code: str
    quantity: Decimals
    unit: str
    gst_rate: Decimals
    treatment: Treatments
    restock: bool
    serial_numbers: list[str]


class CreditNoteOut(AmountsOut):
    """A credit note. `amount_to_credit` is the part that became the customer's credit."""

    id: int
    credit_note_number: str
    invoice: int
    invoice_number: str
    store: int
    customer: int
    customer_name: str
    note_date: date
    reason: str
    completes: bool
    place_of_supply: str
    supply_nature: Literal["intra", "inter"]
    state_tax_label: Literal["SGST", "UTGST"]
    reverse_charge: bool
    line_items: list[NoteLineOut]
    amount_to_credit: Money
    issued_at: datetime
    created_by: int


class CreditNoteQuery(SearchQuery):
    invoice: QueryId | None = None
    store: QueryId | None = None
    customer: QueryId | None = None
    date_from: Day | None = None
    date_to: Day | None = None


class CreditOut(BaseModel):
    """What the shop owes a customer; for a walk-in, on one bill."""

    id: int
    customer: int
    customer_name: str
    invoice: int | None
    balance: Money
    updated_at: datetime


class CreditQuery(SearchQuery):
    """`open` leaves out, or shows alone, credit that is spent."""

    customer: QueryId | None = None
    invoice: QueryId | None = None
    open: Flag | None = None


Wrong = Literal[
    "goods_returned",
    "too_much_billed",
    "too_little_billed",
    "wrong_tax",
    "wrong_buyer",
    "billed_twice",
    "too_much_paid",
]
Way = Literal[
    "edit_draft", "cancel_and_reissue", "credit_note", "credit_and_reissue", "bill_the_difference", "refund"
]


class CorrectionsQuery(BaseModel):
    """What is wrong with the bill. Without it every way is judged."""

    wrong: Wrong | None = None


class RouteOut(BaseModel):
    route: Way
    open: bool
    why: str


class CorrectionsOut(BaseModel):
    """The lawful ways that mend what is wrong, the simplest first; `advised` is the first that is open."""

    invoice: int
    wrong: Wrong | None
    advised: Way | None
    routes: list[RouteOut]
