"""One FineTune per data folder."""

from __future__ import annotations

import fcntl
import os
import time
from dataclasses import dataclass
from pathlib import Path

from finetune.core.postgres.trouble import AlreadyRunning

LOOK_SECONDS = 0.05


@dataclass(frozen=True)
class Holder:
    """Who holds a data folder: a process, and the address it serves or the command it runs."""

    pid: int | None
    purpose: str

    def __str__(self) -> str:
        known = [f"pid {self.pid}" if self.pid else "", self.purpose]
        return ", ".join(part for part in known if part) or "another process"


class DataFolderLock:
    """An flock on `<data folder>/lock`. The system lets go of it the moment we die, however we die.

    The file stays where it is: removing it would let two processes lock two files of the same name.
    """

    def __init__(self, data: Path) -> None:
        self.data = data
        self.path = data / "lock"
        self._file: int | None = None

    def take(self, purpose: str) -> None:
        """Take the lock at once, or raise AlreadyRunning naming its holder."""
        # Not inheritable: a child that outlives us, as PostgreSQL does after a kill -9, must not hold it.
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        # Twice: the first may meet a command that just looks whether the folder is held.
        if not _try(file) and not _try(file, after=LOOK_SECONDS):
            os.close(file)
            raise AlreadyRunning(
                f"FineTune is already running on {self.data} ({self.holder()}). "
                "Use that one, stop it first, or choose another folder with FINETUNE_DATA_DIR."
            )
        self._file = file
        os.register_at_fork(after_in_child=self._forget)
        _rewrite(file, f"{os.getpid()}\n{purpose}\n")

    def release(self) -> None:
        if self._file is not None:
            _rewrite(self._file, "")
            self._forget()

    def is_held(self) -> bool:
        """Whether another process holds the folder now."""
        try:
            file = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(file)
        return False

    def holder(self) -> Holder:
        """Who wrote itself into the lock. Only true while it is held."""
        try:
            pid, purpose, *_ = [*self.path.read_text(encoding="utf-8").split("\n"), "", ""]
        except OSError:
            return Holder(None, "")
        return Holder(int(pid) if pid.isdigit() else None, purpose)

    def _forget(self) -> None:
        """Close our copy. In a forked child that leaves the parent's lock alone."""
        if self._file is not None:
            file, self._file = self._file, None
            os.close(file)


def _try(file: int, after: float = 0.0) -> bool:
    time.sleep(after)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _rewrite(file: int, text: str) -> None:
    os.ftruncate(file, 0)
    os.pwrite(file, text.encode(), 0)
