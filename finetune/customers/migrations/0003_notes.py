"""What the shop wants to remember of a customer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_search")]
    operations = [
        migrations.AddField("customer", "notes", models.CharField(db_default="", default="", max_length=1000)),
    ]
