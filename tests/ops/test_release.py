"""The release step calls what it promises, in order, and stops at the first that fails."""

import pytest

from finetune.ops import children, cli
from finetune.ops.console import FAILED, REFUSED, CannotRun

SERVER = {"DATABASE_URL": "postgresql://finetune_app:secret@db.example/finetune"}


@pytest.fixture
def called(monkeypatch) -> list[tuple[str, ...]]:
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(children, "run_command", lambda *arguments, environ, failed: calls.append(arguments))
    return calls


@pytest.fixture
def environ(monkeypatch):
    def put(**values: str) -> None:
        for name, value in {**SERVER, **values}.items():
            monkeypatch.setenv(name, value)

    for name in ("FINETUNE_ADMIN_USERNAME", "FINETUNE_ADMIN_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    return put


def test_it_migrates_and_refuses_what_is_unsafe(environ, called):
    environ()
    assert cli.run(["release"]) == 0
    assert called == [("migrate",), ("check", "--deploy")]


def test_it_makes_the_first_administrator_who_is_named(environ, called):
    environ(FINETUNE_ADMIN_USERNAME="owner", FINETUNE_ADMIN_PASSWORD="a-horse-in-a-stable")
    assert cli.run(["release", "--accept", "database_owner"]) == 0
    assert called == [
        ("migrate",),
        ("create-admin", "--if-none"),
        ("check", "--deploy", "--accept", "database_owner"),
    ]


def test_it_stops_at_the_first_that_fails(environ, called, monkeypatch, capsys):
    environ()

    def fail(*arguments, environ, failed):
        called.append(arguments)
        raise CannotRun(failed, status=FAILED)

    monkeypatch.setattr(children, "run_command", fail)
    assert cli.run(["release"]) == FAILED
    assert called == [("migrate",)]
    assert "The tables could not be brought up to date" in capsys.readouterr().err


def test_it_is_for_a_server(monkeypatch, called, capsys):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert cli.run(["release"]) == REFUSED
    assert called == []
    assert "DATABASE_URL" in capsys.readouterr().err


def test_the_entry_point_takes_its_own_name_once_more(capsys):
    assert cli.run(["finetune", "help"]) == 0
    once = capsys.readouterr().out
    assert cli.run(["help"]) == 0
    assert once.startswith("finetune <command>")
    assert once == capsys.readouterr().out
