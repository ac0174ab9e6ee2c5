"""The list of bills."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from finetune.core.caller import Caller
from finetune.core.listing import Row
from finetune.invoicing.queries import invoices
from finetune.invoicing.schemas import InvoiceQuery
from finetune.web.bills.queries import bill_totals
from finetune.web.shell.forms import Field
from finetune.web.shell.lists import Column, ListPage, Total, show_list, with_store
from finetune.web.shell.visit import Visit, page
from finetune.web.words import STATUS_WORDS

STATUSES = ("issued", "partially_paid", "overdue", "paid", "credited", "cancelled", "draft")


def _totals(caller: Caller, query: Any) -> Sequence[Total]:
    sums = bill_totals(caller, query)
    return (
        Total(_("Bills"), sums["count"]),
        Total(_("Taxable"), sums["taxable_value"], "money"),
        Total(_("Tax"), sums["total_tax"], "money"),
        Total(_("Total"), sums["total"], "money"),
        Total(_("Owed"), sums["owed"], "money"),
    )


def _address(row: Row) -> str:
    return f"/invoices/{row['id']}/"


LIST = ListPage(
    title=_("Invoices"),
    path="/invoices/",
    query=InvoiceQuery,
    read=invoices,
    search=_("Number, name or phone"),
    empty=_("A bill is made at the counter, from a repair, or here."),
    filters=(
        Field(
            "status",
            _("Status"),
            "choice",
            (("", _("All")), *((each, STATUS_WORDS[each]) for each in STATUSES)),
        ),
        Field("date_from", _("From"), "date"),
        Field("date_to", _("To"), "date"),
        Field("customer", _("Customer"), "hidden"),
        Field("booking", _("Booking"), "hidden"),
    ),
    columns=(
        Column(
            _("Number"),
            lambda row: row["invoice_number"] or _("Draft"),
            kind="code",
            ordering="number",
            link=_address,
        ),
        Column(_("Date"), "invoice_date", kind="date", ordering="invoice_date"),
        Column(_("Customer"), "customer_name", link=lambda row: f"/customers/{row['customer']}/"),
        Column(_("Status"), "status", kind="status"),
        Column(_("Taxable"), "taxable_value", kind="money", is_quiet=True),
        Column(_("Tax"), "total_tax", kind="money", is_quiet=True),
        Column(_("Total"), "total", kind="money", ordering="total"),
        Column(_("Owed"), lambda row: (row["issued_at"] and row["balance_due"]) or None, kind="money"),
    ),
    new=(_("New bill"), "/invoices/new/", "invoice.draft"),
    totals=_totals,
)


@page("invoice.read", may_lag=True)
def list_bills(visit: Visit) -> HttpResponse:
    return show_list(visit, with_store(visit, LIST))
