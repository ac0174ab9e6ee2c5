"""The functions that write a bill with its number last, the series every shop starts with, and the freeze."""

from django.db import migrations

# Lines are written before the bill itself, so that the counter can be raised as the very last thing: the trigger below
# refuses lines under a bill that is already issued.
WRITE_LINES = """
CREATE FUNCTION invoicing_write_lines(p_invoice bigint, p_lines jsonb) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE v_ids bigint[];
BEGIN
    WITH written AS (
        INSERT INTO invoicing_invoicelineitem (invoice_id, position, product_variant_id, description, hsn_code,
            quantity, unit, unit_price, gst_rate, treatment, tax_inclusive, discount_percent, serial_numbers,
            gross, discount_amount, invoice_discount_share, taxable_value, cgst, sgst, igst, cess, total)
        SELECT p_invoice, l.position, l.variant_id, l.description, l.hsn_code,
            l.quantity, l.unit, l.unit_price, l.gst_rate, l.treatment, l.tax_inclusive, l.discount_percent,
            l.serial_numbers, l.gross, l.discount_amount, l.invoice_discount_share, l.taxable_value, l.cgst, l.sgst,
            l.igst, l.cess, l.total
        FROM jsonb_to_recordset(p_lines) AS l (position int, variant_id bigint, description text, hsn_code text,
            quantity numeric, unit text, unit_price numeric, gst_rate numeric, treatment text, tax_inclusive boolean,
            discount_percent numeric, serial_numbers jsonb, gross numeric, discount_amount numeric,
            invoice_discount_share numeric, taxable_value numeric, cgst numeric, sgst numeric, igst numeric,
            cess numeric, total numeric)
        ORDER BY l.position
        RETURNING id, position
    )
    SELECT array_agg(id ORDER BY position) INTO v_ids FROM written;
    RETURN v_ids;
END $$;
"""

WRITE_DRAFT = """
CREATE FUNCTION invoicing_save_draft(p jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_id bigint := (p->>'id')::bigint;
BEGIN
    IF v_id IS NOT NULL THEN
        DELETE FROM invoicing_invoicelineitem WHERE invoice_id = v_id;
        UPDATE invoicing_invoice i SET
            document_type = d.document_type, store_id = d.store_id, customer_id = d.customer_id,
            booking_id = d.booking_id, seller = d.seller, buyer = d.buyer, "order" = d."order",
            invoice_date = d.invoice_date, due_date = d.due_date, place_of_supply = d.place_of_supply,
            supply_nature = d.supply_nature, state_tax_label = d.state_tax_label, reverse_charge = d.reverse_charge,
            with_payment_of_tax = d.with_payment_of_tax, notes = d.notes, taxable_value = d.taxable_value,
            discount_total = d.discount_total, cgst = d.cgst, sgst = d.sgst, igst = d.igst, cess = d.cess,
            total_before_round_off = d.total_before_round_off, round_off_amount = d.round_off_amount, total = d.total,
            version = i.version + 1, updated_at = now()
        FROM jsonb_populate_record(NULL::invoicing_invoice, p) d
        WHERE i.id = v_id;
    ELSE
        v_id := nextval(pg_get_serial_sequence('invoicing_invoice', 'id'));
        INSERT INTO invoicing_invoice (id, document_type, created_by_id, store_id, customer_id, booking_id, seller,
            buyer, "order", invoice_date, due_date, place_of_supply, supply_nature, state_tax_label, reverse_charge,
            with_payment_of_tax, notes, taxable_value, discount_total, cgst, sgst, igst, cess,
            total_before_round_off, round_off_amount, total)
        OVERRIDING SYSTEM VALUE
        SELECT v_id, d.document_type, d.created_by_id, d.store_id, d.customer_id, d.booking_id, d.seller,
            d.buyer, d."order", d.invoice_date, d.due_date, d.place_of_supply, d.supply_nature, d.state_tax_label,
            d.reverse_charge, d.with_payment_of_tax, d.notes, d.taxable_value, d.discount_total, d.cgst, d.sgst,
            d.igst, d.cess, d.total_before_round_off, d.round_off_amount, d.total
        FROM jsonb_populate_record(NULL::invoicing_invoice, p) d;
    END IF;
    PERFORM invoicing_write_lines(v_id, p->'lines');
    INSERT INTO core_auditrecord (user_id, request_id, verb, kind, object_id)
    VALUES ((p->>'actor')::bigint, p->>'request', 'invoice.draft', 'invoice', v_id);
    RETURN v_id;
END $$;
"""

# Which series numbers a document: the newest one of the seller's own GSTIN, else the one that all stores share.
# A series is as old as its first run: clearing an older one does not bring it back.
SERIES_FOR = """
CREATE FUNCTION invoicing_series_for(p_kind text, p_gstin text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        (SELECT series FROM invoicing_sequencerun WHERE kind = p_kind AND gstin = p_gstin AND p_gstin <> ''
         GROUP BY series ORDER BY min(id) DESC LIMIT 1),
        (SELECT series FROM invoicing_sequencerun WHERE kind = p_kind AND gstin = '' ORDER BY id LIMIT 1))
$$;
"""

# What a counter must say by what was issued: the last run, its highest number, and the last date of the series.
COUNTER_FROM_BOOKS = """
CREATE FUNCTION invoicing_counter_from_books(p_series text)
RETURNS TABLE (run int, last_number bigint, last_date date) LANGUAGE sql STABLE AS $$
    SELECT r.run,
        greatest(r.opening_number,
            (SELECT max(i.number) FROM invoicing_invoice i WHERE i.series = r.series AND i.run = r.run)),
        (SELECT max(i.invoice_date) FROM invoicing_invoice i WHERE i.series = r.series)
    FROM invoicing_sequencerun r WHERE r.series = p_series ORDER BY r.run DESC LIMIT 1
$$;
"""

LOCK_COUNTER = """
CREATE FUNCTION invoicing_lock_counter(p_series text, OUT run int, OUT last_number bigint, OUT last_date date)
LANGUAGE plpgsql AS $$
BEGIN
    SELECT s.run, s.last_number, s.last_date INTO run, last_number, last_date
    FROM invoicing_invoicesequence s WHERE s.series = p_series FOR UPDATE;
    IF NOT FOUND THEN
        -- Of two who find the row lost, one makes it; the other waits for it and reads what was made of it.
        INSERT INTO invoicing_invoicesequence (series, run, last_number, last_date)
        SELECT p_series, b.* FROM invoicing_counter_from_books(p_series) b
        ON CONFLICT ON CONSTRAINT invoicing_sequence_once DO NOTHING;
        SELECT s.run, s.last_number, s.last_date INTO STRICT run, last_number, last_date
        FROM invoicing_invoicesequence s WHERE s.series = p_series FOR UPDATE;
    END IF;
END $$;
"""

NEXT_NUMBER = """
CREATE FUNCTION invoicing_next_number(p_kind text, p_gstin text, p_date date, p_date_given boolean,
    OUT series text, OUT run int, OUT number bigint, OUT text_number text)
LANGUAGE plpgsql AS $$
DECLARE
    v_prefix text;
    v_last_date date;
BEGIN
    series := invoicing_series_for(p_kind, p_gstin);
    SELECT * INTO run, number, v_last_date FROM invoicing_lock_counter(series);
    IF NOT p_date_given AND p_date <> (clock_timestamp() AT TIME ZONE 'Asia/Kolkata')::date THEN
        -- Midnight passed while we waited: the whole bill is drawn up again for the new day.
        RAISE EXCEPTION 'day turned' USING ERRCODE = '40001';
    END IF;
    IF v_last_date > p_date THEN
        RAISE EXCEPTION 'date_before_last_number' USING ERRCODE = 'FT001',
            DETAIL = json_build_object('series', series, 'last_date', v_last_date)::text;
    END IF;
    number := number + 1;
    SELECT r.prefix INTO v_prefix FROM invoicing_sequencerun r
    WHERE r.series = invoicing_next_number.series AND r.run = invoicing_next_number.run;
    text_number := v_prefix || lpad(number::text, greatest(4, length(number::text)), '0');
    IF length(text_number) > 16 THEN
        RAISE EXCEPTION 'series_full' USING ERRCODE = 'FT001', DETAIL = json_build_object('series', series)::text;
    END IF;
    UPDATE invoicing_invoicesequence s SET last_number = number, last_date = p_date, updated_at = now()
    WHERE s.series = invoicing_next_number.series;
END $$;
"""

# Everything of a bill but the bill itself: lines, stock, what is owed, audit. Nobody else waits for this.
PREPARE = """
CREATE FUNCTION invoicing_prepare(p jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint := (p->>'id')::bigint;
    v_actor bigint := (p->>'actor')::bigint;
    v_line_ids bigint[];
BEGIN
    IF v_id IS NULL THEN
        v_id := nextval(pg_get_serial_sequence('invoicing_invoice', 'id'));
    ELSE
        DELETE FROM invoicing_invoicelineitem WHERE invoice_id = v_id;
    END IF;
    v_line_ids := invoicing_write_lines(v_id, p->'lines');
    IF jsonb_array_length(p->'stock') > 0 THEN
        PERFORM inventory_post_entries(v_actor, p->>'request', (
            SELECT jsonb_agg(e.entry || jsonb_build_object('invoice_line_id', v_line_ids[(e.entry->>'line')::int + 1])
                ORDER BY e.place)
            FROM jsonb_array_elements(p->'stock') WITH ORDINALITY AS e (entry, place)));
    END IF;
    INSERT INTO invoicing_settlement (invoice_id, total) VALUES (v_id, (p->>'total')::numeric);
    IF (p->>'has_deposits')::boolean THEN
        UPDATE invoicing_settlement SET amount_deposited = deposits_set_off(
            (p->>'booking_id')::bigint, v_id, total, (p->>'invoice_date')::date)
        WHERE invoice_id = v_id;
    END IF;
    INSERT INTO core_auditrecord (user_id, request_id, verb, kind, object_id)
    VALUES (v_actor, p->>'request', 'invoice.issue', 'invoice', v_id);
    RETURN v_id;
END $$;
"""

# The bill with its number. From here on other bills of the series wait for us, so the transaction ends right after.
NUMBER = """
CREATE FUNCTION invoicing_number(p jsonb, p_id bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_date date := (p->>'invoice_date')::date;
    v_actor bigint := (p->>'actor')::bigint;
    v_next record;
BEGIN
    SELECT * INTO v_next
    FROM invoicing_next_number(p->>'series_kind', p->'seller'->>'gstin', v_date, (p->>'date_given')::boolean);
    IF (p->>'id') IS NULL THEN
        INSERT INTO invoicing_invoice (id, series, run, number, invoice_number, issued_at, issued_by_id,
            document_type, created_by_id, store_id, customer_id, booking_id, seller, buyer, "order", invoice_date,
            due_date, place_of_supply, supply_nature, state_tax_label, reverse_charge, with_payment_of_tax, notes,
            taxable_value, discount_total, cgst, sgst, igst, cess, total_before_round_off, round_off_amount, total)
        OVERRIDING SYSTEM VALUE
        SELECT p_id, v_next.series, v_next.run, v_next.number, v_next.text_number, clock_timestamp(), v_actor,
            d.document_type, v_actor, d.store_id, d.customer_id, d.booking_id, d.seller, d.buyer, d."order",
            d.invoice_date, d.due_date, d.place_of_supply, d.supply_nature, d.state_tax_label, d.reverse_charge,
            d.with_payment_of_tax, d.notes, d.taxable_value, d.discount_total, d.cgst, d.sgst, d.igst, d.cess,
            d.total_before_round_off, d.round_off_amount, d.total
        FROM jsonb_populate_record(NULL::invoicing_invoice, p) d;
    ELSE
        UPDATE invoicing_invoice i SET
            series = v_next.series, run = v_next.run, number = v_next.number, invoice_number = v_next.text_number,
            issued_at = clock_timestamp(), issued_by_id = v_actor,
            document_type = d.document_type, store_id = d.store_id, customer_id = d.customer_id,
            booking_id = d.booking_id, seller = d.seller, buyer = d.buyer, "order" = d."order",
            invoice_date = d.invoice_date, due_date = d.due_date, place_of_supply = d.place_of_supply,
            supply_nature = d.supply_nature, state_tax_label = d.state_tax_label, reverse_charge = d.reverse_charge,
            with_payment_of_tax = d.with_payment_of_tax, notes = d.notes, taxable_value = d.taxable_value,
            discount_total = d.discount_total, cgst = d.cgst, sgst = d.sgst, igst = d.igst, cess = d.cess,
            total_before_round_off = d.total_before_round_off, round_off_amount = d.round_off_amount, total = d.total,
            version = i.version + 1, updated_at = now()
        FROM jsonb_populate_record(NULL::invoicing_invoice, p) d
        WHERE i.id = p_id AND i.issued_at IS NULL;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the draft % is gone: lock_draft comes first', p_id;
        END IF;
    END IF;
    RETURN p_id;
END $$;
"""

ISSUE = """
CREATE FUNCTION invoicing_issue(p jsonb) RETURNS bigint LANGUAGE sql AS $$
    SELECT invoicing_number(p, invoicing_prepare(p))
$$;
"""

FREEZE = """
CREATE FUNCTION invoicing_refuse_change_of_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.issued_at IS NOT NULL THEN
        RAISE EXCEPTION 'frozen' USING ERRCODE = 'FT001', DETAIL = json_build_object('table', TG_TABLE_NAME)::text;
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER frozen_rows BEFORE UPDATE OR DELETE ON invoicing_invoice
    FOR EACH ROW EXECUTE FUNCTION invoicing_refuse_change_of_issued();

CREATE FUNCTION invoicing_refuse_lines_of_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Locked, so that a draft cannot be issued under lines that are not committed yet.
    PERFORM FROM invoicing_invoice i WHERE i.id IN (SELECT invoice_id FROM touched) ORDER BY i.id FOR SHARE;
    IF EXISTS (SELECT FROM touched t JOIN invoicing_invoice i ON i.id = t.invoice_id WHERE i.issued_at IS NOT NULL) THEN
        RAISE EXCEPTION 'frozen' USING ERRCODE = 'FT001', DETAIL = json_build_object('table', TG_TABLE_NAME)::text;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER frozen_insert AFTER INSERT ON invoicing_invoicelineitem REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_refuse_lines_of_issued();
CREATE TRIGGER frozen_update AFTER UPDATE ON invoicing_invoicelineitem REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_refuse_lines_of_issued();
CREATE TRIGGER frozen_moved AFTER UPDATE ON invoicing_invoicelineitem REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_refuse_lines_of_issued();
CREATE TRIGGER frozen_delete AFTER DELETE ON invoicing_invoicelineitem REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_refuse_lines_of_issued();

CREATE FUNCTION invoicing_settlement_keeps_its_total() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.total <> OLD.total OR NEW.invoice_id <> OLD.invoice_id
        OR (OLD.is_cancelled AND NOT NEW.is_cancelled) THEN
        RAISE EXCEPTION 'frozen' USING ERRCODE = 'FT001', DETAIL = json_build_object('table', TG_TABLE_NAME)::text;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frozen_total BEFORE UPDATE OR DELETE ON invoicing_settlement
    FOR EACH ROW EXECUTE FUNCTION invoicing_settlement_keeps_its_total();

CREATE TRIGGER frozen_rows BEFORE UPDATE OR DELETE ON invoicing_sequencerun
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_rows BEFORE UPDATE OR DELETE ON invoicing_invoicecancellation
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();

CREATE TRIGGER frozen_table BEFORE TRUNCATE ON invoicing_invoice
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_table BEFORE TRUNCATE ON invoicing_invoicelineitem
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_table BEFORE TRUNCATE ON invoicing_settlement
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_table BEFORE TRUNCATE ON invoicing_sequencerun
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_table BEFORE TRUNCATE ON invoicing_invoicecancellation
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();

-- The counter's row is rewritten by every bill: room on its page keeps those rewrites off the index.
ALTER TABLE invoicing_invoicesequence SET (fillfactor = 10);
ALTER TABLE invoicing_settlement SET (fillfactor = 80);
"""

UNFREEZE = """
DROP FUNCTION invoicing_refuse_change_of_issued() CASCADE;
DROP FUNCTION invoicing_refuse_lines_of_issued() CASCADE;
DROP FUNCTION invoicing_settlement_keeps_its_total() CASCADE;
DROP TRIGGER frozen_rows ON invoicing_sequencerun;
DROP TRIGGER frozen_rows ON invoicing_invoicecancellation;
DROP TRIGGER frozen_table ON invoicing_invoice;
DROP TRIGGER frozen_table ON invoicing_invoicelineitem;
DROP TRIGGER frozen_table ON invoicing_settlement;
DROP TRIGGER frozen_table ON invoicing_sequencerun;
DROP TRIGGER frozen_table ON invoicing_invoicecancellation;
"""

SERIES = """
INSERT INTO invoicing_sequencerun (series, run, kind, prefix, reason) VALUES
    ('FT-INV', 1, 'invoice', 'FT-INV-', 'the shop was opened'),
    ('FT-BOS', 1, 'bill_of_supply', 'FT-BOS-', 'the shop was opened'),
    ('FT-CN', 1, 'credit_note', 'FT-CN-', 'the shop was opened');
INSERT INTO invoicing_invoicesequence (series, run, last_number) VALUES
    ('FT-INV', 1, 0), ('FT-BOS', 1, 0), ('FT-CN', 1, 0);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0001_initial"),
        ("core", "0002_begin_and_freeze"),
    ]
    operations = [
        migrations.RunSQL(WRITE_LINES, "DROP FUNCTION invoicing_write_lines(bigint, jsonb)"),
        migrations.RunSQL(WRITE_DRAFT, "DROP FUNCTION invoicing_save_draft(jsonb)"),
        migrations.RunSQL(SERIES_FOR, "DROP FUNCTION invoicing_series_for(text, text)"),
        migrations.RunSQL(COUNTER_FROM_BOOKS, "DROP FUNCTION invoicing_counter_from_books(text)"),
        migrations.RunSQL(LOCK_COUNTER, "DROP FUNCTION invoicing_lock_counter(text)"),
        migrations.RunSQL(NEXT_NUMBER, "DROP FUNCTION invoicing_next_number(text, text, date, boolean)"),
        migrations.RunSQL(PREPARE, "DROP FUNCTION invoicing_prepare(jsonb)"),
        migrations.RunSQL(NUMBER, "DROP FUNCTION invoicing_number(jsonb, bigint)"),
        migrations.RunSQL(ISSUE, "DROP FUNCTION invoicing_issue(jsonb)"),
        migrations.RunSQL(SERIES, migrations.RunSQL.noop),
        migrations.RunSQL(FREEZE, UNFREEZE),
    ]
