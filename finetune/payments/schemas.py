"""What a payment looks like on its way in and out."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
)

from finetune.core.dates import INDIA, now
from finetune.core.fields import Amount, AmountOrZero, BlankForNull, Body, QueryId, RowId, complaint, text
from finetune.core.listing import Day, SearchQuery
from finetune.core.refusals import FieldError, invalid
from finetune.invoicing.schemas import InvoiceOut, Money, OrderIn, Status
from finetune.payments.rules import REFERENCE_MAX, EmiTerms, Tender, tender_problems

Mode = Literal["cash", "card", "upi", "emi", "credit"]
TENDERS_MAX = 20
CLOCK_SLACK = timedelta(minutes=5)


def _instant(value: Any) -> Any:
    """RFC 3339. A time without an offset is Indian time."""
    if isinstance(value, str) and re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}", value):
        try:
            instant = datetime.fromisoformat(value)
            instant = instant if instant.tzinfo else instant.replace(tzinfo=INDIA)
            return instant.astimezone(INDIA)
        except (ValueError, OverflowError):
            pass
    raise complaint("invalid", "This must be a time such as 2026-11-22T10:30:00+05:30.")


def _past(value: datetime) -> datetime:
    if value > now() + CLOCK_SLACK:
        raise complaint("date_in_future", "Money cannot have been received later than now.")
    if value.year < 2017:
        raise complaint("invalid", "No bill of this shop is that old.")
    return value


Instant = Annotated[
    datetime,
    BeforeValidator(_instant),
    AfterValidator(_past),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


Reference = Annotated[str, Field(max_length=REFERENCE_MAX), BlankForNull]


class EmiIn(Body):
    provider: text(60, 1)  # type: ignore[valid-type]
    tenure_months: Annotated[int, Field(strict=True, ge=1, le=120)]
    financed_amount: Amount
    subvention: AmountOrZero | None = None
    down_payment: AmountOrZero | None = None

    def terms(self) -> EmiTerms:
        given = {"subvention": self.subvention, "down_payment": self.down_payment}
        return EmiTerms(
            provider=self.provider,
            tenure_months=self.tenure_months,
            financed_amount=self.financed_amount,
            **{name: value for name, value in given.items() if value is not None},
        )


class TenderIn(Body):
    mode: Mode
    amount: Amount
    reference: Reference = ""
    tendered: Amount | None = None
    emi: EmiIn | None = None


def _tender(given: "TenderIn | PaymentIn", *, at: str, received_at: datetime | None) -> Tender:
    assert given.mode is not None, "the schema asks for it"
    assert given.amount is not None, "the schema asks for it"
    return Tender(
        mode=given.mode,
        amount=given.amount,
        reference=given.reference,
        tendered=given.tendered,
        emi=None if given.emi is None else given.emi.terms(),
        received_at=received_at,
        at=at,
    )


def checked(tenders: list[TenderIn], received_at: datetime | None = None) -> list[Tender]:
    """The tenders of a list, or 400 with every field at fault."""
    return _sound(
        [_tender(each, at=f"tenders.{place}.", received_at=received_at) for place, each in enumerate(tenders)]
    )


def _sound(tenders: list[Tender]) -> list[Tender]:
    if problems := [problem for tender in tenders for problem in tender_problems(tender)]:
        raise invalid(problems)
    return tenders


def _own_without_tenders(value: Any, info: ValidationInfo) -> Any:
    if value is None and info.data.get("tenders", 0) is None:
        raise complaint("missing", "Without `tenders` this field is required.")
    return value


Own = [AfterValidator(_own_without_tenders), Field(validate_default=True)]


class PaymentIn(Body):
    """One tender in the fields themselves, or several under `tenders`."""

    invoice: RowId
    tenders: Annotated[list[TenderIn], Field(min_length=1, max_length=TENDERS_MAX)] | None = None
    amount: Annotated[Amount | None, *Own] = None
    mode: Annotated[Mode | None, *Own] = None
    reference: Reference = ""
    received_at: Instant | None = None
    tendered: Amount | None = None
    emi: EmiIn | None = None
    allow_credit: Annotated[bool, Field(strict=True)] = False

    def list_of_tenders(self) -> list[Tender]:
        """Refuses 400 for what contradicts itself."""
        if self.tenders is not None:
            return self._several(self.tenders)
        return _sound([_tender(self, at="", received_at=self.received_at)])

    def _several(self, tenders: list[TenderIn]) -> list[Tender]:
        both = [
            FieldError(name, "invalid", "Give the fields of one payment, or `tenders`, not both.")
            for name in ("amount", "mode", "reference", "tendered", "emi")
            if getattr(self, name)
        ]
        if both:
            raise invalid(both)
        return checked(tenders, self.received_at)


class SaleIn(OrderIn):
    """An invoice and the money for it."""

    status: Literal["issued"] = "issued"
    tenders: Annotated[list[TenderIn], Field(max_length=TENDERS_MAX)]


class EmiOut(BaseModel):
    provider: str
    tenure_months: int
    financed_amount: Money
    subvention: Money
    down_payment: Money


class PaymentOut(BaseModel):
    """Money on a bill, or on a deposit (then `invoice` and what is said of it are null)."""

    id: int
    invoice: int | None
    invoice_number: str | None
    deposit: int | None
    store: int
    amount: Money
    mode: Mode
    reference: str
    status: Literal["succeeded"]
    tendered: Money | None
    change_due: Money
    received_by: int
    received_at: datetime
    emi: EmiOut | None
    invoice_status: Status | None
    invoice_balance_due: Money | None


class TendersOut(BaseModel):
    payments: list[PaymentOut]
    invoice_status: Status
    invoice_balance_due: Money


class SaleOut(BaseModel):
    invoice: InvoiceOut
    payments: list[PaymentOut]
    change_due: Money


class PaymentQuery(SearchQuery):
    invoice: QueryId | None = None
    deposit: QueryId | None = None
    store: QueryId | None = None
    mode: Mode | None = None
    date_from: Day | None = None
    date_to: Day | None = None
