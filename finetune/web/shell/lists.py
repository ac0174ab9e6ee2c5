"""Pages that list: filters in the address, keyset paging, totals loaded apart, and the same rows as a file.

A ListPage is data over one of the API's own reads, so that a page shows what the API answers, no more and no less.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from finetune.core.caller import Caller
from finetune.core.field_errors import field_error
from finetune.core.listing import PAGE_SIZE_MAX, ListQuery, Page, Row
from finetune.core.strict_json import REFUSED_TEXT
from finetune.reports.exports import Table, file_answer
from finetune.web.shell.forms import Field, Form, Words
from finetune.web.shell.visit import Visit

Cell = Callable[[Row], Any]
FILE_FORMATS = ("csv", "xlsx")
# Our own words in an address; everything else there is a filter.
OWN = ("cursor", "ordering", "format", "part", "page_size")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `cell` is a name in the row or makes the value. `kind` says how it is written: text, money, count,
    date, instant, status, code. `link` makes the address that the cell leads to."""

    label: Words
    cell: str | Cell
    kind: str = "text"
    ordering: str = ""
    link: Cell | None = None
    note: str | Cell | None = None
    is_quiet: bool = False

    def value(self, row: Row) -> Any:
        return row.get(self.cell) if isinstance(self.cell, str) else self.cell(row)

    def note_of(self, row: Row) -> Any:
        if self.note is None:
            return ""
        return row.get(self.note) if isinstance(self.note, str) else self.note(row)


@dataclass(frozen=True, slots=True)
class Total:
    label: Words
    value: Any
    kind: str = "count"


@dataclass(frozen=True, slots=True)
class ListPage:
    """What a list shows. `read` and `query` are the API's; `totals` sums over the same filter, in one statement."""

    title: Words
    path: str
    query: type[ListQuery]
    read: Callable[[Caller, Any], Page]
    columns: Sequence[Column]
    filters: Sequence[Field] = ()
    search: Words = ""
    empty: Words = ""
    lead: Words = ""
    new: tuple[Words, str, str] | None = None  # label, path, verb
    tabs: Sequence[tuple[Words, str]] = ()
    totals: Callable[[Caller, Any], Sequence[Total]] | None = None
    template: str = "web/list.html"
    fixed: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShownCell:
    column: Column
    value: Any
    href: str
    note: Any


@dataclass(frozen=True, slots=True)
class Head:
    column: Column
    href: str
    sorted: str  # ascending, descending or nothing


def show_list(visit: Visit, spec: ListPage, **shown: Any) -> HttpResponse:
    """The list as a page, as the part that htmx asks for, as its totals, or as a file."""
    form, query = _asked(visit, spec)
    if visit.request.GET.get("format") in FILE_FORMATS:
        return _file(visit, spec, query)
    if visit.request.GET.get("part") == "totals" and spec.totals is not None:
        totals = spec.totals(visit.caller, query)
        return visit.render("web/parts/list_totals.html", totals=totals)
    page = spec.read(visit.caller, query)
    given = {
        "spec": spec,
        "form": form,
        "heads": _heads(visit, spec, query),
        "rows": [[_cell(column, row) for column in spec.columns] for row in page.rows],
        "records": page.rows,
        "next": _address(visit, cursor=page.next) if page.next else "",
        "previous": _address(visit, cursor=page.previous) if page.previous else "",
        "totals_url": _address(visit, part="totals", cursor=None) if spec.totals else "",
        "files": [(name, _address(visit, format=name, cursor=None)) for name in FILE_FORMATS],
        "is_filtered": any(_given(visit).values()),
        "may_add": spec.new is not None and visit.may(spec.new[2]),
        **shown,
    }
    return visit.render("web/parts/list_body.html" if visit.is_htmx else spec.template, **given)


def _given(visit: Visit) -> dict[str, str]:
    return {name: str(value) for name, value in visit.request.GET.items() if value and name not in OWN}


def _asked(visit: Visit, spec: ListPage) -> tuple[Form, Any]:
    """The filters as a form, and as the API's query. A filter that is no good is marked and left out."""
    known = spec.query.model_fields
    asked = {name: str(value) for name, value in visit.request.GET.items() if value and name in known}
    given = {name: value for name, value in asked.items() if not REFUSED_TEXT.search(value)}
    if "store" in known and "store" not in visit.request.GET and visit.store_id is not None:
        given["store"] = str(visit.store_id)
    filters = list(spec.filters)
    if "store" in asked and "store" not in {each.name for each in filters}:
        # What a link asked for stays asked for when something else is filtered.
        filters.append(Field("store", "", "hidden"))
    form = Form(filters, prefix="filter-").fill(visit.request.GET)
    given |= spec.fixed
    try:
        return form, spec.query.model_validate(given)
    except ValidationError as error:
        faults = [field_error(each, place=each["loc"]) for each in error.errors(include_url=False)]
        form.errors |= {fault.field: fault.message for fault in faults}
        good = {name: value for name, value in given.items() if name not in form.errors}
        return form, spec.query.model_validate(good)


def _heads(visit: Visit, spec: ListPage, query: ListQuery) -> list[Head]:
    present = query.ordering or ""
    heads = []
    for column in spec.columns:
        is_by = bool(column.ordering) and present.removeprefix("-") == column.ordering
        sorted_ = "" if not is_by else "descending" if present.startswith("-") else "ascending"
        turned = column.ordering if sorted_ == "descending" else f"-{column.ordering}"
        href = _address(visit, ordering=turned, cursor=None) if column.ordering else ""
        heads.append(Head(column, href, sorted_))
    return heads


def _cell(column: Column, row: Row) -> ShownCell:
    href = column.link(row) if column.link is not None else ""
    return ShownCell(column, column.value(row), href or "", column.note_of(row))


def _address(visit: Visit, **changed: str | None) -> str:
    """This list's address with some of it changed; None takes a part out."""
    given = {name: value for name, value in visit.request.GET.items() if name != "part" and value}
    given |= {name: value for name, value in changed.items() if value is not None}
    given = {name: value for name, value in given.items() if changed.get(name, "") is not None}
    return f"?{urlencode(given)}"


def _file(visit: Visit, spec: ListPage, query: Any) -> HttpResponse:
    """All rows of the filter. Cost stays out where a column reads it from a row that does not hold it."""
    titles = tuple(str(column.label) for column in spec.columns)
    name = spec.path.strip("/").replace("/", "-")
    rows = ([column.value(row) for column in spec.columns] for row in _all_rows(visit.caller, spec, query))
    wanted: Literal["csv", "xlsx"] = "csv" if visit.request.GET["format"] == "csv" else "xlsx"
    return file_answer([Table(str(spec.title), titles, rows)], wanted=wanted, name=name)


def _all_rows(caller: Caller, spec: ListPage, query: Any) -> Iterator[Row]:
    cursor: str | None = None
    while True:
        page = spec.read(caller, query.model_copy(update={"cursor": cursor, "page_size": PAGE_SIZE_MAX}))
        yield from page.rows
        if (cursor := page.next) is None:
            return


def choices_of_stores(visit: Visit, *, all_words: Words = "") -> list[tuple[str, str | Promise]]:
    """The stores that this person may choose from."""
    first: list[tuple[str, str | Promise]] = [("", all_words)] if all_words else []
    return [*first, *((str(store["id"]), f"{store['code']} · {store['name']}") for store in visit.stores)]


def with_store(visit: Visit, spec: ListPage) -> ListPage:
    """The list with the store of each row as its third column, where a person looks at several."""
    if visit.store is not None:
        return spec
    codes = {store["id"]: store["code"] for store in visit.stores}
    store = Column(_("Store"), lambda row: codes.get(row["store"], ""), kind="code", is_quiet=True)
    return replace(spec, columns=(*spec.columns[:2], store, *spec.columns[2:]))
