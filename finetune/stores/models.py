from decimal import Decimal

from django.db import models

from finetune.core.constraints import register_refusals
from finetune.core.models import Versioned
from finetune.core.refusals import already_exists


class Store(Versioned):
    """A shop. It bills under its own GSTIN, which several shops in one State may share."""

    code = models.CharField(max_length=12)
    name = models.CharField(max_length=120)
    legal_name = models.CharField(max_length=120, db_default="", default="")
    gstin = models.CharField(max_length=15, db_default="", default="")
    state_code = models.CharField(max_length=2)
    address = models.CharField(max_length=300, db_default="", default="")
    city = models.CharField(max_length=80, db_default="", default="")
    pincode = models.CharField(max_length=6, db_default="", default="")
    phone = models.CharField(max_length=20, db_default="", default="")
    upi_vpa = models.CharField(max_length=255, db_default="", default="")
    is_composition = models.BooleanField(db_default=False, default=False)
    discount_ceiling_percent = models.DecimalField(
        max_digits=6, decimal_places=3, db_default=Decimal(100), default=Decimal(100)
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], name="stores_code_once"),
            models.CheckConstraint(
                condition=models.Q(discount_ceiling_percent__gte=0, discount_ceiling_percent__lte=100),
                name="stores_discount_ceiling_is_percent",
            ),
        ]


register_refusals({"stores_code_once": lambda facts: already_exists("code", "a store")})
