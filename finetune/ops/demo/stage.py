"""What every chapter of the demo is played on: its day, its people, and keys that make a rerun safe."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from finetune.core.caller import Actor, Caller
from finetune.core.dates import INDIA, date_in_india
from finetune.core.transactions import Made

REQUEST_ID = "seed-demo"
# Whoever makes the first user is no user yet.
SYSTEM = Actor(Caller(0, "demo", "Demo", "system_admin", None, True), REQUEST_ID)
DAYS_OF_TRADE = 14


@dataclass
class Stage:
    """`begun` is when the demo was first begun. All days are counted from it, so that a run that goes on
    after a
    crash, be it past midnight, writes the same story."""

    begun: datetime
    days: int = DAYS_OF_TRADE
    people: dict[str, Actor] = field(default_factory=dict)
    stores: dict[str, int] = field(default_factory=dict)
    customers: dict[str, int] = field(default_factory=dict)
    variants: dict[str, int] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def play(self, action: Callable[..., Made], who: str, key: str, **given: Any) -> Made:
        """Call an action as one of the people. Its key is part of the story: played before, it only
        replays."""
        actor = self.people[who] if who else SYSTEM
        made = action(actor=actor.with_key(f"demo:{key}"), **given)
        self.counts[action.__name__] += 1
        return made

    def day(self, number: int) -> date:
        """0 is the first day of trade, `days` is the one on which the demo was begun."""
        return date_in_india(self.begun) - timedelta(days=self.days - number)

    def instant(self, number: int, hour: int, minute: int = 0) -> datetime:
        """A time of that day, but never later than the demo was begun: money cannot come from the future."""
        return min(datetime.combine(self.day(number), time(hour, minute), tzinfo=INDIA), self.begun)


def summary(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in sorted(counts.items()))
