from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models

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
            GinIndex(
                fields=["device", "imei", "issue"], opclasses=["gin_trgm_ops"] * 3, name="bookings_search"
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
