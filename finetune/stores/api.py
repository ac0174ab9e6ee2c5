"""Endpoints: /api/stores/."""

from django.http import HttpResponse
from ninja import Query, Router

from finetune.core.http import Call, endpoint, path_id
from finetune.core.listing import PageOf, Row
from finetune.core.transactions import Made
from finetune.stores import actions, queries
from finetune.stores.schemas import StoreIn, StoreOut, StorePatch, StoreQuery

stores = Router(tags=["stores"])


def _shown(call: Call, status: int, row: Row, made: Made | None = None) -> HttpResponse:
    return call.answer(status, row, made=made, version=row.pop("version"))


@endpoint(stores, "GET", "/", verb="store.read", answers={200: PageOf[StoreOut]})
def list_stores(call: Call, query: Query[StoreQuery]) -> HttpResponse:
    """Your stores. Ordered by `code`, `name` or `id`."""
    page = queries.stores(call.caller, query)
    for row in page.rows:
        del row["version"]
    return call.page(page)


@endpoint(stores, "POST", "/", verb="store.write", answers={201: StoreOut})
def create_store(call: Call, body: StoreIn) -> HttpResponse:
    """Open a store."""
    made = actions.create_store(actor=call.actor, fields=body.model_dump())
    return _shown(call, 201, queries.store(call.caller, made.id), made)


@endpoint(stores, "GET", "/{row_id}/", verb="store.read", answers={200: StoreOut})
def read_store(call: Call, row_id: str) -> HttpResponse:
    """One store."""
    return _shown(call, 200, queries.store(call.caller, path_id(row_id, "store")))


@endpoint(stores, "PATCH", "/{row_id}/", verb="store.write", answers={200: StoreOut})
def change_store(call: Call, row_id: str, body: StorePatch) -> HttpResponse:
    """Change some fields of a store. Documents that were issued keep what they say."""
    made = actions.change_store(
        actor=call.actor,
        store_id=path_id(row_id, "store"),
        version=call.if_match,
        changes=body.model_dump(exclude_unset=True),
    )
    return _shown(call, 200, queries.store(call.caller, made.id))
