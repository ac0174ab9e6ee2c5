"""The audit is read by days, and it is the longest table of a shop: nobody waits while its index is built.

Every index on a table that is there already is made like this one, see docs/upgrading.md: without a transaction, and
so that a second try clears away what a first one, cut off, left behind.
"""

from django.db import migrations, models

MAKE = [
    "DROP INDEX CONCURRENTLY IF EXISTS core_audit_at",
    "CREATE INDEX CONCURRENTLY core_audit_at ON core_auditrecord (at)",
]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("core", "0002_begin_and_freeze")]
    operations = [
        migrations.RunSQL(
            MAKE,
            "DROP INDEX CONCURRENTLY IF EXISTS core_audit_at",
            state_operations=[
                migrations.AddIndex("auditrecord", models.Index(fields=["at"], name="core_audit_at"))
            ],
        )
    ]
