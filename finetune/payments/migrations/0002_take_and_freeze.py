"""The function that takes money, and the freeze of what was taken."""

from django.db import migrations

# The settlement is raised first: its CHECK refuses an overpayment even from a caller who forgot to lock.
TAKE = """
CREATE FUNCTION payments_take(p_actor bigint, p_request text, p_invoice bigint, p_store bigint, p_person text,
    p_tenders jsonb) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    t record;
    v_id bigint;
    v_ids bigint[] := '{}';
    v_cash numeric;
BEGIN
    UPDATE invoicing_settlement SET updated_at = now(), amount_paid = amount_paid
        + (SELECT coalesce(sum((e->>'amount')::numeric), 0) FROM jsonb_array_elements(p_tenders) e)
    WHERE invoice_id = p_invoice;
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
        INSERT INTO payments_paymentrecord (invoice_id, store_id, amount, mode, reference, tendered, change_due,
            received_by_id, received_at, business_date)
        VALUES (p_invoice, p_store, t.amount, t.mode, t.reference, t.tendered, t.change_due, p_actor, t.at,
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
        v_ids := v_ids || v_id;
    END LOOP;
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

UNFREEZE = """
DROP TRIGGER frozen_rows ON payments_paymentrecord;
DROP TRIGGER frozen_table ON payments_paymentrecord;
DROP TRIGGER frozen_rows ON payments_emiplan;
DROP TRIGGER frozen_table ON payments_emiplan;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("invoicing", "0002_issue_and_freeze")]
    operations = [
        migrations.RunSQL(TAKE, "DROP FUNCTION payments_take(bigint, text, bigint, bigint, text, jsonb)"),
        migrations.RunSQL(FREEZE, UNFREEZE),
    ]
