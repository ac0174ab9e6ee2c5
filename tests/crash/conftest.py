"""One shop for all that is done to it, trading all the while."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from finetune.core.postgres import cluster_folder, url_for
from finetune.core.postgres.processes import find_postmaster
from tests.crash.clerks import PASSWORD, Desk, furnish
from tests.ops.people import US, folder_for
from tests.ops.test_run_shop import Shop

PATIENCE = 240.0
# One round of each by default; .ci/run asks for more.
ROUNDS = int(os.environ.get("FINETUNE_CRASH_ROUNDS", "1"))


class TradingShop(Shop):
    """A shop on a folder of its own, with an administrator and a stocked store."""

    desk: Desk

    def furnish(self) -> None:
        self.open()
        made = self.with_told("admin").command(
            "manage", "create_admin", "admin", FINETUNE_ADMIN_PASSWORD=PASSWORD
        )
        assert made.wait(PATIENCE) == 0
        self.desk = furnish(self.port, "admin")

    def with_told(self, name: str) -> Shop:
        """The same shop for another command, whose output goes elsewhere."""
        other = Shop(self.data)
        other.told = self.data.with_name(name)
        return other

    def supervisor(self) -> int:
        assert self.process is not None
        return self.process.pid

    def group(self) -> list[int]:
        """Every process of the shop: supervisor, web server and its workers, the worker, PostgreSQL."""
        found = [self.supervisor(), *descendants(self.supervisor())]
        pid = self.database()
        if pid is not None:
            found += [pid, *descendants(pid)]
        return list(dict.fromkeys(found))

    def is_up(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def recover(self, deadline: float = PATIENCE) -> float:
        """Wait until it answers, opened anew if `run` itself has ended. The seconds that took."""
        began = time.monotonic()
        # A web server whose supervisor was killed may answer once more.
        while not self.is_up() or self.get("/readyz") != 200:
            assert time.monotonic() - began < deadline, self.told.read_text()
            if not self.is_up():
                self.open()
            time.sleep(0.05)
        return time.monotonic() - began


def kill(*pids: int) -> None:
    """kill -9, all of them before the first can tell the next."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def descendants(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    children: dict[int, list[int]] = {}
    for line in listed.splitlines():
        child, parent = map(int, line.split())
        children.setdefault(parent, []).append(child)
    found, todo = [], [pid]
    while todo:
        found += children.get(todo[0], [])
        todo += children.get(todo.pop(0), [])
    return found


@pytest.fixture(scope="module")
def trading() -> Iterator[TradingShop]:
    with folder_for(US, "finetune-crash-") as folder:
        shop = TradingShop(folder / "data")
        try:
            shop.furnish()
            yield shop
        finally:
            shop.close()
            until = time.monotonic() + 10
            while find_postmaster(cluster_folder(shop.data)) is not None and time.monotonic() < until:
                time.sleep(0.05)


def superuser(data: Path) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url_for("finetune_super", data), autocommit=True)
