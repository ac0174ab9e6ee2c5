"""An address may name several servers, and no silent server holds anybody for long."""

import socket
import time

import psycopg
import pytest

from finetune.core.database.address import PATIENCE, parts_of
from finetune.core.database.base import DatabaseWrapper
from finetune.settings import _database

SEVERAL = (
    "postgresql://finetune_app:secret@pg1.example,pg2.example:5433/finetune?target_session_attrs=read-write"
)


def test_an_address_of_several_servers_arrives_whole() -> None:
    words, options = parts_of(SEVERAL)
    assert (words["HOST"], words["PORT"]) == ("pg1.example,pg2.example", ",5433")
    assert options == PATIENCE | {"target_session_attrs": "read-write"}


def test_what_the_address_says_is_heeded() -> None:
    assert parts_of(SEVERAL + "&connect_timeout=2&tcp_user_timeout=0")[1] == PATIENCE | {
        "target_session_attrs": "read-write",
        "connect_timeout": "2",
        "tcp_user_timeout": "0",
    }


@pytest.mark.parametrize("host", ["", "/run/postgresql", "/run/a,/run/b", "@abstract"])
def test_a_socket_needs_no_patience(host: str) -> None:
    assert parts_of(f"dbname=finetune host='{host}'")[1] == {}


def test_two_servers_that_say_nothing_are_given_up() -> None:
    """They take the call, as a machine does whose database hangs, and never say a word."""
    with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:
        ports = f"{first.getsockname()[1]},{second.getsockname()[1]}"
        url = f"host=127.0.0.1,127.0.0.1 port={ports} user=nobody dbname=none connect_timeout=2"
        database = DatabaseWrapper({**_defaults(), **_database(url)}, alias="default")
        began = time.monotonic()
        with pytest.raises(psycopg.errors.ConnectionTimeout):
            database.connect()
        assert 3 < time.monotonic() - began < 15


def _defaults() -> dict[str, object]:
    return {"AUTOCOMMIT": True, "ATOMIC_REQUESTS": False, "TEST": {}}
