"""The line engine: from quantities and prices to the paise of a bill.

Every tax is rounded once, on its own line, and everything above a line is a sum of stored line paise. The
rules C1 to C12 named below are told in plain words, with worked cases, in `docs/money.md`.

Sources, checked 2026-11: CGST Act 2017 s.15(3)(a) (discount before supply), s.34 (credit notes), s.170
(rupee rounding); CGST Rules 2017, Rule 35 (tax inside an inclusive price); e-invoice checks 2227 and 2234
(CGST and SGST equal, each from the line's own value).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from enum import StrEnum

ZERO = Decimal("0.00")
_PAISA = Decimal("0.01")
_QUANTA = {0: Decimal(1), 2: _PAISA, 3: Decimal("0.001")}
_HALF_RUPEE = Decimal("0.50")
_HUNDRED = Decimal(100)

# A 12-digit quantity times a 15-digit price times a percent passes the 28 digits of Python's default context,
# which would silently round it a first time.
_EXACT = Context(prec=80, rounding=ROUND_HALF_UP)


class Treatment(StrEnum):
    """How GST looks at one line; all but `TAXABLE` carry no tax and go to GSTR-1 Table 8, a column each."""

    TAXABLE = "taxable"
    NIL = "nil"
    EXEMPT = "exempt"
    NON_GST = "non_gst"


class Nature(StrEnum):
    """Within one State (CGST with SGST or UTGST), or between States (IGST)."""

    INTRA = "intra"
    INTER = "inter"


def half_up(value: Decimal, places: int = 2) -> Decimal:
    """Round half up on the absolute value, put the sign back last (C1), and never answer a negative zero.

    `places` is 0 (rupees), 2 (paise) or 3 (prices and quantities).

    >>> half_up(Decimal("9.045")), half_up(Decimal("-9.045")), half_up(Decimal("0.5"), 0)
    (Decimal('9.05'), Decimal('-9.05'), Decimal('1'))
    """
    rounded = value.quantize(_QUANTA[places], ROUND_HALF_UP, _EXACT)
    return rounded if rounded else rounded.copy_abs()


@dataclass(frozen=True, slots=True)
class Discount:
    """A pre-tax price reduction: rupees, or a percent of its base. Exactly one of the two is given.

    Whether it fits under its base is not known here: see `discount_problems`.
    """

    amount: Decimal | None = None
    percent: Decimal | None = None

    def __post_init__(self) -> None:
        assert (self.amount is None) != (self.percent is None), "a discount is an amount or a percent"
        assert self.amount is None or (self.amount >= 0 and half_up(self.amount) == self.amount), self.amount
        assert self.percent is None or self.percent >= 0, self.percent


@dataclass(frozen=True, slots=True)
class TaxableLine:
    """One line as agreed with the buyer, before any tax is worked out.

    `quantity` and `unit_price` have up to 3 decimals; `unit_price` is rupees per unit, with the tax inside
    when `tax_inclusive`. `gst_rate` is the full rate in percent (18, not 9) and counts only when taxable.
    """

    quantity: Decimal
    unit_price: Decimal
    gst_rate: Decimal
    treatment: Treatment = Treatment.TAXABLE
    tax_inclusive: bool = False
    discount: Discount | None = None

    def __post_init__(self) -> None:
        assert self.quantity > 0, self.quantity
        assert self.unit_price >= 0, self.unit_price
        assert self.gst_rate >= 0, self.gst_rate
        for value in (self.quantity, self.unit_price):
            assert half_up(value, 3) == value, f"more than 3 decimals: {value}"


@dataclass(frozen=True, slots=True)
class LineAmounts:
    """The money of one line, rupees with exactly two decimals, none negative.

    `gross` and the two discounts are in the price's own money: with the tax inside when the price was
    inclusive. UTGST travels in `sgst`. Under reverse charge `tax_payable` is false: the taxes are shown and
    `total` leaves them out.
    """

    gross: Decimal
    discount_amount: Decimal
    invoice_discount_share: Decimal
    taxable_value: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    cess: Decimal
    total: Decimal
    tax_payable: bool = True

    def __post_init__(self) -> None:
        parts = (self.gross, self.discount_amount, self.invoice_discount_share, self.taxable_value)
        for amount in (*parts, self.cgst, self.sgst, self.igst, self.cess, self.total):
            assert amount.same_quantum(_PAISA), f"not in paise: {amount}"
            assert not amount.is_signed(), f"negative: {amount}"
        assert self.cgst == self.sgst, self
        assert not (self.cgst and self.igst), self
        with_tax = self.taxable_value + self.tax
        assert self.total == (with_tax if self.tax_payable else self.taxable_value), self
        net = self.gross - self.discount_amount - self.invoice_discount_share
        assert net in (self.taxable_value, with_tax), self

    @property
    def tax(self) -> Decimal:
        """All taxes of the line, payable to the seller or not."""
        return self.cgst + self.sgst + self.igst + self.cess


@dataclass(frozen=True, slots=True)
class BillAmounts:
    """The money of a whole document: each figure the sum of its lines' (C7), then the round-off (C8).

    `discount_total` is line discounts and invoice shares together. `total_tax` is what is shown, under
    reverse charge too; `total` is what the buyer owes the seller.
    """

    lines: tuple[LineAmounts, ...]
    taxable_value: Decimal
    discount_total: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    cess: Decimal
    total_tax: Decimal
    total_before_round_off: Decimal
    round_off_amount: Decimal
    total: Decimal

    def __post_init__(self) -> None:
        assert self.lines, "a bill has at least one line"
        assert abs(self.round_off_amount) <= _HALF_RUPEE, self
        assert self.total_before_round_off == sum(line.total for line in self.lines), self
        assert self.total == self.total_before_round_off + self.round_off_amount, self
        assert self.total_tax == self.cgst + self.sgst + self.igst + self.cess, self
        payable = self.total_tax if self.lines[0].tax_payable else ZERO
        assert self.total_before_round_off == self.taxable_value + payable, self


def compute_bill(
    lines: Sequence[TaxableLine],
    *,
    nature: Nature,
    invoice_discount: Discount | None,
    charges_tax: bool,
    reverse_charge: bool,
    round_off: bool,
) -> BillAmounts:
    """Work out every paisa of a bill, lines in the order given (C1 to C10).

    `charges_tax` is false under LUT and for a composition store: tax 0, and the price is the taxable value
    whether or not it was called inclusive. Whoever calls has asked `discount_problems` and found none.
    Without `round_off` the total keeps its paise.
    """
    with localcontext(_EXACT):
        grosses = [half_up(line.quantity * line.unit_price) for line in lines]
        discounts = [
            _discount_money(line.discount, gross) for line, gross in zip(lines, grosses, strict=True)
        ]
        nets = [gross - discount for gross, discount in zip(grosses, discounts, strict=True)]
        shares = _spread(_discount_money(invoice_discount, sum(nets, ZERO)), nets)
        amounts = tuple(
            _line_amounts(line, gross, discount, share, nature, charges_tax, reverse_charge)
            for line, gross, discount, share in zip(lines, grosses, discounts, shares, strict=True)
        )
        total = sum((line.total for line in amounts), ZERO)
        return add_up(amounts, round_off_amount=rupee_round_off(total) if round_off else ZERO)


def rupee_round_off(total: Decimal) -> Decimal:
    """What to add to `total` to reach the nearest whole rupee, 50 paise going up (C8, s.170)."""
    with localcontext(_EXACT):
        return half_up(half_up(total, 0) - total)


def add_up(lines: Sequence[LineAmounts], *, round_off_amount: Decimal) -> BillAmounts:
    """Sum finished lines into a document (C7) with a round-off decided elsewhere, as for a credit note."""
    with localcontext(_EXACT):
        cgst = sum((line.cgst for line in lines), ZERO)
        igst = sum((line.igst for line in lines), ZERO)
        cess = sum((line.cess for line in lines), ZERO)
        total = sum((line.total for line in lines), ZERO)
        return BillAmounts(
            lines=tuple(lines),
            taxable_value=sum((line.taxable_value for line in lines), ZERO),
            discount_total=sum((line.discount_amount + line.invoice_discount_share for line in lines), ZERO),
            cgst=cgst,
            sgst=cgst,
            igst=igst,
            cess=cess,
            total_tax=cgst + cgst + igst + cess,
            total_before_round_off=total,
            round_off_amount=round_off_amount,
            total=total + round_off_amount,
        )


def discount_problems(
    lines: Sequence[TaxableLine], invoice_discount: Discount | None
) -> list[tuple[str, str, str]]:
    """Every discount that is more than what it is taken from, as (field, code, sentence), in line order.

    A line's base is its gross; the invoice's is the sum of the lines after their own discounts, where a line
    with a problem of its own counts as nothing.
    """
    problems = []
    total = ZERO
    with localcontext(_EXACT):
        for index, line in enumerate(lines):
            gross = half_up(line.quantity * line.unit_price)
            found = list(_excess(line.discount, gross, f"line_items.{index}.discount"))
            problems += found
            if not found:
                total += gross - _discount_money(line.discount, gross)
        problems += _excess(invoice_discount, total, "discount")
    return problems


def credited_amounts(
    original: LineAmounts, *, quantity: Decimal, returned_before: Decimal, returned_now: Decimal
) -> LineAmounts:
    """What a credit note gives back for `returned_now` units of a line sold as `quantity` units (C11).

    Each figure is the rounded part of the original for all units returned so far, less the same for
    `returned_before`: however a return is split, its notes add up to the invoice's line. `gross` is put
    together from the note's own figures, so that gross less discounts is the note's value to the paisa.
    """
    returned = returned_before + returned_now
    assert 0 <= returned_before < returned <= quantity, (quantity, returned_before, returned_now)

    def part(amount: Decimal) -> Decimal:
        return half_up(amount * returned / quantity) - half_up(amount * returned_before / quantity)

    with localcontext(_EXACT):
        discount, share = part(original.discount_amount), part(original.invoice_discount_share)
        taxable, half = part(original.taxable_value), part(original.cgst)
        igst, cess = part(original.igst), part(original.cess)
        tax = half + half + igst + cess
        net = original.gross - original.discount_amount - original.invoice_discount_share
        inclusive = net != original.taxable_value
        return LineAmounts(
            gross=taxable + (tax if inclusive else ZERO) + discount + share,
            discount_amount=discount,
            invoice_discount_share=share,
            taxable_value=taxable,
            cgst=half,
            sgst=half,
            igst=igst,
            cess=cess,
            total=taxable + tax if original.tax_payable else taxable,
            tax_payable=original.tax_payable,
        )


def _discount_money(discount: Discount | None, base: Decimal) -> Decimal:
    if discount is None:
        return ZERO
    if discount.percent is not None:
        money = half_up(base * discount.percent / _HUNDRED)
    else:
        money = half_up(discount.amount or ZERO)
    assert money <= base, (discount, base)
    return money


def _spread(discount: Decimal, nets: Sequence[Decimal]) -> list[Decimal]:
    """Share an invoice discount over the lines by running totals (C4); the shares add up to it exactly.

    Since the running total only grows and rounding keeps order, no share is negative or above its line's net.
    """
    if not discount:
        return [ZERO] * len(nets)
    total = sum(nets, ZERO)
    running = given = ZERO
    shares = []
    for net in nets:
        running += net
        due = half_up(discount * running / total)
        shares.append(due - given)
        given = due
    return shares


def _line_amounts(
    line: TaxableLine,
    gross: Decimal,
    discount: Decimal,
    share: Decimal,
    nature: Nature,
    charges_tax: bool,
    reverse_charge: bool,
) -> LineAmounts:
    net = gross - discount - share
    half = igst = ZERO
    if charges_tax and line.treatment is Treatment.TAXABLE:
        rate = line.gst_rate
        base = _HUNDRED + rate if line.tax_inclusive else _HUNDRED
        if nature is Nature.INTRA:
            half = half_up(net * rate / (base + base))
        else:
            igst = half_up(net * rate / base)
    tax = half + half + igst
    taxable = net - tax if line.tax_inclusive else net
    return LineAmounts(
        gross=gross,
        discount_amount=discount,
        invoice_discount_share=share,
        taxable_value=taxable,
        cgst=half,
        sgst=half,
        igst=igst,
        cess=ZERO,
        total=taxable if reverse_charge else taxable + tax,
        tax_payable=not reverse_charge,
    )


def _excess(discount: Discount | None, base: Decimal, field: str) -> Iterator[tuple[str, str, str]]:
    if discount is None:
        return
    if discount.percent is not None and discount.percent > _HUNDRED:
        sentence = f"A discount of {discount.percent} percent is more than the whole; give at most 100."
        yield f"{field}.percent", "discount_above_base", sentence
    elif discount.amount is not None and discount.amount > base:
        sentence = f"A discount of {half_up(discount.amount)} is more than the {base} it is taken from."
        yield f"{field}.amount", "discount_above_base", sentence
