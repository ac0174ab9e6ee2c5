"""After a restore a series numbers nothing until somebody says which number was the last one given out."""

from django.db import migrations, models

# The counter is read and locked by whoever numbers a document or clears a series, so the hold is seen by all of them.
LOCK_COUNTER = """
CREATE OR REPLACE FUNCTION invoicing_lock_counter(
    p_series text, OUT run int, OUT last_number bigint, OUT last_date date)
LANGUAGE plpgsql AS $$
DECLARE v_held_since timestamptz;
BEGIN
    SELECT s.run, s.last_number, s.last_date, s.held_since INTO run, last_number, last_date, v_held_since
    FROM invoicing_invoicesequence s WHERE s.series = p_series FOR UPDATE;
    IF NOT FOUND THEN
        -- Of two who find the row lost, one makes it; the other waits for it and reads what was made of it.
        INSERT INTO invoicing_invoicesequence (series, run, last_number, last_date)
        SELECT p_series, b.* FROM invoicing_counter_from_books(p_series) b
        ON CONFLICT ON CONSTRAINT invoicing_sequence_once DO NOTHING;
        SELECT s.run, s.last_number, s.last_date, s.held_since INTO STRICT run, last_number, last_date, v_held_since
        FROM invoicing_invoicesequence s WHERE s.series = p_series FOR UPDATE;
    END IF;
    IF v_held_since IS NOT NULL THEN
        RAISE EXCEPTION 'series_held' USING ERRCODE = 'FT001', DETAIL = json_build_object(
            'series', p_series, 'held_since', v_held_since, 'last_number', last_number)::text;
    END IF;
END $$;
"""

BEFORE = """
CREATE OR REPLACE FUNCTION invoicing_lock_counter(
    p_series text, OUT run int, OUT last_number bigint, OUT last_date date)
LANGUAGE plpgsql AS $$
BEGIN
    SELECT s.run, s.last_number, s.last_date INTO run, last_number, last_date
    FROM invoicing_invoicesequence s WHERE s.series = p_series FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO invoicing_invoicesequence (series, run, last_number, last_date)
        SELECT p_series, b.* FROM invoicing_counter_from_books(p_series) b
        ON CONFLICT ON CONSTRAINT invoicing_sequence_once DO NOTHING;
        SELECT s.run, s.last_number, s.last_date INTO STRICT run, last_number, last_date
        FROM invoicing_invoicesequence s WHERE s.series = p_series FOR UPDATE;
    END IF;
END $$;
"""

# A lost counter would come back without its hold, so all are made first, and one that is held cannot be lost.
HOLD = """
CREATE FUNCTION invoicing_hold_series(p_since timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_held bigint;
BEGIN
    INSERT INTO invoicing_invoicesequence (series, run, last_number, last_date)
    SELECT r.series, b.* FROM (SELECT DISTINCT series FROM invoicing_sequencerun) r
    CROSS JOIN LATERAL invoicing_counter_from_books(r.series) b
    ON CONFLICT ON CONSTRAINT invoicing_sequence_once DO NOTHING;
    UPDATE invoicing_invoicesequence SET held_since = least(held_since, p_since), updated_at = now();
    GET DIAGNOSTICS v_held = ROW_COUNT;
    RETURN v_held;
END $$;

CREATE FUNCTION invoicing_keep_held_counter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'frozen' USING ERRCODE = 'FT001', DETAIL = json_build_object('table', TG_TABLE_NAME)::text;
END $$;
CREATE TRIGGER held_stays BEFORE DELETE ON invoicing_invoicesequence
    FOR EACH ROW WHEN (OLD.held_since IS NOT NULL) EXECUTE FUNCTION invoicing_keep_held_counter();
"""

# Numbers known to be given out, but not in these books, lie between two runs: each run by itself has no hole, and the
# later one says why it begins where it does.
RESUME = """
CREATE FUNCTION invoicing_resume_series(p_series text, p_last_number bigint, p_reason text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE v record;
BEGIN
    SELECT * INTO v FROM invoicing_invoicesequence s WHERE s.series = p_series FOR UPDATE;
    IF NOT FOUND OR v.held_since IS NULL THEN
        RAISE EXCEPTION 'The series % is not held.', p_series;
    END IF;
    IF p_last_number < v.last_number THEN
        RAISE EXCEPTION 'The series % is at % already, so it cannot go on after %.',
            p_series, v.last_number, p_last_number;
    END IF;
    IF p_last_number > v.last_number THEN
        INSERT INTO invoicing_sequencerun (series, run, kind, gstin, prefix, opening_number, reason)
        SELECT r.series, r.run + 1, r.kind, r.gstin, r.prefix, p_last_number, p_reason
        FROM invoicing_sequencerun r WHERE r.series = p_series AND r.run = v.run;
        UPDATE invoicing_invoicesequence SET run = v.run + 1, last_number = p_last_number WHERE series = p_series;
    END IF;
    UPDATE invoicing_invoicesequence SET held_since = NULL, updated_at = now() WHERE series = p_series;
    INSERT INTO core_auditrecord (user_id, request_id, verb, kind, object_id, reason)
    SELECT 0, 'command line', 'sequence.resume', 'sequence', min(r.id), p_reason
    FROM invoicing_sequencerun r WHERE r.series = p_series;
    RETURN coalesce(p_last_number, v.last_number) + 1;
END $$;
"""

UNHOLD = """
DROP TRIGGER held_stays ON invoicing_invoicesequence;
DROP FUNCTION invoicing_keep_held_counter();
DROP FUNCTION invoicing_hold_series(timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0011_keep_credit_and_deposits"),
        ("crediting", "0003_number_notes_and_vouchers"),
    ]
    operations = [
        migrations.AddField("invoicesequence", "held_since", models.DateTimeField(null=True)),
        migrations.RunSQL(LOCK_COUNTER, BEFORE),
        migrations.RunSQL(HOLD, UNHOLD),
        migrations.RunSQL(RESUME, "DROP FUNCTION invoicing_resume_series(text, bigint, text)"),
    ]
