"""So many requests are answered at once, each on a database connection that stays open for the next.

A thread of the web server waits for a body before it takes a seat, and gives the seat back before the answer has
gone out. Whoever sends half a request, or reads half an answer, holds a thread, of which there are many, but
none of what the others need.
"""

import threading
from collections.abc import Callable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from finetune.core.gateway import size_told, with_whole_body

LARGE = 64 * 1024  # bytes; more than any but an upload or an import sends
Application = Callable[[dict[str, Any], Callable[..., Any]], Any]


class Seats:
    def __init__(self, application: Application, *, count: int) -> None:
        self._application = application
        self._free, self._large = threading.Semaphore(count), threading.Semaphore(count)
        self._connections = [connections.create_connection(DEFAULT_DB_ALIAS) for _ in range(count)]
        for each in self._connections:
            each.inc_thread_sharing()  # by one thread after the other, never by two

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if not _is_large(environ):
            return self._seated(with_whole_body(environ), start_response)
        with self._large:  # or many that are kept back would fill the memory
            return self._seated(with_whole_body(environ), start_response)

    def _seated(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        with self._free:
            # The one that was used last: with few requests few connections are kept busy.
            connection = self._connections.pop()
            connections[DEFAULT_DB_ALIAS] = connection
            try:
                return self._application(environ, start_response)
            finally:
                del connections[DEFAULT_DB_ALIAS]
                if _was_lost(connection):
                    self._distrust_the_others()
                self._connections.append(connection)

    def _distrust_the_others(self) -> None:
        """Where one was lost, those that waited most likely were, too. Django asks each whether it lives before it
        uses it again, and connects anew: one request is told to come again, and not one for each seat."""
        for each in list(self._connections):
            each.errors_occurred = True


def _was_lost(connection: BaseDatabaseWrapper) -> bool:
    session: Any = connection.connection
    return session is not None and bool(session.closed)


def _is_large(environ: dict[str, Any]) -> bool:
    length = environ.get("CONTENT_LENGTH")
    return size_told(length) > LARGE if length else "HTTP_TRANSFER_ENCODING" in environ
