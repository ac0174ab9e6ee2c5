"""What was submitted and what was answered never changes."""

from django.db import migrations

TABLES = ("einvoicing_submission", "einvoicing_answer")
FREEZE = "".join(
    f"""
CREATE TRIGGER frozen_rows BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_table BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""
    for table in TABLES
)
UNFREEZE = "".join(
    f"DROP TRIGGER frozen_rows ON {table};\nDROP TRIGGER frozen_table ON {table};\n" for table in TABLES
)


class Migration(migrations.Migration):
    dependencies = [("einvoicing", "0001_initial"), ("core", "0002_begin_and_freeze")]
    operations = [migrations.RunSQL(FREEZE, UNFREEZE)]
