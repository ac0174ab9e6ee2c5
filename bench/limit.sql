-- The least that the same rows cost: one call each, everything decided beforehand.
-- For a shop of the bench alone; `finetune_owner` makes it.
CREATE SCHEMA bench;
GRANT USAGE ON SCHEMA bench TO finetune_app;

CREATE FUNCTION bench.note_key(p_user bigint, p_key text, p_kind text, p_id bigint) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO core_idempotencykey (user_id, key, request_hash, kind, ref)
    VALUES (p_user, p_key, sha256(p_key::bytea), p_kind, jsonb_build_object('id', p_id))
$$;

CREATE FUNCTION bench.issue(p jsonb, p_key text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_id bigint;
BEGIN
    v_id := invoicing_issue(p);
    PERFORM bench.note_key((p->>'actor')::bigint, p_key, 'invoice', v_id);
    RETURN v_id;
END $$;

CREATE FUNCTION bench.sell(p jsonb, p_tenders jsonb, p_key text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint;
    v_booking bigint;
    v_actor bigint := (p->>'actor')::bigint;
    v_store bigint := (p->>'store_id')::bigint;
    v_customer bigint := (p->>'customer_id')::bigint;
BEGIN
    INSERT INTO bookings_booking (store_id, customer_id, kind, status, created_by_id)
    VALUES (v_store, v_customer, 'counter', 'delivered', v_actor) RETURNING id INTO v_booking;
    INSERT INTO core_auditrecord (user_id, request_id, verb, kind, object_id)
    VALUES (v_actor, p->>'request', 'booking.write', 'booking', v_booking);
    p := p || jsonb_build_object('booking_id', v_booking, 'stock', (
        SELECT jsonb_agg(e.entry || jsonb_build_object('booking_id', v_booking) ORDER BY e.place)
        FROM jsonb_array_elements(p->'stock') WITH ORDINALITY AS e (entry, place)));
    v_id := invoicing_prepare(p);
    PERFORM payments_take(v_actor, p->>'request', v_id, NULL, v_store, 'invoice:' || v_id, v_customer, v_id, 0,
        jsonb_set(p_tenders, '{0,reference}', to_jsonb(p_key)));
    PERFORM invoicing_number(p, v_id);
    PERFORM bench.note_key(v_actor, p_key, 'sale', v_id);
    RETURN v_id;
END $$;

CREATE FUNCTION bench.pay(p_actor bigint, p_invoice bigint, p_store bigint, p_customer bigint, p_tenders jsonb, p_key text)
RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM payments_take(p_actor, 'bench', p_invoice, NULL, p_store, 'customer:' || p_customer, p_customer, NULL, 0,
        jsonb_set(p_tenders, '{0,reference}', to_jsonb(p_key)));
    PERFORM bench.note_key(p_actor, p_key, 'payments', p_invoice);
    RETURN p_invoice;
END $$;

CREATE FUNCTION bench.post_stock(p_actor bigint, p_entries jsonb, p_key text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE v_id bigint;
BEGIN
    v_id := (inventory_post_entries(p_actor, 'bench', p_entries))[1];
    PERFORM bench.note_key(p_actor, p_key, 'stock_entry', v_id);
    RETURN v_id;
END $$;

-- The same bill numbered from a plain sequence, whose numbers have gaps: what doing it right is held against.
CREATE SEQUENCE bench.plain_numbers;
GRANT USAGE ON SEQUENCE bench.plain_numbers TO finetune_app;
CREATE FUNCTION bench.issue_with_gaps(p jsonb, p_key text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint;
    v_actor bigint := (p->>'actor')::bigint;
    v_number bigint;
BEGIN
    v_id := invoicing_prepare(p);
    v_number := nextval('bench.plain_numbers');
    INSERT INTO invoicing_invoice (id, series, run, number, invoice_number, issued_at, issued_by_id,
        document_type, created_by_id, store_id, customer_id, booking_id, seller, buyer, "order", invoice_date,
        due_date, place_of_supply, supply_nature, state_tax_label, reverse_charge, with_payment_of_tax, notes,
        taxable_value, discount_total, cgst, sgst, igst, cess, total_before_round_off, round_off_amount, total)
    OVERRIDING SYSTEM VALUE
    SELECT v_id, 'BENCH', 1, v_number, 'B-' || v_number, clock_timestamp(), v_actor,
        d.document_type, v_actor, d.store_id, d.customer_id, d.booking_id, d.seller, d.buyer, d."order",
        d.invoice_date, d.due_date, d.place_of_supply, d.supply_nature, d.state_tax_label, d.reverse_charge,
        d.with_payment_of_tax, d.notes, d.taxable_value, d.discount_total, d.cgst, d.sgst, d.igst, d.cess,
        d.total_before_round_off, d.round_off_amount, d.total
    FROM jsonb_populate_record(NULL::invoicing_invoice, p) d;
    PERFORM bench.note_key(v_actor, p_key, 'invoice', v_id);
    RETURN v_id;
END $$;
