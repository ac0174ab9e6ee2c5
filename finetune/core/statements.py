"""Statements that every request sends: prepared once on a connection, so that PostgreSQL plans them once.

For a row by its id and for our SQL functions. Not for lists: their best plan depends on what is asked, and a plan
for everybody would walk through the bills of all stores to find those of a small one.
"""

from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from psycopg.types.datetime import TimestamptzLoader


class _Prepared(psycopg.Cursor[Any]):
    """Django's own cursors put the values into the text, which makes every statement a new one."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> "_Prepared":
        super().execute(query, params, prepare=True)
        return self


def prepared_cursor() -> CursorWrapper:
    """As `connection.cursor()`: the same transaction, errors, wrappers and counting of statements."""
    if not settings.PREPARED_STATEMENTS:
        return connection.cursor()
    connection.ensure_connection()
    with connection.wrap_database_errors:
        cursor = _Prepared(connection.connection)
    wrapped: CursorWrapper = connection._prepare_cursor(cursor)  # type: ignore[attr-defined]
    return wrapped


def read_times_quickly(sender: object, connection: BaseDatabaseWrapper, **given: Any) -> None:
    """Django reads every instant in Python to give it the connection's zone, which psycopg's own reader in C does
    as well: a third of what a list of fifty rows costs."""
    connection.connection.adapters.register_loader("timestamptz", TimestamptzLoader)
