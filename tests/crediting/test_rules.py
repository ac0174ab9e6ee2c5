"""What a credit note may be, and which way a correction takes. Pure."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from finetune.core.refusals import Refusal
from finetune.crediting.corrections import EVERY_WAY, WAYS, BillState, routes_for
from finetune.crediting.rules import (
    Bill,
    BillLine,
    WantedReturn,
    last_day_for_note,
    plan_note,
    refuse_uncreditable,
    repeated_lines,
)  # fmt: skip
from finetune.gst.tax import Nature, TaxableLine, compute_bill

DAY = date(2026, 11, 22)


def bill_of(*prices: str, quantity: str = "1", round_off: bool = True, paid: str = "0.00") -> Bill:
    """A bill within a State without tax, so that its sums can be read off."""
    lines = [TaxableLine(Decimal(quantity), Decimal(price), Decimal(0)) for price in prices]
    amounts = compute_bill(
        lines,
        nature=Nature.INTRA,
        invoice_discount=None,
        charges_tax=True,
        reverse_charge=False,
        round_off=round_off,
    )
    of_lines = {
        place: BillLine(place, None, Decimal(quantity), Decimal(price), Decimal(0), money)
        for place, (price, money) in enumerate(zip(prices, amounts.lines, strict=True))
    }
    return Bill(1, DAY, amounts.total, Decimal("0.00"), amounts.total - Decimal(paid), of_lines)


def wanted(line: int, quantity: str = "1") -> WantedReturn:
    return WantedReturn(line, Decimal(quantity))


@pytest.mark.parametrize(("invoiced", "last_day"), [
    (date(2026, 3, 31), date(2026, 11, 30)),
    (date(2026, 4, 1), date(2027, 11, 30)),
    (date(2026, 11, 22), date(2027, 11, 30)),
    (date(2027, 1, 1), date(2027, 11, 30)),
])  # fmt: skip
def test_the_last_day(invoiced, last_day):
    assert last_day_for_note(invoiced) == last_day
    bill = replace(bill_of("100.00"), invoice_date=invoiced)
    assert plan_note([wanted(0)], bill, today=last_day).total == 100
    with pytest.raises(Refusal) as refused:
        plan_note([wanted(0)], bill, today=date(last_day.year, 12, 1))
    assert refused.value.code == "credit_note_too_late"


@pytest.mark.parametrize(("prices", "first", "totals"), [
    (("10.20", "0.20"), 0, ("10.00", "0.00")),  # 10.40 as 10.00: the first would pass the total
    (("10.20", "0.20"), 1, ("0.20", "9.80")),
    (("10.30", "0.30"), 0, ("10.30", "0.70")),  # 10.60 as 11.00: the gain comes last
    (("0.20", "0.20"), 0, ("0.00", "0.00")),  # 0.40 as 0.00: there was nothing to pay
    (("0.30", "0.30"), 0, ("0.30", "0.70")),
    (("10.00", "0.00"), 0, ("10.00", "0.00")),
])  # fmt: skip
def test_the_round_off(prices, first, totals):
    bill = bill_of(*prices)
    one = plan_note([wanted(first)], bill, today=DAY)
    line = bill.lines[first]
    lines = {**bill.lines, first: replace(line, returned=Decimal(1))}
    two = plan_note([wanted(1 - first)], replace(bill, credited=one.total, lines=lines), today=DAY)
    assert (str(one.total), str(two.total)) == totals
    assert (one.completes, two.completes) == (False, True)
    assert one.total + two.total == bill.total
    assert one.round_off_amount + two.round_off_amount == bill.total - sum(Decimal(price) for price in prices)


@pytest.mark.parametrize(
    ("paid", "to_credit"), [("0", "0"), ("60.00", "0"), ("60.01", "0.01"), ("100.00", "40.00")]
)
def test_the_balance_first(paid, to_credit):
    note = plan_note([wanted(0, "4")], bill_of("10.00", quantity="10", paid=paid), today=DAY)
    assert note.to_credit == Decimal(to_credit)


def test_fields_before_lines_before_what_is_left():
    bill = bill_of("1.00")
    serials = replace(wanted(0, "2"), serial_numbers=("A",))
    for lines, status, code in (
        ([serials, wanted(7)], 400, "serial_count_mismatch"),
        ([wanted(0, "2"), wanted(7)], 404, "not_found"),
        ([wanted(0, "2")], 409, "exceeds_remaining_quantity"),
    ):
        with pytest.raises(Refusal) as refused:
            plan_note(lines, bill, today=DAY)
        assert (refused.value.status, refused.value.code) == (status, code)


def test_each_line_once():
    assert [error.field for error in repeated_lines([wanted(1), wanted(2), wanted(1), wanted(1)])] == [
        "line_items.2.line", "line_items.3.line",
    ]  # fmt: skip
    assert repeated_lines([wanted(1), wanted(2)]) == []


@pytest.mark.parametrize(("facts", "code"), [
    ({"issued_at": None}, "invoice_not_issued"),
    ({"issued_at": DAY, "is_cancelled": True}, "invoice_cancelled"),
])  # fmt: skip
def test_what_cannot_be_credited(facts, code):
    with pytest.raises(Refusal) as refused:
        refuse_uncreditable(facts)
    assert refused.value.code == code


ISSUED = BillState(
    is_draft=False, is_cancelled=False, invoice_date=DAY, kept=Decimal(0), credit=Decimal(0), is_credited=False,
    has_units_left=True,
)  # fmt: skip


@pytest.mark.parametrize(("change", "opened"), [
    ({}, {"cancel_and_reissue", "credit_note", "credit_and_reissue", "bill_the_difference"}),
    ({"is_draft": True}, {"edit_draft"}),
    ({"is_cancelled": True}, set()),
    ({"is_cancelled": True, "credit": Decimal(5)}, {"refund"}),
    ({"kept": Decimal(1)}, {"credit_note", "credit_and_reissue", "bill_the_difference", "refund"}),
    ({"is_credited": True}, {"credit_note", "credit_and_reissue", "bill_the_difference"}),
    ({"is_credited": True, "has_units_left": False}, {"bill_the_difference"}),
    ({"invoice_date": date(2025, 3, 31)}, {"cancel_and_reissue", "bill_the_difference"}),
])  # fmt: skip
def test_the_ways_that_are_open(change, opened):
    routes = routes_for(replace(ISSUED, **change), wrong=None, today=DAY)
    assert [each.route for each in routes] == list(EVERY_WAY)
    assert {each.route for each in routes if each.open} == opened


def test_each_wrong_has_ways_of_its_own():
    for wrong, ways in WAYS.items():
        assert [each.route for each in routes_for(ISSUED, wrong=wrong, today=DAY)] == list(ways)
        assert set(ways) <= set(EVERY_WAY)
