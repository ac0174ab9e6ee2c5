"""Find a customer by any part of name, GSTIN or phone without reading them all."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]
    operations = [
        TrigramExtension(),
        migrations.AddIndex("customer", models.Index(fields=["name", "id"], name="customers_by_name")),
        migrations.AddIndex(
            "customer",
            GinIndex(
                fields=["name", "legal_name", "gstin", "phone"], opclasses=["gin_trgm_ops"] * 4,
                name="customers_search",
            ),
        ),
    ]
