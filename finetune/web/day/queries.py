"""What the pages of the day end read beside the API's own sessions."""

from collections.abc import Iterable
from typing import Final

from finetune.core.caller import Caller
from finetune.core.listing import Row, rows_of
from finetune.drawers.queries import SESSIONS

_OPEN: Final = f"""SELECT {SESSIONS.select} FROM {SESSIONS.source}
WHERE s.closed_at IS NULL AND ({SESSIONS.scope})"""

_NAMES: Final = """SELECT id, coalesce(nullif(name, ''), username) AS name FROM staff_user
WHERE id = ANY(%(ids)s)"""


def open_sessions(caller: Caller) -> dict[int, Row]:
    """The open session of each store that the caller may see, by store: one at most."""
    rows = rows_of(_OPEN, {"stores": caller.stores_param})
    return {row["store"]: row for row in rows}


def with_names(sessions: Iterable[Row]) -> list[Row]:
    """Sessions with what those are called who opened and closed them and moved cash."""
    rows = list(sessions)
    ids = {row["opened_by"] for row in rows} | {row["closed_by"] for row in rows}
    ids |= {each["moved_by"] for row in rows for each in row.get("movements", ())}
    found = rows_of(_NAMES, {"ids": sorted(ids - {None})}) if rows else []
    names = {row["id"]: row["name"] for row in found}
    return [
        {
            **row,
            "opener": names.get(row["opened_by"], ""),
            "closer": names.get(row["closed_by"], ""),
            "movements": [
                {**each, "mover": names.get(each["moved_by"], "")} for each in row.get("movements", ())
            ],
        }
        for row in rows
    ]
