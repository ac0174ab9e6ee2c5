"""The release step of Railway, Render and Fly.io, for real: from an empty database to a shop that serves."""

import json
import sys
import tomllib
from pathlib import Path

import psycopg
import pytest
import yaml

from tests.platforms.reading import DEPLOY, ROOT, command_for, plain_environment
from tests.platforms.running import free_port, run, started, wait_for
from tests.platforms.server import OWNER, Server

PASSWORD = "9f86d081884c7d659a2feaa0c55ad015"


def release_lines() -> dict[str, str]:
    railway = json.loads((DEPLOY / "railway" / "web" / "railway.json").read_text())
    render = yaml.safe_load((DEPLOY / "render" / "render.yaml").read_text())
    fly = tomllib.loads((DEPLOY / "fly" / "fly.toml").read_text())
    return {
        "railway": railway["deploy"]["preDeployCommand"][0],
        "render": render["services"][0]["preDeployCommand"],
        "fly": fly["deploy"]["release_command"],
    }


def environ(server: Server, database: str, **more: str) -> dict[str, str]:
    return plain_environment(
        **{
            "DATABASE_OWNER_URL": server.owner_url(database),
            "DATABASE_URL": server.url("shop_app", PASSWORD, database),
            "SECRET_KEY": "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
            "PUBLIC_URL": "https://shop.example",
            "HOST": "127.0.0.1",
            "TRUSTED_PROXIES": "100.64.0.0/10",
            "WEB_WORKERS": "1",
            "FINETUNE_ADMIN_USERNAME": "owner",
            "FINETUNE_ADMIN_PASSWORD": "a-horse-in-a-stable-7",
            **more,
        }
    )


@pytest.fixture(scope="module")
def released(server: Server) -> tuple[Server, str]:
    server.make_database("released")
    status, told = run(command_for(release_lines()["railway"]), environ(server, "released"), ROOT)
    assert status == 0, told
    return server, told


def test_all_three_call_the_same():
    assert set(release_lines().values()) == {"finetune release"}


def test_it_makes_tables_user_and_administrator(released):
    server, _told = released
    with psycopg.connect(server.url("shop_app", PASSWORD, "released")) as app:
        assert app.execute("SELECT username, role FROM staff_user").fetchall() == [("owner", "system_admin")]
        owner = app.execute(
            "SELECT tableowner FROM pg_tables WHERE tablename = 'invoicing_invoice'"
        ).fetchone()
        assert owner == (OWNER,)
        may = app.execute(
            "SELECT has_table_privilege('invoicing_invoice', 'INSERT'),"
            " has_table_privilege('invoicing_invoice', 'TRUNCATE')"
        ).fetchone()
        assert may == (True, False)


def test_the_next_release_finds_all_done_behind_the_entry_point_too(released):
    server, _told = released
    command = [sys.executable, "-m", "finetune", *release_lines()["fly"].split()]
    status, told = run(command, environ(server, "released"), ROOT)
    assert status == 0, told
    with psycopg.connect(server.url("shop_app", PASSWORD, "released")) as app:
        assert app.execute("SELECT count(*) FROM staff_user").fetchone() == (1,)


def test_then_it_serves(released, tmp_path: Path):
    server, _told = released
    port = free_port()
    values = environ(server, "released", PORT=str(port), FINETUNE_DATA_DIR=str(tmp_path))
    told = tmp_path / "told"
    with started(command_for("finetune serve"), values, ROOT, told) as process:
        wait_for(port, "/readyz", process, told)


def test_an_unsafe_shop_does_not_go_live(released):
    server, _told = released
    status, told = run(
        command_for("finetune release"), environ(server, "released", PUBLIC_URL="http://shop.example"), ROOT
    )
    assert status != 0
    assert "PUBLIC_URL" in told
