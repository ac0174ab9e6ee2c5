"""Take back what was sold: the lines of a bill with what of them can still come back, and the credit note."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from finetune.core.listing import Row
from finetune.core.refusals import Refusal
from finetune.crediting.actions import issue_credit_note
from finetune.crediting.queries import note
from finetune.crediting.schemas import CreditNoteIn
from finetune.inventory.rules import normal_serial
from finetune.invoicing.queries import invoice
from finetune.web.counter import queries
from finetune.web.shell.forms import Field, Form
from finetune.web.shell.visit import Visit, id_of, page

TEMPLATE = "web/counter/parts/return.html"
DONE = "web/counter/parts/returned.html"


@page("sale.make", methods=("GET", "POST"))
def take_back(visit: Visit, invoice_id: str) -> HttpResponse:
    """The bill's lines to choose from, as a part of the page; a POST issues the note, for who may."""
    bill = invoice(visit.caller, id_of(invoice_id, "invoice"))
    lines = queries.returnable_lines(bill["id"])
    form = Form(_fields(), prefix="back-")
    if visit.request.method == "POST":
        if not visit.may("credit_note.issue"):
            raise Refusal(403, "forbidden", _("A credit note is issued by a branch head. Ask yours."))
        form = form.fill(visit.request.POST)
        with form.refusals():
            body = form.body(CreditNoteIn, line_items=_chosen(visit, lines))
            made = issue_credit_note(
                actor=visit.actor, invoice_id=bill["id"], wanted=body.returns(), reason=body.reason
            )
            return visit.render(DONE, note=note(visit.caller, made.id), bill=bill)
    code = normal_serial(visit.request.GET.get("code", ""))
    return visit.render(
        TEMPLATE,
        status=form.status,
        bill=bill,
        lines=[_shown(visit, line, code) for line in lines],
        can_return=any(line["remaining"] > 0 for line in lines)
        and bill["status"] not in ("draft", "cancelled"),
        may_return=visit.may("credit_note.issue"),
        form=form,
    )


def _fields() -> tuple[Field, ...]:
    return (Field("reason", _("Why it comes back"), required=True, maxlength=500, is_wide=True),)


def _shown(visit: Visit, line: Row, code: str) -> dict[str, Any]:
    """A line as the form shows it again: what was typed, or the unit that was scanned."""
    posted = visit.request.POST
    name = f"line-{line['id']}"
    chosen = set(posted.getlist(f"{name}-serial")) or ({code} & set(line["serials"]))
    return {
        **line,
        "name": name,
        "can_return": line["remaining"] > 0,
        "quantity_given": posted.get(name, ""),
        "units": [(serial, serial in chosen) for serial in line["serials"]],
        "restock": not posted or posted.get(f"{name}-restock") == "on",
    }


def _chosen(visit: Visit, lines: list[Row]) -> list[dict[str, Any]]:
    """The lines that something comes back of, as the API takes them."""
    posted, wanted = visit.request.POST, []
    for line in lines:
        name = f"line-{line['id']}"
        serials = [serial for serial in posted.getlist(f"{name}-serial") if serial in line["serials"]]
        quantity = str(len(serials)) if serials else posted.get(name, "").strip()
        if quantity and quantity != "0":
            each = {"line": line["id"], "quantity": quantity, "serial_numbers": serials}
            wanted.append({**each, "restock": posted.get(f"{name}-restock") == "on"})
    if not wanted:
        raise Refusal(400, "invalid", _("Say what comes back: a quantity, or tick the IMEI."))
    return wanted
