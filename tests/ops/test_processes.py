"""`serve` and `worker`, as a platform starts and stops them: each a process of its own, on DATABASE_URL."""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import psycopg
import pytest
from django.db import connection

from finetune.core.postgres import url_for
from finetune.sending.models import Delivery, WebhookEndpoint
from tests import cast
from tests.conftest import owner_url
from tests.crash.conftest import descendants
from tests.database_plugin import DATA
from tests.ops.servers import ROOT, SECRET
from tests.ops.test_run_shop import free_port, is_waiting_for_a_lock

PATIENCE = 60.0
# What the release step is given, and nobody who serves may know.
SECRETS = ("DATABASE_OWNER_URL", "DATABASE_OWNER_URL_FILE", "FINETUNE_ADMIN_PASSWORD")


@pytest.fixture
def environ(own_database: str, tmp_path: Path) -> dict[str, str]:
    secret = tmp_path / "owner"
    secret.write_text(owner_url(own_database))
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME") if name in os.environ}
    return {
        **kept,
        "DATABASE_URL": url_for("finetune_app", DATA).replace("/finetune?", f"/{own_database}?"),
        "DATABASE_OWNER_URL_FILE": str(secret),
        "FINETUNE_ADMIN_PASSWORD": "a-horse-in-a-stable",
        "SECRET_KEY": SECRET,
        "FINETUNE_DATA_DIR": str(tmp_path / "data"),
        "FINETUNE_STATIC_DIR": str(tmp_path / "static"),
        "PORT": str(free_port()),
        "WEB_WORKERS": "2",
        "REQUEST_LOG": "",
        "WEBHOOKS_MAY_BE_PRIVATE": "1",
        "BOOKS_AT": "off",
    }


@pytest.fixture
def start(environ: dict[str, str]) -> Iterator[type[subprocess.Popen[bytes]]]:
    began: list[subprocess.Popen[bytes]] = []

    def one(command: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-m", "finetune", command], env=environ, cwd=ROOT)
        began.append(process)
        return process

    yield one  # type: ignore[misc]
    for process in began:
        if process.poll() is None:
            process.kill()
            process.wait()


def get(port: str, path: str) -> int | None:
    asking = http.client.HTTPConnection("127.0.0.1", int(port), timeout=20)
    try:
        asking.request("GET", path)
        return asking.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        asking.close()


def wait_for(what: object, condition) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, what
        time.sleep(0.05)


def known_to(pid: int) -> set[str]:
    """What its environment was when it began, which is what a stranger in it could read."""
    variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return {each.partition(b"=")[0].decode() for each in variables}


def test_serve_finishes_its_requests_and_never_knew_the_owner(start, environ, own_database):
    process = start("serve")
    wait_for("the web server", lambda: get(environ["PORT"], "/readyz") == 200)
    group = [process.pid, *descendants(process.pid)]
    assert len(group) >= 3
    for pid in group:
        assert "DATABASE_URL" in known_to(pid)
        assert not known_to(pid).intersection(SECRETS)
    answers: list[int | None] = []
    with psycopg.connect(owner_url(own_database)) as owner:
        owner.execute("LOCK TABLE core_milestone")
        request = threading.Thread(target=lambda: answers.append(get(environ["PORT"], "/readyz")))
        request.start()
        wait_for("the request", lambda: is_waiting_for_a_lock(owner))
        began = time.monotonic()
        process.terminate()
        time.sleep(0.5)
        assert (answers, process.poll()) == ([], None)
    request.join()
    assert answers == [200]
    assert process.wait(timeout=10) == 0
    assert time.monotonic() - began < 10


class Slow(BaseHTTPRequestHandler):
    """A receiver that hears at once and answers when it is let."""

    heard: ClassVar[list[str]] = []
    answer: ClassVar[threading.Event] = threading.Event()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append(self.headers["webhook-id"])
        self.answer.wait(30)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *given: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[str]:
    Slow.heard.clear()
    Slow.answer.clear()
    server = HTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    Slow.answer.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def delivery(committed_shop: cast.Shop, receiver: str) -> Delivery:
    endpoint = WebhookEndpoint.objects.create(
        url=receiver,
        events=["invoice.issued"],
        secret="whsec_" + "x" * 40,
        created_by_id=committed_shop.admin.id,
    )
    return Delivery.objects.create(channel="webhook", event="invoice.issued", object_id=1, endpoint=endpoint)


def test_a_worker_that_is_stopped_finishes_its_delivery(start, environ, delivery):
    process = start("worker")
    wait_for("the delivery", lambda: Slow.heard)
    assert not known_to(process.pid).intersection(SECRETS)
    process.terminate()
    time.sleep(0.3)
    assert process.poll() is None, "it left its delivery behind"
    Slow.answer.set()
    assert process.wait(timeout=10) == 0
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts) == ("delivered", 1)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_delivery_that_was_cut_off_is_sent_again_under_its_id(start, environ, delivery, how):
    """The receiver says nothing for longer than a stop may take, or the worker is killed."""
    process = start("worker")
    wait_for("the delivery", lambda: Slow.heard)
    process.send_signal(how)
    assert process.wait(timeout=10) == (0 if how == signal.SIGTERM else -how)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts) == ("waiting", 1)
    Slow.answer.set()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sending_delivery SET next_at = now()")  # the claim has run out
    again = start("worker")
    wait_for("the second try", lambda: len(Slow.heard) == 2)
    again.terminate()
    assert again.wait(timeout=10) == 0
    assert Slow.heard == [f"msg_{delivery.pk}"] * 2
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts) == ("delivered", 2)
