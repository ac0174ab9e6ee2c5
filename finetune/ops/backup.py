"""Writing a backup of the whole database while the shop trades."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql

from finetune import __version__
from finetune.ops import backup_file, backup_programs

Cursor = psycopg.Cursor[tuple[Any, ...]]
MARK = "finetune-*" + backup_file.SUFFIX


@dataclass(frozen=True)
class Backup:
    path: Path
    manifest: dict[str, Any]

    @property
    def taken_at(self) -> datetime:
        return datetime.fromisoformat(self.manifest["taken_at"])


def write_backup(url: str, folder: Path) -> Backup:
    """A new file in that folder, `finetune-YYYYMMDD-HHMMSS.backup` by UTC: all of one moment, read back once."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _one_moment(url) as (cursor, snapshot):
        manifest = describe(cursor)
        path = _free_name(folder, datetime.fromisoformat(manifest["taken_at"]))
        backup_file.write(path, lambda file: _dump(url, snapshot, file), lambda: manifest)
    return Backup(path, manifest)


def remove_older(folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest `keep` of the folder's backups: the names sort by time."""
    older = sorted(folder.glob(MARK))[:-keep]
    for path in older:
        path.unlink()
    return older


@contextmanager
def _one_moment(url: str) -> Iterator[tuple[Cursor, str]]:
    """A transaction whose snapshot pg_dump looks at, too, so that the manifest and the dump agree."""
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        cursor = connection.cursor()
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor, _value(cursor)


def _dump(url: str, snapshot: str, file: IO[bytes]) -> None:
    # Owners and rights are those of the database it is restored into, as after a migration.
    command = [backup_programs.program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
    command += [f"--snapshot={snapshot}", "--lock-wait-timeout=60s", "--no-password"]
    # Through a pipe: into a file it would note places in it that are wrong once the file lies inside a tar.
    with backup_programs.started(command, url, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        shutil.copyfileobj(process.stdout, file, backup_file.CHUNK)
        process.finish("The database could not be dumped")


def describe(cursor: Cursor) -> dict[str, Any]:
    """What a restore is held against: versions, migrations, rows of each table, where the series stand."""
    cursor.execute("SELECT now(), current_setting('server_version')")
    row = cursor.fetchone()
    assert row is not None
    migrations: dict[str, list[str]] = {}
    cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
    for app, name in cursor.fetchall():
        migrations.setdefault(app, []).append(name)
    cursor.execute("SELECT series, run, last_number FROM invoicing_invoicesequence ORDER BY series")
    series = [{"series": name, "run": run, "last_number": last} for name, run, last in cursor.fetchall()]
    return {
        "taken_at": row[0].astimezone(UTC).isoformat(),
        "finetune": __version__,
        "postgresql": row[1],
        "migrations": migrations,
        "series": series,
        "rows": {table: _rows(cursor, table) for table in tables(cursor)},
    }


def tables(cursor: Cursor) -> list[str]:
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        " ORDER BY relname"
    )
    return [name for (name,) in cursor.fetchall()]


def _rows(cursor: Cursor, table: str) -> int:
    cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("public", table)))
    return int(_value(cursor))


def _value(cursor: Cursor) -> Any:
    row = cursor.fetchone()
    assert row is not None
    return row[0]


def _free_name(folder: Path, taken_at: datetime) -> Path:
    stem = f"finetune-{taken_at:%Y%m%d-%H%M%S}"
    names = (f"{stem}{'' if again == 1 else f'-{again}'}{backup_file.SUFFIX}" for again in range(1, 1000))
    return next(path for name in names if not (path := folder / name).exists())


__all__ = ["Backup", "describe", "remove_older", "tables", "write_backup"]
