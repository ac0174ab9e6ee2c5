from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from finetune.core.constraints import register_refusals
from finetune.core.refusals import conflict

MONEY: Mapping[str, Any] = {"max_digits": 14, "decimal_places": 2}
SUPPLIES = ("service", "goods")


class VoucherNumber(models.Model):
    """What a voucher's number is made of: the integer is kept beside the text."""

    series = models.CharField(max_length=20)
    run = models.PositiveIntegerField()
    number = models.BigIntegerField()
    voucher_number = models.CharField(max_length=16)
    voucher_date = models.DateField()
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Taxed(models.Model):
    """An advance with the tax inside it, in rupees. Goods carry none (Notification 66/2017)."""

    amount = models.DecimalField(**MONEY)
    taxable_value = models.DecimalField(**MONEY)
    cgst = models.DecimalField(**MONEY)
    sgst = models.DecimalField(**MONEY)
    igst = models.DecimalField(**MONEY)

    class Meta:
        abstract = True


class Deposit(VoucherNumber, Taxed):
    """A receipt voucher (CGST Rule 50): an advance on a booking. Frozen; what became of it is in DepositBalance."""

    booking = models.ForeignKey("bookings.Booking", on_delete=models.PROTECT, related_name="+")
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    supply = models.CharField(max_length=8)
    description = models.CharField(max_length=300)
    gst_rate = models.DecimalField(max_digits=6, decimal_places=3)
    place_of_supply = models.CharField(max_length=2)
    supply_nature = models.CharField(max_length=5)
    state_tax_label = models.CharField(max_length=5)
    seller = models.JSONField()
    buyer = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "run", "number"], name="deposits_number_once"),
            models.CheckConstraint(condition=models.Q(supply__in=SUPPLIES), name="deposits_supply_known"),
            models.CheckConstraint(
                condition=models.Q(
                    amount__gt=0,
                    amount=models.F("taxable_value") + models.F("cgst") + models.F("sgst") + models.F("igst"),
                ),
                name="deposits_parts_add_up",
            ),
        ]
        indexes = [
            models.Index(fields=["booking"], name="deposits_booking"),
            models.Index(fields=["store", "id"], name="deposits_store"),
            models.Index(fields=["voucher_date", "id"], name="deposits_date"),
        ]


class DepositBalance(models.Model):
    """What became of a deposit. The row that is locked by whoever bills or refunds; a CHECK bounds it."""

    deposit = models.OneToOneField(
        Deposit, on_delete=models.PROTECT, primary_key=True, related_name="balance"
    )
    booking = models.ForeignKey("bookings.Booking", on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(**MONEY)
    amount_applied = models.DecimalField(**MONEY, db_default=0)
    amount_refunded = models.DecimalField(**MONEY, db_default=0)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    amount_applied__gte=0,
                    amount_refunded__gte=0,
                    amount__gte=models.F("amount_applied") + models.F("amount_refunded"),
                ),
                name="deposits_never_overspent",
            ),
        ]
        indexes = [
            models.Index(
                fields=["booking"],
                condition=models.Q(amount__gt=models.F("amount_applied") + models.F("amount_refunded")),
                name="deposits_open",
            ),
        ]


class DepositSetOff(Taxed):
    """A part of a deposit that paid a bill; GSTR-1 table 11B. The bill lives in a higher room: its id is kept."""

    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="set_offs")
    invoice_id = models.BigIntegerField()
    set_off_date = models.DateField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deposit", "invoice_id"], name="deposits_set_off_once"),
            models.CheckConstraint(
                condition=models.Q(
                    amount__gt=0,
                    amount=models.F("taxable_value") + models.F("cgst") + models.F("sgst") + models.F("igst"),
                ),
                name="deposits_set_off_adds_up",
            ),
        ]
        indexes = [models.Index(fields=["invoice_id"], name="deposits_set_off_invoice")]


class DepositRefund(VoucherNumber, Taxed):
    """A refund voucher (CGST Rule 51): an advance given back, since no supply was made."""

    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="refunds")
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=4)
    reference = models.CharField(max_length=35, db_default="")
    reason = models.CharField(max_length=500)
    # Of the payments room, which keeps it; null on what is older than cash sessions.
    cash_session_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "run", "number"], name="deposits_refund_number_once"),
            models.CheckConstraint(
                condition=models.Q(
                    amount__gt=0,
                    amount=models.F("taxable_value") + models.F("cgst") + models.F("sgst") + models.F("igst"),
                ),
                name="deposits_refund_adds_up",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "id"], name="deposits_refund_store"),
            models.Index(
                fields=["cash_session_id"],
                condition=models.Q(cash_session_id__isnull=False),
                name="deposits_refund_session",
            ),
        ]


register_refusals(
    {
        "booking_has_deposits": lambda facts: conflict(
            "booking_has_deposits",
            "This booking holds its customer's deposit. Give it back, or bill it, before another takes over.",
        ),
        "deposits_never_overspent": lambda facts: conflict(
            "exceeds_deposit", "Less of this deposit is left by now. Read it again."
        ),
    }
)
