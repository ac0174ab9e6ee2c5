from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now, Replace, Upper

from finetune.core.constraints import register_refusals
from finetune.core.refusals import Refusal, conflict
from finetune.invoicing.models import MONEY
from finetune.payments.rules import cash_session_closed, duplicate_reference

MODES = ("cash", "card", "upi", "emi", "credit")
# A reference is the same however it is spaced and in capitals or not.
_AS_COMPARED = Upper(Replace("reference", models.Value(" "), models.Value("")))
MOVEMENTS = ("paid_in", "paid_out", "bank")
# What is read off for each way of paying that has an expected amount.
ENTERED = {"cash": "cash_counted", "card": "card_total", "upi": "upi_total"}


def _difference_is_the_rest(means: str, entered: str) -> models.CheckConstraint:
    expected, difference = f"{means}_expected", f"{means}_difference"
    return models.CheckConstraint(
        condition=models.Q(**{f"{entered}__isnull": True, f"{difference}__isnull": True})
        | models.Q(
            **{
                f"{entered}__isnull": False,
                f"{difference}__isnull": False,
                difference: models.F(entered) - models.F(expected),
            }
        ),
        name=f"payments_{means}_difference_is_the_rest",
    )


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
    # Chosen by the database when the row is written. Null for customer's credit, and for what is older.
    cash_session = models.ForeignKey(
        "CashSession", null=True, db_index=False, on_delete=models.PROTECT, related_name="+"
    )
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
            models.Index(
                fields=["cash_session"],
                condition=models.Q(cash_session__isnull=False),
                name="payments_session",
            ),
        ]


class CashSession(models.Model):
    """The money of one store's counter from one count of its drawer to the next. Closed once, then frozen.

    It is closed with a Z number, consecutive in its store, and says what cash, cards and UPI came to by our
    books, what was counted or read off, and the difference, with its reason.
    """

    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+")
    business_date = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_by_itself = models.BooleanField(db_default=False)
    opening_float = models.DecimalField(**MONEY)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    z_number = models.PositiveIntegerField(null=True)
    counted = models.JSONField(null=True)
    cash_expected = models.DecimalField(**MONEY, null=True)
    cash_counted = models.DecimalField(**MONEY, null=True)
    cash_difference = models.DecimalField(**MONEY, null=True)
    card_expected = models.DecimalField(**MONEY, null=True)
    card_total = models.DecimalField(**MONEY, null=True)
    card_difference = models.DecimalField(**MONEY, null=True)
    upi_expected = models.DecimalField(**MONEY, null=True)
    upi_total = models.DecimalField(**MONEY, null=True)
    upi_difference = models.DecimalField(**MONEY, null=True)
    note = models.CharField(max_length=500, db_default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store"],
                condition=models.Q(closed_at__isnull=True),
                name="payments_one_open_session",
            ),
            models.UniqueConstraint(fields=["store", "z_number"], name="payments_z_number_once"),
            models.CheckConstraint(
                condition=models.Q(
                    closed_at__isnull=True,
                    closed_by__isnull=True,
                    z_number__isnull=True,
                    counted__isnull=True,
                    cash_expected__isnull=True,
                    cash_counted__isnull=True,
                    card_expected__isnull=True,
                    upi_expected__isnull=True,
                )
                | models.Q(
                    closed_at__gte=models.F("opened_at"),
                    closed_by__isnull=False,
                    z_number__gte=1,
                    counted__isnull=False,
                    cash_expected__isnull=False,
                    cash_counted__isnull=False,
                    card_expected__isnull=False,
                    upi_expected__isnull=False,
                ),
                name="payments_session_closed_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(opening_float__gte=0)
                & (models.Q(cash_counted__isnull=True) | models.Q(cash_counted__gte=0)),
                name="payments_session_not_negative",
            ),
            *(_difference_is_the_rest(means, entered) for means, entered in ENTERED.items()),
            models.CheckConstraint(
                condition=~models.Q(note="")
                | (
                    (models.Q(cash_difference__isnull=True) | models.Q(cash_difference=0))
                    & (models.Q(card_difference__isnull=True) | models.Q(card_difference=0))
                    & (models.Q(upi_difference__isnull=True) | models.Q(upi_difference=0))
                ),
                name="payments_difference_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "id"], name="payments_session_store"),
            models.Index(fields=["business_date", "id"], name="payments_session_date"),
        ]


class CashMovement(models.Model):
    """Cash put into the drawer or taken out of it that is no payment: change, tea, the bank. Frozen."""

    cash_session = models.ForeignKey(CashSession, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=8)
    amount = models.DecimalField(**MONEY)
    reason = models.CharField(max_length=500)
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=MOVEMENTS, amount__gt=0) & ~models.Q(reason=""),
                name="payments_movement_is_whole",
            ),
        ]


class ZCounter(models.Model):
    """The last Z number of a store, raised last in the closing transaction."""

    store = models.OneToOneField("stores.Store", on_delete=models.PROTECT, primary_key=True, related_name="+")
    last_number = models.PositiveIntegerField()


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
        "payments_one_open_session": lambda facts: conflict(
            "cash_session_open", "This store's cash session is open already. Count and close it first."
        ),
        "cash_session_closed": lambda facts: cash_session_closed(),
        "payments_difference_has_reason": lambda facts: conflict(
            "difference_needs_reason", "The count differs from the books. Say why in the note."
        ),
        "invoicing_cancelled_is_unpaid": lambda facts: conflict(
            "invoice_not_payable", "This bill is cancelled: nothing is owed on it."
        ),
    }
)
