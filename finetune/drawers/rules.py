"""May this drawer be closed like this, may this cash be moved? Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from finetune.core.money import ZERO, money_text
from finetune.core.refusals import conflict
from finetune.payments.rules import cash_session_closed

# Notes of the Mahatma Gandhi series that a counter gets. Rs 2,000 was withdrawn on 19 May 2023 (RBI press release
# 2023-2024/257), Rs 5 and smaller are counted with the coins.
DENOMINATIONS: Final = (500, 200, 100, 50, 20, 10)
PAID_IN, PAID_OUT, TO_BANK = "paid_in", "paid_out", "bank"
TAKEN_OUT: Final = frozenset({PAID_OUT, TO_BANK})


@dataclass(frozen=True, slots=True)
class Count:
    """What lies in the drawer: how many of each note, and the coins in rupees."""

    notes: Mapping[int, int] = field(default_factory=dict)
    coins: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return sum((Decimal(value * number) for value, number in self.notes.items()), self.coins)

    def as_json(self) -> dict[str, Any]:
        notes = {str(value): self.notes.get(value, 0) for value in DENOMINATIONS}
        return {"notes": notes, "coins": money_text(self.coins)}


@dataclass(frozen=True, slots=True)
class Takings:
    """What the books say of an open session: the cash that should lie in the drawer, and what came in by card and
    UPI less what went back."""

    cash: Decimal
    card: Decimal
    upi: Decimal


@dataclass(frozen=True, slots=True)
class Closing:
    """A counted session. The totals of card and UPI are None where nobody read them off."""

    takings: Takings
    count: Count
    card_total: Decimal | None
    upi_total: Decimal | None
    note: str

    @property
    def cash_difference(self) -> Decimal:
        return self.count.total - self.takings.cash

    @property
    def card_difference(self) -> Decimal | None:
        return None if self.card_total is None else self.card_total - self.takings.card

    @property
    def upi_difference(self) -> Decimal | None:
        return None if self.upi_total is None else self.upi_total - self.takings.upi


def refuse_closed(session: Mapping[str, Any]) -> None:
    if session["closed_at"] is not None:
        raise cash_session_closed()


def plan_closing(
    *,
    takings: Takings,
    count: Count,
    card_total: Decimal | None = None,
    upi_total: Decimal | None = None,
    note: str = "",
) -> Closing:
    """A difference is posted as it is, but never without a reason."""
    closing = Closing(takings, count, card_total, upi_total, note)
    differences = {
        "cash": closing.cash_difference,
        "card": closing.card_difference,
        "UPI": closing.upi_difference,
    }
    said = [_words(means, value) for means, value in differences.items() if value]
    if said and not note:
        raise conflict(
            "difference_needs_reason",
            f"Count and books differ: {', '.join(said)}. Count again, or write in the note why; then it is posted so.",
            cash_difference=money_text(closing.cash_difference),
            card_difference=None if closing.card_difference is None else money_text(closing.card_difference),
            upi_difference=None if closing.upi_difference is None else money_text(closing.upi_difference),
        )
    return closing


def _words(means: str, difference: Decimal) -> str:
    return f"Rs {money_text(abs(difference))} too {'much' if difference > 0 else 'little'} by {means}"


def refuse_more_than_there_is(*, kind: str, amount: Decimal, cash: Decimal) -> None:
    """Cash is taken out of what should be in the drawer."""
    if kind in TAKEN_OUT and amount > cash:
        raise conflict(
            "not_enough_cash",
            f"The drawer should hold Rs {money_text(cash)}, so Rs {money_text(amount)} cannot be taken out of it. "
            "Check the amount, or record first what was put in.",
            cash_expected=money_text(cash),
        )


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A step from the float to what should be in the drawer. Negative where cash left it."""

    what: str
    amount: Decimal


def ledger_of(session: Mapping[str, Any]) -> list[LedgerLine]:
    """How the cash that a session expects comes about, without the steps that moved none."""
    cash = next((each for each in session["by_mode"] if each["mode"] == "cash"), None)
    moved = dict.fromkeys((PAID_IN, PAID_OUT, TO_BANK), ZERO)
    for each in session["movements"]:
        moved[each["kind"]] += -each["amount"] if each["kind"] in TAKEN_OUT else each["amount"]
    steps = [("received", cash["received"]), ("refunded", -cash["refunded"])] if cash else []
    lines = [LedgerLine(what, amount) for what, amount in (*steps, *moved.items()) if amount]
    return [LedgerLine("float", session["opening_float"]), *lines]
