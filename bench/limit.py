# ruff: noqa: E402, S311
"""The other side: one process with psycopg, one prepared call a piece, everything decided beforehand.

Started by the bench with DATABASE_URL in its environment; a line of JSON asks for a slice, a line answers it.
"""

import json
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

import psycopg

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "finetune.settings")
import django

django.setup(set_prefix=False)

from django.db import transaction

from bench import measure, work
from bench.clients import in_threads
from bench.measure import Slice
from bench.scene import Scene
from finetune.core.caller import Actor, Caller
from finetune.inventory.posting import entries_json, lock_stock
from finetune.inventory.records import WantedEntry
from finetune.inventory.rules import plan_entry
from finetune.invoicing import posting as bills
from finetune.invoicing.schemas import InvoiceIn
from finetune.payments.schemas import SaleIn

Params = tuple[Any, ...]


class Documents:
    """What a call writes, decided by the shop's own rules and kept."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._kept: dict[str, list[Params]] = {}

    def params(self, name: str) -> Params:
        """Those of one call, with a key that was never used."""
        if name.startswith("list"):
            return (self._scene.store,)
        if name == "issue with gaps":
            name = "issue"
        if name not in self._kept:
            with transaction.atomic():
                self._kept[name] = [self._decided(name) for _ in range(work.DOCUMENTS)]
                transaction.set_rollback(True)
        return (*random.choice(self._kept[name]), work.new_key())

    def _decided(self, name: str) -> Params:
        scene = self._scene
        user_id = random.choice(scene.people)
        actor = Actor(Caller(user_id, "head", "Head", "branch_head", (scene.store,), True), "bench")
        if name == "issue":
            order = InvoiceIn.model_validate(work.issue_body(scene)).order()
            return (bills._decided(actor, order, None)[1],)
        if name == "sell":
            order = SaleIn.model_validate(work.sale_body(scene)).order()
            tender = {"mode": "upi", "amount": scene.sale_total, "reference": "", "change_due": "0.00"}
            return (bills._decided(actor, order, None)[1], json.dumps([tender]))
        if name == "pay":
            tender = {"mode": "upi", "amount": "1.00", "reference": "", "change_due": "0.00"}
            return (
                user_id,
                random.choice(scene.bills),
                scene.store,
                scene.customers[0],
                json.dumps([tender]),
            )
        variant = random.choice(scene.variants)
        wanted = WantedEntry(entry_type="purchase", variant_id=variant, quantity=1)
        facts = lock_stock(store_id=scene.store, variant_ids=[variant])
        return (user_id, json.dumps(entries_json([plan_entry(replace(wanted, unit_price=None), facts)])))


class Limit:
    """As many connections as clients; each keeps its statements prepared, as PostgreSQL does it best."""

    def __init__(self, scene: Scene) -> None:
        self._documents = Documents(scene)
        self._connections: list[psycopg.Connection[Any]] = []

    def backends(self) -> list[int]:
        return [connection.info.backend_pid for connection in self._connections]

    def run(self, name: str, sql: str, *, clients: int, count: int) -> Slice:
        while len(self._connections) < clients:
            opened = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=0)
            self._connections.append(opened)
        connections = self._connections[:clients]
        params = [self._documents.params(name) for _ in range(count)]
        latencies: list[float] = []
        failures: list[str] = []
        pids = self.backends()
        python, postgres = time.process_time(), measure.cpu_ms(pids)
        seconds = in_threads(
            [
                _caller(connection, sql, params[place::clients], latencies, failures)
                for place, connection in enumerate(connections)
            ]
        )
        return Slice(
            count=count,
            python_ms=(time.process_time() - python) * 1000,
            postgres_ms=measure.cpu_ms(pids) - postgres,
            seconds=seconds,
            latencies=tuple(latencies),
            failures=tuple(failures),
        )


def _caller(
    connection: psycopg.Connection[Any],
    sql: str,
    mine: Sequence[Params],
    latencies: list[float],
    failures: list[str],
) -> Callable[[], None]:
    def call_all() -> None:
        for params in mine:
            began = time.perf_counter()
            try:
                connection.execute(sql, params).fetchall()
            except psycopg.Error as error:
                failures.append(f"limit: {error}")
            latencies.append((time.perf_counter() - began) * 1000)

    return call_all


def main() -> None:
    limit = Limit(Scene.from_json(sys.stdin.readline()))
    for line in sys.stdin:
        asked = json.loads(line)
        if asked == "backends":
            answer: Any = limit.backends()
        else:
            answer = asdict(
                limit.run(asked["name"], asked["sql"], clients=asked["clients"], count=asked["count"])
            )
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
