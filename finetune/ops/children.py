"""The processes that `run` starts and answers for."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping

from finetune.ops.console import FAILED, CannotRun

PARENT = "FINETUNE_PARENT_PID"


def start_command(*arguments: str, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """One of our own commands as a child, which ends when we do. Start it from the main thread, see
    die_with_parent. It has a session of its own: Ctrl-C is ours to pass on, in the right order."""
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "finetune", *arguments],
        stdin=subprocess.DEVNULL,
        env={**environ, PARENT: str(os.getpid()), "PYTHONUNBUFFERED": "1"},
        start_new_session=True,
    )


def run_command(*arguments: str, environ: Mapping[str, str], failed: str) -> None:
    """Run one of our own commands to its end; raises CannotRun with `failed` where it fails."""
    status = wait(start_command(*arguments, environ=environ))
    if status != 0:
        raise CannotRun(f"{failed} (`{' '.join(arguments)}` ended with {status}, see above).", status=FAILED)


def wait(child: subprocess.Popen[bytes]) -> int:
    """A child's status when it has ended. It is stopped where we are."""
    try:
        return child.wait()
    except BaseException:
        stop(child, patience=2.0)
        raise


def stop(child: subprocess.Popen[bytes], *, patience: float) -> None:
    """Ask a child to end, and after `patience` seconds end it with all it started."""
    child.send_signal(signal.SIGTERM)
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
