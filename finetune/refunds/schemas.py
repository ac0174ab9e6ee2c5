from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from finetune.core.fields import Amount, BlankForNull, Body, QueryId, text
from finetune.core.listing import Day, ListQuery
from finetune.invoicing.schemas import Money
from finetune.payments.rules import REFERENCE_MAX

RefundMode = Literal["cash", "card", "upi", "emi", "credit"]
RefundStatus = Literal["initiated", "succeeded", "failed"]


class RefundIn(Body):
    """`mode` is the payment's own unless given; `credit` keeps the money as the customer's credit."""

    amount: Amount
    reason: text(500, 1)  # type: ignore[valid-type]
    mode: RefundMode | None = None
    reference: Annotated[text(REFERENCE_MAX), BlankForNull] = ""  # type: ignore[valid-type]


class OutcomeIn(Body):
    succeeded: Annotated[bool, Field(strict=True)]
    reference: Annotated[text(REFERENCE_MAX), BlankForNull] = ""  # type: ignore[valid-type]
    reason: Annotated[text(500), BlankForNull] = ""  # type: ignore[valid-type]


class RefundOut(BaseModel):
    """`from_credit` was the customer's credit; the rest of the amount is owed on the bill again.

    Cash and credit succeed at once. Money by card, UPI or lender is `initiated` until its outcome is recorded.
    """

    id: int
    payment: int
    invoice: int
    invoice_number: str
    store: int
    amount: Money
    from_credit: Money
    mode: RefundMode
    reason: str
    reference: str
    status: RefundStatus
    outcome_reason: str | None
    decided_at: datetime | None
    refunded_by: int
    created_at: datetime


class RefundQuery(ListQuery):
    payment: QueryId | None = None
    invoice: QueryId | None = None
    store: QueryId | None = None
    mode: RefundMode | None = None
    status: RefundStatus | None = None
    date_from: Day | None = None
    date_to: Day | None = None
