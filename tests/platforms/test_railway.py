"""deploy/railway: one file for each service, the variables to paste, and the page."""

import json
import re
from typing import Any

import pytest

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
    variables_of,
    words_of,
)

FOLDER = DEPLOY / "railway"
PAGE = ROOT / "docs" / "deployment" / "railway.md"
SERVICES = ("web", "worker")
# What a reference may name: https://docs.railway.com/databases/postgresql lists the database's variables.
OF_POSTGRES = {"DATABASE_URL", "PGHOST", "PGPORT", "PGDATABASE"}


def service(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((FOLDER / name / "railway.json").read_text())
    return read


def variables(name: str) -> dict[str, str]:
    return variables_of(FOLDER / name / "variables.env")


@pytest.mark.parametrize("name", SERVICES)
def test_the_file_is_what_railway_documents(name):
    assert complaints("railway.json", FOLDER / name / "railway.json") == ""


def test_a_typing_mistake_and_seconds_in_quotes_are_found(tmp_path):
    wrong = service("web")
    wrong["deploy"] |= {"drainingSeconds": "20", "helthcheckPath": "/readyz"}
    file = tmp_path / "railway.json"
    file.write_text(json.dumps(wrong))
    told = complaints("railway.json", file)
    assert "helthcheckPath" in told
    assert "'20' is not of type" in told


@pytest.mark.parametrize("name", SERVICES)
def test_it_names_what_exists(name):
    read = service(name)
    assert (ROOT / read["build"]["dockerfilePath"]).is_file()
    deploy = read["deploy"]
    assert unknown_commands(deploy["startCommand"], *deploy.get("preDeployCommand", [])) == []
    assert unknown_variables(variables(name)) == []


def test_each_service_runs_its_own(client, db):
    web, worker = service("web")["deploy"], service("worker")["deploy"]
    assert words_of(web["startCommand"]) == ["serve"]
    assert words_of(worker["startCommand"]) == ["worker"]
    assert web["preDeployCommand"] == ["finetune release"]
    # Only the web service migrates, and only it has a health path: the worker listens on nothing.
    assert not {"preDeployCommand", "healthcheckPath"} & set(worker)
    assert answers_anybody(client, web["healthcheckPath"])


def test_references_lead_somewhere():
    for name in SERVICES:
        for value in variables(name).values():
            for reference in re.findall(r"\$\{\{(.*?)\}\}", value):
                owner, _, variable = reference.rpartition(".")
                if owner == "Postgres":
                    assert variable in OF_POSTGRES
                elif owner == "web":
                    assert variable in variables("web")
                else:
                    assert reference == "RAILWAY_PUBLIC_DOMAIN"
    assert set(variables("worker")) <= set(variables("web"))


def test_both_addresses_ask_for_tls_and_name_two_users():
    given = variables("web")
    assert given["DATABASE_OWNER_URL"].endswith("?sslmode=require")
    assert given["DATABASE_URL"].endswith("?sslmode=require")
    assert given["DATABASE_URL"].startswith("postgresql://finetune_app:")


def test_whoever_asks_is_told_by_the_edge_alone(settings):
    """As reported of Railway: its edge strips what a client forges, and appends an address of its own that changes."""
    headers = {"X-Real-IP": CLIENT, "X-Forwarded-For": f"{MADE_UP}, {CLIENT}, 152.233.33.161"}
    assert client_seen(settings, variables("web"), "100.64.0.3", headers) == CLIENT


def test_the_page_tells_every_variable_and_the_right_paths():
    page = PAGE.read_text()
    assert [name for name in variables("web") if f"`{name}`" not in page] == []
    for name in SERVICES:
        assert f"`/deploy/railway/{name}/railway.json`" in page
        assert f"`deploy/railway/{name}/variables.env`" in page
    for name, value in variables("web").items():
        if name in ("PORT", "TRUSTED_PROXIES", "CLIENT_ADDRESS_HEADER", "WEB_WORKERS", "PUBLIC_URL"):
            assert f"`{name}` | `{value}`" in page
