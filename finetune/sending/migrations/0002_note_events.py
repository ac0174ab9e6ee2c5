"""Events become deliveries in the transaction that gives rise to them, for the endpoints that asked for them.

Lower rooms know nothing of it. Without an endpoint an event costs one look at an empty table.
"""

from django.db import migrations

NOTE = """
CREATE FUNCTION sending_note(p_event text, p_object bigint, p_payload jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO sending_delivery (channel, event, object_id, endpoint_id, payload)
    SELECT 'webhook', p_event, p_object, e.id, p_payload
    FROM sending_webhookendpoint e WHERE e.is_active AND p_event = ANY(e.events)
$$;

CREATE FUNCTION sending_bill_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.issued_at IS NOT NULL THEN
        PERFORM sending_note('invoice.issued', NEW.id, jsonb_build_object('invoice', NEW.id,
            'invoice_number', NEW.invoice_number, 'store', NEW.store_id, 'customer', NEW.customer_id,
            'invoice_date', NEW.invoice_date, 'total', NEW.total::text));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER note_issued AFTER INSERT OR UPDATE OF issued_at ON invoicing_invoice
    FOR EACH ROW EXECUTE FUNCTION sending_bill_issued();

CREATE FUNCTION sending_bill_paid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.total > 0 AND NEW.amount_credited < NEW.total
        AND NEW.total <= NEW.amount_credited + NEW.amount_paid + NEW.amount_deposited - NEW.amount_to_credit - NEW.amount_refunded
        AND NOT (OLD.total <= OLD.amount_credited + OLD.amount_paid + OLD.amount_deposited - OLD.amount_to_credit
            - OLD.amount_refunded) THEN
        PERFORM sending_note('invoice.paid', NEW.invoice_id, jsonb_build_object('invoice', NEW.invoice_id,
            'total', NEW.total::text));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER note_paid AFTER UPDATE ON invoicing_settlement
    FOR EACH ROW EXECUTE FUNCTION sending_bill_paid();

CREATE FUNCTION sending_payment_recorded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM sending_note('payment.recorded', NEW.id, jsonb_build_object('payment', NEW.id, 'invoice', NEW.invoice_id,
        'deposit', NEW.deposit_id, 'store', NEW.store_id, 'amount', NEW.amount::text, 'mode', NEW.mode));
    RETURN NULL;
END $$;
CREATE TRIGGER note_recorded AFTER INSERT ON payments_paymentrecord
    FOR EACH ROW EXECUTE FUNCTION sending_payment_recorded();

CREATE FUNCTION sending_note_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM sending_note('credit_note.issued', NEW.id, jsonb_build_object('credit_note', NEW.id,
        'credit_note_number', NEW.credit_note_number, 'invoice', NEW.invoice_id, 'store', NEW.store_id,
        'total', NEW.total::text));
    RETURN NULL;
END $$;
CREATE TRIGGER note_issued AFTER INSERT ON crediting_creditnote
    FOR EACH ROW EXECUTE FUNCTION sending_note_issued();

-- Told when the level is passed on the way down, not with every sale below it.
CREATE FUNCTION sending_stock_low() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_level int;
BEGIN
    SELECT v.reorder_level INTO v_level FROM catalog_variant v WHERE v.id = NEW.product_variant_id;
    v_level := coalesce(v_level, 5);
    IF NEW.quantity - NEW.reserved <= v_level AND OLD.quantity - OLD.reserved > v_level THEN
        PERFORM sending_note('stock.low', NEW.product_variant_id, jsonb_build_object(
            'product_variant', NEW.product_variant_id, 'store', NEW.store_id, 'available', NEW.quantity - NEW.reserved));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER note_low AFTER UPDATE OF quantity, reserved ON inventory_stockledger
    FOR EACH ROW WHEN (NEW.quantity - NEW.reserved < OLD.quantity - OLD.reserved)
    EXECUTE FUNCTION sending_stock_low();
"""

FORGET = """
DROP FUNCTION sending_bill_issued() CASCADE;
DROP FUNCTION sending_bill_paid() CASCADE;
DROP FUNCTION sending_payment_recorded() CASCADE;
DROP FUNCTION sending_note_issued() CASCADE;
DROP FUNCTION sending_stock_low() CASCADE;
DROP FUNCTION sending_note(text, bigint, jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("sending", "0001_initial"),
        ("payments", "0003_take_deposits_and_credit"),
        ("crediting", "0002_issue_notes_and_move_credit"),
        ("inventory", "0003_lock_and_post_stock"),
        ("invoicing", "0011_keep_credit_and_deposits"),
    ]
    operations = [migrations.RunSQL(NOTE, FORGET)]
