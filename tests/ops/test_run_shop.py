"""`run`, as a shop has it: a process of its own, real signals, and whatever may be killed."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from finetune.core.postgres import DataFolderLock, cluster_folder, url_for
from finetune.core.postgres.processes import command_line, find_postmaster
from tests.ops.people import US, folder_for

PATIENCE = 240
ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Shop:
    """A data folder, and the `run` on it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.told = data.with_name("told")

    def environ(self, **more: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME") if name in os.environ}
        return {
            **kept,
            "FINETUNE_DATA_DIR": str(self.data),
            "PORT": str(self.port),
            "FINETUNE_DEMO": "0",
            **more,
        }

    def command(self, *arguments: str, **more: str) -> subprocess.Popen[bytes]:
        """One of the commands; what it tells goes to a file, so that it can be read while it runs."""
        with self.told.open("wb") as told:
            return subprocess.Popen(
                [sys.executable, "-m", "finetune", *arguments],
                env=self.environ(**more),
                cwd=ROOT,
                stdout=told,
                stderr=subprocess.STDOUT,
            )

    def ended(self, process: subprocess.Popen[bytes]) -> tuple[int, str]:
        status = process.wait(timeout=PATIENCE)
        return status, self.told.read_text()

    def open(self) -> subprocess.Popen[bytes]:
        self.process = self.command("run", WEB_WORKERS="1")
        until = time.monotonic() + PATIENCE
        while "FineTune is ready" not in self.told.read_text():
            assert self.process.poll() is None, self.told.read_text()
            assert time.monotonic() < until
            time.sleep(0.05)
        return self.process

    def wait_until_it_answers(self) -> None:
        until = time.monotonic() + PATIENCE
        while self.get("/readyz") != 200:
            assert time.monotonic() < until
            time.sleep(0.05)

    def get(self, path: str) -> int | None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def read(self, path: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def database(self) -> int | None:
        return find_postmaster(cluster_folder(self.data))

    def servers(self) -> list[int]:
        """The web server's processes."""
        mark = f"FINETUNE_DATA_DIR={self.data}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and command_line(int(entry.name))[-1:] == ["serve"]:
                try:
                    ours = mark in (entry / "environ").read_bytes()
                except OSError:
                    continue
                if ours:
                    found.append(int(entry.name))
        return sorted(found)

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=PATIENCE)
        if (pid := self.database()) is not None:
            os.kill(pid, signal.SIGQUIT)


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    with folder_for(US) as folder:
        yield folder / "data"


@pytest.fixture
def shop(data: Path) -> Iterator[Shop]:
    shop = Shop(data)
    yield shop
    shop.close()


def test_it_opens_survives_its_database_and_finishes_requests_before_it_ends(shop):
    process = shop.open()
    assert shop.get("/healthz") == 200
    holder = DataFolderLock(shop.data).holder()
    assert (holder.pid, holder.purpose) == (process.pid, f"http://127.0.0.1:{shop.port}")
    key = shop.data / "secret-key"
    assert key.stat().st_mode & 0o777 == 0o600

    # Prometheus takes nothing from a page that names a counter twice.
    for _ in range(2):
        named = re.findall(r"^# TYPE (\S+)", shop.read("/metrics"), re.M)
        assert {"finetune_database_up", "finetune_requests_total"} <= set(named)
        assert len(named) == len(set(named))

    # A second one on the same folder is refused at once and says where the first one is.
    other = Shop(shop.data)
    other.told = shop.told.with_name("told by the second")
    status, output = other.ended(other.command("run"))
    assert status == 2
    assert f"already running on {shop.data} (pid {process.pid}, http://127.0.0.1:{shop.port})" in output

    # The database is killed: the shop answers again once it has recovered.
    killed = shop.database()
    os.kill(killed, signal.SIGKILL)
    until = time.monotonic() + PATIENCE
    while shop.database() in (None, killed):
        assert time.monotonic() < until
        time.sleep(0.05)
    shop.wait_until_it_answers()

    # A request that waits for a lock when the stop comes is answered before everything ends.
    answers: list[int | None] = []
    with psycopg.connect(url_for("finetune_owner", shop.data)) as owner:
        owner.execute("LOCK TABLE core_milestone")
        request = threading.Thread(target=lambda: answers.append(shop.get("/readyz")))
        request.start()
        while not is_waiting_for_a_lock(owner):
            time.sleep(0.02)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        assert answers == []
        assert process.poll() is None
    request.join()
    assert answers == [200]
    status, output = shop.ended(process)
    assert status == 0, output
    assert time.monotonic() - began < 10
    assert "Traceback" not in output
    assert output.index("The web server is stopped") < output.index("The database is stopped")
    assert shop.database() is None
    assert shop.servers() == []
    assert not DataFolderLock(shop.data).is_held()


def is_waiting_for_a_lock(owner: psycopg.Connection[tuple[object, ...]]) -> bool:
    return owner.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone() != (0,)


def test_kill_9_leaves_no_web_server_and_the_next_run_clears_up(shop):
    process = shop.open()
    orphan = shop.database()
    assert len(shop.servers()) == 2
    process.kill()
    process.wait()
    until = time.monotonic() + 5
    while shop.servers():
        assert time.monotonic() < until
        time.sleep(0.02)
    assert shop.database() == orphan

    process = shop.open()
    assert shop.database() != orphan
    # A web server that ends by itself ends everything, with a status that tells.
    os.kill(shop.servers()[0], signal.SIGKILL)
    status, output = shop.ended(process)
    assert status == 1
    assert "Stopping the database that an earlier run left behind" in output
    assert "The web server has ended by itself" in output
    assert shop.database() is None


def test_requests_that_are_sent_by_half_keep_nobody_waiting(shop):
    process = shop.open()
    half = (
        b"POST /api/auth/token/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        b'Content-Length: 1000\r\n\r\n{"username": '
    )
    senders = [socket.create_connection(("127.0.0.1", shop.port)) for _ in range(60)]
    try:
        for sender in senders:
            sender.sendall(half)
        for _ in range(5):
            begun = time.monotonic()
            assert shop.get("/readyz") == 200
            assert time.monotonic() - begun < 5
        process.terminate()
        assert process.wait(timeout=10) == 0
    finally:
        for sender in senders:
            sender.close()


def test_a_stop_while_it_starts_leaves_nothing(shop):
    process = shop.command("run")
    until = time.monotonic() + PATIENCE
    while shop.database() is None:
        assert time.monotonic() < until
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    status, output = shop.ended(process)
    assert (status, "Traceback" in output) == (0, False), output
    assert shop.database() is None


def test_a_taken_port_is_told_before_anything_is_started(shop):
    with socket.socket() as other:
        other.bind(("127.0.0.1", shop.port))
        other.listen()
        status, output = shop.ended(shop.command("run"))
    assert status == 2
    assert f"Another program uses port {shop.port} on 127.0.0.1. Choose another: PORT=" in output
    assert "database" not in output


def test_a_new_demo_with_the_known_password_is_not_shown_to_the_network(shop, tmp_path):
    fresh = {"FINETUNE_DATA_DIR": str(tmp_path / "fresh"), "FINETUNE_DEMO": "1", "HOST": "0.0.0.0"}
    status, output = shop.ended(shop.command("run", **fresh))
    assert status == 2
    assert "HOST is 0.0.0.0, which others can reach, while the demo's users have the password" in output
    assert not (tmp_path / "fresh").exists()


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"PORT": "http"}, "PORT is 'http'; it must be a whole number from 1 to 65535."),
        ({"PORT": "0"}, "PORT is '0'; it must be a whole number from 1 to 65535."),
        ({"HOST": "192.0.2.1"}, "HOST 192.0.2.1 with port "),
        ({"WEB_WORKERS": "30"}, "Set one of the two lower."),
        ({"DATABASE_URL": "postgresql:///elsewhere"}, "With DATABASE_URL, set SECRET_KEY too"),
    ],
)
def test_a_setting_that_cannot_be_is_told_in_a_sentence(shop, setting, message):
    status, output = shop.ended(shop.command("run", **setting))
    assert status == 2
    assert message in output
    assert "Traceback" not in output


def test_a_command_without_a_shop_says_how_to_make_one(shop, tmp_path):
    status, output = shop.ended(shop.command("books", FINETUNE_DATA_DIR=str(tmp_path / "none")))
    assert status == 2
    assert "There is no shop in" in output
    assert not (tmp_path / "none").exists()


def test_an_unknown_command_is_answered_with_the_help(shop):
    status, output = shop.ended(shop.command("runn"))
    assert status == 2
    assert "There is no command 'runn'." in output
    assert "run           run the shop" in output


def test_a_command_starts_the_database_for_itself_and_stops_it(shop):
    shown = "from django.db import connection; print(connection.settings_dict['USER'])"
    status, output = shop.ended(shop.command("manage", "shell", "--no-imports", "-c", shown))
    assert (status, output.strip()) == (0, "finetune_app")
    assert shop.database() is None
