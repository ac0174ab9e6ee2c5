"""The release step: all that must have happened before a new version may serve, in one command.

Platforms take one command for it, and not all of them pass it to a shell that knows `&&`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from finetune.core import environment
from finetune.ops import children
from finetune.ops.console import OK, CannotRun
from finetune.ops.deploy_check.command import accepted_codes


def release(accepted: Sequence[str], environ: Mapping[str, str]) -> int:
    """Migrate, make the first administrator where one is named and there is none yet, and refuse unsafe settings.

    `accepted` is passed on to `check --deploy`. Raises CannotRun at the first that fails, and the platform keeps the
    version that serves.
    """
    if not environment.is_set("DATABASE_URL", environ):
        raise CannotRun(
            "release needs DATABASE_URL. With the built-in database, run does all of it by itself."
        )
    accepted_codes(["--deploy", *accepted])  # a slip in a word is told before anything is changed
    children.run_command("migrate", environ=environ, failed="The tables could not be brought up to date")
    if environment.is_set("FINETUNE_ADMIN_USERNAME", environ):
        failed = "The first administrator could not be made"
        children.run_command("create-admin", "--if-none", environ=environ, failed=failed)
    failed = "This shop is not safe on the open Internet as it is set up"
    children.run_command("check", "--deploy", *accepted, environ=environ, failed=failed)
    return OK
