from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from finetune.core.constraints import register_refusals
from finetune.core.models import Versioned
from finetune.core.refusals import already_exists

EVENTS = ("invoice.issued", "invoice.paid", "payment.recorded", "credit_note.issued", "stock.low")
# `paper` goes nowhere: a long bill is set beforehand, so that nobody waits for its PDF.
CHANNELS = ("webhook", "email", "paper")
DELIVERY_STATUSES = ("waiting", "delivered", "failed")


class WebhookEndpoint(Versioned):
    """An address that is told of events. `secret` signs what is sent to it (Standard Webhooks)."""

    url = models.CharField(max_length=500)
    events = ArrayField(models.CharField(max_length=30))
    secret = models.CharField(max_length=80)
    is_active = models.BooleanField(db_default=True, default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["url"], name="sending_url_once")]


class Delivery(models.Model):
    """Something to be sent, written in the transaction that gave rise to it: the queue and its log in one.

    A worker takes what is due, one at a time, with SKIP LOCKED; `attempts` and `next_at` carry the retries.
    """

    channel = models.CharField(max_length=8)
    event = models.CharField(max_length=30)
    object_id = models.BigIntegerField()
    endpoint = models.ForeignKey(
        WebhookEndpoint, null=True, on_delete=models.PROTECT, related_name="deliveries"
    )
    recipient = models.CharField(max_length=254, db_default="")
    payload = models.JSONField(db_default={})
    status = models.CharField(max_length=10, db_default="waiting")
    attempts = models.PositiveIntegerField(db_default=0)
    next_at = models.DateTimeField(db_default=Now())
    last_error = models.CharField(max_length=500, db_default="")
    response_status = models.IntegerField(null=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(channel__in=CHANNELS), name="sending_channel_known"),
            models.CheckConstraint(
                condition=models.Q(status__in=DELIVERY_STATUSES), name="sending_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(channel="webhook", endpoint__isnull=False)
                | (models.Q(channel="email", endpoint__isnull=True) & ~models.Q(recipient=""))
                | models.Q(channel="paper", endpoint__isnull=True),
                name="sending_goes_somewhere",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(status="waiting"), name="sending_due"),
            models.Index(fields=["endpoint", "id"], name="sending_endpoint"),
            models.Index(fields=["event", "object_id"], name="sending_object"),
        ]


register_refusals({"sending_url_once": lambda facts: already_exists("url", "a webhook")})
