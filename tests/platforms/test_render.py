"""deploy/render: a Blueprint for the database, one for web and worker, and the page."""

from typing import Any

import pytest
import yaml

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

FOLDER = DEPLOY / "render"
PAGE = ROOT / "docs" / "deployment" / "render.md"
FILES = ("database.yaml", "render.yaml")


def blueprint(name: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text())
    return read


def services() -> dict[str, dict[str, Any]]:
    return {each["type"]: each for each in blueprint("render.yaml")["services"]}


def variables(service: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["key"]: each for each in service["envVars"]}


@pytest.mark.parametrize("name", FILES)
def test_the_file_is_what_render_documents(name):
    assert complaints("render.json", FOLDER / name) == ""


def test_a_typing_mistake_is_found(tmp_path):
    wrong = blueprint("render.yaml")
    wrong["services"][0]["healthcheckPath"] = "/readyz"
    file = tmp_path / "render.yaml"
    file.write_text(yaml.safe_dump(wrong))
    assert "healthcheckPath" in complaints("render.json", file)


@pytest.mark.parametrize("kind", ["web", "worker"])
def test_it_names_what_exists(kind):
    service = services()[kind]
    assert service["runtime"] == "docker"
    assert (ROOT / service["dockerContext"] / service["dockerfilePath"]).is_file()
    commands = [service[name] for name in ("dockerCommand", "preDeployCommand") if name in service]
    assert unknown_commands(*commands) == []
    assert unknown_variables(variables(service)) == []


def test_each_service_runs_its_own(client, db):
    web, worker = services()["web"], services()["worker"]
    assert words_of(web["dockerCommand"]) == ["serve"]
    assert words_of(worker["dockerCommand"]) == ["worker"]
    assert web["preDeployCommand"] == "finetune release"
    assert "preDeployCommand" not in worker
    assert answers_anybody(client, web["healthCheckPath"])


def test_all_stand_in_one_region():
    regions = {each["region"] for name in FILES for part in blueprint(name).values() for each in part}
    assert regions == {"singapore"}


def test_the_worker_takes_its_values_from_the_web_service():
    web = services()["web"]
    for each in variables(services()["worker"]).values():
        source = each["fromService"]
        assert (source["type"], source["name"]) == ("web", web["name"])
        assert source["envVarKey"] == each["key"]
        assert each["key"] in variables(web)


def test_no_secret_stands_in_the_file():
    given = {name for name, each in variables(services()["web"]).items() if "value" in each}
    assert given == {"PORT", "CLIENT_ADDRESS_HEADER", "TRUSTED_PROXIES", "WEB_WORKERS"}


def test_whoever_asks_is_told_by_the_edge_alone(settings):
    """As reported of Render: what a client made up stays in front of X-Forwarded-For, Cloudflare and Render behind."""
    given = {name: each.get("value", "") for name, each in variables(services()["web"]).items()}
    headers = {
        "CF-Connecting-IP": CLIENT,
        "X-Forwarded-For": f"{MADE_UP},{CLIENT}, 172.71.95.118, 10.19.64.237",
    }
    for peer in ("10.19.64.237", "127.0.0.1"):
        assert client_seen(settings, given, peer, headers) == CLIENT


def test_the_page_tells_what_is_asked_for():
    page = PAGE.read_text()
    for name in variables(services()["web"]):
        assert f"`{name}`" in page
    for name in FILES:
        assert f"`deploy/render/{name}`" in page
