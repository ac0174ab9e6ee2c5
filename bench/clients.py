"""Clients that keep their connection, each in a thread of its own."""

import http.client
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from bench import measure
from bench.measure import Slice
from bench.shop import Shop


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request that is ready to be sent."""

    method: str
    path: str
    body: bytes | None = None
    key: str | None = None


# A server ends a connection that was silent for half a minute; whoever sends on it just then is not answered.
IDLE_MAX = 10.0


class Client:
    """One log-in's token over one connection, which is opened anew after a rest or a failure."""

    def __init__(self, port: int, token: str = "") -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._used = time.monotonic()
        self.token = token

    def send(self, wanted: Wanted) -> tuple[int, bytes]:
        if time.monotonic() - self._used > IDLE_MAX:
            self._connection.close()
        try:
            return self._send(wanted)
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise
        finally:
            self._used = time.monotonic()

    def _send(self, wanted: Wanted) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json"} if wanted.body is not None else {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if wanted.key is not None:
            headers["Idempotency-Key"] = wanted.key
        self._connection.request(wanted.method, wanted.path, wanted.body, headers)
        response = self._connection.getresponse()
        return response.status, response.read()

    def call(self, method: str, path: str, body: Any = None, key: str | None = None) -> Any:
        """For making the scene: anything but success ends the bench."""
        raw = None if body is None else msgspec.json.encode(body)
        status, answer = self.send(Wanted(method, f"/api{path}", raw, key))
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {answer.decode()[:500]}")
        return msgspec.json.decode(answer) if answer else None

    def log_in(self, username: str, password: str) -> None:
        self.token = self.call("POST", "/auth/token/", {"username": username, "password": password})["access"]

    def close(self) -> None:
        self._connection.close()


def in_threads(work: Sequence[Callable[[], None]]) -> float:
    """Run them at once; seconds until the last has ended."""
    gate = threading.Barrier(len(work) + 1)

    def after_the_gate(each: Callable[[], None]) -> None:
        gate.wait()
        each()

    threads = [threading.Thread(target=after_the_gate, args=(each,)) for each in work]
    for thread in threads:
        thread.start()
    gate.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def run_slice(shop: Shop, clients: Sequence[Client], wanted: Sequence[Wanted], limit: Sequence[int]) -> Slice:
    """Send all of it, dealt out among the clients. `limit` are backends of the other side, which do not count."""
    latencies: list[float] = []
    failures: list[str] = []

    def send_all(client: Client, mine: Sequence[Wanted]) -> None:
        for each in mine:
            began = time.perf_counter()
            try:
                status, body = client.send(each)
            except (OSError, http.client.HTTPException) as error:
                failures.append(f"{each.path}: {error!r}")
                continue
            latencies.append((time.perf_counter() - began) * 1000)
            if status >= 300:
                failures.append(f"{each.path}: {status} {body.decode(errors='replace')[:200]}")

    shares = [wanted[place :: len(clients)] for place in range(len(clients))]
    web, others = shop.web_pids(), set(limit)
    postgres_pids = [pid for pid in shop.backends() if pid not in others]
    python, postgres = measure.cpu_ms(web), measure.cpu_ms(postgres_pids)
    seconds = in_threads(
        [
            lambda client=client, mine=mine: send_all(client, mine)  # type: ignore[misc]
            for client, mine in zip(clients, shares, strict=True)
        ]
    )
    postgres_pids = [pid for pid in shop.backends() if pid not in others]
    return Slice(
        count=len(wanted),
        python_ms=measure.cpu_ms(web) - python,
        postgres_ms=measure.cpu_ms(postgres_pids) - postgres,
        seconds=seconds,
        latencies=tuple(latencies),
        failures=tuple(failures),
    )
