"""Statements that every request sends: prepared once on a connection, so that PostgreSQL plans them once.

For a row by its id and for our SQL functions. Not for lists: their best plan depends on what is asked, and a plan
for everybody would walk through the bills of all stores to find those of a small one.
"""

from typing import Any

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper
from psycopg.types.datetime import TimestamptzLoader

# More than one connection ever sends; psycopg drops the one that was not used for longest.
PREPARED_MAX = 200


class _Prepared(psycopg.Cursor[Any]):
    """Django's own cursors put the values into the text, which makes every statement a new one."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> "_Prepared":
        super().execute(query, params, prepare=True)
        return self


def prepared_cursor() -> CursorWrapper:
    """As `connection.cursor()`: the same transaction, errors, wrappers and counting of statements.

    It is that where statements are written down: with their values in them they can be read.
    """
    # Looked up once: every attribute of Django's own `connection` asks anew which thread this is.
    database = connections[DEFAULT_DB_ALIAS]
    if database.queries_logged or not settings.PREPARED_STATEMENTS:
        return database.cursor()
    database.close_if_health_check_failed()
    database.ensure_connection()
    with database.wrap_database_errors:
        session = database.connection
        if session.prepare_threshold is None:
            # Django switches preparing off for the session; its own cursors cannot do it and are not changed by this.
            session.prepare_threshold, session.prepared_max = 0, PREPARED_MAX
        cursor = _Prepared(session)
    wrapped: CursorWrapper = database._prepare_cursor(cursor)  # type: ignore[attr-defined]
    return wrapped


def read_times_quickly(cursor: CursorWrapper) -> None:
    """Django reads every instant in Python to give it the connection's zone. psycopg's own reader, in C, gives it
    the same zone; in Python it was a third of what a list of fifty rows costs."""
    cursor.adapters.register_loader("timestamptz", TimestamptzLoader)
