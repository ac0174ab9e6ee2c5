"""Units: find one by a scan, and read where it is and all that happened to it."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from finetune.core.caller import Caller
from finetune.core.listing import Page
from finetune.core.refusals import invalid_field
from finetune.core.strict_json import REFUSED_TEXT
from finetune.inventory import queries as inventory
from finetune.inventory.schemas import SerialEventQuery, SerialQuery
from finetune.web.goods import queries
from finetune.web.goods.names import names_of
from finetune.web.goods.words import movement_words
from finetune.web.shell.forms import Field
from finetune.web.shell.lists import Column, ListPage, show_list
from finetune.web.shell.visit import Visit, id_of, page
from finetune.web.words import STATUS_WORDS

STATUSES = (
    "available", "pending", "reserved", "sold", "consumed", "returned", "in_transit", "defective", "written_off",
)  # fmt: skip


def _units(caller: Caller, query: SerialQuery) -> Page:
    rows = inventory.serials(caller, query)
    names = names_of(
        caller,
        variants=[row["product_variant"] for row in rows.rows],
        stores=[row["store"] for row in rows.rows],
    )
    for row in rows.rows:
        row["item"] = names.of("variant", row["product_variant"])
        row["sku"] = names.code("variant", row["product_variant"])
        row["store_code"] = names.code("store", row["store"])
    return rows


LIST = ListPage(
    title=gettext_lazy("Serials"),
    path="/serials/",
    query=SerialQuery,
    read=_units,
    empty=gettext_lazy("Units appear here when a category tracks serials and a box is scanned in."),
    filters=(
        Field(
            "status",
            gettext_lazy("State"),
            "choice",
            (("", gettext_lazy("All")), *((each, STATUS_WORDS[each]) for each in STATUSES)),
        ),
    ),
    template="web/goods/serials.html",
    columns=(
        Column(
            gettext_lazy("Serial or IMEI"),
            "serial_no",
            kind="code",
            ordering="serial_no",
            link=lambda row: f"/serials/{row['id']}/",
        ),
        Column(gettext_lazy("Item"), "item", note="sku"),
        Column(gettext_lazy("Store"), "store_code"),
        Column(gettext_lazy("State"), "status", kind="status"),
    ),
)


@page("stock.read")
def list_serials(visit: Visit) -> HttpResponse:
    """The list. A scan that fits one unit goes straight to it."""
    scanned = visit.request.GET.get("serial_no", "").strip()
    if scanned and not visit.is_htmx and "format" not in visit.request.GET:
        found = _scanned(visit, scanned)
        if found is not None:
            return visit.go(f"/serials/{found}/")
    narrowed = [
        Field(name, "", "hidden") for name in ("product_variant", "store") if visit.request.GET.get(name)
    ]
    return show_list(visit, replace(LIST, filters=(*LIST.filters, *narrowed)), scanned=scanned)


def _scanned(visit: Visit, text: str) -> int | None:
    if REFUSED_TEXT.search(text):
        return None
    try:
        query = SerialQuery(serial_no=text)
    except ValidationError:
        return None
    rows = inventory.serials(visit.caller, query).rows
    return int(rows[0]["id"]) if rows else None


@page("stock.read")
def show_serial(visit: Visit, serial_id: str) -> HttpResponse:
    """A unit: where it is, in what state, and each event with its document and its person."""
    unit = inventory.serial(visit.caller, id_of(serial_id, "serial number"))
    events = inventory.serial_history(visit.caller, unit["id"], _paging(visit))
    bookings = queries.bookings_of_entries([row["entry"] for row in events.rows])
    names = names_of(
        visit.caller,
        variants=[unit["product_variant"]],
        stores=[unit["store"], *(row["store"] for row in events.rows)],
        users=[row["by"] for row in events.rows],
        bookings=[each["booking"] for each in bookings.values()],
        entries=[row["entry"] for row in events.rows],
    )
    for row in events.rows:
        entry: Any = bookings[row["entry"]]
        row["words"] = movement_words(row["type"], is_reversal=entry["reversal_of"] is not None)
        row["document"] = names.document(row["entry"], entry["booking"])
        row["who"] = names.of("user", row["by"])
        row["store_name"] = names.of("store", row["store"])
        row["is_mine"] = visit.caller.may_see_store(row["store"])
    ledger = queries.cells_of(visit.caller, [unit["product_variant"]])
    return visit.render(
        "web/goods/serial.html",
        unit=unit,
        item=names.of("variant", unit["product_variant"]),
        sku=names.code("variant", unit["product_variant"]),
        store_code=names.code("store", unit["store"]),
        store_name=names.of("store", unit["store"]),
        ledger=ledger.get((unit["product_variant"], unit["store"])),
        events=events.rows,
        newer=events.previous,
        older=events.next,
    )


def _paging(visit: Visit) -> SerialEventQuery:
    try:
        return SerialEventQuery(cursor=visit.request.GET.get("cursor") or None)
    except ValidationError:
        raise invalid_field("cursor", "invalid", _("This page is not there. Begin again.")) from None
