"""One action, one transaction: the key is looked up first and written with the effect."""

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import DatabaseError, transaction

from finetune.core.caller import Actor
from finetune.core.constraints import is_transient, refusal_for, sqlstate
from finetune.core.observing import count_retry
from finetune.core.refusals import Refusal
from finetune.core.statements import prepared_cursor

TRIES = 3


@dataclass(frozen=True, slots=True)
class Made:
    """What an action made: enough to read it again at any time, which is also what a replay needs."""

    kind: str
    ref: dict[str, Any]
    replayed: bool = False
    notes: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def id(self) -> int:
        return int(self.ref["id"])


ActionT = TypeVar("ActionT", bound=Callable[..., Made])


def one_transaction(action: ActionT) -> ActionT:
    """Run an action in a transaction of its own, at most three times where others were in its way.

    The wrapped function takes `actor` by name. Before it runs, the actor's name is known to the database's
    triggers and the idempotency key is held; a key that was used returns what it made. Afterwards the key is
    written.
    """

    @functools.wraps(action)
    def run(*, actor: Actor, **given: Any) -> Made:
        for attempt in range(1, TRIES + 1):
            try:
                with transaction.atomic():
                    earlier = _begin(actor)
                    if earlier is not None:
                        return earlier
                    made = action(actor=actor, **given)
                    if actor.key is not None:
                        _write_key(actor, made)
                return made
            except DatabaseError as error:
                if attempt < TRIES and (is_transient(error) or _lost_key_race(error)):
                    count_retry(sqlstate(error))
                    continue
                refusal = refusal_for(error)
                if refusal is None:
                    raise
                raise refusal from error
        raise AssertionError("unreachable")

    return run  # type: ignore[return-value]


def _begin(actor: Actor) -> Made | None:
    with prepared_cursor() as cursor:
        cursor.execute("SELECT * FROM core_begin(%s, %s, %s)", [actor.user_id, actor.request_id, actor.key])
        free, request_hash, kind, ref = cursor.fetchone()
    if not free:
        raise Refusal(
            409,
            "idempotency_in_progress",
            "The first request with this key is still running. Ask again shortly.",
            retry_after=1,
        )
    if kind is None:
        return None
    if bytes(request_hash) != actor.request_hash:
        raise Refusal(
            422,
            "idempotency_key_reused",
            "This key was used for another request. Make a new key for every new request.",
        )
    return Made(kind, json.loads(ref) if isinstance(ref, str) else ref, replayed=True)


def _write_key(actor: Actor, made: Made) -> None:
    with prepared_cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_idempotencykey (user_id, key, request_hash, kind, ref)"
            " VALUES (%s, %s, %s, %s, %s)",
            [actor.user_id, actor.key, actor.request_hash, made.kind, json.dumps(made.ref)],
        )


def _lost_key_race(error: DatabaseError) -> bool:
    diagnosis = getattr(error.__cause__, "diag", None)
    return diagnosis is not None and diagnosis.constraint_name == "core_idempotencykey_pkey"
