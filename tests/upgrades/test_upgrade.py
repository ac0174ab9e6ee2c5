"""A month of trade of the release before, taken over while its shop is open.

The old release makes the database and trades in it. A copy of it is migrated in quiet, to see that nothing was
rewritten. Then the shop itself: the old web server goes on trading before, during and after the migration, the new
one starts beside it, the old one is stopped, and the books are checked.
"""

import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from finetune.core.postgres import embedded_database, urls_of
from tests.crash.clerks import PASSWORD, Ask, Desk, Load, call, furnish
from tests.crash.proof import replays_are_the_same
from tests.ops.people import US, folder_for
from tests.ops.servers import SECRET
from tests.ops.test_run_shop import free_port
from tests.upgrades import previous
from tests.upgrades.figures import contents, figures, tables

# A request waits for a lock for five seconds at most, and is then answered 503: none may.
LONGEST_ANSWER = 5.0
NEW = previous.ROOT
WEB = ("-m", "finetune", "serve")


class TimedDesk(Desk):
    longest = 0.0

    def ask(self, ask: Ask) -> tuple[int, Any, Any]:
        began = time.monotonic()
        try:
            return super().ask(ask)
        finally:
            self.longest = max(self.longest, time.monotonic() - began)


@dataclass
class Place:
    """A database on a server, the old release's code, and what the commands told."""

    folder: Path
    old: Path
    told: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, user: str = "owner", database: str = "finetune") -> str:
        urls = urls_of(self.data)
        return (urls.owner if user == "owner" else urls.app).replace("/finetune?", f"/{database}?")

    def environ(self, *, database: str = "finetune", port: int = 0) -> dict[str, str]:
        return {
            **previous.plain_environment(),
            "DATABASE_URL": self.url("app", database),
            "DATABASE_OWNER_URL": self.url("owner", database),
            "SECRET_KEY": SECRET,
            "FINETUNE_DATA_DIR": str(self.folder / "elsewhere"),
            "FINETUNE_DEMO_PASSWORD": PASSWORD,
            "PORT": str(port or 8000),
            "WEB_WORKERS": "2",
            "REQUEST_LOG": "",
        }

    def run(self, code: Path, *arguments: str, database: str = "finetune") -> None:
        previous.run(code, self.environ(database=database), *arguments, told=self.told)

    def serve(self, code: Path) -> tuple[subprocess.Popen[bytes], int]:
        port = free_port()
        web = previous.start(code, self.environ(port=port), *WEB, told=self.told)
        until = time.monotonic() + 120
        while not is_ready(port):
            assert web.poll() is None, self.told.read_text()[-3000:]
            assert time.monotonic() < until, self.told.read_text()[-3000:]
            time.sleep(0.1)
        return web, port


def is_ready(port: int) -> bool:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """The database as the old release made it and traded in it."""
    with folder_for(US, "finetune-upgrade-") as folder:
        old = previous.code_of_previous(folder / "old")
        with embedded_database(folder / "data", durable=False):
            made = Place(folder, old, folder / "told")
            made.run(old, "-m", "finetune", "migrate", "--verbosity=0")
            made.run(old, "-c", previous.TRADE)
            yield made


def test_a_migration_rewrites_no_table_and_changes_no_row(place):
    with psycopg.connect(place.url(database="postgres"), autocommit=True) as owner:
        owner.execute("CREATE DATABASE quiet TEMPLATE finetune")
    url = place.url(database="quiet")
    before, numbers = tables(url), figures(url)
    assert len(numbers["payments by way and day"]) > previous.DAYS_OF_TRADE
    rows = contents(url, before)
    place.run(NEW, "-m", "finetune", "migrate", "--verbosity=0", database="quiet")
    after = tables(url)
    assert not before.keys() - after.keys(), "a table that the old release reads is gone"
    for name, (file, columns) in before.items():
        assert not set(columns) - set(after[name][1]), f"{name} lost a column that the old release reads"
        assert after[name][0] == file, f"{name} was written anew: who used it waited all the while"
    assert contents(url, before) == rows
    assert figures(url) == numbers
    place.run(NEW, "-m", "finetune", "books", database="quiet")


def test_the_shop_goes_on_while_it_is_upgraded(place):
    web, port = place.serve(place.old)
    desk = timed(furnish(port, "admin"))
    with Load(desk, place.told, clerks=3) as load:
        load.wait_for(20)
        place.run(NEW, "-m", "finetune", "migrate")
        during = len(load.acknowledged)
        load.wait_for(30)
        assert is_ready(port), "the old release must serve on"
        new_web, new_port = place.serve(NEW)
        beside = timed(Desk(new_port, desk.token, desk.store, desk.customer, desk.variant))
        with Load(beside, place.told, clerks=2, seed=1) as new_load:
            new_load.wait_for(20)
    assert during > 20, "nothing was sold while it migrated"
    numbers = figures(place.url())
    proof_of_old = desk.get("/reports/number-proof/")["series"]
    stock_of_old = valuation(desk)
    web.terminate()
    assert web.wait(timeout=10) == 0

    for each in (load, new_load):
        assert not each.faults
        assert set(each.seen) <= {"200", "201"}, each.seen
    assert max(desk.longest, beside.longest) < LONGEST_ANSWER
    asked = (
        f"{len(load.acknowledged)} to the old release, {len(new_load.acknowledged)} to the new one beside it"
    )
    print(f"\nRequests: {asked}; the longest took {max(desk.longest, beside.longest):.2f} s")
    replays_are_the_same(beside, [*load.acknowledged, *new_load.acknowledged])
    assert beside.get("/reports/number-proof/")["series"] == proof_of_old
    assert all((each["gaps"], each["duplicates"]) == ([], []) for each in proof_of_old)
    assert valuation(beside) == stock_of_old
    assert figures(place.url()) == numbers
    place.run(NEW, "-m", "finetune", "books", "--record")
    new_web.terminate()
    assert new_web.wait(timeout=10) == 0


def test_the_old_release_can_be_gone_back_to(place):
    """After the test above: it serves the new tables, and its own check of the books is clean."""
    web, port = place.serve(place.old)
    status, pair, _ = call(port, "POST", "/auth/token/", {"username": "manager", "password": PASSWORD})
    assert status == 200, pair
    place.run(place.old, "-m", "finetune", "books")
    web.terminate()
    assert web.wait(timeout=10) == 0


def valuation(desk: Desk) -> dict[str, Any]:
    """But for the address of the next page, which has the port in it."""
    told: dict[str, Any] = desk.get("/reports/stock-valuation/?page_size=200")
    return {name: value for name, value in told.items() if name != "next"}


def timed(desk: Desk) -> TimedDesk:
    return TimedDesk(desk.port, desk.token, desk.store, desk.customer, desk.variant)
