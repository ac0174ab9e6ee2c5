from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0014_find_what_is_billed_and_owed")]
    operations = [
        migrations.AddIndex(
            "invoice",
            models.Index(
                fields=["store", "id"], condition=models.Q(issued_at__isnull=True), name="invoicing_drafts"
            ),
        )
    ]
