"""The published description: whole, valid as far as we rely on it, and in step with what is kept in docs."""

import json
import re
import subprocess
import sys
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tests import published
from tests.house.source import ROOT

PROBLEM = {"$ref": "#/components/schemas/Problem"}


def walk(part: Any) -> Any:
    yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from walk(inner)


def test_it_is_served_to_anybody(db: None):
    answer = Client().get("/api/openapi.json")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == json.loads(json.dumps(published.document()))
    assert answer.json()["openapi"].startswith("3.1.")


def test_every_reference_leads_somewhere():
    for part in walk(published.document()):
        if isinstance(part, dict) and "$ref" in part:
            assert published.resolve(part)


def test_every_schema_uses_words_that_the_tests_understand():
    for _, _, operation in published.operations():
        for part in walk(
            [published.resolve(answer).get("content", {}) for answer in operation["responses"].values()]
        ):
            if isinstance(part, dict) and "type" in part and isinstance(part["type"], str):
                assert part.keys() <= published.KNOWN_WORDS, part


def test_operations_have_names_of_their_own():
    names = [operation["operationId"] for _, _, operation in published.operations()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("method", "path", "operation"), published.operations(), ids=lambda each: str(each)[:50]
)
def test_an_operation_is_told_whole(method: str, path: str, operation: dict[str, Any]):
    answers = operation["responses"]
    assert any(status < "400" for status in answers)
    for status, answer in answers.items():
        told = published.resolve(answer)
        assert "X-Request-Id" in told["headers"]
        if status >= "400":
            assert told["content"] == {"application/problem+json": {"schema": PROBLEM}}
    assert {"400", "404", "405", "503"} <= answers.keys()
    assert operation["security"] == [] or {"401", "403"} <= answers.keys()
    in_path = {each["name"] for each in operation["parameters"] if each["in"] == "path"}
    assert in_path == set(re.findall(r"{(\w+)}", path))
    headers = {each["name"] for each in operation["parameters"] if each["in"] == "header"}
    assert ("If-Match" in headers) == (method in ("PATCH", "DELETE") or path.endswith("/issue/"))
    if method == "POST" and not path.startswith("/api/auth/"):
        assert "Idempotency-Key" in headers
        assert {"409", "422"} <= answers.keys()
    for each in operation["parameters"]:
        assert {"type": "null"} not in each["schema"].get("anyOf", [])
        assert "examples" not in each, "a list of examples belongs into the schema"


def test_lists_are_pages():
    for method, path, operation in published.operations():
        names = {each["name"] for each in operation["parameters"] if each["in"] == "query"}
        if method == "GET" and "page_size" in names:
            schema = published.resolve(operation["responses"]["200"]["content"]["application/json"]["schema"])
            assert {"next", "previous", "results"} <= schema["properties"].keys(), path
            assert "cursor" in names


def test_the_two_ways_in():
    schemes = published.document()["components"]["securitySchemes"]
    assert schemes["BearerToken"] == {"type": "http", "scheme": "bearer"}
    assert (schemes["SessionCookie"]["type"], schemes["SessionCookie"]["in"]) == ("apiKey", "cookie")


def test_the_page_asks_no_other_host(db: None):
    page = Client().get("/api/docs")
    text = page.content.decode()
    assert page.status_code == 200
    assert "<title>FineTune API</title>" in text
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", text)
    for address in re.findall(r"(?:src|href)=\"(/static/[^\"]+)\"", text):
        assert Client().get(address).status_code == 200, address


def test_the_command_writes_and_compares(settings, tmp_path):
    settings.BASE_DIR = tmp_path / "finetune"
    (tmp_path / "docs").mkdir()
    with pytest.raises(CommandError, match="--write"):
        call_command("openapi", check=True)
    call_command("openapi", write=True)
    call_command("openapi", check=True)
    kept = tmp_path / "docs" / "openapi.json"
    assert json.loads(kept.read_text())["info"]["title"] == "FineTune"
    kept.write_text(kept.read_text().replace("FineTune", "FineTone"))
    with pytest.raises(CommandError):
        call_command("openapi", check=True)


def test_the_command_needs_no_database():
    environ = {"DJANGO_SETTINGS_MODULE": "finetune.settings", "SECRET_KEY": "x" * 50, "PATH": "",
               "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "django", "openapi"],
        check=False,
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["openapi"]
