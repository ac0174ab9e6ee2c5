"""The registers as lists: sales, a day, the value of the stock, what is owed."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from finetune.core.caller import Caller
from finetune.core.dates import today
from finetune.core.listing import Page, Row, read_page
from finetune.reports import registers
from finetune.reports.dues import AGES, DuesQuery, due_totals, dues
from finetune.reports.gst_returns import gstins_of
from finetune.reports.registers_schemas import DayQuery, SalesQuery, ValuationQuery
from finetune.web.shell.forms import Field
from finetune.web.shell.lists import Column, ListPage, Total, show_list, with_store
from finetune.web.shell.visit import Visit, page
from finetune.web.words import MODE_WORDS

ALL = ("", _("All"))
DAYS = (Field("date_from", _("From"), "date"), Field("date_to", _("To"), "date"))
KINDS = {
    "invoice": _("Bill"),
    "credit_note": _("Credit note"),
    "cancellation": _("Cancellation"),
    "payment": _("Payment"),
    "refund": _("Refund"),
    "deposit": _("Deposit"),
    "deposit_refund": _("Deposit given back"),
}
AGE_WORDS = {
    "not_due": _("Not due yet"),
    "30": _("Up to 30 days"),
    "60": _("31 to 60 days"),
    "90": _("61 to 90 days"),
    "older": _("Above 90 days"),
}
BASES = {"purchases": _("Purchases"), "cost": _("Catalogue's cost"), "unknown": _("Nobody knows")}


def _document(row: Row) -> str:
    rooms = {"invoice": "invoices", "cancellation": "invoices", "credit_note": "credit-notes", "payment": "payments",
             "deposit": "payments", "refund": "refunds"}  # fmt: skip
    room = rooms.get(row["kind"])
    return f"/{room}/{row['id']}/" if room else ""


def _sales(caller: Caller, query: Any) -> Page:
    return read_page(registers.SALES, caller, query)


def _sales_totals(caller: Caller, query: Any) -> Sequence[Total]:
    sums = registers.sales_totals(caller, query)
    return (
        Total(_("Documents"), sums["count"]),
        Total(_("Taxable"), sums["taxable_value"], "money"),
        Total("CGST", sums["cgst"], "money"),
        Total("SGST", sums["sgst"], "money"),
        Total("IGST", sums["igst"], "money"),
        Total(_("Total"), sums["total"], "money"),
    )


SALES = ListPage(
    title=_("Sales register"),
    path="/reports/sales/",
    query=SalesQuery,
    read=_sales,
    search=_("Number, name or GSTIN"),
    lead=_("A credit note counts negative and a cancelled bill nothing, so that every column adds up."),
    empty=_("Nothing was issued in this time."),
    filters=(
        Field(
            "kind", _("Kind"), "choice", (ALL, *((kind, KINDS[kind]) for kind in ("invoice", "credit_note")))
        ),
        *DAYS,
        Field("customer", _("Customer"), "hidden"),
    ),
    columns=(
        Column(_("Number"), "number", kind="code", link=_document, note=lambda row: row["of_number"] or ""),
        Column(_("Date"), "date", kind="date", ordering="date"),
        Column(_("Customer"), "customer_name", note="buyer_gstin"),
        Column(_("Taxable"), "taxable_value", kind="money"),
        Column("CGST", "cgst", kind="money", is_quiet=True),
        Column("SGST", "sgst", kind="money", is_quiet=True),
        Column("IGST", "igst", kind="money", is_quiet=True),
        Column(_("Total"), "total", kind="money", ordering="total"),
    ),
    totals=_sales_totals,
    template="web/books/sales.html",
)


def _on_a_day(query: Any) -> Any:
    return query.model_copy(update={"date": query.date or today()})


def _day(caller: Caller, query: Any) -> Page:
    return read_page(registers.DAY_BOOK, caller, _on_a_day(query))


def _day_totals(caller: Caller, query: Any) -> Sequence[Total]:
    sums = registers.day_totals(caller, _on_a_day(query))
    received, back = sums["received"], sums["given_back"]
    modes = [
        Total(MODE_WORDS[mode], received[mode], "money")
        for mode in ("cash", "upi", "card", "emi")
        if received[mode]
    ]
    return [
        Total(_("Bills"), sums["invoices"]),
        Total(_("Billed"), sums["billed"], "money"),
        Total(_("Received"), received["total"], "money"),
        *modes,
        Total(_("Given back"), back["total"], "money"),
    ]


DAY_BOOK = ListPage(
    title=_("Day book"),
    path="/reports/day-book/",
    query=DayQuery,
    read=_day,
    lead=_(
        "All that was billed, cancelled, taken and given back on one day; today unless you choose another."
    ),
    empty=_("Nothing happened on this day."),
    filters=(Field("date", _("Day"), "date"),),
    columns=(
        Column(_("When"), "at", kind="instant", ordering="at"),
        Column(_("What"), lambda row: KINDS[row["kind"]]),
        Column(_("Number"), "number", kind="code", link=_document),
        Column(_("Customer"), "customer_name"),
        Column(_("How"), lambda row: MODE_WORDS.get(row["mode"], "")),
        Column(_("Reference"), "reference", kind="code", is_quiet=True),
        Column(_("Amount"), "amount", kind="money", ordering="amount"),
    ),
    totals=_day_totals,
)


def _stock(caller: Caller, query: Any) -> Page:
    return read_page(registers.VALUATION, caller, query)


def _stock_totals(caller: Caller, query: Any) -> Sequence[Total]:
    sums = registers.stock_totals(caller, query)
    return (
        Total(_("Units"), sums["quantity"]),
        Total(_("Value"), sums["value"], "money"),
        Total(_("Units without a price"), sums["quantity_without_price"]),
    )


STOCK = ListPage(
    title=_("Value of the stock"),
    path="/reports/stock-value/",
    query=ValuationQuery,
    read=_stock,
    search=_("SKU or name"),
    lead=_(
        "What lies on the shelves, at the average of what it was bought for since the shelf was last empty."
    ),
    empty=_("Nothing lies on the shelves."),
    columns=(
        Column(
            "SKU",
            "sku",
            kind="code",
            ordering="sku",
            link=lambda row: f"/catalogue/{row['product_variant']}/",
        ),
        Column(_("Name"), "name"),
        Column(_("Quantity"), "quantity", kind="count", ordering="quantity"),
        Column(_("Unit cost"), lambda row: row["unit_cost"] and f"{row['unit_cost']:.3f}", kind="count"),
        Column(pgettext_lazy("basis", "From"), lambda row: BASES[row["basis"]], is_quiet=True),
        Column(_("Value"), "value", kind="money"),
    ),
    totals=_stock_totals,
)


def _due_totals(caller: Caller, query: Any) -> Sequence[Total]:
    sums = due_totals(caller, query)
    ages = [Total(AGE_WORDS[age], sums[f"age_{age}"], "money") for age in AGES if sums[f"age_{age}"]]
    return [Total(_("Bills"), sums["count"]), Total(_("Owed"), sums["owed"], "money"), *ages]


DUES = ListPage(
    title=_("What is owed"),
    path="/reports/dues/",
    query=DuesQuery,
    read=dues,
    search=_("Number, name or phone"),
    lead=_("Bills that are not paid in full, the oldest first, by how long they are late."),
    empty=_("Nobody owes anything."),
    filters=(
        Field("age", _("Late by"), "choice", (ALL, *((age, AGE_WORDS[age]) for age in AGES))),
        Field("customer", _("Customer"), "hidden"),
    ),
    columns=(
        Column(_("Number"), "invoice_number", kind="code", link=lambda row: f"/invoices/{row['id']}/"),
        Column(
            _("Customer"), "customer_name", link=lambda row: f"/customers/{row['customer']}/", note="phone"
        ),
        Column(_("Billed"), "invoice_date", kind="date", is_quiet=True),
        Column(_("Due"), "due_date", kind="date", ordering="due_date"),
        Column(_("Days late"), "days_late", kind="count"),
        Column(_("Late by"), lambda row: AGE_WORDS[row["age"]]),
        Column(_("Bill"), "total", kind="money", is_quiet=True),
        Column(_("Owed"), "balance_due", kind="money", ordering="balance_due"),
    ),
    totals=_due_totals,
)


TABS = (
    ("report.read", DAY_BOOK),
    ("report.read", SALES),
    ("report.read", DUES),
    ("cost.see", STOCK),
)


def beside_the_others(visit: Visit, spec: ListPage) -> ListPage:
    """The register with tabs for those that this person may see, and the store of each row where there are several."""
    tabs = [(other.title, other.path) for verb, other in TABS if visit.may(verb)]
    return with_store(visit, replace(spec, tabs=[*tabs, (_("All reports"), "/reports/")]))


@page("report.read", may_lag=True)
def show_sales(visit: Visit) -> HttpResponse:
    gstins = Field(
        "gstin", "GSTIN", "choice", (ALL, *((row["gstin"], row["gstin"]) for row in gstins_of(visit.caller)))
    )
    spec = beside_the_others(visit, SALES)
    # What the page has no room for, such as place of supply and round-off, is in the register's own file.
    asked = {name: visit.request.GET.get(name, "") for name in ("kind", "date_from", "date_to", "gstin", "q")}
    store = visit.request.GET.get("store", str(visit.store_id or ""))
    whole = urlencode({name: value for name, value in {**asked, "store": store}.items() if value})
    return show_list(
        visit, replace(spec, filters=(*spec.filters, gstins)), whole_file=f"{whole}&format=xlsx".lstrip("&")
    )


@page("report.read", may_lag=True)
def show_day(visit: Visit) -> HttpResponse:
    return show_list(visit, beside_the_others(visit, DAY_BOOK))


@page("cost.see", may_lag=True)
def show_stock_value(visit: Visit) -> HttpResponse:
    return show_list(visit, beside_the_others(visit, STOCK))


@page("report.read", may_lag=True)
def show_dues(visit: Visit) -> HttpResponse:
    return show_list(visit, beside_the_others(visit, DUES))
