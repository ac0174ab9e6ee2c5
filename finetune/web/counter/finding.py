"""Find anything by its code: /find/. A single exact match is gone to at once."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from finetune.core.listing import Row
from finetune.reports.codes import CODE_MAX, resolve
from finetune.web.shell.visit import Visit, page

KINDS: dict[str, tuple[Promise, str, str]] = {
    "serial": (_("Unit"), "/serials/{id}/", "serial"),
    "variant": (_("Goods"), "/catalogue/{id}/", "stock"),
    "invoice": (_("Bill"), "/invoices/{id}/", "invoice"),
    "credit_note": (_("Credit note"), "/credit-notes/{id}/", "return"),
    "booking": (_("Repair"), "/repairs/{id}/", "repair"),
    "customer": (_("Customer"), "/customers/{id}/", "people"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """A match with the words of its kind and the page that it leads to."""

    kind: Promise
    path: str
    icon: str
    row: Row


@page("code.resolve")
def find(visit: Visit) -> HttpResponse:
    sought = visit.request.GET.get("q", "").replace("\x00", "").strip()[:CODE_MAX]
    rows = resolve(visit.caller, sought) if sought else []
    found = [_found(row) for row in rows]
    exact = [each for each in found if each.row["exact"]]
    if len(exact) == 1:
        return visit.go(exact[0].path)
    return visit.render("web/counter/find.html", sought=sought, found=found, is_exact=bool(exact))


def _found(row: Row) -> Found:
    kind, path, icon = KINDS[row["kind"]]
    return Found(kind, path.format(id=row["id"]), icon, row)
