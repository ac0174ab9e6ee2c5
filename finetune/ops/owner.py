"""The two users of a database: the one that serves, and the owner, as whom a few commands work."""

from __future__ import annotations

from finetune.core import environment

_serving: list[str] = []


def become_owner() -> None:
    """Work as DATABASE_OWNER_URL from here on, where that is set. Before Django's settings are loaded."""
    owner = environment.text("DATABASE_OWNER_URL")
    if owner:
        _serving[:] = [environment.text("DATABASE_URL")]
        environment.put("DATABASE_URL", owner)


def serving_url() -> str:
    """DATABASE_URL as it was set; empty where one user does everything."""
    return _serving[0] if _serving else ""
