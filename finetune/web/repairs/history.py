"""The audit of a record as sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from finetune.core.listing import Row
from finetune.web.repairs.words import FIELD_WORDS
from finetune.web.words import STATUS_WORDS


@dataclass(frozen=True, slots=True)
class Change:
    """What was done, with the fields that became something else as (name, before, after)."""

    at: datetime
    who: str
    words: str
    reason: str
    fields: list[tuple[Any, str, str]]


def changes_of(rows: list[Row], *, made_words: str) -> list[Change]:
    return [_change(row, made_words) for row in rows]


def _change(row: Row, made_words: str) -> Change:
    changes: Mapping[str, list[Any]] = row["changes"]
    words, fields = _words(row, changes, made_words)
    return Change(row["at"], row["who"] or _("The system"), words, row["reason"], fields)


def _words(row: Row, changes: Mapping[str, list[Any]], made_words: str) -> tuple[str, list[Any]]:
    if row["verb"] == "booking.transition":
        before, after = changes["status"]
        names = {"before": STATUS_WORDS[before], "after": STATUS_WORDS[after]}
        return _("%(before)s → %(after)s") % names, []
    if "photo" in changes:
        return (_("A photo was added") if changes["photo"][1] else _("A photo was removed")), []
    if "status_link" in changes:
        return _("The customer's link was %(done)s") % {
            "done": _("renewed") if changes["status_link"][1] == "renewed" else _("ended")
        }, []
    # A sale at the counter is written without saying each field.
    if not changes or "created_by_id" in changes or "is_walk_in" in changes or _is_first(changes):
        return made_words, []
    known = [
        (FIELD_WORDS[name], _text(was), _text(now))
        for name, (was, now) in changes.items()
        if name in FIELD_WORDS
    ]
    return _("Changed"), known


def _is_first(changes: Mapping[str, list[Any]]) -> bool:
    """A record that was just made had nothing before."""
    return "name" in changes and changes["name"][0] is None


def _text(value: Any) -> str:
    return "—" if value in (None, "") else str(value)
