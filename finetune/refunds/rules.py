"""How much may go back, and where it comes from. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from finetune.core.money import ZERO, money_text
from finetune.core.refusals import conflict

CASH, CREDIT = "cash", "credit"
# These are settled the moment they are given; the others when the bank has answered.
AT_ONCE = frozenset({CASH, CREDIT})


@dataclass(frozen=True, slots=True)
class RefundPlan:
    """`from_credit` lowers what the shop owes the customer; `reopened` is owed on the bill again."""

    amount: Decimal
    from_credit: Decimal
    reopened: Decimal


def plan_refund(
    *,
    amount: Decimal,
    mode: str,
    payment: Mapping[str, Any],
    cash_received: Decimal,
    cash_refunded: Decimal,
    credit: Decimal,
) -> RefundPlan:
    """Decide a refund. `payment` holds its amount, mode and what was refunded of it, under lock.

    The customer's credit is drawn on first, unless the money is to become credit. Refuses 409 `exceeds_refundable`.
    """
    refundable = payment["amount"] - payment["amount_refunded"]
    if amount > refundable:
        raise conflict(
            "exceeds_refundable",
            f"Rs {money_text(refundable)} of this payment can still go back.",
            refundable=money_text(refundable),
        )
    if payment["mode"] == CREDIT and mode != CREDIT:
        raise conflict(
            "exceeds_refundable",
            "This was paid from the customer's credit, so it goes back to the credit.",
            refundable="0.00",
        )
    if mode == CASH and cash_refunded + amount > cash_received:
        left = max(ZERO, cash_received - cash_refunded)
        raise conflict(
            "exceeds_refundable",
            f"Rs {money_text(left)} of the cash that came in on this bill can go back in cash. Give the rest back "
            "the way it came, or as the customer's credit.",
            refundable=money_text(left),
        )
    from_credit = ZERO if mode == CREDIT else min(amount, credit)
    return RefundPlan(amount=amount, from_credit=from_credit, reopened=amount - from_credit)
