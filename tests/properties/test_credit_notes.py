"""Credit notes: however a bill is returned, its notes add up to it (C11), and never to more on the way."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from finetune.crediting.rules import Bill, BillLine, WantedReturn, plan_note
from finetune.gst.tax import Discount, Nature, TaxableLine, Treatment, compute_bill

DAY = date(2026, 11, 22)
PRICES = st.decimals("0", "99999.999", places=3) | st.decimals("0", "3", places=2)
QUANTITIES = st.integers(1, 9).map(Decimal) | st.decimals("0.001", "12", places=3)


@st.composite
def lines(draw):
    quantity, price = draw(QUANTITIES), draw(PRICES)
    discount = draw(
        st.none() | st.decimals("0", "100", places=2).map(lambda percent: Discount(percent=percent))
    )
    return TaxableLine(
        quantity=quantity,
        unit_price=price,
        gst_rate=draw(st.sampled_from([Decimal(rate) for rate in ("0", "5", "18", "40")])),
        treatment=draw(st.sampled_from(Treatment)),
        tax_inclusive=draw(st.booleans()),
        discount=discount,
    )


@st.composite
def bills(draw):
    wanted = draw(st.lists(lines(), min_size=1, max_size=4))
    amounts = compute_bill(
        wanted,
        nature=draw(st.sampled_from(Nature)),
        invoice_discount=draw(
            st.none() | st.decimals("0", "100", places=2).map(lambda p: Discount(percent=p))
        ),
        charges_tax=draw(st.booleans()),
        reverse_charge=draw(st.booleans()),
        round_off=draw(st.booleans()),
    )
    of_lines = {
        place: BillLine(place, None, line.quantity, line.unit_price, Decimal(0), money)
        for place, (line, money) in enumerate(zip(wanted, amounts.lines, strict=True))
    }
    bill = Bill(1, DAY, amounts.total, Decimal("0.00"), amounts.total, of_lines)
    return bill, amounts


@st.composite
def returns(draw, bill):
    """Some units of some lines: at least one, and never more than is left."""
    left = [line for line in bill.lines.values() if line.remaining]
    chosen = draw(
        st.lists(st.sampled_from(left), min_size=1, max_size=len(left), unique_by=lambda line: line.id)
    )
    wanted = []
    for line in chosen:
        all_of_it = draw(st.booleans())
        part = draw(st.decimals("0.001", line.remaining, places=3))
        wanted.append(WantedReturn(line.id, line.remaining if all_of_it else part))
    return wanted


def credited(bill: Bill, note) -> Bill:
    """The bill as the next note finds it. Nothing was paid on it."""
    after = dict(bill.lines)
    for each in note.lines:
        line = after[each.wanted.line_id]
        after[line.id] = replace(line, returned=line.returned + each.wanted.quantity)
    done = bill.credited + note.total
    return replace(bill, credited=done, owed_net=bill.total - done, lines=after)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_notes_add_up_to_the_bill(data):
    bill, amounts = data.draw(bills())
    notes = []
    for turn in range(5):
        if not any(line.remaining for line in bill.lines.values()):
            break
        if turn == 4:
            wanted = [WantedReturn(line.id, line.remaining) for line in bill.lines.values() if line.remaining]
        else:
            wanted = data.draw(returns(bill))
        note = plan_note(wanted, bill, today=DAY)
        notes.append(note)
        assert 0 <= note.total <= bill.total - bill.credited
        assert abs(note.round_off_amount) <= Decimal("0.50")
        assert note.to_credit == 0, "nothing was paid, so nothing is credit"
        assert note.completes or note.round_off_amount <= 0, "a gain of rounding comes back last"
        bill = credited(bill, note)
    assert [note.completes for note in notes] == [False] * (len(notes) - 1) + [True]
    assert bill.credited == bill.total
    assert sum(note.round_off_amount for note in notes) == amounts.round_off_amount
    for name in ("taxable_value", "discount_total", "cgst", "sgst", "igst", "cess", "total_before_round_off"):
        assert sum(getattr(note.amounts, name) for note in notes) == getattr(amounts, name), name


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_what_was_paid_comes_back_as_credit(data):
    """Over all notes of a bill, credit is what was paid on it, since the balance is lowered first."""
    bill, _ = data.draw(bills())
    paid = data.draw(st.decimals(0, bill.total, places=2)) if bill.total else Decimal("0.00")
    bill = replace(bill, owed_net=bill.total - paid)
    became_credit = Decimal(0)
    for turn in range(3):
        left = [WantedReturn(line.id, line.remaining) for line in bill.lines.values() if line.remaining]
        if not left:
            break
        note = plan_note(left if turn == 2 else data.draw(returns(bill)), bill, today=DAY)
        assert note.to_credit == max(0, note.total - bill.owed_net)
        became_credit += note.to_credit
        owed = bill.owed_net - (note.total - note.to_credit)
        assert owed >= 0
        bill = replace(credited(bill, note), owed_net=owed)
    assert became_credit == paid
