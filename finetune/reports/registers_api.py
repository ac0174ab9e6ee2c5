"""Endpoints: /api/reports/sales-register/, /api/reports/day-book/ and /api/reports/stock-valuation/."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from finetune.core.dates import today
from finetune.core.http import Call, endpoint, json_response
from finetune.core.listing import Listing, ListQuery, Row, read_page
from finetune.reports import registers
from finetune.reports.exports import Format, Table, file_answer, one_snapshot, publish_files
from finetune.reports.registers_schemas import (
    DayPage,
    DayQuery,
    DayRow,
    SalesPage,
    SalesQuery,
    SalesRow,
    ValuationPage,
    ValuationQuery,
    ValuationRow,
)

registers_router = Router(tags=["reports"])
INITIALS = frozenset({"gstin", "cgst", "sgst", "igst", "hsn", "sku"})
Totals = Callable[[Any, ListQuery], Row]


@endpoint(
    registers_router, "GET", "/sales-register/", verb="report.read", answers={200: SalesPage}, may_lag=True
)
def list_sales(call: Call, query: Query[SalesQuery]) -> HttpResponse:
    """Issued documents with their tax columns, newest first."""
    if query.format != "json":
        columns = tuple(SalesRow.model_fields)
        total = _total_row(columns, registers.sales_totals(call.caller, query))
        name = f"sales-register-{query.date_from or 'begin'}-{query.date_to or today()}"
        return _file(call, registers.SALES, query, query.format, columns, name, total)
    return _page(call, registers.SALES, query, registers.sales_totals)


@endpoint(registers_router, "GET", "/day-book/", verb="report.read", answers={200: DayPage}, may_lag=True)
def list_day(call: Call, query: Query[DayQuery]) -> HttpResponse:
    """What was billed, cancelled and taken on one day, newest first."""
    query = query.model_copy(update={"date": query.date or today()})
    if query.format != "json":
        name = f"day-book-{query.date}"
        return _file(call, registers.DAY_BOOK, query, query.format, tuple(DayRow.model_fields), name)
    return _page(call, registers.DAY_BOOK, query, registers.day_totals, date=query.date)


@endpoint(
    registers_router, "GET", "/stock-valuation/", verb="cost.see", answers={200: ValuationPage}, may_lag=True
)
def list_valuation(call: Call, query: Query[ValuationQuery]) -> HttpResponse:
    """What the stock on the shelves cost, by store and variant."""
    if query.format != "json":
        columns = tuple(ValuationRow.model_fields)
        total = _total_row(columns, registers.stock_totals(call.caller, query))
        name = f"stock-valuation-{today()}"
        return _file(call, registers.VALUATION, query, query.format, columns, name, total)
    return _page(call, registers.VALUATION, query, registers.stock_totals)


def _page(call: Call, listing: Listing, query: ListQuery, totals: Totals, **more: Any) -> HttpResponse:
    with one_snapshot():
        page = read_page(listing, call.caller, query)
        summed = totals(call.caller, query)
    data = {
        "next": call._page_url(page.next),
        "previous": call._page_url(page.previous),
        "results": page.rows,
        **more,
        "totals": summed,
    }
    return json_response(200, data)


def _file(
    call: Call,
    listing: Listing,
    query: ListQuery,
    wanted: Format,
    columns: Sequence[str],
    name: str,
    total: Sequence[Any] | None = None,
) -> HttpResponse:
    def rows() -> Iterator[Sequence[Any]]:
        for row in registers.every_row(listing, call.caller, query):
            yield [row[column] for column in columns]
        if total is not None:
            yield total

    titles = tuple(_title(column) for column in columns)
    return file_answer([Table(name[:31], titles, rows())], wanted=wanted, name=name)


def _title(column: str) -> str:
    """`buyer_gstin` is Buyer GSTIN."""
    words = (word.upper() if word in INITIALS else word for word in column.split("_"))
    title = " ".join(words)
    return title[0].upper() + title[1:]


def _total_row(columns: Sequence[str], totals: Row) -> list[Any]:
    return ["Total" if place == 0 else totals.get(column) for place, column in enumerate(columns)]


publish_files(registers_router)
