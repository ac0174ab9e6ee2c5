"""deploy/fly: one file for both groups of machines, and the page."""

import tomllib
from typing import Any

from tests.platforms.reading import (
    CLIENT,
    DEPLOY,
    MADE_UP,
    ROOT,
    answers_anybody,
    client_seen,
    complaints,
    unknown_commands,
    unknown_variables,
    words_of,
)

FILE = DEPLOY / "fly" / "fly.toml"
PAGE = ROOT / "docs" / "deployment" / "fly.md"
SECRETS = (
    "DATABASE_OWNER_URL",
    "DATABASE_URL",
    "SECRET_KEY",
    "FINETUNE_ADMIN_USERNAME",
    "FINETUNE_ADMIN_PASSWORD",
)


def app() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text())


def test_the_file_is_what_fly_documents():
    assert complaints("fly.json", FILE) == ""


def test_a_typing_mistake_is_found(tmp_path):
    file = tmp_path / "fly.toml"
    file.write_text(FILE.read_text().replace("force_https", "forced_https"))
    assert "forced_https" in complaints("fly.json", file)


def test_it_names_what_exists():
    read = app()
    assert (FILE.parent / read["build"]["dockerfile"]).resolve() == ROOT / "Dockerfile"
    assert (ROOT / "Dockerfile").is_file()
    assert unknown_commands(*read["processes"].values(), read["deploy"]["release_command"]) == []
    assert unknown_variables([*read["env"], *SECRETS]) == []


def test_each_group_runs_its_own(client, db):
    read = app()
    assert {name: words_of(line) for name, line in read["processes"].items()} == {
        "web": ["serve"],
        "worker": ["worker"],
    }
    assert read["deploy"]["release_command"] == "finetune release"
    assert read["http_service"]["processes"] == ["web"]
    assert sorted(name for machine in read["vm"] for name in machine["processes"]) == sorted(
        read["processes"]
    )
    assert [answers_anybody(client, check["path"]) for check in read["http_service"]["checks"]] == [True]


def test_the_port_and_the_address_are_said_once_each():
    read = app()
    assert read["env"]["PORT"] == str(read["http_service"]["internal_port"])
    assert read["env"]["PUBLIC_URL"] == f"https://{read['app']}.fly.dev"


def test_requests_under_way_may_end():
    from finetune.ops.web_server import GRACE_SECONDS

    assert app()["kill_signal"] == "SIGTERM"
    assert app()["kill_timeout"] > GRACE_SECONDS


def test_whoever_asks_is_told_by_the_edge_alone(settings):
    """As documented of Fly.io: the last address in X-Forwarded-For is the app's own."""
    headers = {"Fly-Client-IP": CLIENT, "X-Forwarded-For": f"{MADE_UP}, {CLIENT}, 66.241.124.10"}
    assert client_seen(settings, app()["env"], "172.16.132.90", headers) == CLIENT


def test_the_page_tells_every_variable():
    page = PAGE.read_text()
    assert [name for name in (*app()["env"], *SECRETS) if f"`{name}`" not in page] == []
    assert "deploy/fly/fly.toml" in page
