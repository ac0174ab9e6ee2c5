"""All repairs as a list, those handed over and cancelled included."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from finetune.bookings.rules import STATUSES
from finetune.web.repairs import queries
from finetune.web.shell.forms import Field
from finetune.web.shell.lists import Column, ListPage, choices_of_stores, show_list
from finetune.web.shell.visit import Visit, page
from finetune.web.words import STATUS_WORDS


def _filters(visit: Visit) -> tuple[Field, ...]:
    return (
        Field("status", _("Status"), "choice", (("", _("All")), *((each, STATUS_WORDS[each]) for each in STATUSES))),
        Field("late", _("Late"), "choice", (("", _("All")), ("true", _("Late only")))),
        Field("store", _("Store"), "choice", choices_of_stores(visit, all_words=_("All stores"))),
        Field("date_from", _("From"), "date"),
        Field("date_to", _("To"), "date"),
    )  # fmt: skip


COLUMNS = (
    Column(_("No."), "id", ordering="id", link=lambda row: f"/repairs/{row['id']}/"),
    Column(_("Device"), "device", link=lambda row: f"/repairs/{row['id']}/", note="issue"),
    Column(_("IMEI"), "imei", kind="code", is_quiet=True),
    Column(_("Customer"), "customer_name", link=lambda row: f"/customers/{row['customer']}/", note="customer_phone"),
    Column(_("Store"), "store_code", kind="code", is_quiet=True),
    Column(_("Taken in"), "created_at", kind="instant", ordering="created_at"),
    Column(_("Estimate"), "estimate", kind="money"),
    Column(_("Status"), "status", kind="status"),
)  # fmt: skip


@page("booking.read", may_lag=True)
def list_repairs(visit: Visit) -> HttpResponse:
    spec = ListPage(
        title=_("Repairs"),
        path="/repairs/list/",
        query=queries.RepairQuery,
        read=queries.repairs,
        columns=COLUMNS,
        filters=_filters(visit),
        search=_("Device, IMEI, issue, name or phone"),
        empty=_("A repair begins when a device is taken in."),
        new=(_("Take a device in"), "/repairs/new/", "booking.write"),
        tabs=((_("Board"), "/repairs/"), (_("List"), "/repairs/list/")),
        fixed={"kind": "repair"},
    )
    return show_list(visit, spec)
