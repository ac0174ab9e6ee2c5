"""deploy/heroku: Heroku and Dokku. honcho starts the Procfile against a real PostgreSQL."""

import json
import re
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from finetune.core.postgres.processes import command_line
from tests.platforms.reading import (
    CLIENT,
    DEPLOY,
    MADE_UP,
    ROOT,
    answers_anybody,
    client_seen,
    complaints,
    plain_environment,
    unknown_commands,
    unknown_variables,
    words_of,
)
from tests.platforms.running import alive_with, free_port, run, started, status_of, wait_for
from tests.platforms.server import Server

FOLDER = DEPLOY / "heroku"
PAGE = ROOT / "docs" / "deployment" / "heroku.md"
PROCFILES = (FOLDER / "Procfile", FOLDER / "dokku" / "Procfile")
HONCHO = [sys.executable, "-m", "honcho", "start"]
COPIED = ("Procfile", "app.json", "requirements.txt", ".python-version", ".slugignore")
# The longest that honcho waits before it kills is five seconds; Heroku waits thirty, Dokku as long.
HONCHO_WAITS = 5.0


def app() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((FOLDER / "app.json").read_text())
    return read


def lines(procfile: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z]+): (.*)$", procfile.read_text(), re.M))


def test_the_file_is_what_heroku_and_dokku_document():
    assert complaints("heroku.json", FOLDER / "app.json") == ""


def test_a_typing_mistake_is_found(tmp_path):
    file = tmp_path / "app.json"
    file.write_text((FOLDER / "app.json").read_text().replace('"generator"', '"generatr"'))
    assert "generatr" in complaints("heroku.json", file)


@pytest.mark.parametrize("procfile", PROCFILES, ids=["heroku", "dokku"])
def test_a_procfile_names_what_exists(procfile):
    read = lines(procfile)
    assert set(read) == {"web", "worker", "release"}
    assert unknown_commands(*read.values()) == []
    assert (words_of(read["web"]), words_of(read["worker"])) == (["serve"], ["worker"])
    assert words_of(read["release"])[0] == "release"
    assert set(app()["formation"]) == {"web", "worker"}


def test_its_variables_exist_and_its_health_path_answers(client, db):
    assert unknown_variables(app()["env"]) == []
    assert [answers_anybody(client, check["path"]) for check in app()["healthchecks"]["web"]] == [True]


def test_no_secret_stands_in_the_file():
    assert [name for name, each in app()["env"].items() if "value" in each and "SECRET" in name] == []
    assert app()["env"]["SECRET_KEY"]["generator"] == "secret"


def test_the_buildpack_finds_hashed_requirements_and_a_python_that_is_supported():
    [line] = (FOLDER / "requirements.txt").read_text().splitlines()
    option, path = line.split()
    assert option == "-r"
    assert "--hash=sha256:" in (ROOT / path).read_text()
    version = (FOLDER / ".python-version").read_text().strip()
    project = (ROOT / "pyproject.toml").read_text()
    assert f'requires-python = ">={version}"' in project


def test_what_is_left_out_of_the_slug_is_not_needed():
    for name in (FOLDER / ".slugignore").read_text().split():
        assert name in ("/bench", "/docs", "/tests")


@pytest.mark.parametrize(
    ("peer", "networks"), [("10.1.34.97", "10.0.0.0/8"), ("172.17.0.1", "172.16.0.0/12")]
)
def test_whoever_asks_is_told_by_the_router_alone(settings, peer, networks):
    """Heroku's routers append the client; Dokku's nginx sends it alone."""
    assert f"TRUSTED_PROXIES={networks}" in PAGE.read_text()
    variables = {"TRUSTED_PROXIES": networks}
    for forwarded in (CLIENT, f"{MADE_UP}, {CLIENT}"):
        assert client_seen(settings, variables, peer, {"X-Forwarded-For": forwarded}) == CLIENT


def test_the_page_tells_every_variable_and_copies_every_file():
    page = PAGE.read_text()
    assert [name for name in app()["env"] if name not in page] == []
    for name in COPIED:
        assert (FOLDER / name).is_file()
        assert f"deploy/heroku/{name} " in page
    for name, each in app()["env"].items():
        if "value" in each:
            assert f"{name}={each['value']}" in page


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The top of the repository as the page makes it, as far as processes need it."""
    folder = tmp_path_factory.mktemp("branch")
    for name in COPIED:
        shutil.copy(FOLDER / name, folder / name)
    for name in ("finetune", "requirements", "pyproject.toml"):
        (folder / name).symlink_to(ROOT / name)
    return folder


@pytest.fixture(scope="module")
def environ(server: Server, branch: Path) -> dict[str, str]:
    """The app's own, on an empty database whose only user is its owner."""
    server.make_database("heroku", may_make_users=False)
    given = {name: each["value"] for name, each in app()["env"].items() if "value" in each}
    return plain_environment(
        **given
        | {
            "HOST": "127.0.0.1",
            "DATABASE_URL": server.owner_url("heroku"),
            "PGSSLMODE": "prefer",  # over a socket there is no TLS to require
            "SECRET_KEY": "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
            "PUBLIC_URL": "https://shop.example",
            "FINETUNE_ADMIN_USERNAME": "owner",
            "FINETUNE_ADMIN_PASSWORD": "a-horse-in-a-stable-7",
            "FINETUNE_DATA_DIR": str(branch / "var"),
        }
    )


@pytest.fixture(scope="module")
def released(environ: dict[str, str], branch: Path) -> str:
    """The release line, alone, as the platforms run it: honcho ends all when one ends."""
    status, told = run([*HONCHO, "release"], environ, branch)
    assert status == 0, told
    return told


def test_the_only_user_is_accepted_in_so_many_words(released, environ, branch):
    assert "database_owner (accepted)" in released
    status, told = run([sys.executable, "-m", "finetune", "check", "--deploy"], environ, branch)
    assert status != 0
    assert "database_owner" in told


def test_honcho_starts_the_procfile(released, environ, branch):
    port = free_port()
    told = branch / "told"
    with started([*HONCHO, "--port", str(port), "web", "worker"], environ, branch, told) as process:
        wait_for(port, "/readyz", process, told)
        mark = f"FINETUNE_DATA_DIR={environ['FINETUNE_DATA_DIR']}"
        running = [command_line(pid)[-1] for pid in alive_with(mark)]
        assert {"serve", "worker"} <= set(running)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        assert time.monotonic() - began < HONCHO_WAITS + 1
    assert status_of(port, "/healthz") is None
    assert alive_with(mark) == []
    assert "sending SIGKILL" not in told.read_text()
