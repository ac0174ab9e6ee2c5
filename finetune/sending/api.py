"""Endpoints: send and share a bill, webhooks, the delivery log."""

from django.http import HttpResponse
from ninja import Query, Router

from finetune.core.fields import Nothing
from finetune.core.http import Call, Problem, endpoint, path_id
from finetune.core.listing import ListQuery, PageOf
from finetune.core.refusals import conflict, invalid_field
from finetune.documents.printing import public_url
from finetune.documents.queries import has_live_link, printable_invoice
from finetune.sending import actions, queries
from finetune.sending.rules import whatsapp_link
from finetune.sending.schemas import (
    DeliveryOut,
    DeliveryQuery,
    NewWebhookOut,
    SendIn,
    ShareOut,
    WebhookIn,
    WebhookOut,
    WebhookPatch,
)
from finetune.sending.worker import share_text

of_invoices = Router(tags=["sending"])
webhooks = Router(tags=["sending"])
deliveries = Router(tags=["sending"])


@endpoint(of_invoices, "POST", "/{row_id}/send/", verb="invoice.share", answers={202: DeliveryOut})
def send_invoice(call: Call, row_id: str, body: SendIn) -> HttpResponse:
    """Send a bill's PDF by e-mail. It goes out after this answer, and is tried again where it fails."""
    invoice_id = path_id(row_id, "invoice")
    printable_invoice(call.caller, invoice_id)
    to = body.to or queries.share_facts(invoice_id)["email"]
    if not to:
        raise invalid_field("to", "required", "The customer has no e-mail address: say where it should go.")
    made = actions.send_invoice(actor=call.actor, invoice_id=invoice_id, to=to, lang=body.lang)
    return call.answer(202, queries.delivery(call.caller, made.id), made=made)


@endpoint(of_invoices, "GET", "/{row_id}/share/", verb="invoice.share", answers={200: ShareOut, 409: Problem})
def share_invoice(call: Call, row_id: str) -> HttpResponse:
    """A text about a bill with its public link, for WhatsApp or any other messenger."""
    bill = printable_invoice(call.caller, path_id(row_id, "invoice"))
    if not has_live_link(bill.id):
        raise conflict("link_revoked", "The public page of this bill was ended. Renew its link first.")
    facts = queries.share_facts(bill.id)
    text = share_text(facts, public_url(bill.token))
    return call.answer(
        200,
        {
            "text": text,
            "whatsapp_url": whatsapp_link(phone=facts["phone"] or "", text=text),
            "public_url": public_url(bill.token),
        },
    )


@endpoint(webhooks, "GET", "/", verb="webhook.read", answers={200: PageOf[WebhookOut]})
def list_webhooks(call: Call, query: Query[ListQuery]) -> HttpResponse:
    page = queries.webhooks(call.caller, query)
    for row in page.rows:
        del row["version"]
    return call.page(page)


@endpoint(webhooks, "POST", "/", verb="webhook.write", answers={201: NewWebhookOut})
def create_webhook(call: Call, body: WebhookIn) -> HttpResponse:
    """Have an address told of events, signed as Standard Webhooks say."""
    made = actions.create_webhook(
        actor=call.actor, url=body.url, events=body.events, is_active=body.is_active
    )
    row = queries.webhook(call.caller, made.id)
    version = row.pop("version")
    return call.answer(201, {**row, "secret": actions.secret_of(made.id)}, made=made, version=version)


@endpoint(webhooks, "GET", "/{row_id}/", verb="webhook.read", answers={200: WebhookOut})
def read_webhook(call: Call, row_id: str) -> HttpResponse:
    row = queries.webhook(call.caller, path_id(row_id, "webhook"))
    version = row.pop("version")
    return call.answer(200, row, version=version)


@endpoint(webhooks, "PATCH", "/{row_id}/", verb="webhook.write", answers={200: WebhookOut})
def change_webhook(call: Call, row_id: str, body: WebhookPatch) -> HttpResponse:
    made = actions.change_webhook(
        actor=call.actor,
        webhook_id=path_id(row_id, "webhook"),
        version=call.if_match,
        changes=body.model_dump(exclude_unset=True),
    )
    row = queries.webhook(call.caller, made.id)
    version = row.pop("version")
    return call.answer(200, row, version=version)


@endpoint(deliveries, "GET", "/", verb="webhook.read", answers={200: PageOf[DeliveryOut]})
def list_deliveries(call: Call, query: Query[DeliveryQuery]) -> HttpResponse:
    """What was sent, what waits, and what failed with its reason."""
    return call.page(queries.deliveries(call.caller, query))


@endpoint(deliveries, "GET", "/{row_id}/", verb="webhook.read", answers={200: DeliveryOut})
def read_delivery(call: Call, row_id: str) -> HttpResponse:
    return call.answer(200, queries.delivery(call.caller, path_id(row_id, "delivery")))


@endpoint(deliveries, "POST", "/{row_id}/replay/", verb="webhook.write", answers={201: DeliveryOut})
def replay_delivery(call: Call, row_id: str, body: Nothing) -> HttpResponse:
    """Send something again."""
    made = actions.send_again(actor=call.actor, delivery_id=path_id(row_id, "delivery"))
    return call.answer(201, queries.delivery(call.caller, made.id), made=made)
