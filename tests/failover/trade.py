"""The clerks of the crash tests, who also enter stock and read lists, and note when each was answered."""

import http.client
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.crash.clerks import Ask, Desk, Load, call
from tests.crash.proof import numbers_are_whole, replays_are_the_same
from tests.failover.machines import Cluster
from tests.failover.web import Web

LISTS = ("/invoices/", "/payments/", "/stock-entries/", "/products/")
REST_SECONDS = 0.2


# Of all tests, so that each proof covers everything before it.
history: list[Ask] = []


@dataclass
class Desks(Desk):
    """Several web servers in front of one database. Whoever sends a request again may get another of them."""

    ports: tuple[int, ...] = ()

    def ask(self, ask: Ask) -> tuple[int, Any, Any]:
        return replace(self, port=random.choice(self.ports), ports=()).ask_this(ask)

    def ask_this(self, ask: Ask) -> tuple[int, Any, Any]:
        return super().ask(ask)

    def get(self, path: str) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        return call(random.choice(self.ports or (self.port,)), "GET", path, **headers)[1]


class Trade(Load):
    """`answered` holds when each write that was acknowledged was sent last, and when it was answered."""

    def __init__(self, shop: Desk, told: Path, clerks: int = 4, seed: int = 0, pause: float = 0.15) -> None:
        super().__init__(shop, told, clerks, seed)
        self._pause = (
            pause  # seconds between two requests of a clerk: everything is asked again for the proof
        )
        self.answered: list[tuple[float, float]] = []
        self.lists = 0

    def __exit__(self, *failure: object) -> None:
        super().__exit__(*failure)
        history.extend(self.acknowledged)

    def _next(self, chance: random.Random, mine: list[Ask], key: str) -> Ask:
        dice = chance.random()
        if dice < 0.15:
            bought = {
                "entry_type": "purchase",
                "store": self.shop.store,
                "product_variant": self.shop.variant,
            }
            return Ask("/stock-entries/", {**bought, "quantity": 2, "unit_price": "60.00"}, key)
        if dice < 0.30:
            return Ask(f"GET {chance.choice(LISTS)}", {}, key)
        return super()._next(chance, mine, key)

    def _try(self, ask: Ask) -> bool:
        began = time.monotonic()
        done = self._read(ask) if ask.path.startswith("GET ") else super()._try(ask)
        if not done:
            time.sleep(REST_SECONDS)
            return False
        if ask.status:
            self.answered.append((began, time.monotonic()))
        time.sleep(self._pause)
        return True

    def _read(self, ask: Ask) -> bool:
        try:
            answer = self.shop.get(ask.path.removeprefix("GET "))
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.seen[f"list: {type(error).__name__}"] += 1
            return False
        if "results" not in answer:
            self.seen[f"list: {answer.get('status')}"] += 1
            if answer.get("status") != 503:
                self.faults.append(f"{ask.path} answered {answer}")
            return False
        self.lists += 1
        return True

    def wait_for(self, more: int, patience: float = 120.0) -> None:
        until, goal = time.monotonic() + patience, len(self.acknowledged) + more
        while len(self.acknowledged) < goal:
            assert not self.faults, self.faults
            assert time.monotonic() < until, self.seen
            time.sleep(0.02)

    def first_after(self, moment: float) -> float | None:
        """Seconds from that moment to the first answer to a write that was sent after it."""
        after = [ended for began, ended in list(self.answered) if began > moment]
        return min(after) - moment if after else None

    def longest_pause(self, since: float) -> float:
        """Seconds in which nothing at all was acknowledged."""
        ends = [since, *sorted(ended for _, ended in self.answered if ended > since)]
        return max((later - earlier for earlier, later in pairwise(ends)), default=0.0)


def settle(cluster: Cluster, desk: Desk, web: Web, trade: Trade) -> None:
    """Everything that was acknowledged is there under its number and once, no number is missing, nothing was sold
    twice, and the books agree. Of what earlier tests were told, every bill is counted, and every thing on the shelf."""
    assert not trade.faults, trade.faults
    replays_are_the_same(desk, trade.acknowledged)
    numbers_are_whole(desk, history)
    primary = cluster.primary()
    assert primary is not None
    shelf = f"SELECT quantity FROM inventory_stockledger WHERE product_variant_id = {desk.variant}"
    assert int(primary.ask(shelf, "finetune")) == _stock_due(history)
    assert "The books agree" in web.run("books")
    print(f"{len(history)} writes acknowledged so far, all there once; clients met {dict(trade.seen)}")


def _stock_due(asked: Sequence[Ask], opening: int = 1000) -> int:
    """What must lie on the shelf by what the clerks were told."""
    kinds = [ask.path for ask in asked]
    return opening + 2 * kinds.count("/stock-entries/") - kinds.count("/sales/")
