from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from finetune.core.constraints import register_refusals
from finetune.core.refusals import Refusal, conflict
from finetune.invoicing.models import MONEY

REFUND_MODES = ("cash", "card", "upi", "emi", "credit")


class Refund(models.Model):
    """Money given back on a payment. Frozen. `from_credit` was the customer's credit; the rest is owed again."""

    payment = models.ForeignKey("payments.PaymentRecord", on_delete=models.PROTECT, related_name="refunds")
    invoice = models.ForeignKey("invoicing.Invoice", on_delete=models.PROTECT, related_name="refunds")
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(**MONEY)
    from_credit = models.DecimalField(**MONEY, db_default=0)
    mode = models.CharField(max_length=6)
    reason = models.CharField(max_length=500)
    reference = models.CharField(max_length=35, db_default="")
    refunded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    business_date = models.DateField()
    # Chosen by the database when the row is written. Null for customer's credit, and for what is older.
    cash_session = models.ForeignKey(
        "payments.CashSession", null=True, db_index=False, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(mode__in=REFUND_MODES), name="refunds_mode_known"),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0, from_credit__gte=0, from_credit__lte=models.F("amount")),
                name="refunds_amounts_positive",
            ),
        ]
        indexes = [
            models.Index(fields=["payment"], name="refunds_payment"),
            models.Index(fields=["invoice"], name="refunds_invoice"),
            models.Index(fields=["store", "id"], name="refunds_store"),
            models.Index(
                fields=["cash_session"],
                condition=models.Q(cash_session__isnull=False),
                name="refunds_session",
            ),
        ]


class RefundOutcome(models.Model):
    """What the bank said about a refund by card, UPI or lender. Frozen.

    One that failed is undone: `to_bill` is paid on the bill again, `to_credit` is the customer's credit.
    """

    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, primary_key=True, related_name="outcome")
    succeeded = models.BooleanField()
    reference = models.CharField(max_length=35, db_default="")
    reason = models.CharField(max_length=500, db_default="")
    to_bill = models.DecimalField(**MONEY, db_default=0)
    to_credit = models.DecimalField(**MONEY, db_default=0)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_bill__gte=0, to_credit__gte=0)
                & (models.Q(succeeded=False) | models.Q(to_bill=0, to_credit=0)),
                name="refunds_only_failed_undone",
            ),
        ]


class RefundCeiling(models.Model):
    """How much of a payment went back and did not fail. Locked by whoever refunds; a CHECK bounds it."""

    payment = models.OneToOneField(
        "payments.PaymentRecord", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    amount = models.DecimalField(**MONEY)
    amount_refunded = models.DecimalField(**MONEY, db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_refunded__gte=0, amount_refunded__lte=models.F("amount")),
                name="refunds_never_above_payment",
            ),
        ]


def exceeds_refundable(facts: Mapping[str, Any]) -> Refusal:
    """What the rules refuse with better sentences: for whoever came past them."""
    return conflict(
        "exceeds_refundable", "More would go back than is left. Read the payment and its bill again.", **facts
    )


register_refusals(
    {
        "refunds_never_above_payment": exceeds_refundable,
        "invoicing_never_returned_more": exceeds_refundable,
        "exceeds_money_received": exceeds_refundable,
        "refunds_refundoutcome_pkey": lambda facts: conflict(
            "already_decided", "The outcome of this refund is recorded already."
        ),
    }
)
