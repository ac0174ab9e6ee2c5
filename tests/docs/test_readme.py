"""The README's tour, run as written against a shop that `python -m finetune run` opened."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.database_plugin import FOLDER
from tests.docs.tour import walk

ROOT = Path(__file__).parents[2]
PATIENCE = 150


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    port = free_port()
    environ = {**os.environ, "FINETUNE_DATA_DIR": str(FOLDER / "tour"), "PORT": str(port), "WEB_WORKERS": "1"}
    environ.pop("DJANGO_SETTINGS_MODULE", None)
    log = (FOLDER / "tour.log").open("w+")
    shop = subprocess.Popen(
        [sys.executable, "-m", "finetune", "run"], cwd=ROOT, env=environ, stdout=log, stderr=log
    )
    try:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).close()
                break
            except OSError:
                assert shop.poll() is None, (FOLDER / "tour.log").read_text()
                assert time.monotonic() < until, (FOLDER / "tour.log").read_text()
                time.sleep(0.3)
        yield f"http://127.0.0.1:{port}"
    finally:
        shop.send_signal(signal.SIGTERM)
        shop.wait(timeout=30)
        log.close()


def test_the_tour_works_as_written(address: str, tmp_path: Path) -> None:
    walk(address, tmp_path)
