"""Commands of a platform's file, run as the platform runs them."""

import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 120.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def status_of(port: int, path: str) -> int | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": "healthcheck.railway.app"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def wait_for(port: int, path: str, process: subprocess.Popen[bytes], told: Path) -> None:
    until = time.monotonic() + PATIENCE
    while status_of(port, path) != 200:
        assert process.poll() is None, told.read_text()
        assert time.monotonic() < until, told.read_text()
        time.sleep(0.1)


def run(command: list[str], environ: dict[str, str], cwd: Path) -> tuple[int, str]:
    done = subprocess.run(
        command, env=environ, cwd=cwd, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    return done.returncode, done.stdout + done.stderr


@contextmanager
def started(
    command: list[str], environ: dict[str, str], cwd: Path, told: Path
) -> Iterator[subprocess.Popen[bytes]]:
    with told.open("wb") as file:
        process = subprocess.Popen(command, env=environ, cwd=cwd, stdout=file, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=PATIENCE)


def alive_with(mark: str) -> list[int]:
    """The processes that have this in their environment: those which a test started, however deep."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if mark.encode() in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found
