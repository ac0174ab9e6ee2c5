"""May this money be taken on this bill? Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from finetune.core.money import ZERO, money_text
from finetune.core.refusals import FieldError, Refusal, conflict

CASH, CARD, UPI, EMI, CREDIT = "cash", "card", "upi", "emi", "credit"
WITH_REFERENCE = frozenset({CARD, UPI, EMI})
REFERENCE_MAX = 35


@dataclass(frozen=True, slots=True)
class EmiTerms:
    """What a lender finances. `down_payment` is information: it is taken as a tender of its own."""

    provider: str
    tenure_months: int
    financed_amount: Decimal
    subvention: Decimal = ZERO
    down_payment: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Tender:
    """Money in one mode, in rupees. `tendered` is the cash that was handed over, where more than the amount.

    `at` is the dotted path that its fields stand under in the request.
    """

    mode: str
    amount: Decimal
    reference: str = ""
    tendered: Decimal | None = None
    emi: EmiTerms | None = None
    received_at: datetime | None = None
    at: str = ""

    @property
    def change_due(self) -> Decimal:
        return ZERO if self.tendered is None else self.tendered - self.amount


def tender_problems(tender: Tender) -> list[FieldError]:
    """What is missing or contradicts itself in a tender."""
    problems = []
    if tender.mode in WITH_REFERENCE and not tender.reference:
        message = f"A payment by {tender.mode} needs the reference of the bank or lender."
        problems.append(FieldError(f"{tender.at}reference", "required", message))
    if tender.tendered is not None and tender.mode != CASH:
        problems.append(
            FieldError(f"{tender.at}tendered", "invalid", "Only cash is tendered and gives change.")
        )
    elif tender.tendered is not None and tender.tendered < tender.amount:
        problems.append(
            FieldError(f"{tender.at}tendered", "invalid", "Less was handed over than the amount to be paid.")
        )
    return problems + _emi_problems(tender)


def _emi_problems(tender: Tender) -> list[FieldError]:
    emi = tender.emi
    if tender.mode != EMI:
        return (
            []
            if emi is None
            else [FieldError(f"{tender.at}emi", "invalid", "Only a payment by emi has these terms.")]
        )
    if emi is None:
        return [FieldError(f"{tender.at}emi", "required", "A payment by emi needs the lender's terms.")]
    if tender.amount != emi.financed_amount + emi.subvention:
        message = "The amount must be the financed amount and the subvention together."
        return [FieldError(f"{tender.at}amount", "emi_amount_mismatch", message)]
    return []


def refuse_unpayable(facts: Mapping[str, Any]) -> None:
    """Nothing is owed on a draft or on a cancelled bill."""
    if facts["issued_at"] is None:
        raise conflict("invoice_not_payable", "This is a draft. Issue the bill first, then take the money.")
    if facts["is_cancelled"]:
        raise conflict("invoice_not_payable", "This bill is cancelled: nothing is owed on it.")


def compared(reference: str) -> str:
    """A reference as it is held against others: it is the same however it is spaced and in capitals or not."""
    return "".join(reference.split()).upper()


def refuse_known_references(tenders: Sequence[Tender], *, taken: Collection[int]) -> None:
    """409 with every tender whose reference another payment has. `taken` are the places of those that stand
    in the books; within the request the second of two is at fault."""
    seen: set[tuple[str, str]] = set()
    known = []
    for place, tender in enumerate(tenders):
        name = (tender.mode, compared(tender.reference))
        if tender.mode in (UPI, CARD) and (place in taken or name in seen):
            known.append(f"{tender.at}reference")
        seen.add(name)
    if known:
        raise duplicate_reference(*known)


def duplicate_reference(*fields: str) -> Refusal:
    message = "A payment with this reference is recorded already. Look it up before you take the money again."
    errors = [FieldError(field, "duplicate_reference", message) for field in fields or ("reference",)]
    return conflict("duplicate_reference", message, errors=errors)


def excess_of(tenders: Sequence[Tender], *, balance_due: Decimal) -> Decimal:
    """What is offered beyond what is owed."""
    return max(ZERO, sum((tender.amount for tender in tenders), ZERO) - balance_due)


def refuse_excess(tenders: Sequence[Tender], *, balance_due: Decimal, allow_credit: bool = False) -> None:
    """All tenders together may not pass what is owed, unless the excess is to be the customer's credit.

    Credit itself pays only what is owed: otherwise it would turn into itself.
    """
    excess = excess_of(tenders, balance_due=balance_due)
    if not excess or (allow_credit and not any(tender.mode == CREDIT for tender in tenders)):
        return
    raise conflict(
        "exceeds_balance",
        f"Rs {money_text(balance_due)} is owed on this bill, and Rs {money_text(balance_due + excess)} was "
        "offered. Take what is owed; cash handed over beyond it goes into `tendered`, and `allow_credit` keeps "
        "an excess as the customer's credit.",
        balance_due=money_text(balance_due),
    )


def person_of(*, customer_id: int, invoice_id: int, is_walk_in: bool) -> str:
    """Whose cash is added up for the day. A walk-in has no name, so the bill stands for the person."""
    return f"invoice:{invoice_id}" if is_walk_in else f"customer:{customer_id}"


def person_of_deposit(*, customer_id: int, booking_id: int, is_walk_in: bool) -> str:
    """Whose cash a deposit is. There is no bill yet that could stand for a walk-in, so the booking does."""
    return f"booking:{booking_id}" if is_walk_in else f"customer:{customer_id}"


def cash_session_closed() -> Refusal:
    return conflict(
        "cash_session_closed", "This cash session is closed for good. Record it in the store's next one."
    )


def left_to_pay(balance_due: Decimal, amounts: Sequence[Decimal]) -> Decimal:
    """What a further tender would still have to cover."""
    return max(ZERO, balance_due - sum(amounts, ZERO))
