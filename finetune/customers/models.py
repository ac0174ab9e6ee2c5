from django.contrib.postgres.indexes import GinIndex
from django.db import models

from finetune.core.models import Versioned
from finetune.gst.supply import BuyerClass


class Customer(Versioned):
    """A buyer. Shared by the whole chain: a phone repaired in one shop is collected in another.

    `category` decides tax and the section of GSTR-1. A walk-in stands for everybody who gives
    no name in one store.
    """

    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=20, db_default="", default="")
    email = models.CharField(max_length=254, db_default="", default="")
    gstin = models.CharField(max_length=15, db_default="", default="")
    legal_name = models.CharField(max_length=120, db_default="", default="")
    state_code = models.CharField(max_length=2, db_default="", default="")
    address = models.CharField(max_length=300, db_default="", default="")
    city = models.CharField(max_length=80, db_default="", default="")
    pincode = models.CharField(max_length=10, db_default="", default="")
    country = models.CharField(max_length=2, db_default="IN", default="IN")
    category = models.CharField(max_length=12, db_default="unregistered", default="unregistered")
    notes = models.CharField(max_length=1000, db_default="", default="")
    is_walk_in = models.BooleanField(db_default=False, default=False)

    class Meta:
        indexes = [
            models.Index(fields=["name", "id"], name="customers_by_name"),
            GinIndex(
                fields=["name", "legal_name", "gstin", "phone"],
                opclasses=["gin_trgm_ops"] * 4,
                name="customers_search",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(category__in=[each.value for each in BuyerClass]),
                name="customers_category_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(category__in=["registered", "sez"]) | ~models.Q(gstin=""),
                name="customers_registered_have_gstin",
            ),
        ]
