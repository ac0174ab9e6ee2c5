"""Both sides in turns: a slice of ours, a slice of the limit, and the other way round the next time."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from bench.clients import Client, run_slice
from bench.measure import Compared, Slice
from bench.scene import Scene, log_in_all
from bench.shop import Shop
from bench.work import Work

TOKENS_LAST = 15 * 60.0


class Other:
    """The limit's process, asked line by line."""

    def __init__(self, shop: Shop, scene: Scene) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.limit"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=shop.environment(DATABASE_URL=shop.url, SECRET_KEY="of no use here", REQUEST_LOG=""),  # noqa: S106
            text=True,
        )
        self._send(scene.as_json())

    def _send(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _ask(self, question: Any) -> Any:
        assert self._process.stdout is not None
        self._send(json.dumps(question))
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the limit's process has ended, see above")
        return json.loads(line)

    def backends(self) -> list[int]:
        return list(self._ask("backends"))

    def run(self, name: str, sql: str, *, clients: int, count: int) -> Slice:
        answer = self._ask({"name": name, "sql": sql, "clients": clients, "count": count})
        return msgspec.convert(answer, Slice)

    def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)


class Bench:
    """A shop, its clients, and the limit beside them."""

    def __init__(self, shop: Shop, scene: Scene, other: Other) -> None:
        self.shop, self.scene, self.other = shop, scene, other
        self._clients: list[Client] = []
        self._logged_in = 0.0

    def clients(self, count: int) -> list[Client]:
        if time.monotonic() - self._logged_in > TOKENS_LAST:
            self.close()
            self._clients = []
            self.scene.tokens[:] = log_in_all(self.shop)
            self._logged_in = time.monotonic()
        tokens = self.scene.tokens
        while len(self._clients) < count:
            self._clients.append(Client(self.shop.port, tokens[len(self._clients) % len(tokens)]))
        return self._clients[:count]

    def ours(self, work: Work, *, clients: int, count: int) -> Slice:
        wanted = work.requests(self.scene, count)
        return run_slice(self.shop, self.clients(clients), wanted, self.other.backends())

    def limit(self, work: Work, *, clients: int, count: int) -> Slice:
        return self.other.run(work.name, work.limit_sql, clients=clients, count=count)

    def warm_up(self, work: Work, count: int = 64) -> None:
        """Every thread has its connection and its code, every connection its prepared statement."""
        self.ours(work, clients=32, count=count)
        self.limit(work, clients=32, count=count * 2)

    def compare(self, work: Work, *, clients: int, count: int, rounds: int) -> Compared:
        ours, limit = [], []
        for number in range(rounds):
            if number % 2:
                limit.append(self.limit(work, clients=clients, count=count))
                ours.append(self.ours(work, clients=clients, count=count))
            else:
                ours.append(self.ours(work, clients=clients, count=count))
                limit.append(self.limit(work, clients=clients, count=count))
        return Compared(tuple(ours), tuple(limit))

    def close(self) -> None:
        for client in self._clients:
            client.close()


@contextmanager
def bench_on(shop: Shop, scene: Scene) -> Iterator[Bench]:
    other = Other(shop, scene)
    bench = Bench(shop, scene, other)
    try:
        yield bench
    finally:
        bench.close()
        other.end()
