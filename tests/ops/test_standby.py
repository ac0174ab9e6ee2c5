"""A real streaming standby: read where it has the caller's last write, left alone where it has not or is gone."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.test import Client

from finetune.core.postgres import Cluster
from finetune.core.postgres.location import SUPERUSER, socket_folder, url_for
from finetune.core.postgres.programs import plain_environment
from finetune.core.standby import POSITION_HEADER, the_standby
from finetune.ops.backup_programs import program
from finetune.settings import _standby
from tests import cast
from tests.database_plugin import DATA
from tests.ops.people import US, folder_for
from tests.ops.reads import Reads
from tests.ops.test_point_in_time import give_to_the_database
from tests.web.visits import browser_of

PATIENCE = 60.0
LINE = {"description": "Labour", "quantity": "1", "unit_price": "100.00", "gst_rate": "18"}


def ask(data: Path, sql: str) -> Any:
    with psycopg.connect(url_for(SUPERUSER, data, "postgres"), autocommit=True) as connection:
        row = connection.execute(sql).fetchone()
        return row[0] if row else None


def wait_for(data: Path, sql: str) -> None:
    until = time.monotonic() + PATIENCE
    while not ask(data, sql):
        assert time.monotonic() < until, sql
        time.sleep(0.02)


def make_standby(cluster: Cluster) -> None:
    """As an operator makes one, of the suite's own server."""
    cluster.prepare_folder()
    command = [
        program("pg_basebackup"),
        "-D",
        str(cluster.folder),
        "-R",
        "-X",
        "stream",
        "-c",
        "fast",
        "--no-sync",
    ]
    command += ["-U", SUPERUSER, "-h", str(socket_folder(DATA))]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=plain_environment(os.environ)
    )
    assert done.returncode == 0, done.stderr
    give_to_the_database(cluster.folder, DATA / "pg")
    cluster.folder.chmod(0o700)


@pytest.fixture
def standby(committed_shop: cast.Shop, own_database: str, environ: Any, settings: Any) -> Iterator[Cluster]:
    with folder_for(US, "finetune-standby-") as folder:
        cluster = Cluster(folder / "data", durable=False, environ=environ)
        try:
            make_standby(cluster)
            cluster.start()
            settings.STANDBY_DATABASE = _standby(url_for("finetune_app", cluster.data, own_database))
            yield cluster
        finally:
            known = the_standby()
            if known is not None:
                for reader in known._free:
                    reader.close()
            cluster.stop()


def bill(person: cast.Person, shop: cast.Shop) -> tuple[int, dict[str, str]]:
    """A new bill, and the place that its writer brings along from then on."""
    made = person.post("/invoices/", {"booking": shop.booking(), "line_items": [LINE]})
    assert made.status == 201
    return made.data["id"], {POSITION_HEADER: made.headers[POSITION_HEADER]}


def bills(person: cast.Person, told: dict[str, str]) -> list[int]:
    answer = person.get("/invoices/", **told)
    assert answer.status == 200
    return [row["id"] for row in answer.data["results"]]


def replayed(told: dict[str, str]) -> str:
    return f"SELECT pg_last_wal_replay_lsn() >= '{told[POSITION_HEADER]}'"


def test_a_writer_reads_the_write_wherever_it_is(standby, committed_shop):
    shop, seen = committed_shop, Reads()
    first, told = bill(shop.bilal, shop)
    browser = browser_of(shop.bilal)
    wait_for(standby.data, replayed({POSITION_HEADER: ask(DATA, "SELECT pg_current_wal_insert_lsn()::text")}))
    seen.since()
    assert bills(shop.bilal, told) == [first]
    assert browser.get("/invoices/").status_code == 200
    assert seen.since() == {"caught_up": 2}
    assert ask(standby.data, "SELECT count(*) FROM pg_stat_activity WHERE usename = 'finetune_app'") == 1

    ask(standby.data, "SELECT pg_wal_replay_pause()::text")
    wait_for(standby.data, "SELECT pg_get_wal_replay_pause_state() = 'paused'")
    earlier = told
    second, told = bill(shop.bilal, shop)
    assert bills(shop.bilal, told) == [second, first]
    assert seen.since() == {"not_replayed": 1}
    # Who did not write it may see it later: a promise to each session, not to the user.
    assert bills(shop.asha, earlier) == [first]
    assert bills(shop.bilal, earlier) == [first]
    assert f"/invoices/{second}/".encode() not in browser.get("/invoices/").content
    assert seen.since() == {"caught_up": 3}
    # Its id opens it wherever the list is.
    assert browser.get(f"/invoices/{second}/").status_code == 200
    assert seen.since() == {}

    ask(standby.data, "SELECT pg_wal_replay_resume()::text")
    wait_for(standby.data, replayed(told))
    assert bills(shop.bilal, told) == [second, first]
    assert seen.since() == {"caught_up": 1}


def test_a_standby_that_dies_fails_nobody_and_one_that_is_promoted_still_answers(standby, committed_shop):
    shop, seen = committed_shop, Reads()
    first, told = bill(shop.bilal, shop)
    wait_for(standby.data, replayed(told))
    assert bills(shop.bilal, told) == [first]
    text = Client().get("/metrics").content.decode()
    assert "finetune_standby_up 1.0" in text
    assert "finetune_standby_bytes_behind" in text
    assert "finetune_standby_seconds_behind" in text
    seen.since()

    assert standby._process is not None
    os.kill(standby._process.pid, signal.SIGQUIT)
    standby._process.wait(10)
    assert [bills(shop.bilal, told) for _ in range(5)] == [[first]] * 5
    assert seen.since() == {"failed": 1, "paused": 4}

    standby.start()
    ask(standby.data, "SELECT pg_promote()")
    known = the_standby()
    assert known is not None
    known.breaker.worked()
    assert bills(shop.bilal, told) == [first]
    assert seen.since() == {"caught_up": 1}


def test_a_standby_that_hangs_holds_nobody_for_long(standby, committed_shop, monkeypatch):
    monkeypatch.setattr("finetune.core.standby.QUESTION_SECONDS", 1)
    monkeypatch.setattr("finetune.core.standby.BELIEVED_SECONDS", 0)
    shop, seen = committed_shop, Reads()
    first, told = bill(shop.bilal, shop)
    wait_for(standby.data, replayed(told))
    assert bills(shop.bilal, told) == [first]
    hanging = "SELECT pid FROM pg_stat_activity WHERE usename = 'finetune_app'"
    pid = ask(standby.data, hanging)
    seen.since()
    os.kill(pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert bills(shop.bilal, told) == [first]
        assert time.monotonic() - began < 5
    finally:
        os.kill(pid, signal.SIGCONT)
    assert seen.since() == {"failed": 1}


def test_the_standby_of_another_database_is_not_read(cluster, committed_shop, settings):
    """As after a restore into a new one, while the old one's standby still runs."""
    shop = committed_shop
    cluster.bring_up()
    settings.STANDBY_DATABASE = _standby(url_for("finetune_app", cluster.data))
    first, told = bill(shop.bilal, shop)
    seen = Reads()
    assert bills(shop.bilal, told) == [first]
    assert bills(shop.bilal, {POSITION_HEADER: "0/0"}) == [first]
    assert seen.since() == {"other_database": 2}
    known = the_standby()
    assert known is not None
    for reader in known._free:
        reader.close()
