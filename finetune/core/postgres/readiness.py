"""Waiting for PostgreSQL to answer."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import psycopg

from finetune.core.postgres.account import Announce
from finetune.core.postgres.trouble import DatabaseTrouble

# What PostgreSQL says while it is on its way up; any other refusal would stay.
# The third is said while an archived log is read and hot_standby is off: nobody is let in before it is done.
PASSING = (
    *("starting up", "not yet accepting", "not accepting connections"),
    *("recovery", "shutting down", "too many clients"),
)
RECOVERING = ("was not properly shut down", "was interrupted", "redo starts")
SAYING_NOTHING = ("starting PostgreSQL", "listening on", "database system is shut down", "ready to accept")
FIRST_WORD_AFTER = 3.0
NEXT_WORD_AFTER = 10.0


def wait_until_ready(
    process: subprocess.Popen[bytes], url: str, log: Path, log_position: int, announce: Announce
) -> None:
    """Return when a connection succeeds. There is no limit while the process lives: giving up on a recovery
    would only make the next start begin it again."""
    began = time.monotonic()
    next_word = began + FIRST_WORD_AFTER
    while (refusal := _refusal(url)) is not None:
        if process.poll() is not None:
            raise DatabaseTrouble(
                f"PostgreSQL did not start: {_complaints(log, log_position)} (its log: {log})"
            )
        if "FATAL" in refusal and not any(words in refusal for words in PASSING):
            raise DatabaseTrouble(f"PostgreSQL runs but lets us not in: {refusal}")
        if time.monotonic() >= next_word:
            next_word = time.monotonic() + NEXT_WORD_AFTER
            announce(_what_it_does(log, log_position, time.monotonic() - began))
        time.sleep(0.02)


def _refusal(url: str) -> str | None:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError as error:
        return str(error).strip()
    return None


def _what_it_does(log: Path, position: int, seconds: float) -> str:
    written = _written(log, position)
    if any(words in written for words in RECOVERING):
        return (
            f"The database recovers from a crash; it starts as soon as that is done ({seconds:.0f} s so far)"
        )
    return f"Still waiting for the database to start ({seconds:.0f} s so far)"


def _complaints(log: Path, position: int) -> str:
    lines = [line.split("] ", 1)[-1].strip() for line in _written(log, position).splitlines()]
    telling = [line for line in lines if not any(words in line for words in SAYING_NOTHING)]
    return " / ".join(telling[-4:]) or "it gave no reason"


def _written(log: Path, position: int) -> str:
    with log.open("rb") as file:
        file.seek(position)
        return file.read(100_000).decode(errors="replace")
