"""How each amount of a bill came about, step by step, by the rules C1 to C12 of `docs/money.md`. Pure.

A step is numbers and the name of a rule, without words: a page says them in its reader's language. Amounts are those
that are stored, never worked out again; `figures` are what the rule works with, so that anybody can do it by hand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from finetune.core.money import ZERO, half_up

Row = Mapping[str, Any]
Figures = Mapping[str, Decimal | str]
Way = Literal["add", "take", "result", "aside"]
HUNDRED = Decimal(100)
TAXES = ("cgst", "sgst", "igst", "cess")


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `add` and `take` change the sum, `result` is the sum so far, `aside` is shown beside it."""

    what: str
    rule: str
    way: Way
    amount: Decimal
    figures: Figures = field(default_factory=dict)


def adds_up(steps: Sequence[Step]) -> bool:
    """Whether each result is what the steps before it come to."""
    running = ZERO
    for step in steps:
        if step.way == "add":
            running += step.amount
        elif step.way == "take":
            running -= step.amount
        elif step.way == "result" and step.amount != running:
            return False
    return True


@dataclass(frozen=True, slots=True)
class _Line:
    """A stored line with its amounts as numbers."""

    row: Row

    def money(self, name: str) -> Decimal:
        return Decimal(self.row[name])

    @property
    def net(self) -> Decimal:
        """What is left of the gross: with the tax inside where the price had it inside."""
        return self.money("gross") - self.money("discount_amount") - self.money("invoice_discount_share")

    @property
    def tax(self) -> Decimal:
        return sum((self.money(name) for name in TAXES), ZERO)

    @property
    def has_tax_inside(self) -> bool:
        return bool(self.row["tax_inclusive"])


def explain_line(bill: Row, position: int) -> list[Step]:
    """From quantity and price to the total of the line at this place, counted from 0."""
    line = _Line(bill["line_items"][position])
    quantity, price = Decimal(line.row["quantity"]), Decimal(line.row["unit_price"])
    steps = [Step("gross", "C2", "add", line.money("gross"), {"quantity": quantity, "unit_price": price})]
    if discount := line.money("discount_amount"):
        steps.append(Step("discount", "C3", "take", discount, _discount_figures(line)))
    if share := line.money("invoice_discount_share"):
        steps.append(Step("share", "C4", "take", share, _share_figures(bill, position)))
    if untaxed := _why_untaxed(bill, line):
        steps.append(Step("taxable", "C5", "result", line.money("taxable_value")))
        steps.append(Step("untaxed", "C10", "aside", ZERO, {"why": untaxed}))
    elif line.has_tax_inside:
        steps.append(Step("net", "C6", "result", line.net))
        steps += [
            Step(name, "C6", "take", amount, figures)
            for name, amount, figures in _taxes(bill, line, line.net)
        ]
        steps.append(Step("taxable", "C6", "result", line.money("taxable_value")))
        if not bill["reverse_charge"]:
            steps.append(Step("tax", "C6", "add", line.tax))
    else:
        taxable = line.money("taxable_value")
        steps.append(Step("taxable", "C5", "result", taxable))
        way: Way = "aside" if bill["reverse_charge"] else "add"
        steps += [
            Step(name, "C5", way, amount, figures) for name, amount, figures in _taxes(bill, line, taxable)
        ]
    if bill["reverse_charge"]:
        steps.append(Step("reverse_charge", "C9", "aside", line.tax))
    return [*steps, Step("line_total", "C7", "result", line.money("total"))]


def _discount_figures(line: _Line) -> Figures:
    percent = line.row.get("discount_percent")
    return {} if percent is None else {"percent": Decimal(percent), "base": line.money("gross")}


def _share_figures(bill: Row, position: int) -> Figures:
    """The discount on the whole bill is due on the lines so far; what lines before took is taken off."""
    lines = [_Line(row) for row in bill["line_items"]]
    nets = [line.money("gross") - line.money("discount_amount") for line in lines]
    shares = [line.money("invoice_discount_share") for line in lines]
    discount, base = sum(shares, ZERO), sum(nets, ZERO)
    so_far = sum(nets[: position + 1], ZERO)
    return {
        "discount": discount,
        "base": base,
        "so_far": so_far,
        "due": half_up(discount * so_far / base),
        "given": sum(shares[:position], ZERO),
    }


def _why_untaxed(bill: Row, line: _Line) -> str:
    """The reason for no tax (C10), or nothing where the line is taxed at its rate."""
    if line.row["treatment"] != "taxable":
        return str(line.row["treatment"])
    if bill["seller"].get("is_composition"):
        return "composition"
    is_zero_rated = bill["buyer"].get("category") in ("sez", "export")
    return "lut" if is_zero_rated and not bill["with_payment_of_tax"] else ""


def _taxes(bill: Row, line: _Line, base: Decimal) -> list[tuple[str, Decimal, Figures]]:
    """The taxes that the line carries, each with base, rate and what the rate is a part of."""
    rate = Decimal(line.row["gst_rate"])
    whole = HUNDRED + rate if line.has_tax_inside else HUNDRED
    if bill["supply_nature"] == "inter":
        return [("igst", line.money("igst"), {"base": base, "rate": rate, "whole": whole})]
    # Half the rate of the whole; the second half is the same figure, not worked out again.
    half: Figures = {"base": base, "rate": rate / 2, "whole": whole}
    return [("cgst", line.money("cgst"), half), ("sgst", line.money("sgst"), half)]


def explain_bill(bill: Row) -> list[Step]:
    """From the lines to what is to pay."""
    steps = [Step("which_tax", "C12", "aside", ZERO, _places(bill))]
    steps.append(Step("taxable_sum", "C7", "add", Decimal(bill["taxable_value"])))
    way: Way = "aside" if bill["reverse_charge"] else "add"
    steps += [
        Step(f"{name}_sum", "C9" if way == "aside" else "C7", way, Decimal(bill[name]))
        for name in TAXES
        if Decimal(bill[name])
    ]
    before = Decimal(bill["total_before_round_off"])
    rounding = Decimal(bill["round_off_amount"])
    if rounding:
        steps.append(Step("before_round_off", "C7", "result", before))
        steps.append(Step("round_off", "C8", "add", rounding, {"before": before}))
    return [*steps, Step("total", "C8" if rounding else "C7", "result", Decimal(bill["total"]))]


def _places(bill: Row) -> Figures:
    return {
        "store_state": str(bill["seller"]["state_code"]),
        "place": str(bill["place_of_supply"]),
        "nature": str(bill["supply_nature"]),
        "category": str(bill["buyer"].get("category", "unregistered")),
    }


def explain_balance(total: Decimal, settlement: Row) -> list[Step]:
    """From what was to pay to what is owed now. Of a cancelled bill nothing is."""
    steps = [Step("to_pay", "", "add", total)]
    for what, name, way in (
        ("paid", "amount_paid", "take"),
        ("deposited", "amount_deposited", "take"),
        ("credited", "amount_credited", "take"),
        ("to_credit", "amount_to_credit", "add"),
        ("refunded", "amount_refunded", "add"),
    ):
        if amount := Decimal(settlement[name]):
            steps.append(Step(what, "", "take" if way == "take" else "add", amount))
    if settlement["is_cancelled"]:
        return [*steps, Step("cancelled", "", "take", total), Step("balance", "", "result", ZERO)]
    return [*steps, Step("balance", "", "result", Decimal(settlement["balance_due"]))]
