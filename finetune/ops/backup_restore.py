"""Restoring a backup into a database without a table in it, and letting its number series go on.

What a backup cannot know is which numbers were given out after it was taken. So a restored series numbers
nothing (409 `series_held`) until a person has stated the last number, or that there was none.
"""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql

from finetune import __version__
from finetune.ops import backup_file, backup_programs
from finetune.ops.backup import tables
from finetune.ops.console import FAILED, CannotRun

MILESTONE = "restored from {}"
# Nobody is logged in with what was revoked, or who left, after the backup.
LOG_EVERYBODY_OUT = """
DELETE FROM django_session;
UPDATE staff_tokenfamily SET revoked_at = now(), revoked_because = 'restored' WHERE revoked_at IS NULL;
"""
HEAD_BYTES = 16 * 1024


def restore_backup(path: Path, url: str, *, known_migrations: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Put a backup into an empty database, as its owner: all of it with its series held, or nothing.

    Answers the manifest. Refuses a file that is damaged or of a later FineTune, and a database in use.
    """
    manifest = backup_file.verify(path)
    refuse_later(manifest, known_migrations)
    refuse_full(url)
    with backup_file.opened_dump(path) as dump:
        _pour(dump, url, after=finishing_touches(manifest))
    return manifest


def refuse_later(manifest: Mapping[str, Any], known_migrations: Mapping[str, Sequence[str]]) -> None:
    """A later version's tables are not for this code, and migrations run forwards only."""
    unknown = [
        f"{app} {name}"
        for app, names in manifest["migrations"].items()
        for name in names
        if name not in known_migrations.get(app, ())
    ]
    if unknown:
        raise CannotRun(
            f"The backup was written by FineTune {manifest['finetune']}, which has changes of the tables that this "
            f"one ({__version__}) does not know: {', '.join(unknown[:3])}. Restore it with that version."
        )


def refuse_full(url: str) -> None:
    with psycopg.connect(url) as connection:
        found = tables(connection.cursor())
    if found:
        raise CannotRun(
            f"This database is in use: it has {len(found)} tables. A backup is restored into an empty one only. "
            "Name another folder with FINETUNE_DATA_DIR, or another database with DATABASE_URL."
        )


def finishing_touches(manifest: Mapping[str, Any]) -> bytes:
    """SQL that ends the restoring transaction: every row is there, the series are held, nobody is logged in."""
    taken_at = datetime.fromisoformat(manifest["taken_at"])
    counts = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {}, {}, (SELECT count(*) FROM {})").format(
            sql.Literal(table), sql.Literal(rows), sql.Identifier("public", table)
        )
        for table, rows in manifest["rows"].items()
    )
    compare = sql.SQL(
        "DO $compare$ DECLARE v_missing text; BEGIN"
        " SELECT string_agg(c.name || ': ' || c.rows_found || ' of ' || c.rows_due, ', ') INTO v_missing"
        " FROM ({}) AS c (name, rows_due, rows_found) WHERE c.rows_due <> c.rows_found;"
        " IF v_missing IS NOT NULL THEN RAISE EXCEPTION 'rows are missing: %', v_missing; END IF;"
        " END $compare$;"
    ).format(counts)
    note = sql.SQL(
        "INSERT INTO core_milestone (name) VALUES ({}) ON CONFLICT DO NOTHING; SELECT invoicing_hold_series({});"
    ).format(
        sql.Literal(MILESTONE.format(taken_at.isoformat(timespec="seconds"))),
        sql.Literal(manifest["taken_at"]),
    )
    parts = [sql.SQL("SET search_path = public;"), compare, note, sql.SQL(LOG_EVERYBODY_OUT)]
    return ("\n" + "\n".join(part.as_string(None) for part in parts) + "\n").encode()


def _pour(dump: IO[bytes], url: str, *, after: bytes) -> None:
    """The dump as SQL, and `after`, through one psql in one transaction.

    BEGIN and COMMIT are ours: psql's own would commit what it has when we are killed and its input ends.
    """
    script = [backup_programs.program("pg_restore"), "--no-owner", "--no-privileges", "--file=-"]
    load = [
        backup_programs.program("psql"),
        "--no-psqlrc",
        "--quiet",
        "--no-password",
        "--single-transaction",
    ]
    load += ["--set=ON_ERROR_STOP=1", "--file=-"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with (
        backup_programs.started(load, url, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as psql,
        backup_programs.started(script, **pipes) as restore,
    ):
        assert restore.stdin is not None
        assert restore.stdout is not None
        assert psql.stdin is not None
        feeder = threading.Thread(target=_feed, args=(dump, restore.stdin), daemon=True)
        feeder.start()
        # A psql that has ended says why at its end.
        with suppress(BrokenPipeError):
            psql.stdin.write(b"BEGIN;\n")
            # A later pg_restore sets what a server before 17 does not know, and what is 0 there anyhow.
            psql.stdin.write(
                restore.stdout.read(HEAD_BYTES).replace(b"SET transaction_timeout = 0;\n", b"", 1)
            )
            shutil.copyfileobj(restore.stdout, psql.stdin, backup_file.CHUNK)
            restore.finish("The dump could not be read")
            psql.stdin.write(after + b"COMMIT;\n")
            psql.stdin.close()
        psql.finish("Nothing was restored")


def _feed(dump: IO[bytes], into: IO[bytes]) -> None:
    with suppress(OSError, ValueError):
        shutil.copyfileobj(dump, into, backup_file.CHUNK)
    with suppress(OSError):
        into.close()


def held_series(url: str) -> dict[str, tuple[int, datetime]]:
    """Each series that is held: its last number in these books, and since when others may be missing."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT series, last_number, held_since FROM invoicing_invoicesequence"
            " WHERE held_since IS NOT NULL ORDER BY series"
        ).fetchall()
    return {series: (last, since) for series, last, since in rows}


def hold_all(url: str, since: datetime) -> int:
    """Hold every series, as a restore does: for a database that was recovered by other means."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT invoicing_hold_series(%s)", [since]).fetchone()
        assert row is not None
        return int(row[0])


def resume(url: str, last_numbers: Mapping[str, int | None], *, reason: str) -> dict[str, int]:
    """Let series go on after the last number stated of each (None: none was given out since the backup).

    All or none. Answers the next number of each.
    """
    following: dict[str, int] = {}
    try:
        with psycopg.connect(url) as connection:
            for series, last in sorted(last_numbers.items()):
                row = connection.execute(
                    "SELECT invoicing_resume_series(%s, %s, %s)", [series, last, reason]
                ).fetchone()
                assert row is not None
                following[series] = row[0]
    except psycopg.errors.RaiseException as error:
        raise CannotRun(f"{error.diag.message_primary} Nothing was resumed.", status=FAILED) from error
    return following
