from typing import Annotated, Literal

from pydantic import BaseModel, Field

from finetune.core.fields import Body
from finetune.invoicing.schemas import Money
from finetune.reports.codes import CODE_MAX

MatchKind = Literal["serial", "variant", "invoice", "credit_note", "booking", "customer"]


class CodeQuery(Body):
    """Whatever a scanner reads or a person types."""

    code: Annotated[str, Field(min_length=1, max_length=CODE_MAX)]


class PlaceOut(BaseModel):
    store: int
    store_name: str
    available: int


class MatchOut(BaseModel):
    """One thing that the code may mean. `code` is how the thing itself is called: a serial, a SKU, a number, a phone.

    `state` is the thing's own status; of a variant `available` or `out_of_stock`, of a customer its category. `places`
    say where a variant stands, in stores that you may see. `invoice` is the bill that sold a sold unit, or that a note
    belongs to. `price` is a total for a document, an estimate for a booking.
    """

    kind: MatchKind
    id: int
    code: str
    label: str
    exact: bool
    state: str
    store: int | None
    store_name: str | None
    variant: int | None
    tracks_serials: bool | None
    price: Money | None
    places: list[PlaceOut]
    invoice: int | None
    customer: int | None


class ResolvedOut(BaseModel):
    code: str
    matches: list[MatchOut]
