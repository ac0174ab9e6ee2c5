"""The two statements of every change of stock: lock and read what deciding needs; write what was decided."""

from django.db import migrations

LOCK = """
CREATE FUNCTION inventory_lock_stock(p_store bigint, p_variants bigint[], p_serials text[],
    OUT store_exists boolean, OUT variants json, OUT serials json)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    -- Many may post at once; a change of settings takes this lock alone and so waits for all of them, and they for it.
    PERFORM pg_advisory_xact_lock_shared(5, 1);
    SELECT EXISTS (SELECT FROM stores_store WHERE id = p_store) INTO store_exists;

    -- A row that is not there cannot be locked, so the missing ones are made first, all of them before any lock and
    -- in order: two first movements of the same variants then wait for each other and cannot deadlock.
    IF store_exists AND EXISTS (
        SELECT FROM catalog_variant v WHERE v.id = ANY (p_variants) AND NOT EXISTS (
            SELECT FROM inventory_stockledger l WHERE l.product_variant_id = v.id AND l.store_id = p_store))
    THEN
        INSERT INTO inventory_stockledger (store_id, product_variant_id)
        SELECT p_store, v.id FROM catalog_variant v WHERE v.id = ANY (p_variants) ORDER BY v.id
        ON CONFLICT DO NOTHING;
    END IF;

    PERFORM FROM inventory_stockledger l
    WHERE l.store_id = p_store AND l.product_variant_id = ANY (p_variants)
    ORDER BY l.product_variant_id, l.store_id FOR UPDATE;
    IF cardinality(p_serials) > 0 THEN
        PERFORM FROM inventory_serialnumber s WHERE s.serial_no = ANY (p_serials) ORDER BY s.serial_no FOR UPDATE;
    END IF;

    -- Statements of their own, after the waiting: they see what the previous holder committed.
    SELECT coalesce(json_agg(json_build_object(
        'id', l.product_variant_id, 'quantity', l.quantity, 'reserved', l.reserved, 'track_serials', s.track_serials,
        'require_stock_in_approval', s.require_stock_in_approval)), '[]')
    INTO variants
    FROM inventory_stockledger l
    JOIN catalog_variant v ON v.id = l.product_variant_id
    JOIN catalog_product p ON p.id = v.product_id
    CROSS JOIN LATERAL inventory_settings_of(p.category_id) s
    WHERE l.store_id = p_store AND l.product_variant_id = ANY (p_variants);

    serials := '[]';
    IF cardinality(p_serials) > 0 THEN
        SELECT coalesce(json_agg(json_build_object(
            'serial_no', s.serial_no, 'id', s.id, 'variant_id', s.product_variant_id, 'store_id', s.store_id,
            'status', s.status, 'is_void', s.is_void,
            -- Each step by its own index, whatever the planner thinks of how many events a unit has.
            'sold_on_line', CASE WHEN s.status = 'sold' THEN (
                SELECT (SELECT e.invoice_line_id FROM inventory_stockentry e WHERE e.id = h.entry_id)
                FROM inventory_serialevent h
                WHERE h.serial_id = s.id AND h.to_status = 'sold'
                  AND (SELECT e.entry_type FROM inventory_stockentry e WHERE e.id = h.entry_id) = 'sale'
                ORDER BY h.id DESC LIMIT 1) END)), '[]')
        INTO serials
        FROM inventory_serialnumber s WHERE s.serial_no = ANY (p_serials);
    END IF;
END $$;
"""

MOVE_SERIALS = """
CREATE FUNCTION inventory_move_serials(p_entry bigint, p_store bigint, p_variant bigint, p_serials jsonb)
RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_new integer := 0;
    v_moved integer;
BEGIN
    IF p_serials @> '[{"from_status": ""}]' THEN
        WITH made AS (
            INSERT INTO inventory_serialnumber (serial_no, product_variant_id, store_id, status, is_void, last_entry_id)
            SELECT w.serial_no, p_variant, p_store, w.to_status, w.void, p_entry
            FROM jsonb_to_recordset(p_serials) AS w (serial_no text, from_status text, to_status text, void boolean)
            WHERE w.from_status = '' ORDER BY w.serial_no
            ON CONFLICT DO NOTHING RETURNING id, status)
        INSERT INTO inventory_serialevent (serial_id, entry_id, from_status, to_status, store_id)
        SELECT made.id, p_entry, '', made.status, p_store FROM made ORDER BY made.id;
        GET DIAGNOSTICS v_new = ROW_COUNT;
        IF v_new <> (SELECT count(*) FROM jsonb_array_elements(p_serials) w WHERE w ->> 'from_status' = '') THEN
            -- Somebody brought the same new serial in meanwhile. Tried again, this finds the row and says so.
            RAISE EXCEPTION 'a new serial appeared meanwhile' USING ERRCODE = '40001';
        END IF;
        IF v_new = jsonb_array_length(p_serials) THEN
            RETURN;
        END IF;
    END IF;
    -- Compare and set. Only a void unit may turn up in another place or as another variant.
    WITH moved AS (
        UPDATE inventory_serialnumber s
        SET status = w.to_status, is_void = w.void, product_variant_id = p_variant, store_id = p_store,
            last_entry_id = p_entry, updated_at = statement_timestamp()
        FROM jsonb_to_recordset(p_serials) AS w (serial_no text, from_status text, to_status text, void boolean)
        WHERE s.serial_no = w.serial_no AND w.from_status <> '' AND s.status = w.from_status
          AND (s.is_void OR (s.product_variant_id = p_variant AND s.store_id = p_store))
        RETURNING s.id, w.from_status, w.to_status)
    INSERT INTO inventory_serialevent (serial_id, entry_id, from_status, to_status, store_id)
    SELECT moved.id, p_entry, moved.from_status, moved.to_status, p_store FROM moved ORDER BY moved.id;
    GET DIAGNOSTICS v_moved = ROW_COUNT;
    IF v_new + v_moved <> jsonb_array_length(p_serials) THEN
        RAISE EXCEPTION 'serial_moved_meanwhile' USING ERRCODE = 'FT001';
    END IF;
END $$;
"""

POST = """
CREATE FUNCTION inventory_post_entries(p_actor bigint, p_request text, p_entries jsonb)
RETURNS bigint[] LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_entry record;
    v_id bigint;
    v_balance integer;
    v_ids bigint[] := '{}';
BEGIN
    FOR v_entry IN
        SELECT * FROM ROWS FROM (jsonb_to_recordset(p_entries) AS (
            entry_type text, status text, store_id bigint, variant_id bigint, quantity integer, delta integer,
            unit_price numeric, booking_id bigint, invoice_line_id bigint, reversal_of bigint, reason text,
            reference text, serials jsonb)) WITH ORDINALITY
        ORDER BY ordinality
    LOOP
        v_balance := NULL;
        IF v_entry.status = 'posted' THEN
            UPDATE inventory_stockledger
            SET quantity = quantity + v_entry.delta, last_updated = statement_timestamp()
            WHERE product_variant_id = v_entry.variant_id AND store_id = v_entry.store_id
            RETURNING quantity INTO v_balance;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'no ledger row for variant % in store %: lock_stock comes first',
                    v_entry.variant_id, v_entry.store_id;
            END IF;
        END IF;
        INSERT INTO inventory_stockentry
            (entry_type, status, store_id, product_variant_id, quantity, delta, balance_after, unit_price, booking_id,
             invoice_line_id, reversal_of_id, reason, reference, serial_numbers, entered_by_id)
        VALUES (v_entry.entry_type, v_entry.status, v_entry.store_id, v_entry.variant_id, v_entry.quantity,
            v_entry.delta, v_balance, v_entry.unit_price, v_entry.booking_id, v_entry.invoice_line_id,
            v_entry.reversal_of, coalesce(v_entry.reason, ''), coalesce(v_entry.reference, ''),
            ARRAY(SELECT w ->> 'serial_no' FROM jsonb_array_elements(v_entry.serials) w), p_actor)
        RETURNING id INTO v_id;
        IF jsonb_array_length(v_entry.serials) > 0 THEN
            PERFORM inventory_move_serials(v_id, v_entry.store_id, v_entry.variant_id, v_entry.serials);
        END IF;
        v_ids := v_ids || v_id;
    END LOOP;
    INSERT INTO core_auditrecord (user_id, request_id, verb, kind, object_id, reason, changes)
    SELECT p_actor, p_request, CASE WHEN e.reversal_of_id IS NULL THEN 'stock.post' ELSE 'stock.reverse' END,
           'stock_entry', e.id, e.reason,
           jsonb_build_object('entry_type', e.entry_type, 'status', e.status, 'delta', e.delta,
                              'balance_after', e.balance_after)
    FROM inventory_stockentry e WHERE e.id = ANY (v_ids) ORDER BY e.id;
    RETURN v_ids;
END $$;
"""

DECIDE = """
CREATE FUNCTION inventory_decide_entry(
    p_actor bigint, p_request text, p_entry bigint, p_status text, p_reason text, p_serials jsonb)
RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    v_entry record;
    v_balance integer;
BEGIN
    SELECT e.store_id, e.product_variant_id, e.delta INTO STRICT v_entry
    FROM inventory_stockentry e WHERE e.id = p_entry;
    IF p_status = 'posted' THEN
        UPDATE inventory_stockledger SET quantity = quantity + v_entry.delta, last_updated = statement_timestamp()
        WHERE product_variant_id = v_entry.product_variant_id AND store_id = v_entry.store_id
        RETURNING quantity INTO STRICT v_balance;
    END IF;
    UPDATE inventory_stockentry
    SET status = p_status, balance_after = v_balance, approved_by_id = p_actor, decided_at = statement_timestamp(),
        decision_reason = p_reason
    WHERE id = p_entry AND status = 'pending_approval';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'not_pending' USING ERRCODE = 'FT001';
    END IF;
    IF jsonb_array_length(p_serials) > 0 THEN
        PERFORM inventory_move_serials(p_entry, v_entry.store_id, v_entry.product_variant_id, p_serials);
    END IF;
    INSERT INTO core_auditrecord (user_id, request_id, verb, kind, object_id, reason, changes)
    VALUES (p_actor, p_request, CASE p_status WHEN 'posted' THEN 'stock.approve' ELSE 'stock.reject' END,
        'stock_entry', p_entry, p_reason, jsonb_build_object('status', jsonb_build_array('pending_approval', p_status),
        'balance_after', v_balance));
    RETURN v_balance;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0002_inherit_settings_and_log_prices"), ("core", "0002_begin_and_freeze")]
    operations = [
        migrations.RunSQL(LOCK, "DROP FUNCTION inventory_lock_stock(bigint, bigint[], text[])"),
        migrations.RunSQL(MOVE_SERIALS, "DROP FUNCTION inventory_move_serials(bigint, bigint, bigint, jsonb)"),
        migrations.RunSQL(POST, "DROP FUNCTION inventory_post_entries(bigint, text, jsonb)"),
        migrations.RunSQL(DECIDE, "DROP FUNCTION inventory_decide_entry(bigint, text, bigint, text, text, jsonb)"),
    ]
