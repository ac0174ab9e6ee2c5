"""Documents as they were set, each once."""

import django.db.models.functions.datetime
from django.db import migrations, models

FREEZE = """
CREATE TRIGGER frozen_rows BEFORE UPDATE OR DELETE ON documents_rendereddocument
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_table BEFORE TRUNCATE ON documents_rendereddocument
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
-- A PDF is compressed already.
ALTER TABLE documents_rendereddocument ALTER COLUMN content SET STORAGE EXTERNAL;
"""

UNFREEZE = """
DROP TRIGGER frozen_rows ON documents_rendereddocument;
DROP TRIGGER frozen_table ON documents_rendereddocument;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("core", "0002_begin_and_freeze")]
    operations = [
        migrations.CreateModel(
            name="RenderedDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("object_id", models.BigIntegerField()),
                ("layout", models.CharField(max_length=10)),
                ("lang", models.CharField(max_length=2)),
                ("state", models.CharField(max_length=24)),
                ("public_url", models.CharField(max_length=300)),
                ("sha256", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "object_id", "layout", "lang", "state", "public_url"),
                        name="documents_rendered_once",
                    )
                ],
            },
        ),
        migrations.RunSQL(FREEZE, UNFREEZE),
    ]
