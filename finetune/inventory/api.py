"""Endpoints: /api/inventory-config/, /api/stock-ledgers/, /api/stock-entries/, /api/serials/,
/api/price-logs/."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from finetune.core.fields import Nothing, Reason
from finetune.core.http import Call, endpoint, path_id
from finetune.core.listing import PageOf, Row
from finetune.core.refusals import forbidden
from finetune.core.transactions import Made
from finetune.inventory import actions, queries
from finetune.inventory.records import WantedEntry
from finetune.inventory.rules import wanted_serials
from finetune.inventory.schemas import (
    ConfigIn,
    ConfigOut,
    ConfigPatch,
    ConfigQuery,
    EntryIn,
    EntryOut,
    EntryQuery,
    LedgerOut,
    LedgerQuery,
    PriceLogOut,
    PriceLogQuery,
    RollupOut,
    SerialEventOut,
    SerialEventQuery,
    SerialOut,
    SerialQuery,
)
from finetune.staff.permissions import permits

configs = Router(tags=["inventory"])
ledgers = Router(tags=["inventory"])
entries = Router(tags=["inventory"])
serials = Router(tags=["inventory"])
price_logs = Router(tags=["inventory"])


def _columns(given: Mapping[str, Any]) -> dict[str, Any]:
    """The contract's names to the table's."""
    return {"category_id" if name == "category" else name: value for name, value in given.items()}


def _shown_config(call: Call, status: int, row: Row, made: Made | None = None) -> HttpResponse:
    return call.answer(status, row, made=made, version=row.pop("version"))


@endpoint(configs, "GET", "/", verb="inventory_config.read", answers={200: PageOf[ConfigOut]})
def list_inventory_configs(call: Call, query: Query[ConfigQuery]) -> HttpResponse:
    """How the stock of categories is kept. A category that is not here inherits its parent's."""
    page = queries.configs(call.caller, query)
    for row in page.rows:
        del row["version"]
    return call.page(page)


@endpoint(configs, "POST", "/", verb="inventory_config.write", answers={201: ConfigOut})
def create_inventory_config(call: Call, body: ConfigIn) -> HttpResponse:
    """Say how the stock of a category, and of those below it, is kept. 409 `stock_on_hand` where units stand
    there that were entered the other way."""
    made = actions.create_config(actor=call.actor, fields=_columns(body.model_dump()))
    return _shown_config(call, 201, queries.config(call.caller, made.id), made)


@endpoint(configs, "GET", "/{row_id}/", verb="inventory_config.read", answers={200: ConfigOut})
def read_inventory_config(call: Call, row_id: str) -> HttpResponse:
    """One configuration."""
    config_id = path_id(row_id, "inventory configuration")
    return _shown_config(call, 200, queries.config(call.caller, config_id))


@endpoint(configs, "PATCH", "/{row_id}/", verb="inventory_config.write", answers={200: ConfigOut})
def change_inventory_config(call: Call, row_id: str, body: ConfigPatch) -> HttpResponse:
    """Change how the stock of a category is kept. 409 `stock_on_hand` as when it is made."""
    made = actions.change_config(
        actor=call.actor,
        config_id=path_id(row_id, "inventory configuration"),
        version=call.if_match,
        changes=_columns(body.model_dump(exclude_unset=True)),
    )
    return _shown_config(call, 200, queries.config(call.caller, made.id))


@endpoint(ledgers, "GET", "/", verb="stock.read", answers={200: PageOf[LedgerOut]}, may_lag=True)
def list_stock_ledgers(call: Call, query: Query[LedgerQuery]) -> HttpResponse:
    """What each of your stores has of each variant. `q` finds by SKU, barcode and name.

    Ordered by `sku`, `quantity`, `available`, `last_updated` or `id`.
    """
    return call.page(queries.ledgers(call.caller, query))


@endpoint(ledgers, "GET", "/rollup/", verb="stock.read", answers={200: PageOf[RollupOut]}, may_lag=True)
def list_stock_rollup(call: Call, query: Query[LedgerQuery]) -> HttpResponse:
    """What your stores have of each variant together. `low_stock` looks at the sum. Ordered by `sku` or
    `id`."""
    return call.page(queries.rollup(call.caller, query))


@endpoint(entries, "GET", "/", verb="stock.read", answers={200: PageOf[EntryOut]}, may_lag=True)
def list_stock_entries(call: Call, query: Query[EntryQuery]) -> HttpResponse:
    """Movements in your stores. Dates are days in India. Ordered by `created_at` or `id`."""
    return call.page(queries.entries(call.caller, query))


@endpoint(entries, "POST", "/", verb="stock.post", answers={201: EntryOut})
def post_stock_entry(call: Call, body: EntryIn) -> HttpResponse:
    """Move stock by hand. It waits for approval where the category asks for that."""
    if not permits(call.caller.role, f"stock.post.{body.entry_type}"):
        raise forbidden(f"Your role ({call.caller.role}) may not post a {body.entry_type}.")
    wanted = WantedEntry(
        entry_type=body.entry_type,
        variant_id=body.product_variant,
        quantity=body.quantity,
        serial_numbers=wanted_serials(body.serial_numbers),
        unit_price=body.unit_price,
        booking_id=body.booking,
        reason=body.reason,
        reference=body.reference,
    )
    made = actions.post_entry(actor=call.actor, store_id=body.store, wanted=wanted)
    return _shown_entry(call, 201, made)


def _shown_entry(call: Call, status: int, made: Made) -> HttpResponse:
    return call.answer(status, queries.entry(call.caller, made.id), made=made)


@endpoint(entries, "GET", "/{row_id}/", verb="stock.read", answers={200: EntryOut})
def read_stock_entry(call: Call, row_id: str) -> HttpResponse:
    """One movement."""
    return call.answer(200, queries.entry(call.caller, path_id(row_id, "stock entry")))


@endpoint(entries, "POST", "/{row_id}/approve/", verb="stock.approve", answers={200: EntryOut})
def approve_stock_entry(call: Call, row_id: str, body: Nothing) -> HttpResponse:
    """Post an entry that waits and that somebody else entered. 403 `self_approval`, 409 `not_pending`."""
    made = actions.approve_entry(actor=call.actor, entry_id=path_id(row_id, "stock entry"))
    return _shown_entry(call, 200, made)


@endpoint(entries, "POST", "/{row_id}/reject/", verb="stock.reject", answers={200: EntryOut})
def reject_stock_entry(call: Call, row_id: str, body: Reason) -> HttpResponse:
    """Turn down an entry that waits; your own, or as a head. 409 `not_pending`."""
    entry_id = path_id(row_id, "stock entry")
    made = actions.reject_entry(actor=call.actor, entry_id=entry_id, reason=body.reason)
    return _shown_entry(call, 200, made)


@endpoint(entries, "POST", "/{row_id}/reverse/", verb="stock.reverse", answers={201: EntryOut})
def reverse_stock_entry(call: Call, row_id: str, body: Reason) -> HttpResponse:
    """Write the opposite of a posted entry, once, and answer it. 409 `already_reversed`, `not_reversible`,
    `posted_by_document`."""
    entry_id = path_id(row_id, "stock entry")
    made = actions.reverse_entry(actor=call.actor, entry_id=entry_id, reason=body.reason)
    return _shown_entry(call, 201, made)


@endpoint(serials, "GET", "/", verb="stock.read", answers={200: PageOf[SerialOut]})
def list_serials(call: Call, query: Query[SerialQuery]) -> HttpResponse:
    """Units in your stores. Ordered by `serial_no` or `id`."""
    return call.page(queries.serials(call.caller, query))


@endpoint(serials, "GET", "/{row_id}/", verb="stock.read", answers={200: SerialOut})
def read_serial(call: Call, row_id: str) -> HttpResponse:
    """One unit."""
    return call.answer(200, queries.serial(call.caller, path_id(row_id, "serial number")))


@endpoint(serials, "GET", "/{row_id}/history/", verb="stock.read", answers={200: PageOf[SerialEventOut]})
def list_serial_events(call: Call, row_id: str, query: Query[SerialEventQuery]) -> HttpResponse:
    """All that happened to a unit, wherever it did."""
    return call.page(queries.serial_history(call.caller, path_id(row_id, "serial number"), query))


@endpoint(price_logs, "GET", "/", verb="price_log.read", answers={200: PageOf[PriceLogOut]}, may_lag=True)
def list_price_logs(call: Call, query: Query[PriceLogQuery]) -> HttpResponse:
    """Changes of prices. Those of cost are there for who may see cost. Ordered by `date_changed` or `id`."""
    return call.page(queries.price_logs(call.caller, query))
