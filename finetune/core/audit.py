"""Who changed what, when, in which request and why. Rows are added, never changed."""

import json
from typing import Any

from django.db import connection

from finetune.core.caller import Actor


def record(
    *,
    actor: Actor,
    verb: str,
    kind: str,
    object_id: int,
    reason: str = "",
    changes: dict[str, Any] | None = None,
) -> None:
    """Join the caller's transaction. `verb` as in the permission table, `changes` as {field: [old, new]}."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_auditrecord (user_id, request_id, verb, kind, object_id, reason, changes)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [
                actor.user_id,
                actor.request_id,
                verb,
                kind,
                object_id,
                reason,
                json.dumps(changes or {}, default=str),
            ],
        )
