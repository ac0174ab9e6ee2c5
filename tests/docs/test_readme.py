"""The README's tour, run as written against a shop that `python -m finetune run` opened."""

import os
import re
import shutil
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

ROOT = Path(__file__).parents[2]
STEP = re.compile(r"```bash\n(.*?)```\n\n```text\n(.*?)```", re.DOTALL)
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


def path_with_curl(folder: Path) -> str:
    """PATH, with a stand-in for curl in front where the machine has none."""
    if shutil.which("curl") is None:
        stand_in = folder / "curl"
        stand_in.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT}/tests/docs/curl_stand_in.py" "$@"\n')
        stand_in.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def test_the_tour_works_as_written(address: str, tmp_path: Path) -> None:
    steps = STEP.findall((ROOT / "README.md").read_text())
    assert len(steps) >= 6
    script = "set -eu\n" + "\n".join(code for code, _ in steps)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "SHOP": address, "PATH": path_with_curl(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout == "".join(text for _, text in steps), done.stdout + done.stderr
