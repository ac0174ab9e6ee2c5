"""What a child process owes to the process that started it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1
LOOK_EVERY = 0.5
# Loaded here and not on use: between a fork and its exec there is no loading.
LIBC = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int | None = None, *, number: signal.Signals = signal.SIGKILL) -> None:
    """End this process, with that signal, as soon as its parent has ended, however that came about.

    For servers that would go on holding their port: PostgreSQL must not call it, it outlives the
    requests. Call
    it in the child, early. `parent` is who started us, where that is known; a parent that is already gone
    ends us here. The system counts the thread that started us as the parent, so start such a child in a
    thread
    that lives as long as the process, the main one.
    """
    known = os.getppid() if parent is None else parent
    if sys.platform == "linux":
        if LIBC.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    else:
        threading.Thread(target=_watch, args=(known,), daemon=True).start()
    # The parent may have ended between our start and the lines above; then no signal comes any more.
    if os.getppid() != known:
        os._exit(1)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY)
    os._exit(1)
