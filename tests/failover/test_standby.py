"""A web server that reads its lists from a standby: everybody sees what they wrote, whatever becomes of the standby."""

import re
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.crash.clerks import Ask, Desk, call
from tests.failover.machines import Cluster, Machine, until
from tests.failover.trade import Desks, Trade, history, settle
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
        while not self.closing.is_set() and not self.faults:
            ask = Ask("/invoices/", body, uuid.uuid4().hex)
            headers = self._until_answered("POST", ask, **{"Idempotency-Key": ask.key})
            if not self.faults:
                history.append(ask)
                self._must_be_listed(ask.answer["id"], headers[POSITION])

    def _must_be_listed(self, bill: int, position: str) -> None:
        ask = Ask("/invoices/", {}, "")
        self._until_answered("GET", ask, **{POSITION: position})
        listed = [row["id"] for row in ask.answer.get("results", ())]
        if bill in listed:
            self.done += 1
        else:
            self.faults.append(f"bill {bill} is not in the list after it: {listed[:5]}")

    def _until_answered(self, method: str, ask: Ask, **headers: str) -> Any:
        token = {"Authorization": f"Bearer {self.desk.token}"}
        while True:
            body = ask.body or None
            status, answer, told = call(self.desk.port, method, ask.path, body, **token, **headers)
            if status in (200, 201):
                ask.status, ask.answer = status, answer
                return told
            if status not in (409, 503):
                self.faults.append(f"{method} {ask.path}: {status} {answer}")
                return told
            self.waited += 1
            time.sleep(0.2)


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


def test_its_death_is_not_felt(cluster: Cluster, reading: Web, writers: Writers, desks: Desks) -> None:
    """The whole machine of the standby that is read, with its etcd: nobody is told to come again, here or elsewhere."""
    until(cluster.is_whole, "two standbys")
    with writers, Trade(desks, reading.told, seed=3) as trade:
        writers.more(20)
        victim = next(each for each in cluster.standbys() if _is_read(each))
        victim.kill_all()
        # Beyond Patroni's own turn, in which it sees that the standby is gone.
        time.sleep(10)
        victim.start_etcd()
        victim.start_patroni(cluster.python)
        until(cluster.is_whole, "the standby is back")
        writers.more(20)
    assert writers.waited == 0
    assert set(trade.seen) <= {"200", "201"}
    print(
        f"\nThe machine of the standby that was read was killed: {writers.done} bills were written and read at once,"
    )
    print(f"{reads(reading)}; other clients met {dict(trade.seen)}")


def test_nor_is_its_promotion(cluster: Cluster, reading: Web, writers: Writers, desks: Desks) -> None:
    """A switchover as the page says. Whoever is the primary then, the same promise holds; a moment of 503 is all."""
    until(cluster.is_whole, "two standbys")
    with writers, Trade(desks, reading.told, seed=4) as trade:
        writers.more(20)
        old = cluster.primary()
        assert old is not None
        moment = time.monotonic()
        cluster.patronictl(old, "switchover", "finetune", "--force")
        until(lambda: cluster.primary() not in (None, old), "another primary")
        writers.more(60)
        until(cluster.is_whole, "two standbys")
        writers.more(20)
    print(
        f"\nA switchover: longest pause {trade.longest_pause(moment):.1f} s, clients met {dict(trade.seen)};"
    )
    print(f"{writers.done} bills were written and read at once, {reads(reading)}")
    settle(cluster, desks, reading, trade)


def _is_read(machine: Machine) -> bool:
    return bool(machine.ask("SELECT count(*) FROM pg_stat_activity WHERE usename = 'finetune_app'"))
