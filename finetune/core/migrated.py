"""Whether a database is up to date, found out without loading Django: a start asks it every time."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

# Of Django's own rooms; the settings' list of rooms is held against this one by a test.
DJANGO_ROOMS = ("auth", "contenttypes", "sessions")


def migrations_here() -> frozenset[tuple[str, str]]:
    """Room and name of each migration that came with this FineTune and its Django."""
    django, finetune = _folder_of("django"), _folder_of("finetune")
    folders = {room: django / "contrib" / room / "migrations" for room in DJANGO_ROOMS}
    folders |= {folder.parent.name: folder for folder in finetune.glob("*/migrations")}
    return frozenset(
        (room, file.stem) for room, folder in folders.items() for file in folder.glob("[0-9]*.py")
    )


def is_up_to_date(url: str) -> bool:
    """Whether each of them was carried out there. Where that cannot be told, it was not."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            rows: list[Any] = connection.execute("SELECT app, name FROM django_migrations").fetchall()
    except psycopg.Error:
        return False
    return migrations_here() <= set(rows)


def _folder_of(package: str) -> Path:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent
