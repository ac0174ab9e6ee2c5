"""Real threads on real connections, let go together."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from django.db import connections
from django.test import Client

from tests.cast import Person

ResultT = TypeVar("ResultT")
PATIENCE = 240
MANY = 32


def at_once(n: int, work: Callable[[int], ResultT]) -> list[Any]:
    """Run work(0) … work(n - 1), each in a thread with a connection of its own, and answer what came of each:
    its result, or the exception that it raised. Asserts that all of them came to an end."""
    gate = threading.Barrier(n)
    results: list[Any] = [None] * n

    def run(index: int) -> None:
        try:
            connections["default"].ensure_connection()
            gate.wait(PATIENCE)
            results[index] = work(index)
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,), daemon=True) for index in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads), "some threads never came to an end"
    return results


def own_client(person: Person) -> Person:
    """The same person at a machine of their own: Django's test client is not for two threads."""
    return replace(person, client=Client())
