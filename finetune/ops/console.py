"""What the command line says to the person in front of it."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator

OK = 0
FAILED = 1
REFUSED = 2


class CannotRun(Exception):
    """A condition to expect, in words for the person at the keyboard. It ends the command."""

    def __init__(self, message: str, *, status: int = REFUSED) -> None:
        super().__init__(message)
        self.status = status


def say(message: str) -> None:
    # Whoever read our output may have gone; that is no reason to stop a shop.
    with contextlib.suppress(OSError):
        print(message, flush=True)


def say_error(message: str) -> None:
    with contextlib.suppress(OSError):
        print(message, file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(what: str) -> Iterator[None]:
    """Say what begins, and how long it took once it is done."""
    say(f"- {what}")
    began = time.monotonic()
    yield
    say(f"  done after {time.monotonic() - began:.1f} s")
