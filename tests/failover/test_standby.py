"""A web server that reads its lists from a standby: everybody sees what they wrote, whatever becomes of the standby."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.crash.clerks import Desk, call
from tests.failover.machines import Cluster, Machine, until
from tests.failover.web import Web

POSITION = "X-Commit-Position"
READS = re.compile(r'^finetune_reads_total\{because="(\w*)",place="(\w+)"\} ([0-9.]+)', re.M)
CLERKS = 3


@pytest.fixture(scope="module")
def reading(cluster: Cluster, place: Path, desk: Desk) -> Iterator[Web]:
    settings = cluster.settings
    standbys = settings.app_url.replace("read-write", "prefer-standby")
    web = Web(place, "web3", 8162, DATABASE_URL=settings.app_url, DATABASE_STANDBY_URL=standbys)
    try:
        web.serve()
        yield web
    finally:
        web.close()


@dataclass
class Writers:
    """Clerks who bill, look at the list at once, and must find their bill at its head or close to it."""

    desk: Desk
    done: int = 0
    waited: int = 0
    faults: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Writers":
        self._threads = [threading.Thread(target=self._work) for _ in range(CLERKS)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        for thread in self._threads:
            thread.join(120)

    def more(self, wanted: int) -> None:
        goal = self.done + wanted
        until(lambda: self.faults or self.done >= goal, "bills that were written and read")
        assert not self.faults, self.faults

    def _work(self) -> None:
        line = {"description": "Labour", "quantity": "1", "unit_price": "500.00", "gst_rate": "18"}
        body = {"store": self.desk.store, "customer": self.desk.customer, "line_items": [line]}
        token = {"Authorization": f"Bearer {self.desk.token}"}
        while not self.closing.is_set() and not self.faults:
            status, made, headers = self._call("POST", "/invoices/", body, **token)
            if status == 503:
                self.waited += 1
                continue
            if status != 201:
                self.faults.append(f"a bill: {status} {made}")
                return
            told = {**token, POSITION: headers[POSITION]}
            status, answer, _ = self._call("GET", "/invoices/", None, **told)
            if status == 503:
                self.waited += 1
            elif status != 200 or made["id"] not in [row["id"] for row in answer["results"]]:
                self.faults.append(f"a list after {made['id']}: {status} {str(answer)[:300]}")
            else:
                self.done += 1

    def _call(self, method: str, path: str, body: Any, **headers: str) -> tuple[int, Any, Any]:
        try:
            return call(self.desk.port, method, path, body, **headers)
        except OSError as error:
            return 0, str(error), {}


@pytest.fixture
def writers(desk: Desk, reading: Web) -> Writers:
    return Writers(Desk(reading.port, desk.token, desk.store, desk.customer, desk.variant))


def reads(web: Web) -> dict[str, int]:
    return {
        f"{place}: {because}": int(float(count))
        for because, place, count in READS.findall(web.read("/metrics"))
    }


def ask_all(machines: list[Machine], sql: str) -> None:
    for machine in machines:
        machine.ask(sql)


def test_lists_come_from_a_standby_and_hold_what_was_just_written(
    cluster: Cluster, reading: Web, writers: Writers
) -> None:
    until(cluster.is_whole, "two standbys")
    with writers:
        writers.more(60)
        before = reads(reading)
        assert before["standby: caught_up"] > 0

        standbys = cluster.standbys()
        ask_all(standbys, "SELECT pg_wal_replay_pause()")
        writers.more(30)
        while_paused = reads(reading)
        ask_all(standbys, "SELECT pg_wal_replay_resume()")
        writers.more(60)
    assert writers.waited == 0
    assert while_paused["primary: not_replayed"] > before.get("primary: not_replayed", 0)
    print(
        f"\n{writers.done} bills were written and read at once, also while replay was paused: {reads(reading)}"
    )


def test_its_death_is_not_felt(cluster: Cluster, reading: Web, writers: Writers) -> None:
    until(cluster.is_whole, "two standbys")
    with writers:
        writers.more(20)
        read_from = next(each for each in cluster.standbys() if _is_read(each))
        read_from.kill_postgres()
        writers.more(100)
        until(cluster.is_whole, "the standby is back")
        writers.more(20)
    assert writers.waited == 0
    print(
        f"\nThe standby that was read was killed: {writers.done} bills were written and read, {reads(reading)}"
    )


def test_nor_is_its_promotion(cluster: Cluster, reading: Web, writers: Writers) -> None:
    """Whoever is the primary then, the same promise holds; a moment of 503 is the switchover's own."""
    until(cluster.is_whole, "two standbys")
    with writers:
        writers.more(20)
        old = cluster.primary()
        assert old is not None
        cluster.patronictl(old, "switchover", "finetune", "--force")
        until(lambda: cluster.primary() not in (None, old), "another primary")
        writers.more(60)
        until(cluster.is_whole, "two standbys")
        writers.more(20)
    print(f"\nA switchover: {writers.done} bills written and read, {writers.waited} waited, {reads(reading)}")


def _is_read(machine: Machine) -> bool:
    return bool(machine.ask("SELECT count(*) FROM pg_stat_activity WHERE usename = 'finetune_app'"))
