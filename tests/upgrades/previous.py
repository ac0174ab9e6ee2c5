"""The release before this one: its code, out of the history, and the commands that it had."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

RELEASE, COMMIT = "0.1.0", "2ad43ac"
ROOT = Path(__file__).resolve().parents[2]
DAYS_OF_TRADE = 30
# Its own demo, played over a month: every kind of document, on every day of it, by its own actions.
TRADE = f"""
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "finetune.settings")
import django
django.setup()
from finetune.ops.demo import load, stock
for shelf in (stock.PHONES_EACH, stock.SMALL_EACH, stock.SPARES_EACH):
    shelf.update({{store: 3 * quantity for store, quantity in shelf.items()}})
load.DAYS_OF_TRADE = {DAYS_OF_TRADE}
load.load_demo(password=os.environ["FINETUNE_DEMO_PASSWORD"], say=print)
"""


def code_of_previous(folder: Path) -> Path:
    """Its files in that folder. Where there is no history, as in a checkout of one commit, the test is left out."""
    with tempfile.TemporaryFile() as archive:
        try:
            done = subprocess.run(
                ["git", "-C", str(ROOT), "archive", COMMIT],
                stdout=archive,
                stderr=subprocess.PIPE,
                check=False,
            )
        except FileNotFoundError:
            pytest.skip("LEFT OUT: there is no git to take the previous release from")
        if done.returncode:
            why = done.stderr.decode().strip()
            pytest.skip(f"LEFT OUT: the history here does not reach back to {RELEASE} ({COMMIT}): {why}")
        archive.seek(0)
        folder.mkdir()
        subprocess.run(["tar", "-x", "-C", str(folder)], stdin=archive, check=True)
    return folder


def start(code: Path, environ: dict[str, str], *arguments: str, told: Path) -> subprocess.Popen[bytes]:
    with told.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, *arguments],
            env={**environ, "PYTHONPATH": str(code), "PYTHONUNBUFFERED": "1"},
            cwd=code,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def run(code: Path, environ: dict[str, str], *arguments: str, told: Path) -> None:
    status = start(code, environ, *arguments, told=told).wait(timeout=600)
    assert status == 0, told.read_text()[-3000:]


def plain_environment() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
