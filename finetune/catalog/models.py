from decimal import Decimal

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from finetune.core.constraints import register_refusals
from finetune.core.models import Versioned
from finetune.core.refusals import FieldError, already_exists, conflict
from finetune.gst.tax import Treatment


class Category(Versioned):
    """A shelf of the catalogue. Categories form a tree; stock settings are inherited down it."""

    name = models.CharField(max_length=80)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.functions.Lower("name"), "parent", name="catalog_category_once", nulls_distinct=False
            ),
        ]


class Product(Versioned):
    """A thing that is sold, with the HSN and the GST rate that all its variants share."""

    name = models.CharField(max_length=160)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="products")
    brand = models.CharField(max_length=80, db_default="", default="")
    hsn_code = models.CharField(max_length=8)
    gst_rate = models.DecimalField(max_digits=6, decimal_places=3)
    treatment = models.CharField(max_length=10, db_default="taxable", default="taxable")
    unit = models.CharField(max_length=3, db_default="NOS", default="NOS")

    class Meta:
        indexes = [
            GinIndex(fields=["name", "brand"], opclasses=["gin_trgm_ops"] * 2, name="catalog_product_search")
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(treatment__in=[each.value for each in Treatment]),
                name="catalog_treatment_known",
            ),
        ]


class Variant(Versioned):
    """What has a price and is counted: one colour and size of a product. Prices include tax, in rupees."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="variants")
    variant_name = models.CharField(max_length=120)
    sku = models.CharField(max_length=60)
    barcode = models.CharField(max_length=60, db_default="", default="")
    price = models.DecimalField(max_digits=14, decimal_places=2)
    mrp = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    cost = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    reorder_level = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [
            GinIndex(
                fields=["sku", "barcode", "variant_name"],
                opclasses=["gin_trgm_ops"] * 3,
                name="catalog_variant_search",
            )
        ]
        constraints = [
            models.UniqueConstraint(models.functions.Upper("sku"), name="catalog_sku_once"),
            models.UniqueConstraint(
                fields=["barcode"], condition=~models.Q(barcode=""), name="catalog_barcode_once"
            ),
            models.CheckConstraint(
                condition=models.Q(price__gte=Decimal(0))
                & (models.Q(mrp__isnull=True) | models.Q(mrp__gte=0))
                & (models.Q(cost__isnull=True) | models.Q(cost__gte=0)),
                name="catalog_prices_not_negative",
            ),
        ]


_CYCLE = "A category cannot stand below itself. Choose another parent."
register_refusals(
    {
        "catalog_category_once": lambda facts: already_exists("name", "a category under the same parent"),
        "catalog_sku_once": lambda facts: already_exists("sku", "a variant"),
        "catalog_barcode_once": lambda facts: already_exists("barcode", "a variant"),
        "category_cycle": lambda facts: conflict(
            "category_cycle", _CYCLE, errors=[FieldError("parent", "category_cycle", _CYCLE)]
        ),
    }
)
