"""Find a booking by any part of device, IMEI or issue, and by the day it was made."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0001_initial")]
    operations = [
        TrigramExtension(),
        migrations.AddIndex("booking", models.Index(fields=["store", "id"], name="bookings_store")),
        migrations.AddIndex("booking", models.Index(fields=["created_at"], name="bookings_created")),
        migrations.AddIndex(
            "booking",
            GinIndex(
                fields=["device", "imei", "issue"], opclasses=["gin_trgm_ops"] * 3, name="bookings_search"
            ),
        ),
    ]
