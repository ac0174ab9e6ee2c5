"""How much may go back, and where it comes from. Pure."""

from decimal import Decimal

import pytest

from finetune.core.refusals import Refusal
from finetune.refunds.rules import Refundable, plan_refund, plan_undoing


def facts(**change: str) -> Refundable:
    """A cash payment of Rs 1,000, which the bill holds."""
    given = {
        "left": "1000.00",
        "kept": "1000.00",
        "credit": "0.00",
        "came_in": "1000.00",
        "went_back": "0.00",
    }
    paid_by = change.pop("paid_by", "cash")
    return Refundable(paid_by=paid_by, **{name: Decimal(value) for name, value in (given | change).items()})


@pytest.mark.parametrize(("amount", "mode", "change", "from_credit", "reopened"), [
    ("1000.00", "cash", {}, "0.00", "1000.00"),
    ("400.00", "cash", {"credit": "300.00"}, "300.00", "100.00"),
    ("300.00", "cash", {"credit": "300.00"}, "300.00", "0.00"),
    ("300.00", "credit", {"credit": "300.00"}, "0.00", "300.00"),
    ("300.00", "cash", {"credit": "1000.00", "kept": "0.00"}, "300.00", "0.00"),
    ("1000.00", "upi", {"came_in": "0.00"}, "0.00", "1000.00"),
    ("1000.00", "credit", {"paid_by": "credit", "came_in": "0.00"}, "0.00", "1000.00"),
])  # fmt: skip
def test_the_credit_first(amount, mode, change, from_credit, reopened):
    plan = plan_refund(amount=Decimal(amount), mode=mode, facts=facts(**change))
    assert (plan.from_credit, plan.reopened) == (Decimal(from_credit), Decimal(reopened))


@pytest.mark.parametrize(("amount", "mode", "change", "refundable"), [
    ("1000.01", "cash", {}, "1000.00"),
    ("0.01", "cash", {"left": "0.00"}, "0.00"),
    ("500.01", "cash", {"came_in": "500.00"}, "500.00"),
    ("0.01", "cash", {"came_in": "500.00", "went_back": "600.00"}, "0.00"),
    ("0.01", "card", {"came_in": "0.00"}, "0.00"),
    ("0.01", "emi", {"came_in": "0.00"}, "0.00"),
    ("800.01", "upi", {"kept": "500.00", "credit": "300.00"}, "800.00"),
    ("500.01", "credit", {"kept": "500.00", "credit": "300.00"}, "500.00"),
    ("0.01", "cash", {"paid_by": "credit"}, "0.00"),
    ("0.01", "upi", {"paid_by": "credit"}, "0.00"),
])  # fmt: skip
def test_never_more_than(amount, mode, change, refundable):
    with pytest.raises(Refusal) as refused:
        plan_refund(amount=Decimal(amount), mode=mode, facts=facts(**change))
    assert (refused.value.status, refused.value.code) == (409, "exceeds_refundable")
    assert refused.value.facts == {"refundable": refundable}


@pytest.mark.parametrize(("from_credit", "balance_due", "to_bill", "to_credit"), [
    ("0.00", "500.00", "500.00", "0.00"),
    ("200.00", "300.00", "300.00", "200.00"),
    ("200.00", "100.00", "100.00", "400.00"),
    ("0.00", "0.00", "0.00", "500.00"),
    ("500.00", "900.00", "0.00", "500.00"),
])  # fmt: skip
def test_what_did_not_arrive(from_credit, balance_due, to_bill, to_credit):
    undoing = plan_undoing(
        amount=Decimal(500), from_credit=Decimal(from_credit), balance_due=Decimal(balance_due)
    )
    assert (undoing.to_bill, undoing.to_credit) == (Decimal(to_bill), Decimal(to_credit))
