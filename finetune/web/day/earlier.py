"""Days that were closed, with their differences."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from finetune.core.listing import Row
from finetune.drawers.queries import cash_sessions
from finetune.drawers.schemas import CashSessionQuery
from finetune.web.shell.forms import Field
from finetune.web.shell.lists import Column, ListPage, choices_of_stores, show_list
from finetune.web.shell.visit import Visit, page

DIFFERS = (("", _("All")), ("true", _("Differs")), ("false", _("Agrees")))


def _report(row: Row) -> str:
    return f"/day/{row['id']}/"


def _list(visit: Visit) -> ListPage:
    names = {each["id"]: each["name"] for each in visit.stores}
    return ListPage(
        title=_("Earlier days"),
        lead=_("Every closed drawer with its Z number and what differed."),
        path="/day/earlier/",
        query=CashSessionQuery,
        read=cash_sessions,
        fixed={"open": "false"},
        empty=_("The first day is closed at Day end, when the drawer is counted."),
        filters=(
            Field("store", _("Store"), "choice", choices_of_stores(visit, all_words=_("All stores"))),
            Field("differs", _("Difference"), "choice", DIFFERS),
            Field("date_from", _("From"), "date"),
            Field("date_to", _("To"), "date"),
        ),
        columns=(
            Column(_("Day"), "business_date", "date", ordering="business_date", link=_report),
            Column(_("Z report"), lambda row: f"Z {row['z_number']}", "code"),
            Column(_("Store"), lambda row: names.get(row["store"], ""), is_quiet=True),
            Column(_("Cash counted"), "cash_counted", "money"),
            Column(_("Cash difference"), "cash_difference", "money"),
            Column(_("Card difference"), "card_difference", "money"),
            Column(_("UPI difference"), "upi_difference", "money"),
            Column(_("Reason"), "note"),
        ),
    )  # fmt: skip


@page("cash_session.read", may_lag=True)
def list_days(visit: Visit) -> HttpResponse:
    return show_list(visit, _list(visit))
