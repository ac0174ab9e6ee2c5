"""What the bill would be: the real engine over the real schema, with nothing written, and every refusal at its line."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from finetune.core.listing import Row
from finetune.core.money import ZERO, money_text, price_text
from finetune.core.refusals import FieldError, Refusal
from finetune.gst.tax import LineAmounts
from finetune.invoicing.posting import quote_facts, quote_stock
from finetune.invoicing.records import Facts, Line, Order, Plan
from finetune.invoicing.rules import draw_up
from finetune.payments.rules import CREDIT
from finetune.web.counter import queries
from finetune.web.counter.asked import Asked, TillIn
from finetune.web.counter.tenders import Money, settle
from finetune.web.shell.visit import Visit
from finetune.web.templatetags.shop import grouped


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that stands in the way of billing, and the way out. `at` is the part of the screen it belongs to:
    a line's number, `customer`, `discount`, `tenders`, or nothing."""

    text: str
    at: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class QuotedLine:
    line: Line | None
    money: LineAmounts | None
    problems: tuple[str, ...]

    @property
    def price(self) -> str:
        """The price per unit as it is shown; it may have a third decimal."""
        if self.line is None:
            return ""
        whole, part = price_text(self.line.unit_price).split(".")
        return f"{grouped(whole)}.{part}"

    @property
    def given_away(self) -> Decimal:
        """The line's own discount and its share of the bill's."""
        return ZERO if self.money is None else self.money.discount_amount + self.money.invoice_discount_share

    @property
    def tax(self) -> Decimal:
        return (
            ZERO
            if self.money is None
            else (self.money.cgst + self.money.sgst + self.money.igst + self.money.cess)
        )


@dataclass(frozen=True, slots=True)
class Quote:
    """A bill as it stands at the till. `problems` are what would refuse it now."""

    order: Order | None
    plan: Plan | None
    lines: tuple[QuotedLine, ...]
    money: Money
    customer: Row | None
    deposited: Decimal = ZERO
    problems: tuple[Problem, ...] = field(default=())

    @property
    def total(self) -> Decimal:
        return ZERO if self.plan is None else self.plan.amounts.total

    @property
    def total_text(self) -> str:
        return money_text(self.total)

    @property
    def is_walk_in(self) -> bool:
        return self.plan is None or self.plan.facts.buyer.is_walk_in

    @property
    def of_money(self) -> list[Problem]:
        return [each for each in self.problems if each.at == "tenders"]

    @property
    def elsewhere(self) -> list[Problem]:
        return [each for each in self.problems if not each.at.isdigit() and each.at != "tenders"]


def quote(visit: Visit, asked: Asked) -> Quote:
    """Refuses 404 for what is not there at all; everything that a seller can put right is a problem of the quote."""
    problems = [_problem(each) for each in asked.errors]
    plan: Plan | None = None
    if asked.order is not None:
        plan, refused = _looked_up(visit, asked.order)
        problems += refused
    if plan is not None:
        problems += _stock_problems(plan)
        problems += _reason_problems(plan, asked.till)
    customer = _customer(visit, plan)
    deposited = _deposited(plan)
    owed = ZERO if plan is None else plan.amounts.total - deposited
    money = settle(asked.tenders, owed=owed)
    problems += [_problem(each) for each in money.errors]
    problems += _credit_problems(money, customer)
    return Quote(
        order=asked.order,
        plan=plan,
        lines=_lines(asked, plan, problems),
        money=money,
        customer=customer,
        deposited=deposited,
        problems=tuple(problems),
    )


def _looked_up(visit: Visit, order: Order) -> tuple[Plan | None, list[Problem]]:
    try:
        return _drawn_up(order, quote_facts(actor=visit.actor, order=order))
    except Refusal as refusal:
        of_lines = refusal.errors and all(each.field.startswith("line_items.") for each in refusal.errors)
        if not of_lines:
            raise
        return None, _problems_of(refusal)


def _drawn_up(order: Order, facts: Facts) -> tuple[Plan | None, list[Problem]]:
    """The plan, where the till can show one: what is refused for who buys or how much is given away has amounts all
    the same, and the refusal beside them."""
    problems: list[Problem] = []
    for lenient in (facts, replace(facts, ceiling_percent=None), _named(facts)):
        try:
            return replace(draw_up(order, lenient), facts=facts), problems
        except Refusal as refusal:
            problems = problems or _problems_of(refusal)
    return None, problems


def _named(facts: Facts) -> Facts:
    buyer = replace(facts.buyer, is_walk_in=False, address=facts.buyer.address or "-")
    return replace(facts, ceiling_percent=None, buyer=buyer)


def _stock_problems(plan: Plan) -> list[Problem]:
    try:
        quote_stock(plan)
    except Refusal as refusal:
        return _problems_of(refusal)
    return []


def _reason_problems(plan: Plan, till: TillIn) -> list[Problem]:
    """A price that is not the catalogue's has a reason, which goes into the audit."""
    return [
        Problem(_("The price is not the catalogue's. Say why."), str(place), "reason_required")
        for place, line in enumerate(plan.lines)
        if line.listed_price is not None
        and line.unit_price != line.listed_price
        and not till.reasons.get(str(place), "").strip()
    ]


def _customer(visit: Visit, plan: Plan | None) -> Row | None:
    if plan is None or plan.facts.buyer.is_walk_in:
        return None
    return queries.customer_at_counter(visit.caller, plan.facts.buyer.id)


def _deposited(plan: Plan | None) -> Decimal:
    if plan is None or not plan.facts.has_deposits or plan.facts.booking_id is None:
        return ZERO
    return min(plan.amounts.total, queries.open_deposits(plan.facts.booking_id))


def _credit_problems(money: Money, customer: Row | None) -> list[Problem]:
    wanted = sum((each.amount for each in money.tenders if each.mode == CREDIT), ZERO)
    if not wanted or (customer is not None and wanted <= customer["credit"]):
        return []
    return [Problem(_("The customer has no such credit with the shop."), "tenders", "exceeds_credit")]


def _problems_of(refusal: Refusal) -> list[Problem]:
    if refusal.errors:
        return [_problem(each) for each in refusal.errors]
    at = "discount" if refusal.code == "discount_above_ceiling" else ""
    return [Problem(refusal.detail, at, refusal.code)]


def _problem(error: FieldError) -> Problem:
    head, _dot, rest = error.field.partition(".")
    if head == "line_items" and rest:
        return Problem(error.message, rest.partition(".")[0], error.code)
    return Problem(error.message, head, error.code)


def _lines(asked: Asked, plan: Plan | None, problems: Iterable[Problem]) -> tuple[QuotedLine, ...]:
    said: dict[str, list[str]] = {}
    for each in problems:
        said.setdefault(each.at, []).append(each.text)
    if plan is not None:
        pairs: list[tuple[Any, Any]] = list(zip(plan.lines, plan.amounts.lines, strict=True))
    else:
        wanted = asked.till.order.get("line_items")
        pairs = [(None, None)] * (len(wanted) if isinstance(wanted, list) else 0)
    return tuple(
        QuotedLine(line, money, tuple(dict.fromkeys(said.get(str(place), ()))))
        for place, (line, money) in enumerate(pairs)
    )


def reasons_text(quoted: Quote, till: TillIn) -> str:
    """Why prices differ, for the audit: one clause for each line that has a reason."""
    if quoted.plan is None:
        return ""
    clauses = [
        f"{line.description}: {line.listed_price:f} -> {line.unit_price:f}, {till.reasons[str(place)].strip()}"
        for place, line in enumerate(quoted.plan.lines)
        if line.listed_price is not None
        and line.unit_price != line.listed_price
        and till.reasons.get(str(place), "").strip()
    ]
    return "; ".join(clauses)[:500]
