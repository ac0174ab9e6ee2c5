"""Seats: who waits for a body takes none, and a connection goes with each."""

import threading
from collections.abc import Callable
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connections

from finetune.core.seats import LARGE, Seats

SOON = 10


class Line:
    """A body that its sender keeps back."""

    def __init__(self) -> None:
        self.asked, self.sent = threading.Event(), threading.Event()

    def read(self, size: int) -> bytes:
        self.asked.set()
        assert self.sent.wait(SOON)
        return b"{}"


class Application:
    """Answers with its connection, once it may."""

    def __init__(self) -> None:
        self.begun, self.may_end = threading.Semaphore(0), threading.Semaphore(0)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        self.begun.release()
        assert self.may_end.acquire(timeout=SOON)
        if "fails" in environ:
            raise ValueError("as an application should not")
        return connections[DEFAULT_DB_ALIAS], environ["wsgi.input"].read()


class Caller(threading.Thread):
    def __init__(self, seats: Seats, **environ: Any) -> None:
        super().__init__(daemon=True)
        self.seats, self.environ = seats, {"wsgi.input": BytesIO(b""), **environ}
        self.answer: Any = None
        self.left_behind: list[str] = []
        self.start()

    def run(self) -> None:
        try:
            self.answer = self.seats(self.environ, lambda *given: None)
        except ValueError as error:
            self.answer = error
        self.left_behind = [each.alias for each in connections.all(initialized_only=True)]

    def answered(self) -> Any:
        self.join(SOON)
        assert not self.is_alive()
        assert self.left_behind == []
        return self.answer


@pytest.fixture
def application() -> Application:
    return Application()


def test_who_waits_for_a_body_takes_no_seat(application: Application) -> None:
    seats = Seats(application, count=1)
    line = Line()
    slow = Caller(seats, CONTENT_LENGTH="2", **{"wsgi.input": line})
    assert line.asked.wait(SOON)
    application.may_end.release()
    assert Caller(seats).answered()[1] == b""
    line.sent.set()
    application.may_end.release()
    assert slow.answered()[1] == b"{}"


def test_large_bodies_are_let_in_one_after_the_other(application: Application) -> None:
    seats = Seats(application, count=1)
    lines = [Line(), Line()]
    length = str(LARGE + 1)
    first = Caller(seats, CONTENT_LENGTH=length, **{"wsgi.input": lines[0]})
    assert lines[0].asked.wait(SOON)
    second = Caller(seats, HTTP_TRANSFER_ENCODING="chunked", **{"wsgi.input": lines[1]})
    assert not lines[1].asked.wait(0.2)
    application.may_end.release()
    assert Caller(seats, CONTENT_LENGTH="0").answered()[1] == b""
    for line in lines:
        line.sent.set()
    application.may_end.release(2)
    assert (first.answered()[1], second.answered()[1]) == (b"{}", b"{}")


def test_no_more_at_once_than_there_are_seats(application: Application) -> None:
    seats = Seats(application, count=2)
    callers = [Caller(seats) for _ in range(5)]
    for _ in range(2):
        assert application.begun.acquire(timeout=SOON)
    assert not application.begun.acquire(timeout=0.2)
    application.may_end.release(5)
    used = {id(caller.answered()[0]) for caller in callers}
    assert len(used) <= 2


def test_a_connection_is_used_again_also_after_a_failure(application: Application) -> None:
    seats = Seats(application, count=3)
    application.may_end.release(3)
    first, _ = Caller(seats).answered()
    assert isinstance(Caller(seats, fails=True).answered(), ValueError)
    assert Caller(seats).answered()[0] is first


def test_where_one_connection_was_lost_the_others_are_asked_before_they_are_used(
    application: Application,
) -> None:
    seats = Seats(application, count=2)
    application.may_end.release(2)
    used, _ = Caller(seats).answered()
    waiting = next(each for each in seats._connections if each is not used)
    assert not waiting.errors_occurred
    used.connection = SimpleNamespace(closed=True)
    Caller(seats).answered()
    assert waiting.errors_occurred
    assert not used.errors_occurred
