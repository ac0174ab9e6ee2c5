"""Lists and reports may be read from a standby, once it has replayed what their caller wrote last.

Where `DATABASE_STANDBY_URL` is set, every answer to a write carries the place in the primary's log behind it: to a
browser as a cookie, to a client of the API as a header. Who brings it back, reads what they wrote: from the standby
where that has come so far, else from the primary. Without a place the primary is asked. It is a promise to each
session, not to a user: what is written in one browser may be seen a little later in another.

Only what was declared with `may_lag` is read there. Whatever goes wrong with the standby, the same request is read
again from the primary, and for some seconds nobody asks the standby at all.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, Final, TypeVar

import structlog
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend
from django.http import HttpRequest, HttpResponseBase
from prometheus_client import Counter

from finetune.core.constraints import is_unavailable, sqlstate
from finetune.core.positions import Progress, latest_place, reason_against
from finetune.core.statements import prepared_cursor

POSITION_HEADER: Final = "X-Commit-Position"
POSITION_COOKIE: Final = "__Host-finetune_position" if settings.IS_HTTPS else "finetune_position"
# What was heard from a standby is believed for so long: it only gets further, unless another one took its place.
BELIEVED_SECONDS: Final = 1
PAUSE_SECONDS: Final = 5  # after a failure nobody asks it
# A standby may hang without hanging up. Its own limit of a statement is 30 seconds.
QUESTION_SECONDS: Final = 2
STATEMENT_SECONDS: Final = 32
READ_ONLY: Final = "25006"

READS = Counter("finetune_reads_total", "Lists and reports read, by place.", ["place", "because"])
log = structlog.get_logger("finetune")
ReadT = TypeVar("ReadT")

# A standby that receives from a living primary and has replayed all of it is not late, however long nothing came.
_PROGRESS = """
SELECT (SELECT system_identifier FROM pg_control_system()),
    CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END - '0/0'::pg_lsn,
    CASE WHEN NOT pg_is_in_recovery() THEN 0
        WHEN pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn() AND EXISTS (SELECT FROM pg_stat_wal_receiver) THEN 0
        ELSE greatest(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()), 0)
    END::float8
"""


class Reader:
    """A connection to the standby, used by one request after the other, and what it said last."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        given = {**connections.settings[DEFAULT_DB_ALIAS], **told}
        # Under the alias of the primary, so that it can take its place for the length of a reading.
        self.database: BaseDatabaseWrapper = load_backend(given["ENGINE"]).DatabaseWrapper(
            given, DEFAULT_DB_ALIAS
        )
        self.database.inc_thread_sharing()  # by one thread after the other, never by two
        self._progress: Progress | None = None
        self._heard_at = 0.0

    def progress(self, position: int | None) -> Progress:
        """What the standby says; from memory where that is fresh and enough for this position."""
        known, age = self._progress, time.monotonic() - self._heard_at
        if known is not None and age < BELIEVED_SECONDS and known.replayed >= (position or 0):
            return known
        self.database.ensure_connection()
        self._wait_at_most(QUESTION_SECONDS)
        with prepared_cursor() as cursor:
            cursor.execute(_PROGRESS)
            identity, replayed, seconds = cursor.fetchone()
        self._wait_at_most(STATEMENT_SECONDS)
        self._progress, self._heard_at = Progress(identity, int(replayed or 0), seconds), time.monotonic()
        return self._progress

    def _wait_at_most(self, seconds: int) -> None:
        session: Any = self.database.connection
        session.wait = partial(type(session).wait, session, timeout=seconds)

    @contextmanager
    def in_place_of_the_primary(self) -> Iterator[None]:
        primary = connections[DEFAULT_DB_ALIAS]
        # Its statements are counted with the request's.
        self.database.execute_wrappers = primary.execute_wrappers
        connections[DEFAULT_DB_ALIAS] = self.database
        try:
            yield
        finally:
            connections[DEFAULT_DB_ALIAS] = primary
            self.database.execute_wrappers = []

    def close(self) -> None:
        with suppress(Error):
            self.database.close()


class Breaker:
    """After a failure nobody tries for a while, and then one does before the others."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._is_broken, self._until = False, 0.0

    def may_try(self) -> bool:
        if not self._is_broken:
            return True
        with self._lock:
            if self.clock() < self._until:
                return False
            self._until = self.clock() + PAUSE_SECONDS
            return True

    def failed(self) -> None:
        with self._lock:
            self._is_broken, self._until = True, self.clock() + PAUSE_SECONDS

    def worked(self) -> None:
        self._is_broken = False


class Standby:
    """The standby of this process: readers that are free, and whether it is worth asking."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.told = told
        self.breaker = Breaker()
        self._free: list[Reader] = []
        self._identity: int | None = None

    @contextmanager
    def reading(self, position: int | None) -> Iterator[str | None]:
        """Yields None where this position may be read here, with the standby in place of the primary; else why not.

        Raises a database's error for whatever failed there."""
        reader, works, asked = self._free.pop() if self._free else Reader(self.told), True, False
        try:
            identity = self._identity_of_the_primary()
            with reader.in_place_of_the_primary():
                reason = reason_against(position, reader.progress(position), identity=identity)
                asked = True
                self.breaker.worked()
                if reason is None:
                    yield None
            if reason is not None:
                yield reason
        except Error:
            works = False
            if not asked:
                self.breaker.failed()
            raise
        finally:
            if works:
                self._free.append(reader)
            else:
                reader.close()

    def _identity_of_the_primary(self) -> int:
        if self._identity is None:
            with prepared_cursor() as cursor:
                cursor.execute("SELECT system_identifier FROM pg_control_system()")
                self._identity = int(cursor.fetchone()[0])
        return self._identity

    def failed(self, error: Error) -> None:
        """What another one would meet as well is not tried for a while; their connections are of no more use."""
        if is_unavailable(error) and sqlstate(error) != READ_ONLY:
            self.breaker.failed()
            while self._free:
                self._free.pop().close()
        log.warning("standby_failed", error=str(error).strip(), sqlstate=sqlstate(error))


_standbys: list[Standby] = []
_making = threading.Lock()


def the_standby() -> Standby | None:
    told: Mapping[str, Any] | None = settings.STANDBY_DATABASE
    if told is None:
        return None
    with _making:
        if not _standbys or _standbys[0].told is not told:
            _standbys[:] = [Standby(told)]
        return _standbys[0]


def present_progress(told: Mapping[str, Any]) -> Progress | None:
    """What the standby says at this moment, on a connection of its own; None where it does not answer."""
    reader = Reader(told)
    try:
        with reader.in_place_of_the_primary():
            return reader.progress(None)
    except Error:
        return None
    finally:
        reader.close()


def read_where_caught_up(request: HttpRequest, read: Callable[[], ReadT]) -> ReadT:
    """Run a reading that writes nothing: on the standby where that may answer this request, else on the primary."""
    standby = the_standby()
    if standby is None:
        return read()
    position = position_brought(request)
    because = "no_position" if position is None else "" if standby.breaker.may_try() else "paused"
    if not because:
        try:
            with standby.reading(position) as reason:
                if reason is None:
                    answer = read()
                    _note(request, "standby", "caught_up")
                    return answer
                because = reason
        except Error as error:
            standby.failed(error)
            because = "failed"
    _note(request, "primary", because)
    return read()


def _note(request: HttpRequest, place: str, because: str) -> None:
    READS.labels(place, because).inc()
    request.read_from = f"{place}: {because}"  # type: ignore[attr-defined]


def position_brought(request: HttpRequest) -> int | None:
    """Where the caller's last write is, as they were told. A browser's cookie, a client's header, or both."""
    brought = (request.headers.get(POSITION_HEADER), request.COOKIES.get(POSITION_COOKIE))
    return latest_place([text for text in brought if text is not None])


class CommitPositionMiddleware:
    """Tells who wrote something where in the log that is. Not there at all where no standby is set.

    Asked after the write has committed, so that its record lies before; what others write at the same time may lie
    before, too, which costs their caller a moment on the primary."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if settings.STANDBY_DATABASE is None:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            _tell(request, response)
        return response


def _tell(request: HttpRequest, response: HttpResponseBase) -> None:
    """Strangers are told nothing and cost nothing. A refusal is told as well: it may come after something that was
    done, as when a second step of a page is refused."""
    has_session = settings.SESSION_COOKIE_NAME in request.COOKIES or (
        settings.SESSION_COOKIE_NAME in response.cookies
    )
    is_client = request.path.startswith("/api/") and (hasattr(request, "call") or response.status_code < 400)
    if not (has_session or is_client):
        return
    position = _position_of_the_primary()
    if is_client and position is not None:
        response[POSITION_HEADER] = position
    if not has_session:
        return
    if position is None:
        # Whether the write was done nobody knows: without a place the primary is asked.
        response.delete_cookie(POSITION_COOKIE, samesite="Lax")
        return
    response.set_cookie(
        POSITION_COOKIE,
        position,
        max_age=settings.SESSION_COOKIE_AGE,
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _position_of_the_primary() -> str | None:
    """At or beyond the record of every commit that was acknowledged, also where commits do not wait for the disk."""
    try:
        with prepared_cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_insert_lsn()::text")
            return str(cursor.fetchone()[0])
    except Error:
        return None
