"""How much may go back, and where it comes from. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from finetune.core.money import ZERO, money_text
from finetune.core.refusals import Refusal, conflict

CASH, CARD, EMI, CREDIT = "cash", "card", "emi", "credit"
# These are settled the moment they are given; the others when the bank has answered.
AT_ONCE = frozenset({CASH, CREDIT})
# By these no more goes back than came in on the bill: a card or a lender must not be turned into cash, and a bank only
# takes back what it brought. UPI reaches anybody.
ONLY_AS_IT_CAME = frozenset({CASH, CARD, EMI})


@dataclass(frozen=True, slots=True)
class Refundable:
    """What bounds a refund, read under the lock of the bill's settlement.

    `paid_by` and `left` are of the payment; `kept` is what the bill still holds of all its money; `came_in` and
    `went_back` are in the mode of the refund, on the same bill.
    """

    paid_by: str
    left: Decimal
    kept: Decimal
    credit: Decimal
    came_in: Decimal
    went_back: Decimal


@dataclass(frozen=True, slots=True)
class RefundPlan:
    """`from_credit` lowers what the shop owes the customer; `reopened` is owed on the bill again."""

    amount: Decimal
    from_credit: Decimal
    reopened: Decimal


def plan_refund(*, amount: Decimal, mode: str, facts: Refundable) -> RefundPlan:
    """Decide a refund. The customer's credit is drawn on first, unless the money is to become credit itself.

    Refuses 409 `exceeds_refundable`, with how much may go back in this mode.
    """
    if facts.paid_by == CREDIT and mode != CREDIT:
        raise _exceeds(ZERO, "This was paid from the customer's credit, so it goes back to the credit.")
    if amount > facts.left:
        left = money_text(facts.left)
        raise _exceeds(facts.left, f"Rs {left} of this payment can still go back.")
    if mode in ONLY_AS_IT_CAME and amount > facts.came_in - facts.went_back:
        rest = max(ZERO, facts.came_in - facts.went_back)
        raise _exceeds(
            min(rest, facts.left),
            f"Rs {money_text(rest)} of what came in by {mode} on this bill can go back by {mode}. Give the rest "
            "back the way it came, by UPI, or as the customer's credit.",
        )
    credit = ZERO if mode == CREDIT else facts.credit
    if amount > facts.kept + credit:
        raise _exceeds(
            facts.kept + credit,
            f"Rs {money_text(facts.kept + credit)} are left of what this bill and the customer's credit hold: the "
            "rest went back or was spent already.",
        )
    from_credit = min(amount, credit)
    return RefundPlan(amount=amount, from_credit=from_credit, reopened=amount - from_credit)


def unbilled_deposit() -> Refusal:
    """A deposit that paid no bill yet has a document of its own to go back by."""
    return _exceeds(
        ZERO, "This money is a deposit that no bill used yet. Refund the deposit: it needs a refund voucher."
    )


def _exceeds(refundable: Decimal, detail: str) -> Refusal:
    return conflict("exceeds_refundable", detail, refundable=money_text(refundable))


@dataclass(frozen=True, slots=True)
class Undoing:
    """Where the money of a refund goes that did not arrive: `to_bill` pays the bill again, the rest is credit."""

    to_bill: Decimal
    to_credit: Decimal


def plan_undoing(*, amount: Decimal, from_credit: Decimal, balance_due: Decimal) -> Undoing:
    """The bill is as paid as it was before, as far as it is not paid otherwise by now."""
    to_bill = min(amount - from_credit, balance_due)
    return Undoing(to_bill=to_bill, to_credit=amount - to_bill)
