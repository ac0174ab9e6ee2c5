"""A table of its own, which the version before does not know and does not miss."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="BooksCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("night", models.DateField(null=True, unique=True)),
                ("began_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("claimed_until", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("seconds", models.DecimalField(decimal_places=1, max_digits=10, null=True)),
                ("checks", models.PositiveIntegerField(db_default=0)),
                ("disagreements", models.BigIntegerField(db_default=0)),
                ("findings", models.TextField(db_default="")),
            ],
        ),
    ]
