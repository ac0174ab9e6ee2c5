"""A CHECK that comes to NULL lets the row pass: a posted entry without a balance did, and so did an approval by nobody."""

from django.db import migrations, models

ONLY_DECIDE = """
CREATE OR REPLACE FUNCTION inventory_only_decide() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    c_decision CONSTANT text[] := '{{status,balance_after,approved_by_id,decided_at,decision_reason}}';
BEGIN
    IF OLD.status = 'pending_approval' AND NEW.status IN ('posted', 'rejected'){who}
       AND to_jsonb(NEW) - c_decision = to_jsonb(OLD) - c_decision THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'frozen' USING ERRCODE = 'FT001', DETAIL = jsonb_build_object('table', TG_TABLE_NAME)::text;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0007_find_the_last_event_of_a_unit")]
    operations = [
        migrations.RemoveConstraint(model_name="stockentry", name="inventory_posted_has_balance"),
        migrations.AddConstraint(
            model_name="stockentry",
            constraint=models.CheckConstraint(
                condition=models.Q(status="posted", balance_after__isnull=False, balance_after__gte=0)
                | (~models.Q(status="posted") & models.Q(balance_after__isnull=True)),
                name="inventory_posted_has_balance",
            ),
        ),
        migrations.RunSQL(
            ONLY_DECIDE.format(who="\n       AND NEW.approved_by_id IS NOT NULL AND NEW.decided_at IS NOT NULL"),
            ONLY_DECIDE.format(who=""),
        ),
    ]
