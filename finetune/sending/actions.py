"""Ask for something to be sent; keep webhooks; send again."""

import base64
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from finetune.core import audit
from finetune.core.caller import Actor
from finetune.core.masters import change_row, create_row, lock_row
from finetune.core.refusals import conflict, not_found
from finetune.core.transactions import Made, one_transaction
from finetune.documents.queries import printable_invoice
from finetune.sending.models import Delivery, WebhookEndpoint
from finetune.sending.rules import SECRET_PREFIX

INVOICE_MAIL = "invoice.mail"


@one_transaction
def send_invoice(*, actor: Actor, invoice_id: int, to: str, lang: str) -> Made:
    """Put an e-mail with the bill's PDF into the queue. Refuses 409 for a draft."""
    printable_invoice(actor.caller, invoice_id)
    delivery = Delivery.objects.create(
        channel="email",
        event=INVOICE_MAIL,
        object_id=invoice_id,
        recipient=to,
        payload={"lang": lang},
        requested_by_id=actor.user_id,
    )
    audit.record(actor=actor, verb="invoice.send", kind="delivery", object_id=delivery.pk)
    return Made("delivery", {"id": delivery.pk})


@one_transaction
def create_webhook(*, actor: Actor, url: str, events: Sequence[str], is_active: bool) -> Made:
    """A new endpoint with a secret of its own, which is shown this once and can be read back by nobody."""
    secret = SECRET_PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()
    row = create_row(
        WebhookEndpoint,
        actor=actor,
        verb="webhook.write",
        kind="webhook",
        fields={
            "url": url,
            "events": sorted(set(events)),
            "secret": secret,
            "is_active": is_active,
            "created_by_id": actor.user_id,
        },
    )
    return Made("webhook", {"id": row.pk})


@one_transaction
def change_webhook(*, actor: Actor, webhook_id: int, version: str | None, changes: Mapping[str, Any]) -> Made:
    row = lock_row(WebhookEndpoint, webhook_id, what="webhook", version=version)
    change_row(row, actor=actor, verb="webhook.write", kind="webhook", changes=changes)
    return Made("webhook", {"id": webhook_id})


@one_transaction
def send_again(*, actor: Actor, delivery_id: int) -> Made:
    """Send once more what was sent or what failed: a delivery of its own, so that the log keeps both."""
    earlier = Delivery.objects.filter(pk=delivery_id).first()
    if earlier is None:
        raise not_found("delivery")
    if earlier.status == "waiting":
        raise conflict("still_waiting", "This is still on its way; it is tried again by itself.")
    again = Delivery.objects.create(
        channel=earlier.channel,
        event=earlier.event,
        object_id=earlier.object_id,
        endpoint_id=earlier.endpoint_id,
        recipient=earlier.recipient,
        payload=earlier.payload,
        requested_by_id=actor.user_id,
    )
    audit.record(actor=actor, verb="delivery.replay", kind="delivery", object_id=again.pk)
    return Made("delivery", {"id": again.pk})


def secret_of(webhook_id: int) -> str:
    return WebhookEndpoint.objects.values_list("secret", flat=True).get(pk=webhook_id)
