"""The newest event of a unit in one step, and its history in order. With the key alone the planner may walk the events
of all units from the newest back."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inventory", "0006_update_ledgers_in_place")]
    operations = [
        migrations.AddIndex(
            model_name="serialevent",
            index=models.Index(fields=["serial", "id"], name="inventory_serial_history"),
        ),
        migrations.AlterField(
            model_name="serialevent",
            name="serial",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="events",
                to="inventory.serialnumber",
            ),
        ),
    ]
