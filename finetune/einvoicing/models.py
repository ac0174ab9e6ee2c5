from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from finetune.core.constraints import register_refusals
from finetune.einvoicing.rules import already_answered

_ONE_DOCUMENT = models.Q(invoice__isnull=False, note__isnull=True) | models.Q(
    invoice__isnull=True, note__isnull=False
)


class Submission(models.Model):
    """An INV-01 was handed to the transport. Frozen; the same document may be handed over again."""

    invoice = models.ForeignKey("invoicing.Invoice", null=True, on_delete=models.PROTECT, related_name="+")
    note = models.ForeignKey("crediting.CreditNote", null=True, on_delete=models.PROTECT, related_name="+")
    irn = models.CharField(max_length=64)
    reference = models.CharField(max_length=200)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=_ONE_DOCUMENT, name="einvoicing_submitted_one")]
        indexes = [models.Index(fields=["invoice"], name="einvoicing_submitted")]


class Answer(models.Model):
    """What the portal answered for a document: once, frozen, and printed from then on.

    `signed_qr` and `signed_invoice` are kept as received; whoever checks the signature needs every byte.
    """

    invoice = models.OneToOneField("invoicing.Invoice", null=True, on_delete=models.PROTECT, related_name="+")
    note = models.OneToOneField("crediting.CreditNote", null=True, on_delete=models.PROTECT, related_name="+")
    irn = models.CharField(max_length=64)
    ack_no = models.CharField(max_length=20)
    ack_date = models.DateTimeField()
    signed_qr = models.TextField()
    signed_invoice = models.TextField(db_default="")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["irn"], name="einvoicing_irn_once"),
            models.CheckConstraint(condition=_ONE_DOCUMENT, name="einvoicing_answered_one"),
            models.CheckConstraint(
                condition=models.Q(irn__regex=r"^[0-9a-f]{64}$"), name="einvoicing_irn_is_a_hash"
            ),
        ]


register_refusals(
    {
        "einvoicing_answer_invoice_id_key": lambda facts: already_answered(),
        "einvoicing_answer_note_id_key": lambda facts: already_answered(),
        "einvoicing_irn_once": lambda facts: already_answered(),
    }
)
