"""The log of changes."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from finetune.core.listing import Row
from finetune.reports.audit_log import ChangeQuery, changes
from finetune.web.shell.forms import Field
from finetune.web.shell.lists import Column, ListPage, show_list
from finetune.web.shell.visit import Visit, page

# Where the page of a kind of object is.
PATHS = {
    "invoice": "/invoices/{}/",
    "payment": "/payments/{}/",
    "credit_note": "/credit-notes/{}/",
    "stock_entry": "/stock/entries/{}/",
    "booking": "/repairs/{}/",
    "customer": "/customers/{}/",
    "store": "/settings/stores/{}/",
    "user": "/settings/people/{}/",
}
FIELDS_SHOWN = 6


def _what_changed(row: Row) -> str:
    """`price: 100 → 120`, for the first few fields."""
    parts = []
    for name, pair in list(row["changes"].items())[:FIELDS_SHOWN]:
        is_pair = isinstance(pair, list) and len(pair) == 2
        parts.append(f"{name}: {_word(pair[0])} → {_word(pair[1])}" if is_pair else f"{name}: {_word(pair)}")
    more = len(row["changes"]) - FIELDS_SHOWN
    return "; ".join([*parts, _("and %d more") % more] if more > 0 else parts)


def _word(value: object) -> str:
    return "—" if value in (None, "") else str(value)[:60]


LIST = ListPage(
    title=gettext_lazy("Changes"),
    lead=gettext_lazy("Every change of money, stock and master records. Rows are added, never changed."),
    path="/settings/changes/",
    query=ChangeQuery,
    read=changes,
    filters=(
        Field("date_from", gettext_lazy("From"), "date"),
        Field("date_to", gettext_lazy("To"), "date"),
    ),
    columns=(
        Column(gettext_lazy("When"), "at", kind="instant"),
        Column(gettext_lazy("Who"), lambda row: row["user_name"] or _("Command line")),
        Column(
            gettext_lazy("What"),
            lambda row: f"{row['kind'].replace('_', ' ')} {row['object']}",
            link=lambda row: PATHS[row["kind"]].format(row["object"]) if row["kind"] in PATHS else "",
            note="verb",
        ),
        Column(gettext_lazy("Changed"), _what_changed, note="reason"),
        Column(gettext_lazy("Request"), lambda row: row["request_id"][:12], kind="code", is_quiet=True),
    ),
)


@page("audit.read", may_lag=True)
def list_changes(visit: Visit) -> HttpResponse:
    return show_list(visit, LIST)
