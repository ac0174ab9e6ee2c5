"""A credit note becomes an e-invoice, too: a row is about a bill or about a note, never about both."""

import django.db.models.deletion
from django.db import migrations, models

ONE_DOCUMENT = models.Q(invoice__isnull=False, note__isnull=True) | models.Q(
    invoice__isnull=True, note__isnull=False
)


def about(field: type[models.ForeignKey], to: str) -> models.ForeignKey:
    return field(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=to)


class Migration(migrations.Migration):
    dependencies = [("einvoicing", "0002_freeze"), ("crediting", "0001_initial")]
    operations = [
        migrations.AlterField("submission", "invoice", about(models.ForeignKey, "invoicing.invoice")),
        migrations.AddField("submission", "note", about(models.ForeignKey, "crediting.creditnote")),
        migrations.AddConstraint(
            "submission", models.CheckConstraint(condition=ONE_DOCUMENT, name="einvoicing_submitted_one")
        ),
        migrations.AlterField("answer", "invoice", about(models.OneToOneField, "invoicing.invoice")),
        migrations.AddField("answer", "note", about(models.OneToOneField, "crediting.creditnote")),
        migrations.AddConstraint(
            "answer", models.CheckConstraint(condition=ONE_DOCUMENT, name="einvoicing_answered_one")
        ),
    ]
