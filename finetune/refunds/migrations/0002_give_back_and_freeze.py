"""The functions that give money back, and the freeze of what was given."""

from django.db import migrations

GIVE = """
CREATE FUNCTION refunds_give(p jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint := nextval(pg_get_serial_sequence('refunds_refund', 'id'));
    v_actor bigint := (p->>'actor')::bigint;
    v_amount numeric := (p->>'amount')::numeric;
    v_from_credit numeric := (p->>'from_credit')::numeric;
BEGIN
    UPDATE refunds_refundceiling SET amount_refunded = amount_refunded + v_amount
    WHERE payment_id = (p->>'payment_id')::bigint;
    UPDATE invoicing_settlement SET amount_refunded = amount_refunded + (p->>'reopened')::numeric, updated_at = now()
    WHERE invoice_id = (p->>'invoice_id')::bigint;
    IF v_from_credit > 0 THEN
        PERFORM crediting_move(v_actor, (p->>'customer_id')::bigint, (p->>'credit_invoice_id')::bigint, -v_from_credit,
            'refund', v_id);
    END IF;
    IF p->>'mode' = 'credit' THEN
        PERFORM crediting_move(v_actor, (p->>'customer_id')::bigint, (p->>'credit_invoice_id')::bigint, v_amount,
            'refund_to_credit', v_id);
    END IF;
    INSERT INTO refunds_refund (id, payment_id, invoice_id, store_id, amount, from_credit, mode, reason, reference,
        refunded_by_id, business_date)
    OVERRIDING SYSTEM VALUE
    VALUES (v_id, (p->>'payment_id')::bigint, (p->>'invoice_id')::bigint, (p->>'store_id')::bigint, v_amount,
        v_from_credit, p->>'mode', p->>'reason', p->>'reference', v_actor,
        (now() AT TIME ZONE 'Asia/Kolkata')::date);
    INSERT INTO core_auditrecord (user_id, request_id, verb, kind, object_id, reason)
    VALUES (v_actor, p->>'request', 'refund.give', 'refund', v_id, p->>'reason');
    RETURN v_id;
END $$;
"""

# Cash given back on a bill stays within the cash that came in on it, by whatever road.
FREEZE = """
CREATE FUNCTION refunds_refuse_excess_cash() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.mode = 'cash' AND
        (SELECT sum(r.amount) FROM refunds_refund r WHERE r.invoice_id = NEW.invoice_id AND r.mode = 'cash')
        > (SELECT coalesce(sum(p.amount), 0) FROM payments_paymentrecord p
           WHERE p.invoice_id = NEW.invoice_id AND p.mode = 'cash' AND p.is_live) THEN
        RAISE EXCEPTION 'exceeds_cash_received' USING ERRCODE = 'FT001';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER within_the_cash AFTER INSERT ON refunds_refund
    FOR EACH ROW EXECUTE FUNCTION refunds_refuse_excess_cash();
CREATE TRIGGER frozen_rows BEFORE UPDATE OR DELETE ON refunds_refund
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_table BEFORE TRUNCATE ON refunds_refund
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_rows BEFORE UPDATE OR DELETE ON refunds_refundoutcome
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_table BEFORE TRUNCATE ON refunds_refundoutcome
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER kept_row BEFORE DELETE ON refunds_refundceiling
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""

UNFREEZE = """
DROP FUNCTION refunds_refuse_excess_cash() CASCADE;
DROP TRIGGER frozen_rows ON refunds_refund;
DROP TRIGGER frozen_table ON refunds_refund;
DROP TRIGGER frozen_rows ON refunds_refundoutcome;
DROP TRIGGER frozen_table ON refunds_refundoutcome;
DROP TRIGGER kept_row ON refunds_refundceiling;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("refunds", "0001_initial"),
        ("payments", "0002_take_and_freeze"),
        ("crediting", "0002_issue_notes_and_move_credit"),
    ]
    operations = [
        migrations.RunSQL(GIVE, "DROP FUNCTION refunds_give(jsonb)"),
        migrations.RunSQL(FREEZE, UNFREEZE),
    ]
