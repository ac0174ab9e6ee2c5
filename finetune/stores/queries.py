"""Reads of stores."""

from finetune.core.caller import Caller
from finetune.core.refusals import not_found
from finetune.stores.models import Store


def require_store(store_id: int, *, caller: Caller) -> None:
    """Refuses 404 on the field `store` for a store that is not there or that the caller may not see."""
    if not (caller.may_see_store(store_id) and Store.objects.filter(pk=store_id).exists()):
        raise not_found("store", field="store")
