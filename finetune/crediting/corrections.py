"""Which lawful way a correction must take. Pure. `docs/correcting-a-bill.md` says the same in prose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from finetune.crediting.rules import last_day_for_note

EDIT_DRAFT, CANCEL, CREDIT = "edit_draft", "cancel_and_reissue", "credit_note"
CREDIT_AND_REISSUE, BILL_MORE, REFUND = "credit_and_reissue", "bill_the_difference", "refund"

# For each thing that can be wrong, the ways that mend it, the simplest first.
WAYS: Final[Mapping[str, Sequence[str]]] = {
    "goods_returned": (EDIT_DRAFT, CREDIT),
    "too_much_billed": (EDIT_DRAFT, CANCEL, CREDIT, CREDIT_AND_REISSUE),
    "too_little_billed": (EDIT_DRAFT, CANCEL, BILL_MORE),
    "wrong_tax": (EDIT_DRAFT, CANCEL, CREDIT_AND_REISSUE),
    "wrong_buyer": (EDIT_DRAFT, CANCEL, CREDIT_AND_REISSUE),
    "billed_twice": (EDIT_DRAFT, CANCEL, CREDIT),
    "too_much_paid": (REFUND,),
}
EVERY_WAY: Final = (EDIT_DRAFT, CANCEL, CREDIT, CREDIT_AND_REISSUE, BILL_MORE, REFUND)


@dataclass(frozen=True, slots=True)
class BillState:
    """What decides the way. `kept` is what the bill holds of its money, `credit` what its buyer has with the shop,
    `has_units_left` whether anything of it is not credited yet."""

    is_draft: bool
    is_cancelled: bool
    invoice_date: date
    kept: Decimal
    credit: Decimal
    is_credited: bool
    has_units_left: bool

    @property
    def stands(self) -> bool:
        return not self.is_draft and not self.is_cancelled


@dataclass(frozen=True, slots=True)
class Route:
    """A lawful way to correct a bill: whether it is open now, and why or why not."""

    route: str
    open: bool
    why: str


def routes_for(bill: BillState, *, wrong: str | None, today: date) -> list[Route]:
    """The ways that mend what is wrong, or all ways, the simplest first."""
    judged = {
        EDIT_DRAFT: _edit(bill),
        CANCEL: _cancel(bill),
        CREDIT: _credit(bill, today, "Credit the units that came back or were not due (CGST s.34)."),
        CREDIT_AND_REISSUE: _credit(
            bill, today, "Credit all that is left of the bill, then bill it anew as it should be."
        ),
        BILL_MORE: _bill_more(bill),
        REFUND: _refund(bill),
    }
    return [Route(way, *judged[way]) for way in (EVERY_WAY if wrong is None else WAYS[wrong])]


Judged = tuple[bool, str]


def _edit(bill: BillState) -> Judged:
    if bill.is_draft:
        return True, "A draft may change freely, or be deleted."
    return False, "An issued bill never changes."


def _cancel(bill: BillState) -> Judged:
    if not bill.stands:
        return _does_not_stand(bill)
    if bill.kept > 0:
        return False, "Money was taken on it: a bill is cancelled only while nothing is paid."
    if bill.is_credited:
        return False, "A part of it is credited: credit the rest as well."
    return (
        True,
        "Nothing is paid or credited: cancel it, and issue another. Its number is kept, its stock comes back.",
    )


def _credit(bill: BillState, today: date, why: str) -> Judged:
    if not bill.stands:
        return _does_not_stand(bill)
    if not bill.has_units_left:
        return False, "All of it is credited already."
    last_day = last_day_for_note(bill.invoice_date)
    if today > last_day:
        return False, f"Too late: a note had to be issued by {last_day} (CGST s.34(2))."
    return True, f"{why} The last day for that is {last_day}."


def _bill_more(bill: BillState) -> Judged:
    if not bill.stands:
        return _does_not_stand(bill)
    return True, "Issue a further bill on the same booking for what is missing. This one stays as it is."


def _refund(bill: BillState) -> Judged:
    if bill.credit > 0:
        return True, "The buyer has credit with the shop: refund a payment, which draws on the credit first."
    if bill.kept > 0:
        return (
            True,
            "Refund a payment, up to what was paid. What is not credited by a note is then owed again.",
        )
    return False, "The bill holds no money, and the buyer has no credit."


def _does_not_stand(bill: BillState) -> Judged:
    return False, "It is a draft: change it." if bill.is_draft else "It is cancelled: nothing of it is owed."
