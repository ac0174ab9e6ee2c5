"""What a payment looks like on its way in and out."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from finetune.core.dates import INDIA, now
from finetune.core.fields import (
    FAULTS_MAX,
    Amount,
    AmountOrZero,
    BlankForNull,
    Body,
    QueryId,
    RowId,
    complaint,
    faults_at,
    text,
    together,
)
from finetune.core.listing import Day, SearchQuery
from finetune.core.refusals import FieldError, invalid
from finetune.invoicing.schemas import BillIn, InvoiceOut, Money, Status
from finetune.payments.rules import REFERENCE_MAX, EmiTerms, Tender, tender_problems

Mode = Literal["cash", "card", "upi", "emi", "credit"]
TENDERS_MAX = 20
CLOCK_SLACK = timedelta(minutes=5)


def _instant(value: Any) -> Any:
    """RFC 3339, whose T and Z may be small. A time without an offset is Indian time."""
    if isinstance(value, str) and re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}", value):
        try:
            instant = datetime.fromisoformat(value.upper())
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
    return _sound(_listed(tenders, received_at))


def _listed(tenders: list[TenderIn], received_at: datetime | None = None) -> list[Tender]:
    return [
        _tender(each, at=f"tenders.{place}.", received_at=received_at) for place, each in enumerate(tenders)
    ]


def _problems_beside(tender: Any, faults: set[str], *, at: str) -> list[FieldError]:
    """What a tender lacks, whatever else is malformed in it."""
    if not isinstance(tender, dict) or faults & {"", "mode"}:
        return []
    sound = {name: value for name, value in tender.items() if name in TenderIn.model_fields.keys() - faults}
    if faults:
        # Amounts are compared with one another only where all are well-formed.
        sound = {**sound, "amount": "1", "tendered": None}
    try:
        problems = tender_problems(_tender(TenderIn.model_validate(sound), at=at, received_at=None))
    except ValidationError:
        return []
    own = {f"{at}{name}" for name in faults}
    return [each for each in problems if each.field not in own and (not faults or each.code == "required")]


def _tenders_beside(data: dict[str, Any], error: ValidationError) -> list[FieldError]:
    tenders = data.get("tenders")
    if not isinstance(tenders, list) or "" in faults_at(error, "tenders"):
        return []
    return [
        problem
        for place, tender in enumerate(tenders)
        for problem in _problems_beside(tender, faults_at(error, "tenders", place), at=f"tenders.{place}.")
    ]


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

    @model_validator(mode="wrap")
    @classmethod
    def _all_at_once(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(data)
        except ValidationError as error:
            if not isinstance(data, dict) or error.error_count() > FAULTS_MAX:
                raise
            if data.get("tenders") is None:
                beside = _problems_beside(data, faults_at(error) & TenderIn.model_fields.keys(), at="")
            else:
                beside = _tenders_beside(data, error)
            raise together(error, beside) from None

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


class SaleIn(BillIn):
    """An invoice and the money for it."""

    status: Literal["issued"] = "issued"
    tenders: Annotated[list[TenderIn], Field(max_length=TENDERS_MAX)]

    @classmethod
    def problems_beside(cls, data: dict[str, Any], error: ValidationError) -> list[FieldError]:
        return super().problems_beside(data, error) + _tenders_beside(data, error)

    def problems(self) -> list[FieldError]:
        of_tenders = [problem for tender in _listed(self.tenders) for problem in tender_problems(tender)]
        return super().problems() + of_tenders


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
