"""What was posted stays: the database refuses to change it, to whoever asks."""

from django.db import migrations

ENTRIES = """
CREATE FUNCTION inventory_only_decide() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    c_decision CONSTANT text[] := '{status,balance_after,approved_by_id,decided_at,decision_reason}';
BEGIN
    IF OLD.status = 'pending_approval' AND NEW.status IN ('posted', 'rejected')
       AND to_jsonb(NEW) - c_decision = to_jsonb(OLD) - c_decision THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'frozen' USING ERRCODE = 'FT001', DETAIL = jsonb_build_object('table', TG_TABLE_NAME)::text;
END $$;
CREATE TRIGGER only_decide BEFORE UPDATE ON inventory_stockentry
    FOR EACH ROW EXECUTE FUNCTION inventory_only_decide();
CREATE TRIGGER frozen_rows BEFORE DELETE ON inventory_stockentry
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_table BEFORE TRUNCATE ON inventory_stockentry
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""

UNFREEZE_ENTRIES = """
DROP TRIGGER only_decide ON inventory_stockentry;
DROP TRIGGER frozen_rows ON inventory_stockentry;
DROP TRIGGER frozen_table ON inventory_stockentry;
DROP FUNCTION inventory_only_decide();
"""

APPEND_ONLY = ("inventory_serialevent", "inventory_pricelog")
# A place keeps its ledger row and a unit its serial, whatever becomes of them.
KEEPING = {
    "inventory_stockledger": "(OLD.store_id, OLD.product_variant_id) IS DISTINCT FROM (NEW.store_id, NEW.product_variant_id)",
    "inventory_serialnumber": "OLD.serial_no IS DISTINCT FROM NEW.serial_no",
}


def freeze(table: str, events: str) -> str:
    return f"""
CREATE TRIGGER frozen_rows BEFORE {events} ON {table} FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_table BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""


def unfreeze(table: str) -> str:
    return f"DROP TRIGGER frozen_rows ON {table}; DROP TRIGGER frozen_table ON {table};"


def freeze_identity(table: str, differs: str) -> str:
    return f"""
CREATE TRIGGER frozen_identity BEFORE UPDATE ON {table} FOR EACH ROW
    WHEN (OLD.id IS DISTINCT FROM NEW.id OR {differs}) EXECUTE FUNCTION core_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0003_lock_and_post_stock"), ("core", "0002_begin_and_freeze")]
    operations = [
        migrations.RunSQL(ENTRIES, UNFREEZE_ENTRIES),
        *(migrations.RunSQL(freeze(table, "UPDATE OR DELETE"), unfreeze(table)) for table in APPEND_ONLY),
        *(migrations.RunSQL(freeze(table, "DELETE"), unfreeze(table)) for table in KEEPING),
        *(
            migrations.RunSQL(freeze_identity(table, differs), f"DROP TRIGGER frozen_identity ON {table}")
            for table, differs in KEEPING.items()
        ),
    ]
