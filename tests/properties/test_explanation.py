"""Random bills: the explanation of each comes to the stored paise, and each rule can be done by hand."""

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from finetune.core.money import ZERO, half_up
from finetune.gst.tax import Discount, Nature, TaxableLine, Treatment, compute_bill
from finetune.invoicing.explanation import Step, adds_up, explain_balance, explain_bill, explain_line

TAXES = ("cgst", "sgst", "igst", "cess")


def decimals(low: str, high: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(low), Decimal(high), places=places, allow_nan=False, allow_infinity=False)


discounts = st.none() | st.builds(lambda each: Discount(percent=each), decimals("0", "100", 3))
lines = st.builds(
    TaxableLine,
    quantity=decimals("0.001", "40", 3),
    unit_price=decimals("0", "90000", 3),
    gst_rate=st.sampled_from([Decimal(each) for each in ("0", "0.25", "5", "18", "40")]),
    treatment=st.sampled_from(list(Treatment)),
    tax_inclusive=st.booleans(),
    discount=discounts,
)


@st.composite
def bills(draw: st.DrawFn) -> dict[str, Any]:
    """A bill as the API shows it, computed by the one engine."""
    wanted = draw(st.lists(lines, min_size=1, max_size=6))
    nature = draw(st.sampled_from(list(Nature)))
    reverse_charge = draw(st.booleans())
    charges_tax = draw(st.booleans())
    amounts = compute_bill(
        wanted,
        nature=nature,
        invoice_discount=draw(discounts),
        charges_tax=charges_tax,
        reverse_charge=reverse_charge,
        round_off=draw(st.booleans()),
    )
    return {
        "seller": {"state_code": "27", "is_composition": not charges_tax},
        "buyer": {"category": "unregistered"},
        "place_of_supply": "27",
        "supply_nature": nature.value,
        "reverse_charge": reverse_charge,
        "with_payment_of_tax": False,
        **{name: getattr(amounts, name) for name in (
            "taxable_value", *TAXES, "total_before_round_off", "round_off_amount", "total")},
        "line_items": [
            {
                "quantity": str(line.quantity),
                "unit_price": str(line.unit_price),
                "gst_rate": str(line.gst_rate),
                "treatment": line.treatment.value,
                "tax_inclusive": line.tax_inclusive,
                "discount_percent": line.discount and str(line.discount.percent),
                **{name: str(getattr(money, name)) for name in (
                    "gross", "discount_amount", "invoice_discount_share", "taxable_value", *TAXES, "total")},
            }
            for line, money in zip(wanted, amounts.lines, strict=True)
        ],
    }  # fmt: skip


def by_hand(step: Step) -> Decimal:
    """What the rule of a step comes to from the figures shown with it."""
    figures: Any = step.figures
    if step.rule == "C2":
        return half_up(figures["quantity"] * figures["unit_price"])
    if step.rule == "C3" and figures:
        return half_up(figures["base"] * figures["percent"] / 100)
    if step.rule == "C4":
        due = half_up(figures["discount"] * figures["so_far"] / figures["base"])
        assert due == figures["due"]
        return Decimal(due - figures["given"])
    if "whole" in figures:
        return half_up(figures["base"] * figures["rate"] / figures["whole"])
    if step.rule == "C8" and figures:
        before: Decimal = figures["before"]
        return half_up((before + Decimal("0.5")) // 1 - before)
    return step.amount


@settings(max_examples=400, deadline=None)
@given(bill=bills())
def test_the_steps_of_a_line_come_to_its_stored_total(bill: dict[str, Any]):
    for place, line in enumerate(bill["line_items"]):
        steps = explain_line(bill, place)
        assert adds_up(steps)
        assert (steps[-1].way, steps[-1].amount) == ("result", Decimal(line["total"]))
        assert [step.amount for step in steps if step.what == "taxable"] == [Decimal(line["taxable_value"])]
        assert [by_hand(step) for step in steps] == [step.amount for step in steps]
        taxes = [step.amount for step in steps if step.what in TAXES]
        assert sum(taxes, ZERO) == sum(Decimal(line[name]) for name in TAXES)


@settings(max_examples=400, deadline=None)
@given(bill=bills())
def test_the_steps_of_a_bill_come_to_its_stored_total(bill: dict[str, Any]):
    steps = explain_bill(bill)
    assert adds_up(steps)
    assert steps[-1].amount == bill["total"]
    assert [by_hand(step) for step in steps] == [step.amount for step in steps]


@given(
    total=decimals("0", "99999", 2), paid=decimals("0", "1", 2), credited=decimals("0", "1", 2),
    refunded=decimals("0", "1", 2),
)  # fmt: skip
def test_the_steps_of_a_balance_come_to_it(
    total: Decimal, paid: Decimal, credited: Decimal, refunded: Decimal
):
    """Parts of what was to pay: a part credited, a part of the rest paid, a part of that refunded."""
    amount_credited = half_up(total * credited)
    amount_paid = half_up((total - amount_credited) * paid)
    amount_refunded = half_up(amount_paid * refunded)
    settlement = {
        "amount_paid": amount_paid,
        "amount_deposited": ZERO,
        "amount_credited": amount_credited,
        "amount_to_credit": ZERO,
        "amount_refunded": amount_refunded,
        "is_cancelled": False,
        "balance_due": total - amount_credited - amount_paid + amount_refunded,
    }
    steps = explain_balance(total, settlement)
    assert adds_up(steps)
    assert all(step.amount for step in steps[1:-1])


def test_nothing_is_owed_on_a_cancelled_bill():
    settlement = {
        "amount_paid": Decimal("100.00"),
        "amount_deposited": ZERO,
        "amount_credited": ZERO,
        "amount_to_credit": ZERO,
        "amount_refunded": Decimal("100.00"),
        "is_cancelled": True,
        "balance_due": ZERO,
    }
    steps = explain_balance(Decimal("1180.00"), settlement)
    assert adds_up(steps)
    assert (steps[-1].what, steps[-1].amount) == ("balance", ZERO)
