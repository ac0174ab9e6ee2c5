"""A real shop on a folder of its own: `python -m finetune run`, as everybody starts it."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bench import measure
from finetune.core.postgres.location import APP, OWNER, SUPERUSER, url_for

ADMIN, PASSWORD = "bench-admin", "a long password for the bench"  # of a shop that lives for minutes
PATIENCE = 90.0
# The embedded database has 100 connections: two workers of eight threads, the limit's 32, and what is asked here.
SETTINGS = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "FINETUNE_PG_BIN", "FINETUNE_PG_USER")


class Shop:
    """Start and stop it as often as wanted; the data stay."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.port = _free_port()
        self._log = folder / "run.log"
        self._process: subprocess.Popen[bytes] | None = None

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in SETTINGS if name in os.environ}
        given = {"FINETUNE_DATA_DIR": str(self.data), "FINETUNE_DEMO": "0", "PORT": str(self.port)}
        return kept | given | more

    def start(self, *, workers: int = 2) -> float:
        """Seconds from the command to the first answer that it is ready."""
        began = time.monotonic()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "finetune", "run"],
                env=self.environment(WEB_WORKERS=str(workers), BOOKS_AT="off"),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() - began > PATIENCE:
                raise RuntimeError(f"The shop did not start:\n{self._log.read_text()[-2000:]}")
            time.sleep(0.01)
        return time.monotonic() - began

    def _is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(30)
        self._process = None

    def manage(self, *arguments: str, **more: str) -> None:
        subprocess.run(  # noqa: S603
            [sys.executable, "-m", "finetune", "manage", *arguments],
            env=self.environment(**more),
            check=True,
            stdout=subprocess.DEVNULL,
        )

    @property
    def pid(self) -> int:
        assert self._process is not None, "the shop is started first"
        return self._process.pid

    def cpu_seconds(self) -> float:
        """Processor time of everything that runs of it: supervisor, web server, worker, database."""
        postmaster = self.postmaster()
        pids = {self.pid, *measure.descendants(self.pid), postmaster, *measure.descendants(postmaster)}
        return measure.cpu_ms(pids) / 1000

    def web_pids(self) -> list[int]:
        """The web server and its workers."""
        servers = [pid for pid in measure.descendants(self.pid) if " serve" in measure.command_line(pid)]
        # Its workers are forks of it and so bear its command line: each is counted once.
        return sorted({*servers, *(below for pid in servers for below in measure.descendants(pid))})

    def postmaster(self) -> int:
        return int((self.data / "pg" / "postmaster.pid").read_text().split()[0])

    def background_pids(self) -> list[int]:
        """PostgreSQL's own processes, which no side can be charged with."""
        below = measure.descendants(self.postmaster())
        return [pid for pid in below if APP not in measure.command_line(pid)]

    def backends(self) -> list[int]:
        """The processes that serve the shop's database user, whoever is behind it."""
        below = measure.descendants(self.postmaster())
        return [pid for pid in below if f" {APP} " in measure.command_line(pid)]

    def connect(self, role: str = APP) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(url_for(role, self.data), autocommit=True)

    @property
    def url(self) -> str:
        return url_for(APP, self.data)


@contextmanager
def shop_of_its_own() -> Iterator[Shop]:
    """A shop that is stopped and removed at the end of the block, with one administrator and our functions in it."""
    folder = Path(tempfile.mkdtemp(prefix="finetune-bench-"))
    # The database runs as a user of its own where we are root, and must get to its folder.
    folder.chmod(0o711)
    shop = Shop(folder)
    try:
        shop.start()
        shop.manage("create_admin", ADMIN, FINETUNE_ADMIN_PASSWORD=PASSWORD)
        with shop.connect(OWNER) as connection:
            connection.execute((Path(__file__).parent / "limit.sql").read_text())
        yield shop
    finally:
        shop.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def as_superuser(shop: Shop) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """For growing: rows are written without their triggers, as a restore writes them."""
    with shop.connect(SUPERUSER) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
