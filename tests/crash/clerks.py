"""Clerks who bill, sell and take money over HTTP, repeat with the same key what was not answered, and keep
every answer."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

PASSWORD = "correct-horse-battery"
# What a client may meet while something is broken; everything else that is no success is our mistake.
PASSING = {503}


@dataclass
class Ask:
    """A request with its key, and what came of it once it was acknowledged."""

    path: str
    body: dict[str, Any]
    key: str
    status: int = 0
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> list[Any]:
        """What must be the same in every replay: ids and numbers."""
        bill = self.answer.get("invoice", self.answer)
        bill = bill if isinstance(bill, dict) else self.answer
        paid = [each["id"] for each in self.answer.get("payments", ())]
        return [self.answer.get("id"), bill.get("id"), bill.get("invoice_number"), *paid]

    @property
    def number(self) -> str | None:
        bill = self.answer.get("invoice", self.answer)
        return bill.get("invoice_number") if isinstance(bill, dict) else None


def call(port: int, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any, Any]:
    """Status, JSON and headers. Raises OSError or HTTPException where there is no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=40)
    try:
        connection.request(
            method,
            f"/api{path}",
            None if body is None else json.dumps(body),
            {"Content-Type": "application/json", **headers},
        )
        response = connection.getresponse()
        raw = response.read()
        return response.status, json.loads(raw) if raw else None, response.headers
    finally:
        connection.close()


@dataclass
class Desk:
    """What is on sale in the shop under test, and who asks."""

    port: int
    token: str
    store: int
    customer: int
    variant: int

    def ask(self, ask: Ask) -> tuple[int, Any, Any]:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": ask.key}
        return call(self.port, "POST", ask.path, ask.body, **headers)

    def get(self, path: str) -> Any:
        return call(self.port, "GET", path, Authorization=f"Bearer {self.token}")[1]


def furnish(port: int, username: str) -> Desk:
    """A store with a thousand cables in it."""
    status, pair, _ = call(port, "POST", "/auth/token/", {"username": username, "password": PASSWORD})
    assert status == 200, pair

    def make(path: str, **body: Any) -> int:
        status, made, _ = call(port, "POST", path, body, Authorization=f"Bearer {pair['access']}")
        assert status == 201, made
        return int(made["id"])

    store = make("/stores/", code="PUNE", name="Pune", state_code="27")
    category = make("/categories/", name="Cables")
    product = make("/products/", name="Cable", category=category, hsn_code="85444299", gst_rate="18")
    variant = make("/variants/", product=product, variant_name="1 m", sku="CABLE-1", price="118.00")
    make(
        "/stock-entries/",
        entry_type="purchase",
        store=store,
        product_variant=variant,
        quantity=1000,
        unit_price="60.00",
    )
    return Desk(port, pair["access"], store, make("/customers/", name="A buyer"), variant)


class Load:
    """Clerks at work until they are sent home. `asked` is everything they began, in the order of each."""

    def __init__(self, shop: Desk, told: Path, clerks: int = 4, seed: int = 0) -> None:
        self.shop = shop
        self.told = told
        self.asked: list[list[Ask]] = [[] for _ in range(clerks)]
        self.seen: Counter[str] = Counter()
        self.faults: list[str] = []
        self._seed = seed
        self._closing = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(index,)) for index in range(clerks)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Everything that was begun is brought to an answer."""
        self._closing.set()
        for thread in self._threads:
            thread.join(600)
        assert not any(thread.is_alive() for thread in self._threads), "a request was never answered"

    @property
    def acknowledged(self) -> list[Ask]:
        return [ask for each in self.asked for ask in each if ask.status]

    def wait_for(self, more: int, patience: float = 240.0) -> None:
        """Return when so many more requests were acknowledged."""
        until, goal = time.monotonic() + patience, len(self.acknowledged) + more
        while len(self.acknowledged) < goal:
            assert time.monotonic() < until, f"{self.seen} {self.faults[:3]}\n{self.told.read_text()[-3000:]}"
            time.sleep(0.02)

    def _work(self, index: int) -> None:
        chance = random.Random(f"{self._seed}/{index}")
        mine = self.asked[index]
        while not self._closing.is_set() and not self.faults:
            ask = self._next(chance, mine, f"{self._seed}-{index}-{len(mine)}")
            mine.append(ask)
            until = time.monotonic() + 300
            while not self._try(ask) and not self.faults and time.monotonic() < until:
                time.sleep(0.05)

    def _next(self, chance: random.Random, mine: list[Ask], key: str) -> Ask:
        shop = self.shop
        labour = {"description": "Labour", "quantity": "1", "unit_price": "500.00", "gst_rate": "18"}
        open_bills = [ask for ask in mine if ask.path == "/invoices/" and ask.status == 201]
        dice = chance.random()
        if dice < 0.25 and open_bills:
            paid = {"invoice": chance.choice(open_bills).answer["id"], "amount": "1.00", "mode": "cash"}
            return Ask("/payments/", paid, key)
        if dice < 0.6:
            line = {"variant": shop.variant, "quantity": "1"}
            sale = {"store": shop.store, "counter_sale": True, "line_items": [line]}
            return Ask("/sales/", {**sale, "tenders": [{"mode": "cash", "amount": "118.00"}]}, key)
        return Ask(
            "/invoices/", {"store": shop.store, "customer": shop.customer, "line_items": [labour]}, key
        )

    def _try(self, ask: Ask) -> bool:
        try:
            status, answer, headers = self.shop.ask(ask)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.seen[type(error).__name__] += 1
            return False
        self.seen[str(status)] += 1
        if status in (200, 201):
            ask.status, ask.answer = status, answer
            return True
        in_progress = status == 409 and answer.get("code") == "idempotency_in_progress"
        if status == 503 and "Retry-After" not in headers:
            self.faults.append(f"503 without Retry-After: {answer}")
        if status not in PASSING and not in_progress:
            self.faults.append(f"{ask.path} answered {status}: {answer}")
        return False
