"""`check --deploy` finds what makes a shop unsafe, all at once, and says what to set."""

import re
import secrets
from pathlib import Path

import pytest

from finetune.ops import cli
from finetune.ops.demo_password import users_with_demo_password
from finetune.ops.deploy_check import command
from finetune.ops.deploy_check.findings import CODES
from finetune.ops.deploy_check.of_database import of_database
from finetune.ops.deploy_check.of_settings import of_settings, what_is_wrong_with
from finetune.staff.actions import create_user
from tests import cast
from tests.conftest import owner_url

SAFE = {
    "DATABASE_URL": "postgresql://finetune_app:x@db.example/finetune?sslmode=verify-full",
    "SECRET_KEY": secrets.token_urlsafe(50),
    "PUBLIC_URL": "https://shop.example",
    "TRUSTED_PROXIES": "10.0.0.0/8",
}


def codes(**changed: str) -> list[str]:
    return [finding.code for finding in of_settings({**SAFE, **changed})]


def test_safe_settings_are_let_be():
    assert codes() == []
    assert codes(DATABASE_URL="", SECRET_KEY="") == []


def test_all_is_found_at_once():
    unsafe = {
        "DATABASE_URL": "postgresql://app:s3cr3t@db.internal/finetune",
        "PORT": "http",
        "ALLOWED_HOSTS": "shop.example, *",
    }
    found = list(of_settings(unsafe))
    assert [each.code for each in found] == [
        "settings",
        "secret_key",
        "allowed_hosts",
        "public_url",
        "database_tls",
    ]
    told = "\n".join(each.told(accepted=False) for each in found)
    assert "s3cr3t" not in told
    assert "PORT is 'http'" in told
    assert "db.internal" in told


@pytest.mark.parametrize(
    "key",
    [
        "",
        "short",
        "x" * 200,
        "0123456789" * 6,
        "correct horse " * 5,
        "not-secret: no shop is running on this folder yet",
        "django-insecure-45jpVUXa03QIIFPK43MYT6gOiJp3_7-1nTpzXOfunrj5NOUD9SnQecvHc2Z53LBvcDo",
        "only-for-tests-" + "x" * 50,
        "change-me-please-change-me-please-change-me-please-now",
        "replace this with 50 or more random characters of your own",
    ],
)
def test_a_key_that_can_be_guessed_is_found(key: str):
    assert what_is_wrong_with(key)
    assert codes(SECRET_KEY=key) == ["secret_key"]


def test_no_random_key_is_found():
    """Whatever people make them with: base 64, hexadecimal, digits alone."""
    for _ in range(500):
        for key in (secrets.token_urlsafe(50), secrets.token_hex(32), secrets.token_hex(256)):
            assert not what_is_wrong_with(key)
        assert not what_is_wrong_with("".join(secrets.choice("0123456789") for _ in range(50)))


@pytest.mark.parametrize("hosts", ["*", "a.example,*", ".com", ".in", "."])
def test_open_hosts_are_found(hosts: str):
    assert codes(ALLOWED_HOSTS=hosts) == ["allowed_hosts"]
    assert codes(ALLOWED_HOSTS="a.example,.b.example,healthcheck.railway.app") == []


@pytest.mark.parametrize("url", ["", "http://shop.example"])
def test_plain_http_is_found_and_then_no_proxy_is_asked_for(url: str):
    assert codes(PUBLIC_URL=url, TRUSTED_PROXIES="") == ["public_url"]


def test_nobody_or_everybody_as_proxy_is_found():
    assert codes(TRUSTED_PROXIES="") == ["trusted_proxies"]
    for everybody in ("0.0.0.0/0", "::/0", "10.0.0.0/8,0.0.0.0/1,128.0.0.0/1"):
        assert codes(TRUSTED_PROXIES=everybody) == ["trusted_proxies"]
    assert codes(TRUSTED_PROXIES="100.64.0.0/10,fdaa::/16,fd00::/8") == []


@pytest.mark.parametrize(
    ("address", "is_found"),
    [
        ("postgresql://u:p@db.example/d", True),
        ("postgresql://u:p@10.0.0.5/d", True),
        ("postgresql://u:p@postgres.railway.internal/d", True),
        ("postgresql://u:p@127.0.0.1,db.example/d", True),
        ("postgresql://u:p@db.example/d?sslmode=prefer", True),
        ("postgresql://u:p@/d?hostaddr=10.0.0.5", True),
        ("host=db.example user=u dbname=d", True),
        ("postgresql://u:p@db.example/d?sslmode=require", False),
        ("postgresql://u:p@db.example/d?sslmode=verify-full", False),
        ("postgresql://u:p@db.example/d?sslrootcert=system", False),
        ("postgresql://u:p@/d?host=/run/postgresql", False),
        ("postgresql:///d", False),
        ("postgresql://u:p@localhost,127.0.0.1,[::1]/d", False),
    ],
)
def test_a_remote_database_without_tls_is_found(address: str, is_found: bool):
    assert codes(DATABASE_URL=address) == ["database_tls"] * is_found
    assert codes(DATABASE_OWNER_URL=address, DATABASE_STANDBY_URL=address) == ["database_tls"] * 2 * is_found


def test_the_mode_may_come_from_postgresqls_own_variable(monkeypatch):
    monkeypatch.setenv("PGSSLMODE", "require")
    assert codes(DATABASE_URL="postgresql://u:p@db.example/d") == []


def found_in(url: str) -> list[str]:
    return [finding.code for finding in of_database(url)]


def test_who_owns_the_tables_is_found(own_database: str):
    app = owner_url(own_database).replace("finetune_owner", "finetune_app")
    assert found_in(app) == []
    assert found_in(owner_url(own_database)) == ["database_owner"]
    superuser = owner_url(own_database).replace("finetune_owner", "finetune_super")
    told = "\n".join(finding.wrong for finding in of_database(superuser))
    assert "finetune_super of DATABASE_URL is a superuser" in told


def test_tables_of_another_version_are_found(django_db_setup: None):
    assert found_in(owner_url("postgres")) == ["migrations"]


def test_a_database_that_does_not_answer_is_a_finding():
    finding = next(of_database("postgresql://app:s3cr3t@127.0.0.1:1/none"))
    assert finding.code == "database_unreachable"
    assert "refused" in finding.wrong
    assert "s3cr3t" not in finding.told(accepted=False)


def test_users_with_the_demos_password_are_found(db, settings):
    for username, is_active in (("admin", True), ("auditor", False)):
        fields = {"username": username, "name": "", "role": "system_admin", "is_active": is_active}
        create_user(actor=cast.SYSTEM, fields=fields, stores=[], password="finetune-demo")
    assert users_with_demo_password() == ["admin"]


def told_by_the_command(monkeypatch, capsys, *arguments: str, **environ: str) -> tuple[int, str, str]:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    status = cli.run(["check", "--deploy", *arguments])
    told = capsys.readouterr()
    return status, told.out, told.err


NO_DATABASE = {**SAFE, "DATABASE_URL": "postgresql://app:s3cr3t@127.0.0.1:1/none"}


def test_the_command_refuses_until_each_finding_is_accepted(monkeypatch, capsys):
    """Without a database all else is told, and nothing ends in a trace."""
    unsafe = {**NO_DATABASE, "ALLOWED_HOSTS": "*"}
    status, told, error = told_by_the_command(monkeypatch, capsys, **unsafe)
    assert (status, "Traceback" in told + error) == (1, False)
    assert re.findall(r"^[a-z]\S*$", told, re.M)[:2] == ["allowed_hosts", "database_unreachable"]
    assert "allowed_hosts, database_unreachable" in error
    status, told, error = told_by_the_command(monkeypatch, capsys, "--accept", "allowed_hosts")
    assert status == 1
    assert "allowed_hosts (accepted)" in told
    assert "database_unreachable" in error
    assert "allowed_hosts" not in error


def test_the_command_takes_codes_that_there_are(monkeypatch, capsys):
    for wrong in (
        ["--accept", "everything"],
        ["--accept"],
        ["--accept="],
        ["--fail-level", "ERROR"],
        ["now"],
    ):
        status, told, error = told_by_the_command(monkeypatch, capsys, *wrong)
        assert (status, told) == (2, "")
        assert "--accept" in error
    assert command.accepted_codes(["--deploy", "--accept=debug", "--accept", "security.W019"]) == {
        "debug",
        "security.W019",
    }


def test_a_setting_that_cannot_be_read_is_told_with_all_else(monkeypatch, capsys):
    malformed = {**NO_DATABASE, "PORT": "http", "SECRET_KEY": "short"}
    status, told, _error = told_by_the_command(monkeypatch, capsys, **malformed)
    assert status == 1
    assert re.findall(r"^[a-z]\S*$", told, re.M) == ["settings", "secret_key"]


def test_a_folder_without_a_shop_is_a_finding(monkeypatch, capsys, tmp_path):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    status, told, _error = told_by_the_command(monkeypatch, capsys, FINETUNE_DATA_DIR=str(tmp_path / "none"))
    assert status == 1
    assert "there is no shop in" in told
    assert not (tmp_path / "none").exists()


def test_every_code_is_on_the_page():
    page = (Path(__file__).parents[2] / "docs" / "security.md").read_text(encoding="utf-8")
    table = page.partition("### finetune check --deploy")[2].partition("Two are accepted")[0]
    assert re.findall(r"^\| `([a-z_]+)`", table, re.M) == list(CODES)
