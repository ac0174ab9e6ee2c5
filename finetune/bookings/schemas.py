from datetime import datetime
from typing import Annotated, Any, Literal, NoReturn

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema

from finetune.bookings.rules import booking_problems, reason_problems
from finetune.core.fields import AmountOrZero, BlankForNull, Body, Imei, QueryId, Record, RowId, complaint
from finetune.core.listing import Day, SearchQuery
from finetune.core.refusals import FieldError

Kind = Literal["repair", "counter"]
Status = Literal[
    "received", "diagnosing", "awaiting_approval", "in_progress", "ready", "delivered", "cancelled"
]
Device = Annotated[str, Field(max_length=120), BlankForNull]
Issue = Annotated[str, Field(max_length=1000), BlankForNull]
Condition = Annotated[str, Field(max_length=1000), BlankForNull]
StatusReason = Annotated[str, Field(max_length=500), BlankForNull]


def _refuse_change(value: Any) -> NoReturn:
    raise complaint(
        "not_changeable", "This is settled when the booking is made. Make another booking instead."
    )


NotChangeable = Annotated[Any, BeforeValidator(_refuse_change), WithJsonSchema({"readOnly": True})]


class BookingIn(Record):
    STAND_INS = {"store": 1, "customer": 1}
    FOLLOWS_FROM = {"device": {"kind"}, "issue": {"kind"}}

    store: RowId
    customer: RowId
    kind: Kind = "repair"
    device: Device = ""
    issue: Issue = ""
    imei: Annotated[Imei, BlankForNull] = ""
    condition: Condition = ""
    estimate: AmountOrZero | None = None

    def contradictions(self) -> list[FieldError]:
        return booking_problems(self.model_dump())


class BookingPatch(Body):
    customer: RowId = 0
    device: Device = ""
    issue: Issue = ""
    imei: Annotated[Imei, BlankForNull] = ""
    condition: Condition = ""
    estimate: AmountOrZero | None = None
    store: NotChangeable = None
    kind: NotChangeable = None


class TransitionIn(Record):
    STAND_INS = {"to": "received"}

    to: Status
    reason: StatusReason = ""

    def contradictions(self) -> list[FieldError]:
        return reason_problems(to=self.to, reason=self.reason)


class BookingOut(BaseModel):
    """`status_reason` is what was said at the last transition, `condition` how the device looked when it came in."""

    id: int
    store: int
    customer: int
    kind: Kind
    device: str
    issue: str
    imei: str
    condition: str
    estimate: str | None
    status: Status
    status_reason: str
    created_by: int
    created_at: datetime
    updated_at: datetime


class BookingQuery(SearchQuery):
    store: QueryId | None = None
    customer: QueryId | None = None
    status: Status | None = None
    kind: Kind | None = None
    date_from: Day | None = None
    date_to: Day | None = None
