"""Bringing a database up to date while the version before it serves: one at a time, and in nobody's way.

A migration that waits for a table makes everybody behind it wait too. So it waits for less time than a request does,
gives up, lets those who waited through, and is tried again. The lock is of the very session that migrates: whatever
ends that, a crash or a kill, ends both at once.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from finetune.core.constraints import sqlstate
from finetune.core.postgres.serving_role import ensure_serving_role
from finetune.ops.backup_connection import database_url
from finetune.ops.console import FAILED, CannotRun, say

# A pair, as no other advisory lock of ours is: "Fine" and "Tune".
LOCK = (0x46696E65, 0x54756E65)
PATIENCE = 600.0
LOOK_EVERY = 1.0
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)
# Requests wait five seconds for a lock; whoever stands behind a migration must still get it in time.
LOCK_PATIENCE = "2s"
# An index that is built while the shop trades waits for transactions to end, and nobody waits for it.
CONCURRENT_PATIENCE = "30min"
IN_THE_WAY = {"55P03", "40P01"}
SESSION = {
    "lock_timeout": LOCK_PATIENCE,
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    # The server looks whether we are still there: a migration whose process was killed must not go on.
    "client_connection_check_interval": "5s",
}
_HOLDER = """
SELECT coalesce(nullif(a.application_name, ''), 'a session') || ', since ' || to_char(a.backend_start, 'HH24:MI:SS TZ')
FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND (l.classid, l.objid) = (%s::oid, %s::oid)
    AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
"""
_LONGEST = """
SELECT format('%s (pid %s) has a transaction open for %s s', coalesce(nullif(application_name, ''), usename), pid,
    extract(epoch FROM clock_timestamp() - xact_start)::int)
FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start < clock_timestamp() - interval '1 second'
ORDER BY xact_start LIMIT 1
"""


def bring_up_to_date(*, serving_url: str, patience: float = PATIENCE, verbosity: int = 1) -> None:
    """Roles and rights first, so that whatever is made can be served at once; then the tables.

    Raises CannotRun where it waited for longer than `patience` seconds, DatabaseTrouble where rights are lacking.
    """
    tell = say if verbosity else _in_silence
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise CannotRun(f"The database cannot be reached: {str(error).strip()}", status=FAILED) from error
    _refuse_shared_session()
    until = time.monotonic() + patience
    with _own_session(), _alone(until):
        if serving_url:
            with psycopg.connect(database_url(), autocommit=True) as owner:
                ensure_serving_role(owner, serving_url, say)
        _migrate(until, verbosity)
    tell("The tables are up to date.")


@contextmanager
def _own_session() -> Iterator[None]:
    """No limit of a request's, but one on waiting for others."""
    with connection.cursor() as cursor:
        for name, value in SESSION.items():
            cursor.execute("SELECT set_config(%s, %s, false)", [name, value])
        name = f"finetune migrate on {socket.gethostname()} (pid {os.getpid()})"
        cursor.execute("SELECT set_config('application_name', %s, false)", [name[:63]])
    try:
        yield
    finally:
        connection.close()


@contextmanager
def _alone(until: float) -> Iterator[None]:
    """Asks again and again rather than once for long: a statement that waits would keep an index from being built."""
    told = False
    while not _query("SELECT pg_try_advisory_lock(%s, %s)", LOCK):
        holder = _query(_HOLDER, LOCK) or "it has just ended"
        if time.monotonic() > until:
            raise CannotRun(
                f"Another migration has not ended ({holder}). Nothing was changed.", status=FAILED
            )
        if not told:
            say(f"Another migration is at work ({holder}): waiting for it to end.")
            told = True
        time.sleep(LOOK_EVERY)
    # Given back by the end of the session, and by nothing else.
    yield


def _migrate(until: float, verbosity: int) -> None:
    tries = 0
    while True:
        try:
            with connection.execute_wrapper(_patient_while_concurrent):
                _tell_of_later_versions()
                call_command("migrate", interactive=False, verbosity=verbosity)
        except OperationalError as error:
            if sqlstate(error) not in IN_THE_WAY:
                raise
            pause = PAUSES[min(tries, len(PAUSES) - 1)]
            tries += 1
            if time.monotonic() + pause > until:
                raise CannotRun(_gave_up(error), status=FAILED) from error
            say(
                f"Others use the table ({_in_the_way(error)}): trying again in {pause:.0f} s, try {tries + 1}."
            )
            time.sleep(pause)
        else:
            return


def _patient_while_concurrent(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
) -> Any:
    if "CONCURRENTLY" not in sql:
        return execute(sql, params, many, context)
    set_patience = "SELECT set_config('lock_timeout', %s, false)"
    execute(set_patience, [CONCURRENT_PATIENCE], False, context)
    try:
        return execute(sql, params, many, context)
    finally:
        execute(set_patience, [LOCK_PATIENCE], False, context)


def _in_the_way(error: OperationalError) -> str:
    return str(_query(_LONGEST) or str(error).strip().splitlines()[0])


def _gave_up(error: OperationalError) -> str:
    return (
        f"The tables could not be changed: others used them all the while ({_in_the_way(error)}). Nothing is half done "
        "and the version that serves goes on. End that transaction, or migrate again at a quieter hour."
    )


def _tell_of_later_versions() -> None:
    loader = MigrationExecutor(connection).loader
    later = sorted(
        f"{app}.{name}" for app, name in set(loader.applied_migrations) - set(loader.disk_migrations)
    )
    if later:
        say(
            f"A later version has been here ({', '.join(later[:5])}{', ...' if len(later) > 5 else ''}). "
            "This one adds nothing of that and takes nothing away; see docs/upgrading.md."
        )


def _refuse_shared_session() -> None:
    """A pooler that hands out another session for each transaction keeps neither the lock nor the limits where they
    were set. It is known by two clients who were given the same session."""
    present = _query("SELECT pg_backend_pid()")
    if present == connection.connection.info.backend_pid:
        return
    with psycopg.connect(database_url()) as other:
        row = other.execute("SELECT pg_backend_pid()").fetchone()
        if row == (present,) or _query("SELECT pg_backend_pid()") != present:
            raise CannotRun(
                "The address leads through a pooler in transaction mode. Migrations need a session of their own: name "
                "the server itself in DATABASE_OWNER_URL."
            )


def _query(statement: str, values: Any = None) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
        return None if row is None else row[0]


def _in_silence(_message: str) -> None:
    """Where nobody asked."""
