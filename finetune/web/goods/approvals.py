"""What waits for a second pair of eyes: approve in one press, reject with a reason."""

from collections.abc import Sequence
from dataclasses import replace

from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from finetune.core.caller import Caller
from finetune.core.listing import Page
from finetune.inventory.schemas import EntryQuery
from finetune.web.goods import entries, queries
from finetune.web.shell.forms import Form
from finetune.web.shell.lists import ListPage, Total, show_list
from finetune.web.shell.visit import Visit, page


def _totals(caller: Caller, query: EntryQuery) -> Sequence[Total]:
    sums = queries.entry_totals(caller, query)
    return [Total(gettext_lazy("Waiting"), sums["waiting"])]


LIST = replace(
    entries.LIST,
    title=gettext_lazy("Approvals"),
    path="/approvals/",
    lead=gettext_lazy("Until somebody else approves it, this stock is not on the shelf."),
    empty=gettext_lazy("Nothing waits. What comes in for a guarded category will stand here."),
    filters=(),
    new=None,
    totals=_totals,
    template="web/goods/approvals.html",
    fixed={"status": "pending_approval"},
)


@page("stock.approve", "stock.reject")
def list_waiting(visit: Visit) -> HttpResponse:
    def read(caller: Caller, query: EntryQuery) -> Page:
        rows = entries.named_entries(caller, query)
        for row in rows.rows:
            row.update(entries.rights(visit, row))
        return rows

    spec: ListPage = replace(LIST, read=read)
    return show_list(visit, spec, reason=Form((entries.REASON,)))
