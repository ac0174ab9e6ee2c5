"""The function that takes money, and the freeze of what was taken."""

from django.db import migrations

# The settlement is raised first: its CHECK refuses an overpayment even from a caller who forgot to lock.
TAKE = """
CREATE FUNCTION payments_take(p_actor bigint, p_request text, p_invoice bigint, p_deposit bigint, p_store bigint,
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

FREEZE = """
CREATE TRIGGER frozen_rows BEFORE UPDATE OR DELETE ON payments_paymentrecord
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_table BEFORE TRUNCATE ON payments_paymentrecord
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_rows BEFORE UPDATE OR DELETE ON payments_emiplan
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_table BEFORE TRUNCATE ON payments_emiplan
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""

# A voucher with its number, which is taken last: the money was written before, under the id that is given here.
VOUCHERS = """
CREATE FUNCTION payments_issue_deposit(p jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint := (p->>'id')::bigint;
    v_actor bigint := (p->>'actor')::bigint;
    v_date date := (p->>'voucher_date')::date;
    v_next record;
BEGIN
    INSERT INTO deposits_depositbalance (deposit_id, booking_id, amount)
    VALUES (v_id, (p->>'booking_id')::bigint, (p->>'amount')::numeric);
    INSERT INTO core_auditrecord (user_id, request_id, verb, kind, object_id)
    VALUES (v_actor, p->>'request', 'deposit.take', 'deposit', v_id);
    SELECT * INTO v_next FROM invoicing_next_number('receipt_voucher', p->'seller'->>'gstin', v_date, false);
    INSERT INTO deposits_deposit (id, series, run, number, voucher_number, voucher_date, issued_at, issued_by_id, amount,
        taxable_value, cgst, sgst, igst, booking_id, store_id, customer_id, supply, description, gst_rate,
        place_of_supply, supply_nature, state_tax_label, seller, buyer)
    OVERRIDING SYSTEM VALUE
    SELECT v_id, v_next.series, v_next.run, v_next.number, v_next.text_number, v_date, clock_timestamp(), v_actor,
        d.amount, d.taxable_value, d.cgst, d.sgst, d.igst, d.booking_id, d.store_id, d.customer_id, d.supply,
        d.description, d.gst_rate, d.place_of_supply, d.supply_nature, d.state_tax_label, d.seller, d.buyer
    FROM jsonb_populate_record(NULL::deposits_deposit, p) d;
    RETURN v_id;
END $$;

CREATE FUNCTION payments_refund_deposit(p jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
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

UNVOUCHERS = """
DROP FUNCTION payments_issue_deposit(jsonb);
DROP FUNCTION payments_refund_deposit(jsonb);
"""

UNFREEZE = """
DROP TRIGGER frozen_rows ON payments_paymentrecord;
DROP TRIGGER frozen_table ON payments_paymentrecord;
DROP TRIGGER frozen_rows ON payments_emiplan;
DROP TRIGGER frozen_table ON payments_emiplan;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0001_initial"),
        ("invoicing", "0002_issue_and_freeze"),
        ("crediting", "0002_issue_notes_and_move_credit"),
    ]
    operations = [
        migrations.RunSQL(TAKE, """DROP FUNCTION payments_take(bigint, text, bigint, bigint, bigint, text, bigint, bigint, numeric, jsonb)"""),
        migrations.RunSQL(VOUCHERS, UNVOUCHERS),
        migrations.RunSQL(FREEZE, UNFREEZE),
    ]
