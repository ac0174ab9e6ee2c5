"""The functions that issue a credit note and move a customer's credit, and the freeze of both."""

from django.db import migrations

# The one road by which a customer's credit moves. Its row is made first, then locked: the sentence needs to know what
# was there. A CHECK keeps it from going below zero whoever writes.
MOVE = """
CREATE FUNCTION crediting_move(p_actor bigint, p_customer bigint, p_invoice bigint, p_delta numeric, p_kind text,
    p_object bigint) RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
    v_credit bigint;
    v_balance numeric;
BEGIN
    INSERT INTO crediting_customercredit (customer_id, invoice_id) VALUES (p_customer, p_invoice)
    ON CONFLICT ON CONSTRAINT crediting_credit_once DO NOTHING;
    SELECT id, balance INTO STRICT v_credit, v_balance FROM crediting_customercredit
    WHERE customer_id = p_customer AND invoice_id IS NOT DISTINCT FROM p_invoice FOR UPDATE;
    IF v_balance + p_delta < 0 THEN
        RAISE EXCEPTION 'exceeds_credit' USING ERRCODE = 'FT001',
            DETAIL = json_build_object('credit_balance', v_balance::text)::text;
    END IF;
    UPDATE crediting_customercredit SET balance = balance + p_delta, updated_at = now()
    WHERE id = v_credit RETURNING balance INTO v_balance;
    INSERT INTO crediting_customercreditentry (credit_id, kind, object_id, delta, balance_after, entered_by_id)
    VALUES (v_credit, p_kind, p_object, p_delta, v_balance, p_actor);
    RETURN v_balance;
END $$;
"""

ISSUE = """
CREATE FUNCTION crediting_issue_note(p jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint := nextval(pg_get_serial_sequence('crediting_creditnote', 'id'));
    v_actor bigint := (p->>'actor')::bigint;
    v_invoice bigint := (p->>'invoice_id')::bigint;
    v_to_credit numeric := (p->>'amount_to_credit')::numeric;
    v_date date := (p->>'note_date')::date;
    v_next record;
BEGIN
    UPDATE invoicing_settlement SET amount_credited = amount_credited + (p->>'total')::numeric,
        amount_to_credit = amount_to_credit + v_to_credit, updated_at = now()
    WHERE invoice_id = v_invoice;
    INSERT INTO crediting_creditnoteline (note_id, line_id, position, quantity, restock, serial_numbers, gross,
        discount_amount, invoice_discount_share, taxable_value, cgst, sgst, igst, cess, total)
    SELECT v_id, l.line_id, l.position, l.quantity, l.restock, l.serial_numbers, l.gross, l.discount_amount,
        l.invoice_discount_share, l.taxable_value, l.cgst, l.sgst, l.igst, l.cess, l.total
    FROM jsonb_to_recordset(p->'lines') AS l (line_id bigint, position int, quantity numeric, restock boolean,
        serial_numbers jsonb, gross numeric, discount_amount numeric, invoice_discount_share numeric,
        taxable_value numeric, cgst numeric, sgst numeric, igst numeric, cess numeric, total numeric)
    ORDER BY l.position;
    IF jsonb_array_length(p->'stock') > 0 THEN
        PERFORM inventory_post_entries(v_actor, p->>'request', p->'stock');
    END IF;
    IF v_to_credit > 0 THEN
        PERFORM crediting_move(v_actor, (p->>'customer_id')::bigint, (p->>'credit_invoice_id')::bigint, v_to_credit,
            'credit_note', v_id);
    END IF;
    INSERT INTO core_auditrecord (user_id, request_id, verb, kind, object_id, reason)
    VALUES (v_actor, p->>'request', 'credit_note.issue', 'credit_note', v_id, p->>'reason');

    SELECT * INTO v_next FROM invoicing_next_number('credit_note', p->>'gstin', v_date, false);
    INSERT INTO crediting_creditnote (id, invoice_id, store_id, customer_id, series, run, number, credit_note_number,
        note_date, reason, completes, issued_at, issued_by_id, taxable_value, discount_total, cgst, sgst, igst, cess,
        total_before_round_off, round_off_amount, total, amount_to_credit)
    OVERRIDING SYSTEM VALUE
    SELECT v_id, d.invoice_id, d.store_id, d.customer_id, v_next.series, v_next.run, v_next.number, v_next.text_number,
        d.note_date, d.reason, d.completes, clock_timestamp(), v_actor, d.taxable_value, d.discount_total, d.cgst,
        d.sgst, d.igst, d.cess, d.total_before_round_off, d.round_off_amount, d.total, d.amount_to_credit
    FROM jsonb_populate_record(NULL::crediting_creditnote, p) d;
    RETURN v_id;
END $$;
"""

# Under the lock of the bill's settlement nobody else credits, so the sum is true; the trigger holds for every road.
FREEZE = """
CREATE FUNCTION crediting_refuse_excess() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(c.quantity) FROM crediting_creditnoteline c WHERE c.line_id = NEW.line_id)
        > (SELECT l.quantity FROM invoicing_invoicelineitem l WHERE l.id = NEW.line_id) THEN
        RAISE EXCEPTION 'exceeds_remaining_quantity' USING ERRCODE = 'FT001',
            DETAIL = json_build_object('line', NEW.line_id)::text;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER within_the_line AFTER INSERT ON crediting_creditnoteline
    FOR EACH ROW EXECUTE FUNCTION crediting_refuse_excess();

-- The lines are written before their note: whoever finds the note there adds to one that is issued.
CREATE FUNCTION crediting_refuse_late_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM touched t JOIN crediting_creditnote n ON n.id = t.note_id) THEN
        RAISE EXCEPTION 'frozen' USING ERRCODE = 'FT001', DETAIL = json_build_object('table', TG_TABLE_NAME)::text;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER frozen_insert AFTER INSERT ON crediting_creditnoteline REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION crediting_refuse_late_lines();

-- A note of Rs 0.00 leaves no trace in the settlement, and yet the bill's stock came back by it.
CREATE FUNCTION crediting_refuse_cancel_of_credited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM crediting_creditnote n WHERE n.invoice_id = NEW.invoice_id) THEN
        RAISE EXCEPTION 'invoice_has_credit_notes' USING ERRCODE = 'FT001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER not_when_credited BEFORE UPDATE ON invoicing_settlement
    FOR EACH ROW WHEN (NEW.is_cancelled AND NOT OLD.is_cancelled)
    EXECUTE FUNCTION crediting_refuse_cancel_of_credited();

CREATE TRIGGER frozen_rows BEFORE UPDATE OR DELETE ON crediting_creditnote
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_table BEFORE TRUNCATE ON crediting_creditnote
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_rows BEFORE UPDATE OR DELETE ON crediting_creditnoteline
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_table BEFORE TRUNCATE ON crediting_creditnoteline
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_rows BEFORE UPDATE OR DELETE ON crediting_customercreditentry
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_table BEFORE TRUNCATE ON crediting_customercreditentry
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER kept_row BEFORE DELETE ON crediting_customercredit
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""

UNFREEZE = """
DROP FUNCTION crediting_refuse_excess() CASCADE;
DROP FUNCTION crediting_refuse_late_lines() CASCADE;
DROP FUNCTION crediting_refuse_cancel_of_credited() CASCADE;
DROP TRIGGER frozen_rows ON crediting_creditnote;
DROP TRIGGER frozen_table ON crediting_creditnote;
DROP TRIGGER frozen_rows ON crediting_creditnoteline;
DROP TRIGGER frozen_table ON crediting_creditnoteline;
DROP TRIGGER frozen_rows ON crediting_customercreditentry;
DROP TRIGGER frozen_table ON crediting_customercreditentry;
DROP TRIGGER kept_row ON crediting_customercredit;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("crediting", "0001_initial"),
        ("invoicing", "0011_keep_credit_and_deposits"),
        ("inventory", "0003_lock_and_post_stock"),
    ]
    operations = [
        migrations.RunSQL(MOVE, "DROP FUNCTION crediting_move(bigint, bigint, bigint, numeric, text, bigint)"),
        migrations.RunSQL(ISSUE, "DROP FUNCTION crediting_issue_note(jsonb)"),
        migrations.RunSQL(FREEZE, UNFREEZE),
    ]
