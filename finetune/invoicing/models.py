from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from finetune.core.constraints import register_refusals
from finetune.core.models import Versioned
from finetune.core.refusals import already_exists, conflict
from finetune.gst.supply import DocumentType
from finetune.invoicing.numbering import date_before_last_number, series_held

MONEY: Mapping[str, Any] = {"max_digits": 14, "decimal_places": 2}
SEQUENCE_KINDS = ("invoice", "bill_of_supply", "credit_note", "receipt_voucher", "refund_voucher")


class InvoiceSequence(models.Model):
    """The counter of a number series. Its row is the last thing that issuing locks, so numbers have no gap.

    A lost row is made again from SequenceRun and the highest number issued.
    """

    series = models.CharField(max_length=20)
    run = models.PositiveIntegerField()
    last_number = models.BigIntegerField()
    last_date = models.DateField(null=True)
    # After a restore: numbers given out since then are not in these books, so no more are until somebody
    # says which was the last.
    held_since = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series"], name="invoicing_sequence_once"),
            models.CheckConstraint(
                condition=models.Q(last_number__gte=0), name="invoicing_sequence_not_negative"
            ),
        ]


class SequenceRun(models.Model):
    """A series was opened, or cleared to begin again. Frozen: it says where each run began, by whom and why.

    The first run's id is the id of the series.
    """

    series = models.CharField(max_length=20)
    run = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    gstin = models.CharField(max_length=15, db_default="", default="")
    prefix = models.CharField(max_length=12)
    opening_number = models.BigIntegerField(db_default=0, default=0)
    reason = models.CharField(max_length=500, db_default="", default="")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "run"], name="invoicing_run_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=SEQUENCE_KINDS), name="invoicing_sequence_kind_known"
            ),
        ]


class Invoice(Versioned):
    """A bill. Until `issued_at` is set it is a draft and may change; from then on it never does.

    What happens to it afterwards is rows of its own: Settlement, InvoiceCancellation, payments.
    Money in rupees to the paisa; `order` is what was asked for, kept so that a draft can be drawn up again.
    """

    document_type = models.CharField(max_length=16)
    series = models.CharField(max_length=20, null=True)
    run = models.PositiveIntegerField(null=True)
    number = models.BigIntegerField(null=True)
    invoice_number = models.CharField(max_length=16, null=True)
    issued_at = models.DateTimeField(null=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    booking = models.ForeignKey("bookings.Booking", null=True, on_delete=models.PROTECT, related_name="+")
    seller = models.JSONField()
    buyer = models.JSONField()
    order = models.JSONField()

    invoice_date = models.DateField()
    due_date = models.DateField(null=True)
    place_of_supply = models.CharField(max_length=2)
    supply_nature = models.CharField(max_length=5)
    state_tax_label = models.CharField(max_length=5)
    reverse_charge = models.BooleanField(db_default=False)
    with_payment_of_tax = models.BooleanField(db_default=False)
    notes = models.CharField(max_length=1000, db_default="")

    taxable_value = models.DecimalField(**MONEY)
    discount_total = models.DecimalField(**MONEY)
    cgst = models.DecimalField(**MONEY)
    sgst = models.DecimalField(**MONEY)
    igst = models.DecimalField(**MONEY)
    cess = models.DecimalField(**MONEY)
    total_before_round_off = models.DecimalField(**MONEY)
    round_off_amount = models.DecimalField(**MONEY)
    total = models.DecimalField(**MONEY)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "run", "number"], name="invoicing_number_once"),
            models.CheckConstraint(
                condition=models.Q(document_type__in=[each.value for each in DocumentType]),
                name="invoicing_document_type_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    issued_at__isnull=True,
                    series__isnull=True,
                    run__isnull=True,
                    number__isnull=True,
                    invoice_number__isnull=True,
                    issued_by__isnull=True,
                )
                | models.Q(
                    issued_at__isnull=False,
                    series__isnull=False,
                    run__isnull=False,
                    number__isnull=False,
                    number__gte=1,
                    invoice_number__isnull=False,
                    issued_by__isnull=False,
                ),
                name="invoicing_number_only_when_issued",
            ),
            models.CheckConstraint(
                condition=models.Q(total=models.F("total_before_round_off") + models.F("round_off_amount"))
                & models.Q(round_off_amount__gt=-1, round_off_amount__lt=1, total__gte=0),
                name="invoicing_total_adds_up",
            ),
            models.CheckConstraint(
                condition=models.Q(reverse_charge=True, total_before_round_off=models.F("taxable_value"))
                | models.Q(
                    reverse_charge=False,
                    total_before_round_off=models.F("taxable_value")
                    + models.F("cgst")
                    + models.F("sgst")
                    + models.F("igst")
                    + models.F("cess"),
                ),
                name="invoicing_parts_add_up",
            ),
            models.CheckConstraint(
                condition=models.Q(supply_nature="intra", igst=0, cgst=models.F("sgst"))
                | models.Q(supply_nature="inter", cgst=0, sgst=0),
                name="invoicing_one_kind_of_tax",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "id"], name="invoicing_store"),
            models.Index(fields=["customer", "id"], name="invoicing_customer"),
            models.Index(
                fields=["booking"], condition=models.Q(booking__isnull=False), name="invoicing_booking"
            ),
            models.Index(fields=["invoice_date", "id"], name="invoicing_date"),
            # What was billed by day and store is read from the index alone, however many bills there are.
            models.Index(
                fields=["invoice_date"],
                include=["store", "total"],
                condition=models.Q(issued_at__isnull=False),
                name="invoicing_billed_by_day",
            ),
            models.Index(models.functions.Upper("invoice_number"), name="invoicing_number_text"),
            # The drafts of a store, few of many bills.
            models.Index(
                fields=["store", "id"], condition=models.Q(issued_at__isnull=True), name="invoicing_drafts"
            ),
        ]


class InvoiceLineItem(models.Model):
    """A line of a bill, with every amount as it was computed once and stored."""

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="line_items")
    position = models.PositiveIntegerField()
    product_variant = models.ForeignKey(
        "catalog.Variant", null=True, on_delete=models.PROTECT, related_name="+"
    )
    description = models.CharField(max_length=300)
    hsn_code = models.CharField(max_length=8, db_default="")
    quantity = models.DecimalField(max_digits=13, decimal_places=3)
    unit = models.CharField(max_length=3)
    unit_price = models.DecimalField(max_digits=15, decimal_places=3)
    gst_rate = models.DecimalField(max_digits=6, decimal_places=3)
    treatment = models.CharField(max_length=10)
    tax_inclusive = models.BooleanField()
    discount_percent = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    serial_numbers = models.JSONField(db_default=[])

    gross = models.DecimalField(**MONEY)
    discount_amount = models.DecimalField(**MONEY)
    invoice_discount_share = models.DecimalField(**MONEY)
    taxable_value = models.DecimalField(**MONEY)
    cgst = models.DecimalField(**MONEY)
    sgst = models.DecimalField(**MONEY)
    igst = models.DecimalField(**MONEY)
    cess = models.DecimalField(**MONEY)
    total = models.DecimalField(**MONEY)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="invoicing_line_position_once"),
            models.CheckConstraint(
                condition=models.Q(
                    quantity__gt=0,
                    unit_price__gte=0,
                    taxable_value__gte=0,
                    discount_amount__gte=0,
                    invoice_discount_share__gte=0,
                ),
                name="invoicing_line_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(cgst=models.F("sgst")) & (models.Q(igst=0) | models.Q(cgst=0)),
                name="invoicing_line_one_kind_of_tax",
            ),
        ]


class Settlement(models.Model):
    """What is owed on an issued bill. The one row that payers lock; a CHECK bounds it whoever writes."""

    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, primary_key=True, related_name="settlement"
    )
    total = models.DecimalField(**MONEY)
    amount_paid = models.DecimalField(**MONEY, db_default=0)
    amount_credited = models.DecimalField(**MONEY, db_default=0)
    amount_refunded = models.DecimalField(**MONEY, db_default=0)
    # Taken on the booking before it was billed, and set off here; and what of all that became credit.
    amount_deposited = models.DecimalField(**MONEY, db_default=0)
    amount_to_credit = models.DecimalField(**MONEY, db_default=0)
    is_cancelled = models.BooleanField(db_default=False)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    amount_paid__gte=0,
                    amount_credited__gte=0,
                    amount_refunded__gte=0,
                    amount_deposited__gte=0,
                    amount_to_credit__gte=0,
                    amount_credited__lte=models.F("total"),
                ),
                name="invoicing_settlement_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    amount_paid__lte=models.F("total")
                    - models.F("amount_credited")
                    - models.F("amount_deposited")
                    + models.F("amount_to_credit")
                    + models.F("amount_refunded"),
                ),
                name="invoicing_never_overpaid",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    amount_paid__gte=models.F("amount_to_credit")
                    + models.F("amount_refunded")
                    - models.F("amount_deposited"),
                ),
                name="invoicing_never_returned_more",
            ),
            models.CheckConstraint(
                condition=models.Q(is_cancelled=False)
                | models.Q(
                    amount_paid=models.F("amount_refunded") + models.F("amount_to_credit"),
                    amount_deposited=0,
                    amount_credited=0,
                ),
                name="invoicing_cancelled_is_unpaid",
            ),
        ]
        indexes = [
            # What is owed is found among the few bills that are not paid.
            models.Index(
                fields=["invoice"],
                condition=models.Q(
                    is_cancelled=False,
                    total__gt=models.F("amount_credited")
                    + models.F("amount_paid")
                    + models.F("amount_deposited")
                    - models.F("amount_to_credit")
                    - models.F("amount_refunded"),
                ),
                name="invoicing_owed",
            ),
        ]


class InvoiceCancellation(models.Model):
    """A bill was cancelled: its number is kept, its stock came back."""

    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, primary_key=True, related_name="cancellation"
    )
    reason = models.CharField(max_length=500)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(db_default=Now())


_FROZEN = "An issued document never changes. Correct it by another document."
register_refusals(
    {
        "frozen": lambda facts: conflict("frozen", _FROZEN, table=facts["table"]),
        "date_before_last_number": lambda facts: date_before_last_number(**facts),
        "series_held": lambda facts: series_held(**facts),
        "series_full": lambda facts: conflict(
            "series_full",
            f"Numbers of {facts['series']} would pass 16 characters (Rule 46). Open a new series.",
        ),
        "invoicing_number_once": lambda facts: conflict(
            "number_would_repeat",
            "The counter of this series stands below a number that was issued. Nothing was billed; tell your "
            "administrator.",
        ),
        "invoicing_run_once": lambda facts: already_exists("series", "a number series"),
        "invoicing_sequence_once": lambda facts: already_exists("series", "a number series"),
    }
)


class PublicLink(models.Model):
    """The address at which anybody who holds it sees an issued bill. A trigger makes one with the bill.

    A bill has at most one link that is not revoked; a revoked one never works again.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="public_links")
    token = models.CharField(max_length=32)
    created_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token"], name="invoicing_link_token_once"),
            models.UniqueConstraint(
                fields=["invoice"], condition=models.Q(revoked_at=None), name="invoicing_one_live_link"
            ),
        ]
        indexes = [models.Index(fields=["invoice", "id"], name="invoicing_links_of_invoice")]
