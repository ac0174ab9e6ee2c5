"""The disk runs full under load: a clear 503, nothing half done, and trade goes on once there is room again.

A small file system is mounted for it, which takes root.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from finetune.core.postgres import cluster_folder
from finetune.core.postgres.processes import find_postmaster
from tests.crash.clerks import Load
from tests.crash.conftest import PATIENCE, TradingShop, superuser
from tests.crash.proof import prove
from tests.ops.people import IS_ROOT, US, folder_for

MEGABYTES = 300


@pytest.fixture
def small_disk() -> Iterator[Path]:
    if not IS_ROOT:
        pytest.skip("only root may mount a small file system")
    with folder_for(US, "finetune-full-") as folder:
        data = folder / "data"
        data.mkdir()
        size = f"size={MEGABYTES}m,mode=0755"
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "none", str(data)], check=False)
        if mounted.returncode != 0:
            pytest.skip("this machine does not let root mount a file system")
        try:
            yield data
        finally:
            subprocess.run(["umount", "--lazy", str(data)], check=True)


@pytest.fixture
def shop(small_disk: Path) -> Iterator[TradingShop]:
    shop = TradingShop(small_disk)
    try:
        shop.furnish()
        yield shop
    finally:
        shop.close()
        until = time.monotonic() + 10
        while find_postmaster(cluster_folder(small_disk)) is not None and time.monotonic() < until:
            time.sleep(0.05)


def fill(ballast: Path) -> None:
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(bytes(1 << 16)):
            pass
    assert os.statvfs(ballast.parent).f_bavail == 0


def use_up_the_log(data: Path) -> None:
    """PostgreSQL has its log of changes on the disk beforehand; without room for the next piece it ends."""
    try:
        with superuser(data) as connection:
            for _ in range(20):
                connection.execute("SELECT pg_switch_wal()")
                connection.execute("SELECT pg_logical_emit_message(true, 'full', 'disk')")
    except psycopg.Error:
        return


def test_a_full_disk(shop, small_disk):
    ballast = small_disk / "ballast"
    processes = shop.supervisor(), shop.servers()
    with Load(shop.desk, shop.told) as load:
        load.wait_for(10)
        fill(ballast)
        use_up_the_log(small_disk)
        until = time.monotonic() + PATIENCE
        while load.seen["503"] < 50:
            assert time.monotonic() < until, load.seen
            time.sleep(0.05)
        # Long enough for a start of the database that fails, too.
        time.sleep(6)
        assert shop.get("/healthz") == 200
        assert shop.get("/readyz") == 503
        ballast.unlink()
        seconds = shop.recover()
        load.wait_for(15)
    assert not load.faults, load.faults
    print(
        f"\nfull disk: {len(load.acknowledged)} acknowledged, {dict(load.seen)}, {seconds:.1f} s after there was room"
    )
    assert set(load.seen) <= {"200", "201", "409", "503"}
    assert (shop.supervisor(), shop.servers()) == processes
    assert shop.is_up()
    prove(shop.desk, small_disk, load.acknowledged)
