"""Creating and changing a master record: the same few steps for each of them."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models

from finetune.core import audit
from finetune.core.caller import Actor
from finetune.core.dates import now
from finetune.core.models import Versioned
from finetune.core.refusals import Refusal, not_found

RowT = TypeVar("RowT", bound=models.Model)
VersionedT = TypeVar("VersionedT", bound=Versioned)

SECRET_FIELDS = frozenset({"password", "secret"})


def lock_row(model: type[VersionedT], row_id: int, *, what: str, version: str | None) -> VersionedT:
    """The row, locked for this transaction. Refuses 404, and 412 where If-Match names another version.

    Rows that refer to it may be written meanwhile: the lock is the one that foreign keys do not wait for.
    """
    row = model._default_manager.select_for_update(no_key=True).filter(pk=row_id).first()
    if row is None:
        raise not_found(what)
    refuse_stale(row.version, version)
    return row


def refuse_stale(present: int, expected: str | None) -> None:
    """`expected` is the value of If-Match: `*`, or entity tags in quotes, parted by commas."""
    if expected is None or expected.strip() == "*":
        return
    tags = {tag.strip().removeprefix("W/").strip('"') for tag in expected.split(",")}
    if str(present) not in tags:
        raise Refusal(
            412,
            "stale",
            "Somebody changed this since you read it. Read it again and repeat your change.",
            version=present,
        )


def create_row(model: type[RowT], *, actor: Actor, verb: str, kind: str, fields: Mapping[str, Any]) -> RowT:
    row = model._default_manager.create(**fields)
    shown = {name: [None, value] for name, value in fields.items() if name not in SECRET_FIELDS}
    audit.record(actor=actor, verb=verb, kind=kind, object_id=row.pk, changes=shown)
    return row


def change_row(row: VersionedT, *, actor: Actor, verb: str, kind: str, changes: Mapping[str, Any]) -> bool:
    """Write the fields that differ, raise the version, record who did it. False where nothing differs."""
    differing = {name: value for name, value in changes.items() if getattr(row, name) != value}
    if not differing:
        return False
    before = {name: getattr(row, name) for name in differing}
    for name, value in differing.items():
        setattr(row, name, value)
    row.version += 1
    row.updated_at = now()
    row.save(update_fields=[*differing, "version", "updated_at"])
    shown = {name: [before[name], value] for name, value in differing.items() if name not in SECRET_FIELDS}
    audit.record(actor=actor, verb=verb, kind=kind, object_id=row.pk, changes=shown)
    return True
