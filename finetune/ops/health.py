"""`python -m finetune.ops.health` ends with 0 while the web server beside it lives: an image's health check."""

from __future__ import annotations

import http.client
import os
import sys
from collections.abc import Mapping

from finetune.core.environment import SettingsTrouble
from finetune.ops.console import FAILED, OK, CannotRun, say_error
from finetune.ops.run_options import RunOptions

PATIENCE = 4.0


def health(environ: Mapping[str, str]) -> int:
    """OK where /healthz answers 200 in time. The database is not asked: its trouble is no reason to start us anew."""
    try:
        connection = http.client.HTTPConnection(
            *RunOptions.read(environ).address_from_here(), timeout=PATIENCE
        )
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException, CannotRun, SettingsTrouble) as error:
        say_error(f"/healthz does not answer: {error}")
        return FAILED
    if status != http.client.OK:
        say_error(f"/healthz answers {status}")
        return FAILED
    return OK


if __name__ == "__main__":
    sys.exit(health(os.environ))
