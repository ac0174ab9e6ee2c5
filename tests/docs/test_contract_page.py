"""docs/integration-contract.md names every endpoint that is published, and none that is not."""

import re
from pathlib import Path

from finetune.mount import api

PAGE = (Path(__file__).parents[2] / "docs" / "integration-contract.md").read_text()
NAMED = {re.sub(r"\{[a-z_]+\}", "{}", path) for path in re.findall(r"/api/[a-z0-9/{}_-]+", PAGE)}


def published() -> set[str]:
    return {
        re.sub(r"\{[a-z_]+\}", "{}", path) for path in api.get_openapi_schema(path_prefix="/api/")["paths"]
    }


def test_every_published_path_is_named():
    assert not sorted(published() - NAMED)


def test_every_named_path_is_published():
    known = published() | {"/api/", "/api/auth/", "/api/openapi", "/api/docs"}
    assert not sorted(path for path in NAMED if path not in known)
