"""May a drawer be closed like this, may this cash be moved? No database."""

from decimal import Decimal
from typing import Any

import pytest

from finetune.core.refusals import Refusal
from finetune.drawers.rules import (
    DENOMINATIONS,
    Count,
    Takings,
    plan_closing,
    refuse_closed,
    refuse_more_than_there_is,
)
from finetune.ops.demo.drawers import counted

DUE = Takings(cash=Decimal("1250.50"), card=Decimal("800.00"), upi=Decimal("-20.00"))


def test_what_lies_in_a_drawer():
    count = Count({500: 2, 100: 2, 50: 1}, Decimal("0.50"))
    assert count.total == DUE.cash
    assert count.as_json() == {
        "notes": {"500": 2, "200": 0, "100": 2, "50": 1, "20": 0, "10": 0},
        "coins": "0.50",
    }
    assert Count().total == 0


def test_notes_that_are_legal_tender():
    assert DENOMINATIONS == (500, 200, 100, 50, 20, 10)


@pytest.mark.parametrize("amount", ["0.00", "9.50", "1250.50", "99999.99"])
def test_any_amount_can_be_counted(amount):
    assert counted(Decimal(amount)).total == Decimal(amount)


def test_what_agrees_needs_no_note():
    closing = plan_closing(
        takings=DUE, count=counted(DUE.cash), card_total=Decimal(800), upi_total=Decimal(-20)
    )
    assert closing.cash_difference == closing.card_difference == closing.upi_difference == Decimal(0)


def test_what_was_not_read_off_is_not_compared():
    closing = plan_closing(takings=DUE, count=counted(DUE.cash))
    assert (closing.card_difference, closing.upi_difference) == (None, None)


@pytest.mark.parametrize(
    ("cash", "card", "upi", "said"),
    [
        ("1200.50", None, None, "Rs 50.00 too little by cash"),
        ("1251.00", None, None, "Rs 0.50 too much by cash"),
        ("1250.50", "801", None, "Rs 1.00 too much by card"),
        ("1250.50", "800", "0", "Rs 20.00 too much by UPI"),
    ],
)
def test_a_difference_needs_a_reason(cash, card, upi, said):
    given: dict[str, Any] = {
        "takings": DUE,
        "count": counted(Decimal(cash)),
        "card_total": card and Decimal(card),
        "upi_total": upi and Decimal(upi),
    }
    with pytest.raises(Refusal) as refusal:
        plan_closing(**given)
    assert refusal.value.code == "difference_needs_reason"
    assert said in refusal.value.detail
    assert plan_closing(**given, note="seen").note == "seen"


def test_cash_taken_out():
    refuse_more_than_there_is(kind="paid_in", amount=Decimal(9), cash=Decimal(0))
    refuse_more_than_there_is(kind="bank", amount=Decimal(9), cash=Decimal(9))
    with pytest.raises(Refusal) as refusal:
        refuse_more_than_there_is(kind="paid_out", amount=Decimal("9.01"), cash=Decimal(9))
    assert refusal.value.code == "not_enough_cash"


def test_closed_is_closed():
    refuse_closed({"closed_at": None})
    with pytest.raises(Refusal) as refusal:
        refuse_closed({"closed_at": "2026-11-28"})
    assert refusal.value.code == "cash_session_closed"
