"""Stock: what the stores have of each variant, each store's shelves, and why a shelf holds what it holds."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from finetune.core.caller import Caller
from finetune.core.listing import ListQuery, Page, Row
from finetune.core.refusals import invalid_field
from finetune.inventory import queries as inventory
from finetune.inventory.rules import stock_level
from finetune.inventory.schemas import LedgerQuery
from finetune.reports import explain
from finetune.reports.exports import one_snapshot
from finetune.web.goods import queries
from finetune.web.goods.names import Names, names_of
from finetune.web.goods.words import movement_words
from finetune.web.shell.forms import Field
from finetune.web.shell.lists import Column, ListPage, Total, show_list
from finetune.web.shell.visit import Visit, id_of, page

UNITS_SHOWN = 60
TABS = (
    (gettext_lazy("By item"), "/stock/"),
    (gettext_lazy("By store"), "/stock/ledgers/"),
)
EMPTY = gettext_lazy("Stock comes in by a purchase: scan a box in under Movements.")


def category_choices(all_words: Any) -> list[tuple[str, Any]]:
    return [("", all_words), *((str(each["id"]), each["path"]) for each in queries.category_tree())]


def _filters() -> tuple[Field, ...]:
    return (
        Field("category", gettext_lazy("Category"), "choice", category_choices(_("All categories"))),
        Field(
            "low_stock",
            gettext_lazy("Show"),
            "choice",
            (("", gettext_lazy("All stock")), ("true", gettext_lazy("Low or out")), ("false", gettext_lazy("Enough"))),
        ),
    )  # fmt: skip


def _level(names: Names, row: Row) -> str:
    reorder_level = names.more("variant", row["product_variant"]).get("reorder_level")
    return stock_level(row["available"], reorder_level=reorder_level, shop_level=settings.LOW_STOCK_AT)


def _rollup(caller: Caller, query: LedgerQuery) -> Page:
    """The API's sums, with what each store has as `cells` and the item's name."""
    rows = inventory.rollup(caller, query)
    ids = [row["product_variant"] for row in rows.rows]
    names, cells = names_of(caller, variants=ids), queries.cells_of(caller, ids)
    for row in rows.rows:
        row["name"] = names.of("variant", row["product_variant"])
        row["level"] = _level(names, row)
        row["cells"] = {
            store: cell for (variant, store), cell in cells.items() if variant == row["product_variant"]
        }
    return rows


def _ledgers(caller: Caller, query: LedgerQuery) -> Page:
    rows = inventory.ledgers(caller, query)
    names = names_of(
        caller,
        variants=[row["product_variant"] for row in rows.rows],
        stores=[row["store"] for row in rows.rows],
    )
    for row in rows.rows:
        row["name"] = names.of("variant", row["product_variant"])
        row["level"] = _level(names, row)
        row["store_code"] = names.code("store", row["store"])
    return rows


def _totals(by_store: bool) -> Any:
    def totals(caller: Caller, query: LedgerQuery) -> Sequence[Total]:
        sums = queries.stock_totals(caller, query, by_store=by_store)
        return (
            Total(gettext_lazy("Shelves") if by_store else gettext_lazy("Items"), sums["number"]),
            Total(gettext_lazy("On hand"), sums["quantity"]),
            Total(gettext_lazy("Reserved"), sums["reserved"]),
            Total(gettext_lazy("Low or out"), sums["low"]),
        )

    return totals


def _variant_link(row: Row) -> str:
    return f"/catalogue/{row['product_variant']}/"


def _ledger_link(row: Row) -> str:
    return f"/stock/{row['id']}/"


ITEM = Column(gettext_lazy("Item"), "name", link=_variant_link)
SKU = Column(gettext_lazy("SKU"), "sku", kind="code", ordering="sku", is_quiet=True)
LEVEL = Column(gettext_lazy("Level"), "level", kind="status")

ROLLUP = ListPage(
    title=gettext_lazy("Stock"),
    path="/stock/",
    query=LedgerQuery,
    read=_rollup,
    search=gettext_lazy("Scan or type a SKU, barcode or name"),
    empty=EMPTY,
    tabs=TABS,
    new=(gettext_lazy("Receive or move"), "/stock/entries/new/", "stock.post"),
    totals=_totals(by_store=False),
    template="web/goods/list.html",
    columns=(),
)
LEDGERS = replace(
    ROLLUP,
    path="/stock/ledgers/",
    read=_ledgers,
    totals=_totals(by_store=True),
    columns=(
        Column(gettext_lazy("Item"), "name", link=_ledger_link),
        SKU,
        Column(gettext_lazy("Store"), "store_code"),
        Column(gettext_lazy("On hand"), "quantity", kind="count", ordering="quantity"),
        Column(gettext_lazy("Reserved"), "reserved", kind="count", is_quiet=True),
        Column(gettext_lazy("Available"), "available", kind="count", ordering="available"),
        LEVEL,
        Column(gettext_lazy("Last moved"), "last_updated", kind="instant", ordering="last_updated", is_quiet=True),
    ),
)  # fmt: skip


def _store_column(store: Row) -> Column:
    """What one store has, which leads to why; what is reserved of it stands below."""

    def cell(row: Row) -> Row:
        return row["cells"].get(store["id"]) or {}

    def reserved(row: Row) -> str:
        units = cell(row).get("reserved")
        return _("%(units)s reserved") % {"units": units} if units else ""

    return Column(
        store["code"],
        lambda row: cell(row).get("quantity"),
        kind="count",
        link=lambda row: _ledger_link(cell(row)) if cell(row) else "",
        note=reserved,
    )


@page("stock.read", may_lag=True)
def list_stock(visit: Visit) -> HttpResponse:
    """Items down, stores across; of the one store that somebody looks at, its shelves' own numbers."""
    stores = [store for store in visit.stores if visit.store_id in (None, store["id"])]
    columns = (
        ITEM,
        SKU,
        *map(_store_column, stores),
        Column(gettext_lazy("On hand"), "quantity", kind="count") if len(stores) > 1 else None,
        Column(gettext_lazy("Reserved"), "reserved", kind="count", is_quiet=True),
        Column(gettext_lazy("Available"), "available", kind="count"),
        LEVEL,
    )
    spec = replace(ROLLUP, columns=tuple(each for each in columns if each is not None), filters=_filters())
    return show_list(visit, spec, is_matrix=True)


@page("stock.read", may_lag=True)
def list_ledgers(visit: Visit) -> HttpResponse:
    return show_list(visit, replace(LEDGERS, filters=_filters()))


@page("stock.read")
def show_ledger(visit: Visit, ledger_id: str) -> HttpResponse:
    """Why this quantity: every posted entry with the balance it left, and the sum that proves it."""
    query = _paging(visit)
    with one_snapshot():
        ledger = explain.ledger_with_proof(visit.caller, id_of(ledger_id, "stock ledger"))
        rows = explain.entries_of_ledger(visit.caller, ledger, query)
        units = (
            queries.units_on_hand(ledger["product_variant"], ledger["store"], limit=UNITS_SHOWN)
            if ledger["serials_on_hand"]
            else []
        )
        siblings = queries.cells_of(visit.caller, [ledger["product_variant"]])
        names = _names_of_ledger(visit.caller, ledger, rows)
    for row in rows.rows:
        row["words"] = movement_words(row["entry_type"], is_reversal=row["reversal_of"] is not None)
        row["document"] = names.document(row["id"], row["booking"])
        row["who"] = names.of("user", row["entered_by"])
        row["approver"] = names.of("user", row["approved_by"])
    opening, closing = explain.opening_and_closing(ledger, rows, query)
    return visit.render(
        "web/goods/ledger.html",
        ledger=ledger,
        item=names.of("variant", ledger["product_variant"]),
        store_code=names.code("store", ledger["store"]),
        store_name=names.of("store", ledger["store"]),
        level=_level(names, ledger),
        rows=rows.rows,
        opening=opening,
        closing=closing,
        newer=rows.previous,
        older=rows.next,
        units=units,
        units_more=max(0, ledger["serials_on_hand"] - len(units)),
        stores=_stores_with(visit, ledger, siblings),
    )


def _names_of_ledger(caller: Caller, ledger: Row, rows: Page) -> Names:
    return names_of(
        caller,
        variants=[ledger["product_variant"]],
        stores=[ledger["store"]],
        users=[row[name] for row in rows.rows for name in ("entered_by", "approved_by")],
        bookings=[row["booking"] for row in rows.rows],
        entries=[row["id"] for row in rows.rows],
    )


def _stores_with(visit: Visit, ledger: Row, cells: dict[tuple[int, int], Row]) -> list[Row]:
    """The item's shelves in all stores that the person may see, in the order of the stores."""
    found = [(store, cells.get((ledger["product_variant"], store["id"]))) for store in visit.stores]
    return [
        {"store": store, "cell": cell, "is_here": cell["id"] == ledger["id"]} for store, cell in found if cell
    ]


def _paging(visit: Visit) -> ListQuery:
    try:
        return ListQuery.model_validate(
            {name: value for name, value in visit.request.GET.items() if name == "cursor" and value}
        )
    except ValidationError:
        raise invalid_field("cursor", "invalid", _("This page is not there. Begin again.")) from None
