"""Django's PostgreSQL, but for one question: may this connection be used again?"""

from django.db import DEFAULT_DB_ALIAS
from django.db.backends.postgresql import base
from psycopg import Error


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Django asks before the next request once a statement failed. A primary that became a standby answers as
        well as ever: a connection to it is given up, and the next one finds the server that is written to."""
        return bool(super().is_usable()) and not (self.alias == DEFAULT_DB_ALIAS and self._is_standby())

    def _is_standby(self) -> bool:
        try:
            with self.connection.cursor() as cursor:
                cursor.execute("SELECT pg_is_in_recovery()")
                row = cursor.fetchone()
        except Error:
            return True
        return row is None or bool(row[0])
