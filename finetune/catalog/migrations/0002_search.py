"""Find a product or variant by any part of what is printed on it."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [
        TrigramExtension(),
        migrations.AddIndex(
            "product",
            GinIndex(fields=["name", "brand"], opclasses=["gin_trgm_ops"] * 2, name="catalog_product_search"),
        ),
        migrations.AddIndex(
            "variant",
            GinIndex(
                fields=["sku", "barcode", "variant_name"], opclasses=["gin_trgm_ops"] * 3,
                name="catalog_variant_search",
            ),
        ),
    ]
