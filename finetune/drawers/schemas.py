"""What a cash session looks like on its way in and out."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, WithJsonSchema

from finetune.core.fields import Amount, AmountOrZero, AnyAmount, Body, QueryId, RowId, text
from finetune.core.listing import Day, Flag, ListQuery
from finetune.drawers.rules import DENOMINATIONS, Count
from finetune.invoicing.schemas import Money

Note = Literal["500", "200", "100", "50", "20", "10"]
MovementKind = Literal["paid_in", "paid_out", "bank"]
MoneyMode = Literal["cash", "card", "upi", "emi"]
NOTES_MAX = 100_000
Notes = Annotated[
    dict[Note, Annotated[int, Field(strict=True, ge=0, le=NOTES_MAX)]],
    WithJsonSchema(
        {
            "type": "object",
            "properties": {
                str(value): {"type": "integer", "minimum": 0, "maximum": NOTES_MAX} for value in DENOMINATIONS
            },
            "additionalProperties": False,
        }
    ),
]


class OpenIn(Body):
    """`opening_float` is what lies in the drawer; left out, what was counted when it was closed last."""

    store: RowId
    opening_float: AmountOrZero | None = None


class CountIn(Body):
    """How many of each note, and the coins in rupees. What is not named is not there."""

    notes: Notes = {}
    coins: AmountOrZero = 0

    def count(self) -> Count:
        return Count({int(value): number for value, number in self.notes.items()}, self.coins)


class CloseIn(CountIn):
    """`card_total` and `upi_total` are what the terminal and the app say; left out, they are not compared.

    `note` is needed where anything differs.
    """

    card_total: AnyAmount | None = None
    upi_total: AnyAmount | None = None
    note: text(500) = ""  # type: ignore[valid-type]


class MovementIn(Body):
    kind: MovementKind
    amount: Amount
    reason: text(500, 1)  # type: ignore[valid-type]


class CountOut(BaseModel):
    notes: Notes
    coins: Money


class ModeOut(BaseModel):
    """Money of a session in one mode: `net` is what came in less what went back."""

    mode: MoneyMode
    received: Money
    payments: int
    refunded: Money
    refunds: int
    net: Money


class MovementOut(BaseModel):
    id: int
    kind: MovementKind
    amount: Money
    reason: str
    moved_by: int
    created_at: datetime


class CashSessionRow(BaseModel):
    """A session in a list. What is expected of an open one is as of now, of a closed one as of its closing.

    `opened_by_itself`: the first money came before anybody opened.
    """

    id: int
    store: int
    business_date: date
    z_number: int | None
    opened_at: datetime
    opened_by: int
    opened_by_itself: bool
    opening_float: Money
    closed_at: datetime | None
    closed_by: int | None
    cash_expected: Money
    cash_counted: Money | None
    cash_difference: Money | None
    card_expected: Money
    card_total: Money | None
    card_difference: Money | None
    upi_expected: Money
    upi_total: Money | None
    upi_difference: Money | None
    counted: CountOut | None
    note: str


class CashSessionOut(CashSessionRow):
    by_mode: list[ModeOut]
    movements: list[MovementOut]


class CashSessionQuery(ListQuery):
    store: QueryId | None = None
    open: Annotated[Flag | None, Field()] = None
    differs: Annotated[Flag | None, Field()] = None
    date_from: Day | None = None
    date_to: Day | None = None
