"""From what a cashier typed to money: who pays how much, what is left, what is given back. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from finetune.core.money import ZERO
from finetune.core.refusals import FieldError
from finetune.payments.rules import CASH, EMI, EmiTerms, Tender, tender_problems
from finetune.web.counter.asked import TypedTender


@dataclass(frozen=True, slots=True)
class Money:
    """How a bill is paid. `left` stays unpaid, `change` is handed back, `amounts` stand in the order typed."""

    owed: Decimal
    tenders: tuple[Tender, ...]
    amounts: tuple[Decimal, ...]
    left: Decimal
    change: Decimal
    errors: tuple[FieldError, ...] = ()


def settle(typed: Sequence[TypedTender], *, owed: Decimal) -> Money:
    """Typed amounts count first, cash after the others since only cash gives change; what was left open takes the
    rest. Cash above it is given back."""
    amounts: list[Decimal] = [ZERO] * len(typed)
    rest = owed
    errors: list[FieldError] = []
    for place, each in enumerate(typed):
        if each.mode != CASH and each.given is not None:
            amounts[place] = each.given
            rest -= each.given
    if rest < 0:
        errors.append(FieldError("tenders", "exceeds_balance", _("This is more than the bill comes to.")))
        rest = ZERO
    change = ZERO
    for place, each in enumerate(typed):
        if each.mode == CASH and each.given is not None:
            amounts[place] = min(each.given, rest)
            change += each.given - amounts[place]
            rest -= amounts[place]
    # What was left open takes the rest, cash after all others.
    for place in sorted(range(len(typed)), key=lambda place: typed[place].mode == CASH):
        if typed[place].given is None:
            amounts[place], rest = rest, ZERO
    tenders = tuple(
        _tender(each, amount, place)
        for place, (each, amount) in enumerate(zip(typed, amounts, strict=True))
        if amount > 0
    )
    errors += [problem for tender in tenders for problem in tender_problems(tender)]
    errors += _without_terms(typed)
    return Money(owed, tenders, tuple(amounts), rest, change, tuple(errors))


def _tender(typed: TypedTender, amount: Decimal, place: int) -> Tender:
    terms = None
    if typed.mode == EMI:
        terms = EmiTerms(
            provider=typed.provider or "-", tenure_months=typed.months or 1, financed_amount=amount
        )
    handed = typed.given if typed.mode == CASH and typed.given is not None and typed.given > amount else None
    return Tender(
        mode=typed.mode,
        amount=amount,
        reference=typed.reference,
        tendered=handed,
        emi=terms,
        at=f"tenders.{place}.",
    )


def _without_terms(typed: Sequence[TypedTender]) -> list[FieldError]:
    problems = []
    for place, each in enumerate(typed):
        if each.mode == EMI and not each.provider:
            problems.append(FieldError(f"tenders.{place}.provider", "required", _("Say which lender pays.")))
        if each.mode == EMI and each.months is None:
            problems.append(FieldError(f"tenders.{place}.months", "required", _("Say for how many months.")))
    return problems
