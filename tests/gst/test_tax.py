"""The line engine. The worked cases V01 to V15 of docs/money.md are here again in short, and the edges."""

from dataclasses import asdict
from decimal import Decimal, getcontext, localcontext

import pytest

from finetune.gst.tax import (
    Discount,
    LineAmounts,
    Nature,
    TaxableLine,
    Treatment,
    add_up,
    compute_bill,
    credited_amounts,
    discount_problems,
    half_up,
    rupee_round_off,
)

INTRA, INTER = Nature.INTRA, Nature.INTER


def money(text):
    return [Decimal(part) for part in text.split()]


def a_line(price, quantity="1", rate="18", treatment="taxable", incl=False, percent=None, amount=None):
    off = None
    if percent or amount:
        off = Discount(percent=percent and Decimal(percent), amount=amount and Decimal(amount))
    return TaxableLine(Decimal(quantity), Decimal(price), Decimal(rate), Treatment(treatment), incl, off)


def a_bill(*lines, nature=INTRA, off=None, charges_tax=True, reverse_charge=False, round_off=False):
    return compute_bill(
        lines,
        nature=nature,
        invoice_discount=off,
        charges_tax=charges_tax,
        reverse_charge=reverse_charge,
        round_off=round_off,
    )


def figures(amounts):
    return [amounts.taxable_value, amounts.cgst, amounts.sgst, amounts.igst, amounts.total]


VECTORS = {
    "V01": (a_bill(a_line("1500.00")), "1500.00 135.00 135.00 0 1770.00"),
    "V02": (a_bill(a_line("1500.00"), nature=INTER), "1500.00 0 0 270.00 1770.00"),
    "V03": (a_bill(a_line("1299.00", "2")), "2598.00 233.82 233.82 0 3065.64"),
    "V04": (a_bill(a_line("999.00", incl=True)), "846.62 76.19 76.19 0 999.00"),
    "V05": (a_bill(a_line("999.00", incl=True), nature=INTER), "846.61 0 0 152.39 999.00"),
    "V06": (
        a_bill(a_line("15999.00"), a_line("349.50", rate="5"), a_line("25.00", "2", treatment="nil")),
        "16398.50 1448.65 1448.65 0 19295.80",
    ),
    "V07": (a_bill(a_line("449.00", "3", percent="12.5")), "1178.62 106.08 106.08 0 1390.78"),
    "V08": (
        a_bill(a_line("1000.00"), a_line("499.00"), a_line("251.00"), off=Discount(Decimal("100.00"))),
        "1650.00 148.50 148.50 0 1947.00",
    ),
    "V09": (a_bill(a_line("37.35", "2.750"), round_off=True), "102.71 9.24 9.24 0 121.00"),
    "V10a": (a_bill(a_line("100.50")), "100.50 9.05 9.05 0 118.60"),
    "V10b": (a_bill(a_line("100.50"), nature=INTER), "100.50 0 0 18.09 118.59"),
    "V11": (a_bill(a_line("50000.00"), nature=INTER, charges_tax=False), "50000.00 0 0 0 50000.00"),
    "V12": (a_bill(a_line("10000.00"), nature=INTER), "10000.00 0 0 1800.00 11800.00"),
    "V13": (a_bill(a_line("5000.00"), reverse_charge=True), "5000.00 450.00 450.00 0 5000.00"),
    "V14": (a_bill(a_line("142.85", "7", amount="10.00")), "989.95 89.10 89.10 0 1168.15"),
    "V15 deposit": (a_bill(a_line("2000.00", incl=True)), "1694.92 152.54 152.54 0 2000.00"),
    "V15 invoice": (a_bill(a_line("4500.00")), "4500.00 405.00 405.00 0 5310.00"),
}


@pytest.mark.parametrize(("bill", "expected"), VECTORS.values(), ids=VECTORS)
def test_the_worked_cases(bill, expected):
    assert figures(bill) == money(expected)


def test_v06_each_line():
    lines = VECTORS["V06"][0].lines
    assert [line.cgst for line in lines] == money("1439.91 8.74 0.00")
    assert [line.total for line in lines] == money("18878.82 366.98 50.00")


def test_v07_the_discount_is_rounded_once():
    (line,) = VECTORS["V07"][0].lines
    assert (line.gross, line.discount_amount) == (Decimal("1347.00"), Decimal("168.38"))


def test_v08_the_shares():
    bill = VECTORS["V08"][0]
    assert [line.invoice_discount_share for line in bill.lines] == money("57.14 28.52 14.34")
    assert [line.cgst for line in bill.lines] == money("84.86 42.34 21.30")
    assert bill.discount_total == Decimal("100.00")


def test_v09_the_round_off():
    bill = VECTORS["V09"][0]
    assert (bill.total_before_round_off, bill.round_off_amount) == (Decimal("121.19"), Decimal("-0.19"))


def test_v13_the_tax_is_shown_and_left_out():
    bill = VECTORS["V13"][0]
    assert bill.total_tax == Decimal("900.00")
    assert bill.total_before_round_off == bill.total == bill.taxable_value
    assert not bill.lines[0].tax_payable


def test_v14_two_notes_give_back_the_invoice():
    (sold,) = VECTORS["V14"][0].lines
    first = credited_amounts(sold, quantity=Decimal(7), returned_before=Decimal(0), returned_now=Decimal(3))
    second = credited_amounts(sold, quantity=Decimal(7), returned_before=Decimal(3), returned_now=Decimal(4))
    assert figures(first) == money("424.26 38.19 38.19 0 500.64")
    assert figures(second) == money("565.69 50.91 50.91 0 667.51")
    assert [first.gross, first.discount_amount] == money("428.55 4.29")
    assert [second.gross, second.discount_amount] == money("571.40 5.71")


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        ("0.005", 2, "0.01"),
        ("-0.005", 2, "-0.01"),
        ("9.045", 2, "9.05"),
        ("9.0449999", 2, "9.04"),
        ("-9.045", 2, "-9.05"),
        ("121.50", 0, "122"),
        ("-121.50", 0, "-122"),
        ("2.7505", 3, "2.751"),
        ("1E+3", 2, "1000.00"),
    ],
)
def test_half_up(value, places, expected):
    assert str(half_up(Decimal(value), places)) == expected


def test_half_up_has_no_negative_zero():
    assert str(half_up(Decimal("-0.004"))) == "0.00"


@pytest.mark.parametrize(
    ("total", "expected"),
    [("100.50", "0.50"), ("100.49", "-0.49"), ("100.00", "0.00"), ("0.49", "-0.49"), ("0.00", "0.00")],
)
def test_fifty_paise_go_up(total, expected):
    assert str(rupee_round_off(Decimal(total))) == expected


def test_a_discount_of_everything():
    bill = a_bill(a_line("999.00", incl=True, percent="100"), a_line("10.00"))
    assert figures(bill.lines[0]) == money("0 0 0 0 0")
    assert bill.total == Decimal("11.80")


def test_an_invoice_discount_of_everything():
    bill = a_bill(a_line("10.00"), a_line("3.33", "3"), off=Discount(percent=Decimal(100)), round_off=True)
    assert bill.total == bill.round_off_amount == 0
    assert bill.discount_total == Decimal("19.99")


def test_a_zero_price_beside_others():
    bill = a_bill(a_line("0.00"), a_line("100.00"), a_line("0.00"), off=Discount(Decimal("10.00")))
    assert [line.invoice_discount_share for line in bill.lines] == money("0 10.00 0")


def test_a_bill_of_nothing():
    bill = a_bill(a_line("0.00"), off=Discount(percent=Decimal(50)), round_off=True)
    assert bill.total == 0


def test_one_paisa_lines():
    assert figures(a_bill(a_line("0.01"))) == money("0.01 0 0 0 0.01")
    assert figures(a_bill(a_line("0.06"))) == money("0.06 0.01 0.01 0 0.08")
    assert figures(a_bill(a_line("0.01", incl=True), nature=INTER)) == money("0.01 0 0 0 0.01")
    shares = a_bill(*[a_line("0.01")] * 3, off=Discount(Decimal("0.02"))).lines
    assert [line.invoice_discount_share for line in shares] == money("0.01 0 0.01")


def test_three_decimals_of_quantity_and_price():
    assert a_bill(a_line("0.333", "1.500")).lines[0].gross == Decimal("0.50")
    assert a_bill(a_line("999.999", "0.001")).lines[0].gross == Decimal("1.00")


def test_both_halves_are_one_figure_even_when_their_sum_is_not_the_full_tax():
    bill = a_bill(a_line("105.71"))
    assert figures(bill) == money("105.71 9.51 9.51 0 124.73")
    bill = a_bill(a_line("105.81"))
    assert bill.cgst == bill.sgst == Decimal("9.52")


def test_three_lines_are_rounded_one_by_one():
    assert a_bill(*[a_line("10.50")] * 3).cgst == Decimal("2.85")


def test_untaxed_lines_bear_their_share_and_no_tax():
    lines = [a_line("50.00", treatment=kind, incl=True) for kind in ("nil", "exempt", "non_gst")]
    bill = a_bill(a_line("100.00"), *lines, off=Discount(Decimal("25.00")))
    assert [line.invoice_discount_share for line in bill.lines] == money("10.00 5.00 5.00 5.00")
    assert [line.taxable_value for line in bill.lines] == money("90.00 45.00 45.00 45.00")
    assert bill.total_tax == Decimal("16.20")


def test_inclusive_and_exclusive_lines_on_one_bill():
    bill = a_bill(a_line("118.00", incl=True), a_line("100.00"))
    assert figures(bill) == money("200.00 18.00 18.00 0 236.00")


def test_an_inclusive_line_discount_is_inclusive_money():
    bill = a_bill(a_line("1000.00", incl=True, amount="1.00"))
    assert figures(bill) == money("846.62 76.19 76.19 0 999.00")


def test_without_tax_an_inclusive_price_is_the_value():
    bill = a_bill(a_line("999.00", incl=True), charges_tax=False)
    assert figures(bill) == money("999.00 0 0 0 999.00")


def test_reverse_charge_on_an_inclusive_price_leaves_the_tax_out():
    bill = a_bill(a_line("999.00", incl=True), reverse_charge=True)
    assert figures(bill) == money("846.62 76.19 76.19 0 846.62")


@pytest.mark.parametrize("rate", ["0", "0.1", "0.25", "1.5", "3", "5", "18", "28", "40"])
@pytest.mark.parametrize("nature", list(Nature))
def test_an_inclusive_price_is_paid_exactly_at_every_rate(rate, nature):
    assert a_bill(a_line("1999.00", rate=rate, incl=True), nature=nature).total == Decimal("1999.00")


def test_figures_beyond_the_default_precision_stay_exact():
    (line,) = a_bill(a_line("999999999999.999", "999999999.999")).lines
    assert line.gross == Decimal("999999999998999000000.00")
    assert line.cgst == Decimal("89999999999909910000.00")
    # Half of 127143069136381221208.29 ends on half a paisa; with 28 digits that half is lost on the way.
    lines = [a_line("179322347023.105", "709019657.879"), a_line("610027438085.718", "135456217.921")]
    bill = a_bill(*lines, off=Discount(Decimal("104887539363754786847.02")))
    shares = [line.invoice_discount_share for line in bill.lines]
    assert shares == money("63571534568190610604.15 41316004795564176242.87")


def test_the_callers_decimal_context_changes_nothing():
    with localcontext() as narrow:
        narrow.prec = 30
        narrow.rounding = "ROUND_DOWN"
        assert figures(a_bill(a_line("100.50"))) == money("100.50 9.05 9.05 0 118.60")
        assert getcontext().prec == 30


def problems(*lines, off=None):
    return [(field, code) for field, code, _ in discount_problems(lines, off)]


def test_discounts_up_to_their_base_are_fine():
    lines = [a_line("100.00", amount="100.00"), a_line("50.00", percent="100"), a_line("10.00")]
    assert problems(*lines, off=Discount(Decimal("10.00"))) == []


def test_every_discount_above_its_base_is_named_at_once():
    lines = [a_line("100.00", amount="100.01"), a_line("50.00"), a_line("1.00", percent="100.5")]
    assert problems(*lines, off=Discount(Decimal("50.01"))) == [
        ("line_items.0.discount.amount", "discount_above_base"),
        ("line_items.2.discount.percent", "discount_above_base"),
        ("discount.amount", "discount_above_base"),
    ]


def test_an_invoice_discount_is_held_against_what_line_discounts_leave():
    lines = [a_line("100.00", amount="60.00")]
    assert problems(*lines, off=Discount(Decimal("40.01"))) == [("discount.amount", "discount_above_base")]
    assert problems(*lines, off=Discount(percent=Decimal(101))) == [
        ("discount.percent", "discount_above_base")
    ]


def test_the_sentence_carries_the_numbers():
    ((_, _, sentence),) = discount_problems([a_line("100.00", amount="150")], None)
    assert "150.00" in sentence
    assert "100.00" in sentence


def test_a_bill_with_such_a_discount_is_our_mistake():
    with pytest.raises(AssertionError):
        a_bill(a_line("100.00", amount="100.01"))
    with pytest.raises(AssertionError):
        a_bill(a_line("100.00", percent="101"))
    with pytest.raises(AssertionError):
        a_bill(a_line("100.00"), off=Discount(Decimal("100.01")))


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"amount": Decimal(1), "percent": Decimal(1)},
        {"amount": Decimal("-1")},
        {"percent": Decimal("-1")},
        {"amount": Decimal("0.005")},
    ],
    ids=str,
)
def test_a_discount_checks_itself(given):
    with pytest.raises(AssertionError):
        Discount(**given)


@pytest.mark.parametrize(
    ("quantity", "price", "rate"),
    [("0", "1", "18"), ("-1", "1", "18"), ("1.0005", "1", "18"), ("1", "-1", "18"), ("1", "0.0001", "18"),
     ("1", "1", "-18")],
)  # fmt: skip
def test_a_line_checks_itself(quantity, price, rate):
    with pytest.raises(AssertionError):
        a_line(price, quantity, rate)


GOOD = LineAmounts(*money("100.00 0.00 0.00 100.00 9.00 9.00 0.00 0.00 118.00"))


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("total", "118.01"),
        ("total", "100.00"),
        ("sgst", "9.01"),
        ("igst", "18.00"),
        ("gross", "100.01"),
        ("cess", "-0.01"),
        ("cess", "0"),
        ("taxable_value", "100.000"),
    ],
)
def test_no_line_exists_unless_its_figures_agree(field, wrong):
    with pytest.raises(AssertionError):
        LineAmounts(**asdict(GOOD) | {field: Decimal(wrong)})


def test_no_bill_exists_without_lines_or_with_a_large_round_off():
    with pytest.raises(AssertionError):
        add_up([], round_off_amount=Decimal("0.00"))
    with pytest.raises(AssertionError):
        add_up([GOOD], round_off_amount=Decimal("0.51"))


def test_adding_up_takes_the_round_off_it_is_given():
    bill = add_up([GOOD] * 2, round_off_amount=Decimal("-0.19"))
    assert (bill.total_before_round_off, bill.total) == (Decimal("236.00"), Decimal("235.81"))


@pytest.mark.parametrize(("before", "now"), [("0", "0"), ("-1", "1"), ("3", "5"), ("7", "1")])
def test_more_than_was_sold_cannot_come_back(before, now):
    (sold,) = VECTORS["V14"][0].lines
    with pytest.raises(AssertionError):
        credited_amounts(
            sold, quantity=Decimal(7), returned_before=Decimal(before), returned_now=Decimal(now)
        )


def test_a_whole_return_is_the_line_itself():
    for bill, _ in VECTORS.values():
        for line in bill.lines:
            units = Decimal("2.5")
            whole = credited_amounts(line, quantity=units, returned_before=Decimal(0), returned_now=units)
            assert whole == line
