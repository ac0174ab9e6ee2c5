"""A CHECK that comes to NULL lets the row pass: an issued bill without a number did."""

from django.db import migrations, models

NAMES = ("issued_at", "series", "run", "number", "invoice_number", "issued_by")


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0012_hold_series_after_a_restore")]
    operations = [
        migrations.RemoveConstraint(model_name="invoice", name="invoicing_number_only_when_issued"),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(**{f"{name}__isnull": True for name in NAMES})
                | models.Q(number__gte=1, **{f"{name}__isnull": False for name in NAMES}),
                name="invoicing_number_only_when_issued",
            ),
        ),
    ]
