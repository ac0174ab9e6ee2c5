"""A bill on its way to the buyer: its public page, WhatsApp, e-mail."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from finetune.core.fields import Reason
from finetune.core.listing import Row
from finetune.core.refusals import invalid_field
from finetune.documents.actions import renew_link, revoke_link
from finetune.invoicing.queries import invoice
from finetune.sending.actions import send_invoice
from finetune.sending.queries import share_facts
from finetune.sending.rules import whatsapp_link
from finetune.sending.schemas import SendIn
from finetune.sending.worker import share_text
from finetune.web.shell.forms import Field, Form
from finetune.web.shell.visit import Visit, id_of, page

MAIL = (
    Field("to", gettext_lazy("E-mail"), "email", required=True, maxlength=254),
    Field("lang", gettext_lazy("Language"), "choice", (("en", "English"), ("hi", "हिन्दी"))),
)
REASON = (Field("reason", gettext_lazy("Reason"), required=True, maxlength=500, is_wide=True),)


def shared(bill: Row) -> dict[str, Any]:
    """What the bill's page needs to share it: no text where its public page was ended."""
    facts = share_facts(bill["id"])
    form = Form(MAIL, initial={"to": facts["email"] or "", "lang": "en"}, prefix="mail-")
    link_reason = Form(REASON, prefix="link-")
    if bill["public_url"] is None:
        return {"mail": form, "link_reason": link_reason}
    text = share_text(facts, bill["public_url"])
    whatsapp = whatsapp_link(phone=facts["phone"] or "", text=text)
    return {"mail": form, "link_reason": link_reason, "text": text, "whatsapp": whatsapp}


@page("invoice.share", methods=("POST",))
def mail_bill(visit: Visit, invoice_id: str) -> HttpResponse:
    bill = invoice(visit.caller, id_of(invoice_id, "invoice"))
    body = Form(MAIL).fill(visit.request.POST)
    with body.refusals():
        wanted = body.body(SendIn)
        if not wanted.to:
            raise invalid_field("to", "required", _("Say where it should go."))
        send_invoice(actor=visit.actor, invoice_id=bill["id"], to=wanted.to, lang=wanted.lang)
        return visit.go(f"/invoices/{bill['id']}/", _("On its way to %(to)s.") % {"to": wanted.to})
    return _asked_again(visit, bill, body, _("Send by e-mail"), _("Send"))


@page("invoice.share", methods=("POST",))
def change_link(visit: Visit, invoice_id: str, change: str) -> HttpResponse:
    """End the public page, or give the bill a new one; the old address leads nowhere from then on."""
    bill = invoice(visit.caller, id_of(invoice_id, "invoice"))
    form = Form(REASON).fill(visit.request.POST)
    with form.refusals():
        reason = form.body(Reason).reason
        action = renew_link if change == "renew" else revoke_link
        action(actor=visit.actor, invoice_id=bill["id"], reason=reason)
        said = _("The bill has a new public page.") if change == "renew" else _("The public page was ended.")
        return visit.go(f"/invoices/{bill['id']}/", said)
    return _asked_again(visit, bill, form, _("Public page"), _("Save"))


def _asked_again(visit: Visit, bill: Row, form: Form, title: str, submit: str) -> HttpResponse:
    back = (f"/invoices/{bill['id']}/", bill["invoice_number"] or _("Draft"))
    return visit.render("web/form.html", status=form.status, form=form, title=title, back=back, submit=submit)
