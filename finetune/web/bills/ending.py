"""Cancel a bill; how it may be corrected; hand its e-invoice over and record what the portal answered."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from finetune.core.dates import today
from finetune.core.fields import Reason
from finetune.crediting.corrections import WAYS, Route, routes_for
from finetune.crediting.queries import state_of_bill
from finetune.einvoicing.actions import record_answer, submit_einvoice
from finetune.einvoicing.schemas import AnswerIn
from finetune.invoicing.actions import cancel_invoice
from finetune.invoicing.queries import invoice
from finetune.web.shell.forms import Field, Form
from finetune.web.shell.visit import Visit, id_of, page

REASON = (Field("reason", gettext_lazy("Reason"), required=True, maxlength=500, is_wide=True),)
ANSWER = (
    Field("irn", "IRN", required=True, maxlength=64, is_wide=True),
    Field("ack_no", gettext_lazy("Acknowledgement number"), required=True, maxlength=20),
    Field(
        "ack_date",
        gettext_lazy("Acknowledged on"),
        hint=gettext_lazy("Such as 2026-11-22 10:30:00"),
        required=True,
        maxlength=40,
    ),
    Field("signed_qr", gettext_lazy("Signed QR code"), "long", required=True),
    Field("signed_invoice", gettext_lazy("Signed invoice"), "long"),
)
WRONG: Mapping[str, Promise] = {
    "goods_returned": gettext_lazy("The buyer brought something back"),
    "too_much_billed": gettext_lazy("Too much was billed"),
    "too_little_billed": gettext_lazy("Too little was billed"),
    "wrong_tax": gettext_lazy("Rate, HSN or place of supply is wrong"),
    "wrong_buyer": gettext_lazy("The wrong buyer, or a GSTIN was forgotten"),
    "billed_twice": gettext_lazy("The same thing was billed twice"),
    "too_much_paid": gettext_lazy("More was paid than is owed"),
}
ROUTES: Mapping[str, Promise] = {
    "edit_draft": gettext_lazy("Change the draft"),
    "cancel_and_reissue": gettext_lazy("Cancel it and bill anew"),
    "credit_note": gettext_lazy("Credit note"),
    "credit_and_reissue": gettext_lazy("Credit all of it and bill anew"),
    "bill_the_difference": gettext_lazy("Bill the difference"),
    "refund": gettext_lazy("Give money back"),
}
VERBS = {
    "edit_draft": "invoice.draft",
    "cancel_and_reissue": "invoice.cancel",
    "credit_note": "credit_note.issue",
    "credit_and_reissue": "credit_note.issue",
    "bill_the_difference": "invoice.draft",
    "refund": "refund.give",
}


@page("invoice.cancel", methods=("GET", "POST"))
def cancel_bill(visit: Visit, invoice_id: str) -> HttpResponse:
    bill = invoice(visit.caller, id_of(invoice_id, "invoice"))
    form = Form(REASON)
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            reason = form.body(Reason).reason
            cancel_invoice(actor=visit.actor, invoice_id=bill["id"], reason=reason)
            return visit.go(f"/invoices/{bill['id']}/", _("The bill is cancelled. Its number is kept."))
    return visit.render(
        "web/form.html",
        status=form.status,
        form=form,
        title=_("Cancel %(number)s") % {"number": bill["invoice_number"] or _("draft")},
        lead=_("The number is kept and shown as cancelled, and the stock comes back. This cannot be undone."),
        back=(f"/invoices/{bill['id']}/", bill["invoice_number"] or _("Draft")),
        submit=_("Cancel the bill"),
    )


@page("invoice.read")
def correct_bill(visit: Visit, invoice_id: str) -> HttpResponse:
    """Which lawful way mends what is wrong, and why the others are closed."""
    bill = invoice(visit.caller, id_of(invoice_id, "invoice"))
    wrong = visit.request.GET.get("wrong", "")
    wrong = wrong if wrong in WAYS else ""
    routes = routes_for(state_of_bill(bill["id"], caller=visit.caller), wrong=wrong or None, today=today())
    advised = next((each.route for each in routes if each.open), "") if wrong else ""
    return visit.render(
        "web/bills/correct.html",
        bill=bill,
        wrong=wrong,
        choices=WRONG.items(),
        ways=[_way(visit, bill, each, is_advised=each.route == advised) for each in routes],
    )


def _way(visit: Visit, bill: dict[str, Any], route: Route, *, is_advised: bool) -> dict[str, Any]:
    here = f"/invoices/{bill['id']}/"
    new = f"booking={bill['booking']}" if bill["booking"] else f"customer={bill['customer']}"
    paths = {
        "edit_draft": f"{here}edit/",
        "cancel_and_reissue": f"{here}cancel/",
        "credit_note": f"{here}credit/",
        "credit_and_reissue": f"{here}credit/?all=1",
        "bill_the_difference": f"/invoices/new/?{new}",
        "refund": f"/payments/?invoice={bill['id']}&store=",
    }
    may = route.open and visit.may(VERBS[route.route])
    return {
        "words": ROUTES[route.route],
        "open": route.open,
        "why": route.why,
        "path": paths[route.route] if may else "",
        "needs_other": route.open and not may,
        "is_advised": is_advised,
    }


@page("einvoice.submit", methods=("GET", "POST"))
def submit_bill(visit: Visit, invoice_id: str) -> HttpResponse:
    bill = invoice(visit.caller, id_of(invoice_id, "invoice"))
    form = Form(())
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            submit_einvoice(actor=visit.actor, kind="invoice", document_id=bill["id"])
            return visit.go(f"/invoices/{bill['id']}/", _("The e-invoice is handed over."))
    return visit.render(
        "web/form.html",
        status=form.status,
        form=form,
        title=_("Hand the e-invoice over"),
        lead=_("It is checked as the portal would check it, and put where the transport takes it from."),
        back=(f"/invoices/{bill['id']}/", bill["invoice_number"] or _("Draft")),
        submit=_("Hand over"),
    )


@page("einvoice.answer", methods=("GET", "POST"))
def answer_bill(visit: Visit, invoice_id: str) -> HttpResponse:
    bill = invoice(visit.caller, id_of(invoice_id, "invoice"))
    form = Form(ANSWER)
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            body = form.body(AnswerIn)
            record_answer(actor=visit.actor, kind="invoice", document_id=bill["id"], **body.model_dump())
            return visit.go(f"/invoices/{bill['id']}/", _("The portal's answer is recorded."))
    return visit.render(
        "web/form.html",
        status=form.status,
        form=form,
        title=_("What the portal answered"),
        lead=_("From then on the bill is printed with it. It is recorded once."),
        back=(f"/invoices/{bill['id']}/", bill["invoice_number"] or _("Draft")),
    )
