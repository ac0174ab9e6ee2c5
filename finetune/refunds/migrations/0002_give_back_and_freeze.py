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

DECIDE = """
CREATE FUNCTION refunds_decide(p jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint := (p->>'refund_id')::bigint;
    v_actor bigint := (p->>'actor')::bigint;
    v_to_credit numeric := (p->>'to_credit')::numeric;
BEGIN
    INSERT INTO refunds_refundoutcome (refund_id, succeeded, reference, reason, to_bill, to_credit, decided_by_id)
    VALUES (v_id, (p->>'succeeded')::boolean, p->>'reference', p->>'reason', (p->>'to_bill')::numeric, v_to_credit,
        v_actor);
    IF NOT (p->>'succeeded')::boolean THEN
        UPDATE refunds_refundceiling c SET amount_refunded = c.amount_refunded - r.amount
        FROM refunds_refund r WHERE r.id = v_id AND c.payment_id = r.payment_id;
        UPDATE invoicing_settlement SET amount_refunded = amount_refunded - (p->>'to_bill')::numeric, updated_at = now()
        WHERE invoice_id = (p->>'invoice_id')::bigint;
        IF v_to_credit > 0 THEN
            PERFORM crediting_move(v_actor, (p->>'customer_id')::bigint, (p->>'credit_invoice_id')::bigint,
                v_to_credit, 'refund_failed', v_id);
        END IF;
    END IF;
    RETURN v_id;
END $$;
"""

# The money of a bill in one mode: its payments and the deposits set off in it, and what of it went back.
BY_TENDER = """
CREATE FUNCTION refunds_came_in(p_invoice bigint, p_mode text) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT sum(p.amount) FROM payments_paymentrecord p
            WHERE p.invoice_id = p_invoice AND p.mode = p_mode AND p.is_live), 0.00)
        + coalesce((SELECT sum(o.amount) FROM deposits_depositsetoff o
            JOIN payments_paymentrecord p ON p.deposit_id = o.deposit_id
            WHERE o.invoice_id = p_invoice AND p.mode = p_mode), 0.00)
$$;
CREATE FUNCTION refunds_went_back(p_invoice bigint, p_mode text) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(r.amount), 0.00) FROM refunds_refund r
    LEFT JOIN refunds_refundoutcome o ON o.refund_id = r.id
    WHERE r.invoice_id = p_invoice AND r.mode = p_mode AND o.succeeded IS NOT FALSE
$$;
"""

# By cash, card and lender no more goes back on a bill than came in that way, by whatever road.
FREEZE = """
CREATE FUNCTION refunds_refuse_excess_tender() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF refunds_went_back(NEW.invoice_id, NEW.mode) > refunds_came_in(NEW.invoice_id, NEW.mode) THEN
        RAISE EXCEPTION 'exceeds_money_received' USING ERRCODE = 'FT001';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER within_the_tender AFTER INSERT ON refunds_refund
    FOR EACH ROW WHEN (NEW.mode IN ('cash', 'card', 'emi')) EXECUTE FUNCTION refunds_refuse_excess_tender();
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
DROP FUNCTION refunds_refuse_excess_tender() CASCADE;
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
        migrations.RunSQL(DECIDE, "DROP FUNCTION refunds_decide(jsonb)"),
        migrations.RunSQL(
            BY_TENDER,
            "DROP FUNCTION refunds_came_in(bigint, text); DROP FUNCTION refunds_went_back(bigint, text)",
        ),
        migrations.RunSQL(FREEZE, UNFREEZE),
    ]
