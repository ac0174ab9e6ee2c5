"""What must hold for any bill, whatever is sold: sums, halves, shares, round-off, credit notes."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from finetune.gst.tax import (
    Discount,
    Nature,
    TaxableLine,
    Treatment,
    add_up,
    compute_bill,
    credited_amounts,
    discount_problems,
    half_up,
)

some = settings(max_examples=100, derandomize=True, deadline=None, database=None)

RATES = [Decimal(rate) for rate in ("0", "0.1", "0.25", "1.5", "3", "5", "12", "18", "28", "40")]
SUMS = ("taxable_value", "cgst", "sgst", "igst", "cess")
PARTS = (*SUMS, "gross", "discount_amount", "invoice_discount_share", "total")

thousandths = st.integers(1, 50_000).map(lambda n: Decimal(n).scaleb(-3))
whole = st.integers(1, 60).map(Decimal)
prices = st.one_of(
    st.integers(0, 200).map(lambda n: Decimal(n).scaleb(-2)),
    st.integers(0, 20_000_000).map(lambda n: Decimal(n).scaleb(-2)),
    st.integers(0, 5_000_000).map(lambda n: Decimal(n).scaleb(-3)),
)
percents = st.integers(0, 10_000).map(lambda n: Discount(percent=Decimal(n).scaleb(-2)))


@st.composite
def lines(draw, treatments=tuple(Treatment), discounted=True, inclusive=None):
    line = TaxableLine(
        quantity=draw(whole | thousandths),
        unit_price=draw(prices),
        gst_rate=draw(st.sampled_from(RATES)),
        treatment=draw(st.sampled_from(treatments)),
        tax_inclusive=draw(st.booleans()) if inclusive is None else inclusive,
    )
    if not discounted or draw(st.booleans()):
        return line
    gross = half_up(line.quantity * line.unit_price)
    amounts = st.decimals(0, gross, places=2).map(lambda amount: Discount(amount=amount))
    return TaxableLine(
        line.quantity,
        line.unit_price,
        line.gst_rate,
        line.treatment,
        line.tax_inclusive,
        draw(percents | amounts),
    )


@st.composite
def bills(draw):
    sold = draw(st.lists(lines(), min_size=1, max_size=7))
    bill = {
        "nature": draw(st.sampled_from(Nature)),
        "charges_tax": draw(st.integers(0, 4)) > 0,
        "reverse_charge": draw(st.integers(0, 4)) == 0,
        "round_off": draw(st.booleans()),
    }
    net = sum(nets(compute_bill(sold, invoice_discount=None, **bill)))
    amounts = st.decimals(0, net, places=2).map(lambda amount: Discount(amount=amount))
    discount = draw(st.none() | percents | amounts)
    assert discount_problems(sold, discount) == []
    return compute_bill(sold, invoice_discount=discount, **bill), discount, net


def nets(bill):
    return [line.gross - line.discount_amount for line in bill.lines]


@some
@given(bills())
def test_the_bill_is_the_sum_of_its_lines(made):
    bill, _, _ = made
    for name in SUMS:
        assert getattr(bill, name) == sum(getattr(line, name) for line in bill.lines)
    assert bill.total_before_round_off == sum(line.total for line in bill.lines)
    assert bill.total_tax == bill.cgst + bill.sgst + bill.igst + bill.cess
    assert bill.total == bill.total_before_round_off + bill.round_off_amount


@some
@given(bills())
def test_every_line_holds_together(made):
    for line in made[0].lines:
        assert line.cgst == line.sgst
        assert not (line.cgst and line.igst)
        net = line.gross - line.discount_amount - line.invoice_discount_share
        assert net in (line.taxable_value, line.taxable_value + line.tax)
        assert line.total == line.taxable_value + (line.tax if line.tax_payable else 0)


@some
@given(bills())
def test_the_round_off_is_half_a_rupee_at_most_and_ends_on_a_rupee(made):
    bill, _, _ = made
    assert abs(bill.round_off_amount) <= Decimal("0.50")
    assert bill.round_off_amount == 0 or bill.total % 1 == 0


@some
@given(bills())
def test_spreading_a_discount_loses_no_paisa(made):
    bill, discount, net = made
    shares = [line.invoice_discount_share for line in bill.lines]
    if discount is None:
        given_away = Decimal(0)
    elif discount.percent is not None:
        given_away = half_up(net * discount.percent / 100)
    else:
        given_away = discount.amount
    assert sum(shares) == given_away
    assert all(0 <= share <= line_net for share, line_net in zip(shares, nets(bill), strict=True))
    assert bill.discount_total == given_away + sum(line.discount_amount for line in bill.lines)


@some
@given(
    st.lists(lines((Treatment.TAXABLE,), discounted=False, inclusive=True), min_size=1, max_size=7),
    st.sampled_from(Nature),
)
def test_an_inclusive_price_is_what_is_paid(sold, nature):
    bill = compute_bill(
        sold, nature=nature, invoice_discount=None, charges_tax=True, reverse_charge=False, round_off=False
    )
    assert bill.total == sum(half_up(line.quantity * line.unit_price) for line in sold)
    for line, asked in zip(bill.lines, sold, strict=True):
        exact = line.total * asked.gst_rate / (100 + asked.gst_rate)
        assert abs(line.tax - exact) <= Decimal("0.0100001")


@some
@given(
    st.lists(lines((Treatment.TAXABLE,), inclusive=False), min_size=1, max_size=7), st.sampled_from(Nature)
)
def test_an_exclusive_price_is_taxed_on_its_value(sold, nature):
    bill = compute_bill(
        sold, nature=nature, invoice_discount=None, charges_tax=True, reverse_charge=False, round_off=False
    )
    for line, asked in zip(bill.lines, sold, strict=True):
        assert line.taxable_value == line.gross - line.discount_amount
        if nature is Nature.INTRA:
            assert line.cgst == half_up(line.taxable_value * asked.gst_rate / 200)
        else:
            assert line.igst == half_up(line.taxable_value * asked.gst_rate / 100)


@some
@given(bills(), st.lists(st.integers(1, 9), min_size=1, max_size=8), st.sampled_from(["1", "0.125", "0.001"]))
def test_notes_of_any_partition_add_up_to_the_invoice(made, units, unit):
    steps = [Decimal(count) * Decimal(unit) for count in units]
    for line in made[0].lines:
        notes, before = [], Decimal(0)
        for now in steps:
            notes.append(
                credited_amounts(
                    line, quantity=sum(steps, Decimal(0)), returned_before=before, returned_now=now
                )
            )
            before += now
        for name in PARTS:
            assert sum(getattr(note, name) for note in notes) == getattr(line, name)
        together = add_up(notes, round_off_amount=Decimal("0.00"))
        assert (together.total, together.total_tax) == (line.total, line.tax)
