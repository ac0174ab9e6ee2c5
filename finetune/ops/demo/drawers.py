"""The drawers of the demo's counters: opened each morning, counted and closed each night but the last."""

import random
from decimal import Decimal
from typing import Final

from finetune.drawers.actions import close_session, move_cash, open_session
from finetune.drawers.queries import takings
from finetune.drawers.rules import DENOMINATIONS, PAID_OUT, TO_BANK, Count, Takings
from finetune.ops.demo.people import STORES, seller_of
from finetune.ops.demo.stage import Stage

FLOAT: Final = Decimal(3000)
EXPENSES: Final = (("Tea and snacks", 180), ("Courier to the service centre", 350), ("Drinking water", 90))
# Of ten nights, the drawer is right on seven.
DIFFERENCES: Final = (0, 0, 0, 0, 0, 0, 0, -10, 5, -20)
REASONS: Final = {
    -10: "Ten rupees short; change given wrongly",
    5: "Five rupees over; a buyer left the coin",
    -20: "Short by a note of twenty; not found",
}
APP_IS_SHORT: Final = {3, 10}


class Drawers:
    """Those of all stores. The draw of each night is by its day and store, so every telling counts the same."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.sessions: dict[str, int] = {}

    def open(self, day: int) -> None:
        for code, *_ in STORES:
            made = self.stage.play(
                open_session,
                seller_of(code, day),
                f"drawer:{code}:{day}",
                store_id=self.stage.stores[code],
                opening_float=FLOAT if day == 0 else None,
                at=self.stage.instant(day, 9, 45),
            )
            self.sessions[code] = made.id

    def close(self, day: int) -> None:
        for code, *_ in STORES:
            chance = random.Random(f"finetune demo drawer {code} {day}")  # noqa: S311  # a story, not a secret
            if chance.random() < 0.4:
                reason, amount = chance.choice(EXPENSES)
                self._take_out(code, day, PAID_OUT, Decimal(amount), reason)
            spare = (takings(self.sessions[code]).cash - FLOAT) // 500 * 500
            if spare > 0:
                self._take_out(code, day, TO_BANK, spare, "Paid into the bank")
            self._count(code, day, chance)

    def _take_out(self, code: str, day: int, kind: str, amount: Decimal, reason: str) -> None:
        self.stage.play(
            move_cash,
            seller_of(code, day),
            f"drawer:{code}:{day}:{kind}",
            session_id=self.sessions[code],
            kind=kind,
            amount=amount,
            reason=reason,
        )

    def _count(self, code: str, day: int, chance: random.Random) -> None:
        due: Takings = takings(self.sessions[code])
        off = chance.choice(DIFFERENCES)
        upi_off = Decimal(-1) if day in APP_IS_SHORT and due.upi else Decimal(0)
        note = ". ".join(
            said for said in (REASONS.get(off, ""), "The app rounded a payment" if upi_off else "") if said
        )
        self.stage.play(
            close_session,
            seller_of(code, day),
            f"drawer:{code}:{day}:close",
            session_id=self.sessions[code],
            count=counted(due.cash + off),
            card_total=due.card,
            upi_total=due.upi + upi_off,
            note=note,
            at=self.stage.instant(day, 21, 15),
        )


def counted(amount: Decimal) -> Count:
    """An amount as it lies in a drawer, in the largest notes."""
    notes, rest = {}, amount
    for value in DENOMINATIONS:
        notes[value] = int(rest // value)
        rest -= notes[value] * value
    return Count(notes, rest)
