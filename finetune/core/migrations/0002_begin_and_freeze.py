"""The first statement of every action, and the triggers that freeze what was written."""

from django.db import migrations

BEGIN = """
CREATE FUNCTION core_begin(p_user_id bigint, p_request_id text, p_key text,
    OUT free boolean, OUT request_hash bytea, OUT kind text, OUT ref jsonb)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM set_config('finetune.actor', p_user_id::text, true),
            set_config('finetune.request', p_request_id, true);
    free := true;
    IF p_key IS NULL THEN
        RETURN;
    END IF;
    -- Held to the end of the transaction: a second request with this key is told so at once.
    free := pg_try_advisory_xact_lock(hashtextextended(p_user_id::text || ':' || p_key, 20));
    IF free THEN
        -- A statement of its own, so that it sees what the previous holder committed.
        SELECT k.request_hash, k.kind, k.ref INTO request_hash, kind, ref
        FROM core_idempotencykey k WHERE k.user_id = p_user_id AND k.key = p_key;
    END IF;
END $$;
"""

FREEZE = """
CREATE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'frozen' USING ERRCODE = 'FT001', DETAIL = jsonb_build_object('table', TG_TABLE_NAME)::text;
END $$;
CREATE TRIGGER frozen_rows BEFORE UPDATE OR DELETE ON core_auditrecord
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_table BEFORE TRUNCATE ON core_auditrecord
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_rows BEFORE UPDATE OR DELETE ON core_idempotencykey
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_table BEFORE TRUNCATE ON core_idempotencykey
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [
        migrations.RunSQL(BEGIN, "DROP FUNCTION core_begin(bigint, text, text)"),
        migrations.RunSQL(FREEZE, "DROP FUNCTION core_refuse_change() CASCADE"),
    ]
