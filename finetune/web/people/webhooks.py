"""Webhooks, and the log of what was sent."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from finetune.core.listing import ListQuery
from finetune.sending.actions import change_webhook, create_webhook, secret_of, send_again
from finetune.sending.queries import deliveries, delivery, webhook, webhooks
from finetune.sending.schemas import DeliveryQuery, WebhookIn, WebhookPatch
from finetune.web.shell.forms import Field, Form
from finetune.web.shell.lists import Column, ListPage, show_list
from finetune.web.shell.visit import Visit, id_of, page

EVENTS = (
    ("invoice.issued", gettext_lazy("A bill was issued")),
    ("invoice.paid", gettext_lazy("A bill was paid")),
    ("payment.recorded", gettext_lazy("Money was taken")),
    ("credit_note.issued", gettext_lazy("A credit note was issued")),
    ("stock.low", gettext_lazy("Stock runs low")),
)
FIELDS = (
    Field("url", gettext_lazy("Address"), required=True, placeholder="https://", maxlength=500, is_wide=True),
    Field("events", gettext_lazy("Tell of"), "ids", EVENTS),
    Field("is_active", gettext_lazy("Switched on"), "flag"),
)
WEBHOOKS = ListPage(
    title=gettext_lazy("Webhooks"),
    lead=gettext_lazy("Signed as Standard Webhooks say; addresses inside a private network are refused."),
    path="/settings/webhooks/",
    query=ListQuery,
    read=webhooks,
    columns=(
        Column(gettext_lazy("Address"), "url", link=lambda row: f"/settings/webhooks/{row['id']}/"),
        Column(gettext_lazy("Tells of"), lambda row: ", ".join(row["events"])),
        Column(
            gettext_lazy("Status"), lambda row: "active" if row["is_active"] else "inactive", kind="status"
        ),
    ),
    new=(gettext_lazy("New webhook"), "/settings/webhooks/new/", "webhook.write"),
)
DELIVERIES = ListPage(
    title=gettext_lazy("Sent"),
    path="/settings/deliveries/",
    query=DeliveryQuery,
    read=deliveries,
    template="web/people/deliveries.html",
    filters=(
        Field(
            "status",
            gettext_lazy("Status"),
            "choice",
            (
                ("", gettext_lazy("All")),
                ("waiting", gettext_lazy("Waiting")),
                ("delivered", gettext_lazy("Delivered")),
                ("failed", gettext_lazy("Failed")),
            ),
        ),
        Field("date_from", gettext_lazy("From"), "date"),
        Field("date_to", gettext_lazy("To"), "date"),
    ),
    columns=(
        Column(gettext_lazy("When"), "created_at", kind="instant"),
        Column(gettext_lazy("What"), "event", link=lambda row: f"/settings/deliveries/{row['id']}/"),
        Column(gettext_lazy("By"), "channel"),
        Column(pgettext_lazy("recipient", "To"), "recipient"),
        Column(gettext_lazy("Status"), "status", kind="status", note="last_error"),
        Column(gettext_lazy("Tries"), "attempts", kind="count"),
    ),
)


@page("webhook.read")
def list_webhooks(visit: Visit) -> HttpResponse:
    return show_list(visit, WEBHOOKS)


@page("webhook.write", methods=("GET", "POST"))
def new_webhook(visit: Visit) -> HttpResponse:
    form = Form(FIELDS, initial={"is_active": True})
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            body = form.body(WebhookIn)
            made = create_webhook(
                actor=visit.actor, url=body.url, events=body.events, is_active=body.is_active
            )
            secret = secret_of(made.id)
            return visit.render("web/people/webhook_secret.html", url=body.url, secret=secret)
    back = ("/settings/webhooks/", _("Webhooks"))
    return visit.render("web/form.html", status=form.status, form=form, title=_("New webhook"), back=back)


@page("webhook.write", methods=("GET", "POST"))
def edit_webhook(visit: Visit, row_id: str) -> HttpResponse:
    row = webhook(visit.caller, id_of(row_id, "webhook"))
    form = Form(FIELDS, initial=row)
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            changes = form.body(WebhookPatch).model_dump(exclude_unset=True)
            change_webhook(actor=visit.actor, webhook_id=row["id"], version=form.version, changes=changes)
            return visit.go("/settings/webhooks/", _("Saved."))
    back = ("/settings/webhooks/", _("Webhooks"))
    shown = {"form": form, "title": row["url"], "back": back, "version": row["version"]}
    return visit.render("web/form.html", status=form.status, **shown)


@page("webhook.read")
def list_deliveries(visit: Visit) -> HttpResponse:
    return show_list(visit, DELIVERIES)


@page("webhook.write", methods=("GET", "POST"))
def show_delivery(visit: Visit, row_id: str) -> HttpResponse:
    """One delivery, and sending it again."""
    delivery_id = id_of(row_id, "delivery")
    if visit.request.method == "POST":
        made = send_again(actor=visit.actor, delivery_id=delivery_id)
        return visit.go(f"/settings/deliveries/{made.id}/", _("It is sent again."))
    return visit.render("web/people/delivery.html", delivery=delivery(visit.caller, delivery_id))
