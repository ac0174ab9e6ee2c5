"""What a process that serves has no use for, and therefore does not know.

Whoever breaks into a web worker reads its environment, and with the owner's address could switch every trigger off.
Taking a variable out of `os.environ` is not enough: what a process was started with stays readable in /proc, for it
and for each of its forks. So it starts itself anew without.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

from finetune.core import environment

SERVING = {"serve", "worker"}
FORGOTTEN = ("DATABASE_OWNER_URL", "FINETUNE_ADMIN_PASSWORD")


def without_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    return environment.without(environ, FORGOTTEN)


def start_anew_without_secrets(arguments: Sequence[str]) -> None:
    """Returns where there is nothing to forget; else this process goes on from its beginning, with its own number."""
    command = next((argument for argument in arguments if argument != "finetune"), "")
    kept = without_secrets(os.environ)
    if command in SERVING and len(kept) < len(os.environ):
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], kept)  # noqa: S606  # our own command line
