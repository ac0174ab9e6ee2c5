"""What `run` keeps in the data folder beside the database: the secret key, and where the demo stands."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from finetune.core import environment
from finetune.core.postgres import DatabaseUrls
from finetune.core.postgres.location import write_private

DEMO_WANTED = "demo-wanted"
DEMO_LOADED = "demo-loaded"


def secret_key(data: Path) -> str:
    """The key that signs sessions and tokens, made once and readable by its owner only."""
    kept = data / "secret-key"
    if not kept.exists():
        write_private(kept, secrets.token_urlsafe(50) + "\n")
    return kept.read_text(encoding="utf-8").strip()


def environment_for(
    data: Path, urls: DatabaseUrls, environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """The environment of everything that works on this folder's database."""
    values = {
        "DATABASE_URL": urls.app,
        "DATABASE_OWNER_URL": urls.owner,
        "FINETUNE_DATA_DIR": str(data),
        "SECRET_KEY": environment.text("SECRET_KEY", environ) or secret_key(data),
    }
    return environment.replaced(environ, values)


def demo_is_due(data: Path) -> bool:
    """Whether the demo was promised to this folder and is not (wholly) in it yet."""
    return (data / DEMO_WANTED).exists() and not (data / DEMO_LOADED).exists()


def promise_demo(data: Path) -> None:
    """Note, before the database is made, that this folder gets the demo: a crash must not forget it."""
    write_private(data / DEMO_WANTED, "")


def note_demo_loaded(data: Path) -> None:
    write_private(data / DEMO_LOADED, "")


def has_demo(data: Path) -> bool:
    return (data / DEMO_LOADED).exists()
