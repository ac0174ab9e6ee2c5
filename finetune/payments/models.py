from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now, Replace, Upper

from finetune.core.constraints import register_refusals
from finetune.core.refusals import Refusal, conflict
from finetune.invoicing.models import MONEY
from finetune.payments.rules import duplicate_reference

MODES = ("cash", "card", "upi", "emi", "credit")
# A reference is the same however it is spaced and in capitals or not.
_AS_COMPARED = Upper(Replace("reference", models.Value(" "), models.Value("")))


class PaymentRecord(models.Model):
    """Money taken on a bill, or on a booking before it is billed. Frozen; `is_live` is false only for one
    that was undone by a document of its own. Mode `credit` spends what the shop owes the customer."""

    invoice = models.ForeignKey(
        "invoicing.Invoice", null=True, on_delete=models.PROTECT, related_name="payments"
    )
    deposit = models.OneToOneField(
        "deposits.Deposit", null=True, on_delete=models.PROTECT, related_name="payment"
    )
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(**MONEY)
    mode = models.CharField(max_length=6)
    reference = models.CharField(max_length=35, db_default="")
    tendered = models.DecimalField(**MONEY, null=True)
    change_due = models.DecimalField(**MONEY, db_default=0)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    business_date = models.DateField()
    is_live = models.BooleanField(db_default=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payments_amount_positive"),
            models.CheckConstraint(condition=models.Q(mode__in=MODES), name="payments_mode_known"),
            models.CheckConstraint(
                condition=models.Q(mode__in=["cash", "credit"]) | ~models.Q(reference=""),
                name="payments_reference_given",
            ),
            models.CheckConstraint(
                condition=models.Q(tendered__isnull=True, change_due=0)
                | models.Q(
                    mode="cash",
                    tendered__isnull=False,
                    change_due__gte=0,
                    tendered=models.F("amount") + models.F("change_due"),
                ),
                name="payments_change_adds_up",
            ),
            models.CheckConstraint(
                condition=models.Q(invoice__isnull=False, deposit__isnull=True)
                | models.Q(invoice__isnull=True, deposit__isnull=False),
                name="payments_for_a_bill_or_a_deposit",
            ),
            models.UniqueConstraint(
                _AS_COMPARED,
                condition=models.Q(mode="upi", is_live=True),
                name="payments_upi_reference_once",
            ),
            models.UniqueConstraint(
                "store",
                "business_date",
                _AS_COMPARED,
                condition=models.Q(mode="card", is_live=True),
                name="payments_card_reference_once",
            ),
        ]
        indexes = [
            models.Index(fields=["invoice"], name="payments_invoice"),
            models.Index(fields=["store", "id"], name="payments_store"),
            models.Index(fields=["business_date", "id"], name="payments_date"),
        ]


class EmiPlan(models.Model):
    """What a lender finances of a bill: amount = financed + subvention. The lender owes it, not the
    customer."""

    payment = models.OneToOneField(
        PaymentRecord, on_delete=models.PROTECT, primary_key=True, related_name="emi"
    )
    provider = models.CharField(max_length=60)
    tenure_months = models.PositiveSmallIntegerField()
    financed_amount = models.DecimalField(**MONEY)
    subvention = models.DecimalField(**MONEY, db_default=0)
    down_payment = models.DecimalField(**MONEY, db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    financed_amount__gt=0, subvention__gte=0, down_payment__gte=0, tenure_months__gte=1
                ),
                name="payments_emi_not_negative",
            ),
        ]


class CashOfDay(models.Model):
    """Cash taken from one person on one day, bounded below the limit of the income-tax law by the database.

    `person` is `customer:<id>`, or `invoice:<id>` for a walk-in, who has no name to add up under.
    """

    person = models.CharField(max_length=40)
    day = models.DateField()
    amount = models.DecimalField(**MONEY)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "day"], name="payments_cash_day_once"),
            models.CheckConstraint(
                condition=models.Q(amount__gte=0, amount__lt=200000), name="payments_cash_below_limit"
            ),
        ]


def _cash_limit(facts: Mapping[str, Any]) -> Refusal:
    return conflict(
        "cash_limit",
        "Rs 2 lakh or more in cash from one person in a day is barred by the income-tax law. Take the rest "
        "by card, UPI or bank.",
        **facts,
    )


def _exceeds_balance(facts: Mapping[str, Any]) -> Refusal:
    return conflict("exceeds_balance", "This is more than is owed on the bill by now. Read the bill again.")


register_refusals(
    {
        "payments_upi_reference_once": lambda facts: duplicate_reference(),
        "payments_card_reference_once": lambda facts: duplicate_reference(),
        "cash_limit": _cash_limit,
        "payments_cash_below_limit": _cash_limit,
        "invoicing_never_overpaid": _exceeds_balance,
        "invoicing_cancelled_is_unpaid": lambda facts: conflict(
            "invoice_not_payable", "This bill is cancelled: nothing is owed on it."
        ),
    }
)
