"""What a deposit looks like on its way in and out."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from finetune.core.dates import today
from finetune.core.fields import Amount, BlankForNull, Body, QueryId, text
from finetune.core.listing import Day, Flag, SearchQuery
from finetune.core.money import plain_text
from finetune.core.refusals import FieldError, invalid
from finetune.deposits.rules import RATE_UNLESS_KNOWN
from finetune.gst.fields import GstRate
from finetune.gst.rates import rate_in_force
from finetune.invoicing.schemas import Decimals, Money
from finetune.payments.rules import Tender, tender_problems
from finetune.payments.schemas import Instant, Reference

MoneyMode = Literal["cash", "card", "upi"]
Supply = Literal["service", "goods"]


class DepositIn(Body):
    """`supply` says what it is an advance for: a service is taxed at once, goods when they are billed."""

    amount: Amount
    mode: MoneyMode
    reference: Reference = ""
    tendered: Amount | None = None
    received_at: Instant | None = None
    supply: Supply = "service"
    gst_rate: GstRate = RATE_UNLESS_KNOWN
    description: Annotated[text(300), BlankForNull] = ""  # type: ignore[valid-type]

    def tender(self) -> Tender:
        """Refuses 400 for what is missing or contradicts itself."""
        tender = Tender(
            mode=self.mode,
            amount=self.amount,
            reference=self.reference,
            tendered=self.tendered,
            received_at=self.received_at,
        )
        problems = tender_problems(tender)
        if not rate_in_force(Decimal(self.gst_rate), today()):
            message = f"{plain_text(self.gst_rate)} % is not a GST rate in force today."
            problems.append(FieldError("gst_rate", "rate_not_in_force", message))
        if problems:
            raise invalid(problems)
        return tender


class DepositRefundIn(Body):
    """All that is left goes back unless `amount` says less, by the mode it came in unless another is named."""

    reason: text(500, 1)  # type: ignore[valid-type]
    amount: Amount | None = None
    mode: MoneyMode | None = None
    reference: Reference = ""


class Advance(BaseModel):
    """An amount with the tax inside it."""

    amount: Money
    taxable_value: Money
    cgst: Money
    sgst: Money
    igst: Money


class SetOffOut(BaseModel):
    """A part of a deposit that paid a bill."""

    invoice: int
    set_off_date: date
    amount: Money


class RefundVoucherRef(BaseModel):
    id: int
    voucher_number: str
    voucher_date: date
    amount: Money


class DepositOut(Advance):
    """A receipt voucher, the money behind it, and what became of it."""

    id: int
    voucher_number: str
    voucher_date: date
    booking: int
    store: int
    customer: int
    supply: Supply
    description: str
    gst_rate: Decimals
    place_of_supply: str
    supply_nature: Literal["intra", "inter"]
    state_tax_label: Literal["SGST", "UTGST"]
    amount_applied: Money
    amount_refunded: Money
    amount_open: Money
    payment: int
    mode: MoneyMode
    reference: str
    change_due: Money
    set_offs: list[SetOffOut]
    refund_vouchers: list[RefundVoucherRef]
    issued_at: datetime
    created_by: int


class DepositRefundOut(Advance):
    """A refund voucher."""

    id: int
    voucher_number: str
    voucher_date: date
    deposit: int
    deposit_number: str
    store: int
    mode: MoneyMode
    reference: str
    reason: str
    issued_at: datetime
    created_by: int


class DepositQuery(SearchQuery):
    booking: QueryId | None = None
    store: QueryId | None = None
    customer: QueryId | None = None
    open: Annotated[Flag | None, Field()] = None
    date_from: Day | None = None
    date_to: Day | None = None
