from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from finetune.core.constraints import register_refusals
from finetune.core.models import Versioned
from finetune.core.refusals import conflict


class Booking(Versioned):
    """A device left for repair, or a sale at the counter. The only living record: documents hang on it."""

    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, db_default="repair", default="repair")
    device = models.CharField(max_length=120, db_default="", default="")
    issue = models.CharField(max_length=1000, db_default="", default="")
    imei = models.CharField(max_length=15, db_default="", default="")
    # How it looked when it was taken in: scratches, what was left with it.
    condition = models.CharField(max_length=1000, db_default="", default="")
    estimate = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    status = models.CharField(max_length=20, db_default="received", default="received")
    status_reason = models.CharField(max_length=500, db_default="", default="")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["repair", "counter"]), name="bookings_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="counter") | (~models.Q(device="") & ~models.Q(issue="")),
                name="bookings_repair_says_what",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "status"], name="bookings_store_status"),
            models.Index(fields=["customer"], name="bookings_customer"),
            models.Index(fields=["store", "id"], name="bookings_store"),
            models.Index(fields=["created_at"], name="bookings_created"),
            # The bench: few rows of many, whatever the shop has repaired before.
            models.Index(
                fields=["status", "created_at", "id"],
                condition=models.Q(
                    kind="repair",
                    status__in=["received", "diagnosing", "awaiting_approval", "in_progress", "ready"],
                ),
                name="bookings_on_the_bench",
            ),
            models.Index(fields=["imei", "id"], condition=~models.Q(imei=""), name="bookings_of_imei"),
            GinIndex(
                fields=["device", "imei", "issue"], opclasses=["gin_trgm_ops"] * 3, name="bookings_search"
            ),
        ]


class BookingPhoto(models.Model):
    """A picture of the device as it was taken in: made anew from what was sent, so it holds nothing but the picture.

    Kept in the database, where a backup has it. Never changed; one that should not have been taken is removed.
    """

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="photos")
    content = models.BinaryField()
    preview = models.BinaryField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["booking", "id"], name="bookings_photos_of_booking")]


class StatusLink(models.Model):
    """What opens the page of a repair without logging in. A trigger makes it with the booking; it may only end."""

    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="status_links")
    token = models.CharField(max_length=32)
    created_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["booking", "id"], name="bookings_links_of_booking")]
        constraints = [
            models.UniqueConstraint(fields=["token"], name="bookings_link_token_once"),
            models.UniqueConstraint(
                fields=["booking"], condition=models.Q(revoked_at=None), name="bookings_one_live_link"
            ),
        ]


class WalkIn(models.Model):
    """The customer that stands for everybody who gives no name in this store."""

    store = models.OneToOneField("stores.Store", on_delete=models.PROTECT, primary_key=True, related_name="+")
    customer = models.OneToOneField("customers.Customer", on_delete=models.PROTECT, related_name="+")


register_refusals(
    {
        "invalid_transition": lambda facts: conflict(
            "invalid_transition", f"A booking cannot go from {facts['from']} to {facts['to']}.", **facts
        ),
    }
)
