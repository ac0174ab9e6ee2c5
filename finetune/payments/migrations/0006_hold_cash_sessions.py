"""The drawer of a store from its opening to its Z report, and the rule that all money falls into one session."""

from django.db import migrations

# Asked for by whoever writes money of a store, before their cash of the day, credit and numbers. Whoever opens makes
# the row; two who do so at once meet at the index, and the second finds what the first made. A session that is being
# closed is waited for and then no longer found, so that money never lands in a closed one, and none falls between two.
HOLD = """
CREATE FUNCTION payments_hold_cash_session(p_store bigint, p_actor bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint;
BEGIN
    LOOP
        SELECT id INTO v_id FROM payments_cashsession WHERE store_id = p_store AND closed_at IS NULL FOR SHARE;
        EXIT WHEN v_id IS NOT NULL;
        INSERT INTO payments_cashsession (store_id, business_date, opened_at, opened_by_id, opened_by_itself,
            opening_float)
        SELECT p_store, (at AT TIME ZONE 'Asia/Kolkata')::date, at, p_actor, true,
            coalesce((SELECT s.cash_counted FROM payments_cashsession s
                WHERE s.store_id = p_store AND s.z_number IS NOT NULL ORDER BY s.z_number DESC LIMIT 1), 0)
        FROM clock_timestamp() AS at
        ON CONFLICT (store_id) WHERE closed_at IS NULL DO NOTHING
        RETURNING id INTO v_id;
        IF v_id IS NOT NULL THEN
            INSERT INTO core_auditrecord (user_id, request_id, verb, kind, object_id, reason)
            VALUES (p_actor, coalesce(nullif(current_setting('finetune.request', true), ''), 'database'),
                'cash_session.open', 'cash_session', v_id, 'opened by the first money that came');
            EXIT;
        END IF;
    END LOOP;
    RETURN v_id;
END $$;
"""
UNHOLD = "DROP FUNCTION payments_hold_cash_session(bigint, bigint)"

# The database chooses the session, whoever writes; customer's credit is no money.
INTO_SESSION = """
CREATE FUNCTION payments_payment_into_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.cash_session_id := payments_hold_cash_session(NEW.store_id, NEW.received_by_id);
    RETURN NEW;
END $$;
CREATE TRIGGER into_session BEFORE INSERT ON payments_paymentrecord
    FOR EACH ROW WHEN (NEW.mode <> 'credit') EXECUTE FUNCTION payments_payment_into_session();
CREATE FUNCTION payments_deposit_refund_into_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.cash_session_id := payments_hold_cash_session(NEW.store_id, NEW.issued_by_id);
    RETURN NEW;
END $$;
CREATE TRIGGER into_session BEFORE INSERT ON deposits_depositrefund
    FOR EACH ROW EXECUTE FUNCTION payments_deposit_refund_into_session();
ALTER TABLE deposits_depositrefund ADD CONSTRAINT deposits_refund_of_session
    FOREIGN KEY (cash_session_id) REFERENCES payments_cashsession (id) DEFERRABLE INITIALLY DEFERRED;
CREATE FUNCTION payments_movement_into_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM payments_cashsession WHERE id = NEW.cash_session_id AND closed_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'cash_session_closed' USING ERRCODE = 'FT001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER into_session BEFORE INSERT ON payments_cashmovement
    FOR EACH ROW EXECUTE FUNCTION payments_movement_into_session();
"""
OUT_OF_SESSION = """
DROP FUNCTION payments_payment_into_session() CASCADE;
DROP FUNCTION payments_deposit_refund_into_session() CASCADE;
DROP FUNCTION payments_movement_into_session() CASCADE;
ALTER TABLE deposits_depositrefund DROP CONSTRAINT deposits_refund_of_session;
"""

# The session must be locked FOR UPDATE, and what it should hold be read after that. The Z number comes last; a lost
# counter is made again from the highest number.
CLOSE = """
CREATE FUNCTION payments_close_cash_session(p jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint := (p->>'id')::bigint;
    v_actor bigint := (p->>'actor')::bigint;
    v_store bigint;
    v_number bigint;
BEGIN
    SELECT store_id INTO STRICT v_store FROM payments_cashsession WHERE id = v_id;
    INSERT INTO core_auditrecord (user_id, request_id, verb, kind, object_id, reason)
    VALUES (v_actor, p->>'request', 'cash_session.close', 'cash_session', v_id, p->>'note');
    INSERT INTO payments_zcounter (store_id, last_number)
    SELECT v_store, 1 + coalesce(max(z_number), 0) FROM payments_cashsession WHERE store_id = v_store
    ON CONFLICT (store_id) DO UPDATE SET last_number = payments_zcounter.last_number + 1
    RETURNING last_number INTO v_number;
    UPDATE payments_cashsession SET z_number = v_number, closed_at = coalesce((p->>'at')::timestamptz, clock_timestamp()),
        closed_by_id = v_actor, counted = p->'counted', cash_expected = (p->>'cash_expected')::numeric,
        cash_counted = (p->>'cash_counted')::numeric, cash_difference = (p->>'cash_difference')::numeric,
        card_expected = (p->>'card_expected')::numeric, card_total = (p->>'card_total')::numeric,
        card_difference = (p->>'card_difference')::numeric, upi_expected = (p->>'upi_expected')::numeric,
        upi_total = (p->>'upi_total')::numeric, upi_difference = (p->>'upi_difference')::numeric, note = p->>'note'
    WHERE id = v_id;
    RETURN v_number;
END $$;
"""
UNCLOSE = "DROP FUNCTION payments_close_cash_session(jsonb)"

FREEZE = """
CREATE FUNCTION payments_session_is_closed_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.closed_at IS NOT NULL OR NEW.closed_at IS NULL
        OR (NEW.id, NEW.store_id, NEW.business_date, NEW.opened_at, NEW.opened_by_id, NEW.opened_by_itself,
            NEW.opening_float, NEW.created_at)
            IS DISTINCT FROM (OLD.id, OLD.store_id, OLD.business_date, OLD.opened_at, OLD.opened_by_id,
            OLD.opened_by_itself, OLD.opening_float, OLD.created_at) THEN
        RAISE EXCEPTION 'frozen' USING ERRCODE = 'FT001', DETAIL = jsonb_build_object('table', TG_TABLE_NAME)::text;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER closed_once BEFORE UPDATE ON payments_cashsession
    FOR EACH ROW EXECUTE FUNCTION payments_session_is_closed_once();
CREATE TRIGGER kept_rows BEFORE DELETE ON payments_cashsession
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_table BEFORE TRUNCATE ON payments_cashsession
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_rows BEFORE UPDATE OR DELETE ON payments_cashmovement
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_table BEFORE TRUNCATE ON payments_cashmovement
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""
UNFREEZE = """
DROP FUNCTION payments_session_is_closed_once() CASCADE;
DROP TRIGGER kept_rows ON payments_cashsession;
DROP TRIGGER frozen_table ON payments_cashsession;
DROP TRIGGER frozen_rows ON payments_cashmovement;
DROP TRIGGER frozen_table ON payments_cashmovement;
"""

TAKE = """
CREATE OR REPLACE FUNCTION payments_take(p_actor bigint, p_request text, p_invoice bigint, p_deposit bigint, p_store bigint,
    p_person text, p_customer bigint, p_credit_invoice bigint, p_excess numeric, p_tenders jsonb)
RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    t record;
    v_id bigint;
    v_ids bigint[] := '{}';
    v_cash numeric;
BEGIN
    IF p_invoice IS NOT NULL THEN
        UPDATE invoicing_settlement SET updated_at = now(), amount_to_credit = amount_to_credit + p_excess,
            amount_paid = amount_paid
            + (SELECT coalesce(sum((e->>'amount')::numeric), 0) FROM jsonb_array_elements(p_tenders) e)
        WHERE invoice_id = p_invoice;
    END IF;
    -- Before the person's cash, the customer's credit and numbers: always in this order.
    IF EXISTS (SELECT FROM jsonb_array_elements(p_tenders) e WHERE e->>'mode' <> 'credit') THEN
        PERFORM payments_hold_cash_session(p_store, p_actor);
    END IF;
    FOR t IN
        SELECT x.*, coalesce(x.received_at, now()) AS at
        FROM jsonb_to_recordset(p_tenders) AS x (mode text, amount numeric, reference text, tendered numeric,
            change_due numeric, received_at timestamptz, emi jsonb)
    LOOP
        IF t.mode = 'cash' THEN
            -- Make the row first, then change it under its lock: the sentence needs to know what was there.
            INSERT INTO payments_cashofday (person, day, amount)
            VALUES (p_person, (t.at AT TIME ZONE 'Asia/Kolkata')::date, 0)
            ON CONFLICT ON CONSTRAINT payments_cash_day_once DO NOTHING;
            SELECT amount INTO v_cash FROM payments_cashofday
            WHERE person = p_person AND day = (t.at AT TIME ZONE 'Asia/Kolkata')::date FOR UPDATE;
            IF v_cash + t.amount >= 200000 THEN
                RAISE EXCEPTION 'cash_limit' USING ERRCODE = 'FT001',
                    DETAIL = json_build_object('taken_today', v_cash::text, 'offered', t.amount::text)::text;
            END IF;
            UPDATE payments_cashofday SET amount = amount + t.amount
            WHERE person = p_person AND day = (t.at AT TIME ZONE 'Asia/Kolkata')::date;
        END IF;
        INSERT INTO payments_paymentrecord (invoice_id, deposit_id, store_id, amount, mode, reference, tendered, change_due,
            received_by_id, received_at, business_date)
        VALUES (p_invoice, p_deposit, p_store, t.amount, t.mode, t.reference, t.tendered, t.change_due, p_actor, t.at,
            (t.at AT TIME ZONE 'Asia/Kolkata')::date)
        RETURNING id INTO v_id;
        IF t.emi IS NOT NULL THEN
            INSERT INTO payments_emiplan (payment_id, provider, tenure_months, financed_amount, subvention, down_payment)
            SELECT v_id, e.provider, e.tenure_months, e.financed_amount, e.subvention, e.down_payment
            FROM jsonb_to_record(t.emi) AS e (provider text, tenure_months int, financed_amount numeric,
                subvention numeric, down_payment numeric);
        END IF;
        INSERT INTO core_auditrecord (user_id, request_id, verb, kind, object_id)
        VALUES (p_actor, p_request, 'payment.take', 'payment', v_id);
        IF t.mode = 'credit' THEN
            PERFORM crediting_move(p_actor, p_customer, p_credit_invoice, -t.amount, 'spent', v_id);
        END IF;
        v_ids := v_ids || v_id;
    END LOOP;
    IF p_excess > 0 THEN
        PERFORM crediting_move(p_actor, p_customer, p_credit_invoice, p_excess, 'overpayment', v_id);
    END IF;
    RETURN v_ids;
END $$;
"""
TAKE_BEFORE = """
CREATE OR REPLACE FUNCTION payments_take(p_actor bigint, p_request text, p_invoice bigint, p_deposit bigint, p_store bigint,
    p_person text, p_customer bigint, p_credit_invoice bigint, p_excess numeric, p_tenders jsonb)
RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    t record;
    v_id bigint;
    v_ids bigint[] := '{}';
    v_cash numeric;
BEGIN
    IF p_invoice IS NOT NULL THEN
        UPDATE invoicing_settlement SET updated_at = now(), amount_to_credit = amount_to_credit + p_excess,
            amount_paid = amount_paid
            + (SELECT coalesce(sum((e->>'amount')::numeric), 0) FROM jsonb_array_elements(p_tenders) e)
        WHERE invoice_id = p_invoice;
    END IF;
    FOR t IN
        SELECT x.*, coalesce(x.received_at, now()) AS at
        FROM jsonb_to_recordset(p_tenders) AS x (mode text, amount numeric, reference text, tendered numeric,
            change_due numeric, received_at timestamptz, emi jsonb)
    LOOP
        IF t.mode = 'cash' THEN
            -- Make the row first, then change it under its lock: the sentence needs to know what was there.
            INSERT INTO payments_cashofday (person, day, amount)
            VALUES (p_person, (t.at AT TIME ZONE 'Asia/Kolkata')::date, 0)
            ON CONFLICT ON CONSTRAINT payments_cash_day_once DO NOTHING;
            SELECT amount INTO v_cash FROM payments_cashofday
            WHERE person = p_person AND day = (t.at AT TIME ZONE 'Asia/Kolkata')::date FOR UPDATE;
            IF v_cash + t.amount >= 200000 THEN
                RAISE EXCEPTION 'cash_limit' USING ERRCODE = 'FT001',
                    DETAIL = json_build_object('taken_today', v_cash::text, 'offered', t.amount::text)::text;
            END IF;
            UPDATE payments_cashofday SET amount = amount + t.amount
            WHERE person = p_person AND day = (t.at AT TIME ZONE 'Asia/Kolkata')::date;
        END IF;
        INSERT INTO payments_paymentrecord (invoice_id, deposit_id, store_id, amount, mode, reference, tendered, change_due,
            received_by_id, received_at, business_date)
        VALUES (p_invoice, p_deposit, p_store, t.amount, t.mode, t.reference, t.tendered, t.change_due, p_actor, t.at,
            (t.at AT TIME ZONE 'Asia/Kolkata')::date)
        RETURNING id INTO v_id;
        IF t.emi IS NOT NULL THEN
            INSERT INTO payments_emiplan (payment_id, provider, tenure_months, financed_amount, subvention, down_payment)
            SELECT v_id, e.provider, e.tenure_months, e.financed_amount, e.subvention, e.down_payment
            FROM jsonb_to_record(t.emi) AS e (provider text, tenure_months int, financed_amount numeric,
                subvention numeric, down_payment numeric);
        END IF;
        INSERT INTO core_auditrecord (user_id, request_id, verb, kind, object_id)
        VALUES (p_actor, p_request, 'payment.take', 'payment', v_id);
        IF t.mode = 'credit' THEN
            PERFORM crediting_move(p_actor, p_customer, p_credit_invoice, -t.amount, 'spent', v_id);
        END IF;
        v_ids := v_ids || v_id;
    END LOOP;
    IF p_excess > 0 THEN
        PERFORM crediting_move(p_actor, p_customer, p_credit_invoice, p_excess, 'overpayment', v_id);
    END IF;
    RETURN v_ids;
END $$;
"""

REFUND_DEPOSIT = """
CREATE OR REPLACE FUNCTION payments_refund_deposit(p jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint := nextval(pg_get_serial_sequence('deposits_depositrefund', 'id'));
    v_actor bigint := (p->>'actor')::bigint;
    v_date date := (p->>'voucher_date')::date;
    v_next record;
BEGIN
    -- Before the number, which comes last.
    PERFORM payments_hold_cash_session((p->>'store_id')::bigint, v_actor);
    UPDATE deposits_depositbalance SET amount_refunded = amount_refunded + (p->>'amount')::numeric, updated_at = now()
    WHERE deposit_id = (p->>'deposit_id')::bigint;
    INSERT INTO core_auditrecord (user_id, request_id, verb, kind, object_id, reason)
    VALUES (v_actor, p->>'request', 'deposit.refund', 'deposit_refund', v_id, p->>'reason');
    SELECT * INTO v_next FROM invoicing_next_number('refund_voucher', p->>'gstin', v_date, false);
    INSERT INTO deposits_depositrefund (id, series, run, number, voucher_number, voucher_date, issued_at, issued_by_id,
        amount, taxable_value, cgst, sgst, igst, deposit_id, store_id, mode, reference, reason)
    OVERRIDING SYSTEM VALUE
    SELECT v_id, v_next.series, v_next.run, v_next.number, v_next.text_number, v_date, clock_timestamp(), v_actor,
        d.amount, d.taxable_value, d.cgst, d.sgst, d.igst, d.deposit_id, d.store_id, d.mode, d.reference, d.reason
    FROM jsonb_populate_record(NULL::deposits_depositrefund, p) d;
    RETURN v_id;
END $$;
"""
REFUND_DEPOSIT_BEFORE = """
CREATE OR REPLACE FUNCTION payments_refund_deposit(p jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint := nextval(pg_get_serial_sequence('deposits_depositrefund', 'id'));
    v_actor bigint := (p->>'actor')::bigint;
    v_date date := (p->>'voucher_date')::date;
    v_next record;
BEGIN
    UPDATE deposits_depositbalance SET amount_refunded = amount_refunded + (p->>'amount')::numeric, updated_at = now()
    WHERE deposit_id = (p->>'deposit_id')::bigint;
    INSERT INTO core_auditrecord (user_id, request_id, verb, kind, object_id, reason)
    VALUES (v_actor, p->>'request', 'deposit.refund', 'deposit_refund', v_id, p->>'reason');
    SELECT * INTO v_next FROM invoicing_next_number('refund_voucher', p->>'gstin', v_date, false);
    INSERT INTO deposits_depositrefund (id, series, run, number, voucher_number, voucher_date, issued_at, issued_by_id,
        amount, taxable_value, cgst, sgst, igst, deposit_id, store_id, mode, reference, reason)
    OVERRIDING SYSTEM VALUE
    SELECT v_id, v_next.series, v_next.run, v_next.number, v_next.text_number, v_date, clock_timestamp(), v_actor,
        d.amount, d.taxable_value, d.cgst, d.sgst, d.igst, d.deposit_id, d.store_id, d.mode, d.reference, d.reason
    FROM jsonb_populate_record(NULL::deposits_depositrefund, p) d;
    RETURN v_id;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_keep_cash_sessions"), ("deposits", "0004_name_the_cash_session")]
    operations = [
        migrations.RunSQL(HOLD, UNHOLD),
        migrations.RunSQL(INTO_SESSION, OUT_OF_SESSION),
        migrations.RunSQL(CLOSE, UNCLOSE),
        migrations.RunSQL(FREEZE, UNFREEZE),
        migrations.RunSQL(TAKE, TAKE_BEFORE),
        migrations.RunSQL(REFUND_DEPOSIT, REFUND_DEPOSIT_BEFORE),
    ]
