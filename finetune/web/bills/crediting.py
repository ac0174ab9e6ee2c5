"""Credit units of a bill's lines: what comes back, whether it is sold again, and what that gives, before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from finetune.core.dates import today
from finetune.core.listing import Row
from finetune.core.money import plain_text
from finetune.core.refusals import invalid_field
from finetune.crediting.actions import issue_credit_note
from finetune.crediting.queries import bill as read_for_credit
from finetune.crediting.rules import Note, plan_note, refuse_uncreditable
from finetune.crediting.schemas import CreditNoteIn
from finetune.invoicing.queries import read_settlement
from finetune.web.bills.bill import read_bill
from finetune.web.bills.paper import left_of
from finetune.web.bills.rows import refuse_odd_text
from finetune.web.shell.forms import Field, Form
from finetune.web.shell.visit import Visit, page

REASON = (
    Field(
        "reason",
        gettext_lazy("Reason"),
        hint=gettext_lazy("Stands on the note: display came back, billed twice, …"),
        required=True,
        maxlength=500,
        is_wide=True,
    ),
)
LOOK, ALL = "_look", "all"


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A line of the bill as it is asked for: `left` can still be credited, `serials` are those not yet returned."""

    id: int
    description: str
    total: str
    quantity_billed: str
    left: str
    is_stock: bool
    serials: Sequence[str]
    quantity: str
    restock: bool
    chosen: Sequence[str]
    error: str

    @property
    def is_wanted(self) -> bool:
        return bool(self.quantity)


@page("credit_note.issue", methods=("GET", "POST"))
def credit_bill(visit: Visit, invoice_id: str) -> HttpResponse:
    bill, around = read_bill(visit, invoice_id)
    data = visit.request.POST if visit.request.method == "POST" else None
    takes_all = data is None and ALL in visit.request.GET
    form = Form(REASON) if data is None else Form(REASON).fill(data)
    rows = _rows(bill, around, data, takes_all=takes_all, errors={})
    note: Note | None = None
    with form.refusals():
        if data is not None:
            refuse_odd_text(data)
        if data is None or LOOK in data:
            note = _looked_at(visit, bill, rows)
        else:
            body = CreditNoteIn.model_validate({**form.values, "line_items": _wanted(rows)})
            made = issue_credit_note(
                actor=visit.actor, invoice_id=bill["id"], wanted=body.returns(), reason=body.reason
            )
            return visit.go(f"/credit-notes/{made.id}/", _("The credit note is issued."))
    given: dict[str, Any] = {
        "bill": bill,
        "form": form,
        "note": note,
        "rows": _rows(bill, around, data, takes_all=takes_all, errors=form.errors),
    }
    if visit.is_htmx and data is not None and LOOK in data:
        # 200, so that the part is put in its place: this only looked, nothing was refused.
        return visit.render("web/bills/gives.html", **given)
    return visit.render("web/bills/credit.html", status=form.status, **given)


def _rows(
    bill: Row, around: Row, data: QueryDict | None, *, takes_all: bool, errors: dict[str, str]
) -> list[ReturnRow]:
    left, returned, rows = left_of(bill, around), set(around["returned_serials"]), []
    place = 0
    for line in bill["line_items"]:
        if not left[line["id"]]:
            continue
        serials = [each for each in line["serial_numbers"] if each not in returned]
        quantity, restock, chosen = _asked(line["id"], data)
        if takes_all:
            quantity, chosen = plain_text(left[line["id"]]), serials
        faults = [words for path, words in errors.items() if path.startswith(f"line_items.{place}.")]
        rows.append(
            ReturnRow(
                id=line["id"],
                description=line["description"],
                total=line["total"],
                quantity_billed=line["quantity"],
                left=plain_text(left[line["id"]]),
                is_stock=line["variant"] is not None,
                serials=serials,
                quantity=quantity,
                restock=restock,
                chosen=chosen,
                error=" ".join(faults) if quantity else "",
            )
        )
        place += 1 if quantity else 0
    return rows


def _asked(line_id: int, data: QueryDict | None) -> tuple[str, bool, list[str]]:
    """Quantity, whether it is sold again, and serials of a line, as they were typed. Serials alone say how many."""
    if data is None:
        return "", True, []
    chosen = [each[:64] for each in data.getlist(f"line.{line_id}.serial")]
    quantity = data.get(f"line.{line_id}.quantity", "").replace(",", "").strip()
    restock = data.get(f"line.{line_id}.restock") == "on" or f"line.{line_id}.has_restock" not in data
    return quantity or (str(len(chosen)) if chosen else ""), restock, chosen


def _wanted(rows: Sequence[ReturnRow]) -> list[dict[str, Any]]:
    wanted = [
        {"line": row.id, "quantity": row.quantity, "serial_numbers": list(row.chosen), "restock": row.restock}
        for row in rows
        if row.is_wanted
    ]
    if not wanted:
        raise invalid_field("line_items", "required", _("Say how many units of which line come back."))
    return wanted


def _looked_at(visit: Visit, bill: Row, rows: Sequence[ReturnRow]) -> Note | None:
    """What the note would be if it were issued now: decided by the same rules, from what is read without a lock."""
    settlement = read_settlement(bill["id"], caller=visit.caller)
    refuse_uncreditable(settlement)
    if not any(row.is_wanted for row in rows):
        return None
    body = CreditNoteIn.model_validate({"reason": "-", "line_items": _wanted(rows)})
    facts, _gstin, _booking = read_for_credit(bill["id"], settlement)
    return plan_note(body.returns(), facts, today=today())
