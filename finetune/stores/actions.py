"""Open a store and change what is known of it."""

from collections.abc import Mapping
from typing import Any

from finetune.core.caller import Actor
from finetune.core.masters import change_row, create_row, lock_row
from finetune.core.refusals import invalid
from finetune.core.transactions import Made, one_transaction
from finetune.stores.models import Store
from finetune.stores.rules import store_problems


@one_transaction
def create_store(*, actor: Actor, fields: Mapping[str, Any]) -> Made:
    """Refuses 400 for a GSTIN of another State, 409 for a code that is taken."""
    refuse_contradictions(fields)
    row = create_row(Store, actor=actor, verb="store.write", kind="store", fields=fields)
    return Made("store", {"id": row.pk})


@one_transaction
def change_store(*, actor: Actor, store_id: int, version: str | None, changes: Mapping[str, Any]) -> Made:
    """As `create_store`, asked of the record as it would become. Documents keep the snapshot they have."""
    store = lock_row(Store, store_id, what="store", version=version)
    refuse_contradictions({"gstin": store.gstin, "state_code": store.state_code, **changes})
    change_row(store, actor=actor, verb="store.write", kind="store", changes=changes)
    return Made("store", {"id": store.pk})


def refuse_contradictions(record: Mapping[str, Any]) -> None:
    if problems := store_problems(record):
        raise invalid(problems)
