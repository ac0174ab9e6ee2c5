"""Deposits of a repair, and the way to its bill."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from finetune.core.money import ZERO
from finetune.core.refusals import Refusal, not_found
from finetune.deposits.queries import deposit
from finetune.invoicing.actions import draft_invoice
from finetune.invoicing.schemas import InvoiceIn
from finetune.payments.actions import refund_deposit, take_deposit
from finetune.payments.deposit_schemas import DepositIn, DepositRefundIn
from finetune.web.repairs.detail import repair_of
from finetune.web.repairs.new import DEPOSIT, MODES
from finetune.web.shell.forms import Field, Form
from finetune.web.shell.visit import Visit, id_of, page

# Repair of telephones and communication equipment, as the demo and most shops bill it.
REPAIR_SAC = "998716"
REPAIR_RATE = "18"
REFUND = (
    Field("reason", gettext_lazy("Why"), required=True, maxlength=500, is_wide=True),
    Field("amount", gettext_lazy("Amount"), "money", hint=gettext_lazy("All that is left, unless less is named")),
    Field("mode", gettext_lazy("Given back by"), "choice", (("", gettext_lazy("As it came in")), *MODES)),
    Field("reference", gettext_lazy("Reference"), maxlength=35),
)  # fmt: skip


@page("deposit.take", methods=("GET", "POST"))
def take_deposit_page(visit: Visit, booking_id: str) -> HttpResponse:
    row = repair_of(visit, booking_id)
    form = Form(DEPOSIT)
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            body = form.body(DepositIn)
            take_deposit(
                actor=visit.actor,
                booking_id=row["id"],
                tender=body.tender(),
                supply=body.supply,
                gst_rate=body.gst_rate,
                description=body.description,
            )
            return visit.go(f"/repairs/{row['id']}/", _("The deposit is taken."))
    return _form(visit, form, row, _("Take a deposit"), _("It pays the next bills of this repair by itself."))


@page("deposit.refund", methods=("GET", "POST"))
def give_deposit_back(visit: Visit, booking_id: str, deposit_id: str) -> HttpResponse:
    row = repair_of(visit, booking_id)
    held = deposit(visit.caller, id_of(deposit_id, "deposit"))
    if held["booking"] != row["id"]:
        raise not_found("deposit")
    form = Form(REFUND)
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            body = form.body(DepositRefundIn)
            refund_deposit(
                actor=visit.actor,
                deposit_id=held["id"],
                amount=body.amount,
                mode=body.mode,
                reference=body.reference,
                reason=body.reason,
            )
            return visit.go(f"/repairs/{row['id']}/", _("The deposit is given back."))
    title = _("Give deposit %(number)s back") % {"number": held["voucher_number"]}
    return _form(visit, form, row, title, _("A refund voucher is written for it."))


def _form(visit: Visit, form: Form, row: dict[str, Any], title: str, lead: str) -> HttpResponse:
    back = (f"/repairs/{row['id']}/", row["device"])
    return visit.render(
        "web/form.html", status=form.status, form=form, title=title, lead=lead, back=back, submit=title
    )


@page("invoice.draft", methods=("POST",))
def draft_of_estimate(visit: Visit, booking_id: str) -> HttpResponse:
    """A draft with the estimate as its one line: what was told to the customer, with the tax inside."""
    row = repair_of(visit, booking_id)
    if row["estimate"] is None or row["estimate"] <= ZERO:
        raise Refusal(400, "required", _("Write down an estimate first: it is what would be billed."))
    line = {
        "description": _("Repair of %(device)s") % {"device": row["device"]},
        "hsn_code": REPAIR_SAC,
        "quantity": "1",
        "unit_price": str(row["estimate"]),
        "gst_rate": REPAIR_RATE,
    }
    body = InvoiceIn.model_validate(
        {"booking": row["id"], "prices_include_tax": True, "line_items": [line], "status": "draft"}
    )
    made = draft_invoice(actor=visit.actor, order=body.order())
    return visit.go(f"/invoices/{made.id}/", _("A draft is written. Look at it, then issue it."))
