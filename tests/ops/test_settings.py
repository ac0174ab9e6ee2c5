"""The one door to the settings: what may stand in a variable, and what is said of what may not."""

import os
import subprocess
import sys
from datetime import time
from decimal import Decimal
from ipaddress import ip_network
from pathlib import Path

import pytest

from finetune.core import environment
from finetune.core.environment import SettingsTrouble
from finetune.ops import cli
from finetune.ops.shop_folder import environment_for
from tests.conftest import owner_url
from tests.ops.test_run_shop import ROOT

LONG = "9" * 100_000


def trouble(environ: dict[str, str]) -> str:
    return "\n".join(environment.problems(environ))


def test_what_is_not_set_has_its_default_and_empty_is_not_set():
    for environ in ({}, {"PORT": "", "HOST": "  ", "TRUSTED_PROXIES": "", "AGGREGATE_TURNOVER": ""}):
        assert environment.number("PORT", environ) == 8000
        assert environment.text("HOST", environ) == "127.0.0.1"
        assert environment.networks("TRUSTED_PROXIES", environ) == []
        assert environment.amount("AGGREGATE_TURNOVER", environ) is None
        assert not environment.is_set("PORT", environ)
        assert environment.problems(environ) == []
    # Nothing at all is a way to have no request log.
    assert environment.is_set("REQUEST_LOG", {"REQUEST_LOG": ""})
    assert environment.text("REQUEST_LOG", {"REQUEST_LOG": ""}) == ""


def test_each_kind_becomes_what_it_says():
    environ = {
        "PORT": " 8080 ",
        "EMAIL_USE_TLS": "No",
        "AGGREGATE_TURNOVER": "50000000.50",
        "ALLOWED_HOSTS": "a.example, b.example,",
        "TRUSTED_PROXIES": "10.0.0.0/8, ::1",
        "BOOKS_AT": "4:05",
        "LOG_LEVEL": "info",
    }
    assert environment.number("PORT", environ) == 8080
    assert environment.flag("EMAIL_USE_TLS", environ) is False
    assert environment.amount("AGGREGATE_TURNOVER", environ) == Decimal("50000000.50")
    assert environment.items("ALLOWED_HOSTS", environ) == ["a.example", "b.example"]
    assert environment.networks("TRUSTED_PROXIES", environ) == [ip_network("10.0.0.0/8"), ip_network("::1")]
    assert environment.clock("BOOKS_AT", environ) == time(4, 5)
    assert environment.clock("BOOKS_AT", {"BOOKS_AT": "OFF"}) is None
    assert environment.clock("BOOKS_AT", {}) == time(3)
    assert environment.text("LOG_LEVEL", environ) == "INFO"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("PORT", value) for value in ("0", "65536", "-1", "1.5", "٣", "0x50", "8000 # web", LONG)],
        *[("EMAIL_USE_TLS", value) for value in ("maybe", "2", "yes please")],
        *[("AGGREGATE_TURNOVER", value) for value in ("NaN", "Infinity", "-1", "5 crore", "1e400", LONG)],
        *[("TRUSTED_PROXIES", value) for value in ("10.0.0.1/8", "proxy.internal", "10.0.0.0/8 ::1")],
        *[
            ("PUBLIC_URL", value)
            for value in ("shop.example", "ftp://x", "https://", "https://u:p@x", "http://[")
        ],
        *[("PUBLIC_URL", value) for value in ("https://x:99999", "https://x?y", "https://a b")],
        *[("HOST", value) for value in ("http://x", "a b", "a,b")],
        *[("BOOKS_AT", value) for value in ("24:00", "3", "03:60", "03:00:00", "never")],
        ("LOG_LEVEL", "LOUD"),
        ("ALLOWED_HOSTS", "https://shop.example"),
        ("EINVOICE_TRANSPORT", "os"),
    ],
)
def test_what_cannot_be_is_told_with_the_name_of_the_variable(name: str, value: str):
    told = trouble({name: value})
    assert told.startswith(f"{name} is ")
    assert "it must be" in told
    assert len(told) < 400


@pytest.mark.parametrize(
    "value",
    [
        "postgresql://app:s3cr3t@x@host/db",
        "postgresql://app:s3cr3t/x@host/db",
        "postgresql://app:s3cr3t%zz@host/db",
        "postgresql://app:s3cr3t@host:port/db",
        "mysql://app:s3cr3t@host/db",
        "s3cr3t",
        "postgresql://app:s3cr3t@host/db?nonsense=1",
        "s3cr3t" * 20_000,
    ],
)
def test_a_database_address_that_cannot_be_read_shows_no_part_of_its_password(value: str):
    told = trouble({"DATABASE_URL": value})
    assert told.startswith("DATABASE_URL cannot be used; it must be an address such as postgresql://")
    assert "%40" in told
    assert "s3cr3t" not in told


def test_a_password_with_signs_in_it_is_read_when_it_is_written_with_percent_signs():
    from psycopg.conninfo import conninfo_to_dict

    url = "postgresql://app:p%40ss%2Fw%3Ao%23r%3Fd%25@host:5432/db"
    assert (
        conninfo_to_dict(environment.text("DATABASE_URL", {"DATABASE_URL": url}))["password"]
        == "p@ss/w:o#r?d%"
    )


def test_a_secret_may_come_from_a_file(tmp_path: Path):
    kept = tmp_path / "key"
    kept.write_bytes(b" with blanks \r\n")
    environ = {"SECRET_KEY_FILE": str(kept)}
    assert environment.text("SECRET_KEY", environ) == " with blanks "
    assert environment.is_set("SECRET_KEY", environ)
    link = tmp_path / "link"
    link.symlink_to(kept)
    assert environment.text("SECRET_KEY", {"SECRET_KEY_FILE": str(link)}) == " with blanks "
    # Of what is no secret no file is read.
    assert environment.text("HOST", {"HOST_FILE": str(kept)}) == "127.0.0.1"


def test_a_file_that_cannot_be_the_secret_is_told(tmp_path: Path):
    content = {"empty": b"\n", "binary": b"\xff\xfe", "huge": b"x" * 70_000}
    for name, raw in content.items():
        (tmp_path / name).write_bytes(raw)
    os.mkfifo(tmp_path / "pipe")
    for name, why in [
        ("empty", "is empty"),
        ("binary", "is not text in UTF-8"),
        ("huge", "is far too long"),
        ("pipe", "is no ordinary file"),
        ("", "cannot be read (Is a directory)"),
        ("nowhere", "cannot be read (No such file or directory)"),
    ]:
        assert why in trouble({"METRICS_TOKEN_FILE": str(tmp_path / name)})
    # The secret itself, put there by a slip.
    assert "s3cr3t" not in trouble({"SECRET_KEY_FILE": "s3cr3t" * 10})


def test_both_ways_at_once_are_refused(tmp_path: Path):
    (tmp_path / "key").write_text("x")
    environ = {"SECRET_KEY": "y", "SECRET_KEY_FILE": str(tmp_path / "key")}
    assert trouble(environ) == "Both SECRET_KEY and SECRET_KEY_FILE are set. Leave one of them out."


def test_a_value_that_is_put_in_replaces_the_file_that_gave_it(tmp_path: Path, monkeypatch):
    from finetune.core.postgres import urls_of

    (tmp_path / "key").write_text("k" * 50)
    environ = {"SECRET_KEY_FILE": str(tmp_path / "key"), "DATABASE_URL_FILE": "/nowhere", "HOST": "::1"}
    made = environment_for(tmp_path, urls_of(tmp_path), environ)
    assert environment.problems(made) == []
    assert (made["SECRET_KEY"], made["HOST"]) == ("k" * 50, "::1")
    monkeypatch.setenv("DATABASE_URL_FILE", "/nowhere")
    environment.put("DATABASE_URL", "postgresql:///x")
    assert environment.text("DATABASE_URL") == "postgresql:///x"
    os.environ.pop("DATABASE_URL")


def test_all_that_is_wrong_is_told_at_once_by_every_command(capsys, monkeypatch):
    monkeypatch.setenv("PORT", "http")
    monkeypatch.setenv("BOOKS_AT", "at night")
    assert cli.run(["backup"]) == 2
    told = capsys.readouterr().err.splitlines()
    assert told == [
        "PORT is 'http'; it must be a whole number from 1 to 65535.",
        "BOOKS_AT is 'at night'; it must be a time such as 03:00, or off.",
    ]
    with pytest.raises(SettingsTrouble):
        environment.refuse_malformed()


def test_the_table_is_shown_with_its_values_and_without_its_secrets(capsys, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "s3cr3t")
    monkeypatch.setenv("PORT", "8123")
    monkeypatch.setenv("FINETUNE_DEMO_PASWORD", "x")
    monkeypatch.setenv("DATABSE_URL", "x")
    assert cli.run(["settings"]) == 0
    told = capsys.readouterr()
    assert "  PORT = 8123\n" in told.out
    assert "SECRET_KEY = (set, not shown)" in told.out
    assert "s3cr3t" not in told.out + told.err
    assert (
        "FINETUNE_DEMO_PASWORD is set, and FineTune has no setting of that name. Is FINETUNE_DEMO_PASSWORD"
        in told.err
    )
    assert "Is DATABASE_URL meant?" in told.err
    monkeypatch.setenv("PORT", "x")
    assert cli.run(["settings"]) == 1
    assert "PORT is 'x'" in capsys.readouterr().err
    assert cli.run(["settings", "--json"]) == 2


def test_the_help_and_the_settings_do_not_wait_for_django_or_the_driver():
    shown = (
        "import sys; from finetune.ops import cli; cli.run(['help']); cli.run(['settings']);"
        "print(sorted({'django', 'environs'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", shown], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_database_that_is_away_or_empty_is_told_in_a_sentence():
    """By the commands that need it, in a process of its own as they are."""
    environ = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "x" * 50,
        "FINETUNE_ADMIN_PASSWORD": "a-horse-and-a-battery",
    }
    away = {**environ, "DATABASE_URL": "postgresql://app:s3cr3t@127.0.0.1:1/none"}
    for command in (["create-admin", "owner"], ["books"]):
        shown = [sys.executable, "-m", "finetune", *command]
        done = subprocess.run(shown, cwd=ROOT, env=away, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert "The database does not answer: " in done.stderr
        assert "Traceback" not in done.stderr
        assert "s3cr3t" not in done.stderr


def test_a_database_without_tables_is_told_in_a_sentence(django_db_setup):
    environ = {
        **{name: os.environ[name] for name in ("PATH", "SECRET_KEY", "FINETUNE_DATA_DIR")},
        "FINETUNE_ADMIN_PASSWORD": "a-horse-and-a-battery",
        "DATABASE_URL": owner_url("postgres"),
    }
    shown = [sys.executable, "-m", "finetune", "create-admin", "owner"]
    done = subprocess.run(shown, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "finetune migrate makes them" in done.stderr
