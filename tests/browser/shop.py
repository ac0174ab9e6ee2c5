"""A shop of its own with the demo in it, started as everybody starts it, for as long as it is needed."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "finetune-demo"
PATIENCE = 180.0
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "FINETUNE_PG_BIN", "FINETUNE_PG_USER")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@contextmanager
def running_shop() -> Iterator[str]:
    """The address of a shop with the demo; it and its data are gone at the end of the block."""
    with tempfile.TemporaryDirectory(prefix="finetune-browser-") as folder:
        Path(folder).chmod(0o711)  # PostgreSQL's user must pass through it where we are root
        port, log = _free_port(), Path(folder) / "run.log"
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        environment = {**kept, "FINETUNE_DATA_DIR": f"{folder}/data", "PORT": str(port)}
        with log.open("wb") as output:
            shop = subprocess.Popen(
                [sys.executable, "-m", "finetune", "run"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        try:
            began = time.monotonic()
            while not _is_ready(port):
                if shop.poll() is not None or time.monotonic() - began > PATIENCE:
                    raise RuntimeError(f"The shop did not start:\n{log.read_text()[-2000:]}")
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            shop.send_signal(signal.SIGTERM)
            shop.wait(30)
