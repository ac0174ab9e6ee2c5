"""The function that lets open deposits of a booking pay its bill, and the freeze of vouchers."""

from django.db import migrations

# Oldest deposit first, each locked, until the bill is paid or none is left. The tax of a part is cumulative, so that
# all parts of a deposit add up to it. A bill may be dated before the deposit that pays it; the set-off never is.
# Answers what was set off.
SET_OFF = """
CREATE FUNCTION deposits_set_off(p_booking bigint, p_invoice bigint, p_total numeric, p_date date)
RETURNS numeric LANGUAGE plpgsql AS $$
DECLARE
    b record;
    v_now numeric;
    v_left numeric := p_total;
    v_half numeric;
    v_igst numeric;
BEGIN
    FOR b IN
        SELECT s.deposit_id, s.amount, s.amount_applied + s.amount_refunded AS used, d.cgst, d.igst, d.voucher_date
        FROM deposits_depositbalance s JOIN deposits_deposit d ON d.id = s.deposit_id
        WHERE s.booking_id = p_booking AND s.amount > s.amount_applied + s.amount_refunded
        ORDER BY s.deposit_id FOR UPDATE OF s
    LOOP
        v_now := least(v_left, b.amount - b.used);
        EXIT WHEN v_now <= 0;
        v_half := round(b.cgst * (b.used + v_now) / b.amount, 2) - round(b.cgst * b.used / b.amount, 2);
        v_igst := round(b.igst * (b.used + v_now) / b.amount, 2) - round(b.igst * b.used / b.amount, 2);
        UPDATE deposits_depositbalance SET amount_applied = amount_applied + v_now, updated_at = now()
        WHERE deposit_id = b.deposit_id;
        INSERT INTO deposits_depositsetoff (deposit_id, invoice_id, set_off_date, amount, taxable_value, cgst, sgst, igst)
        VALUES (b.deposit_id, p_invoice, greatest(p_date, b.voucher_date), v_now, v_now - 2 * v_half - v_igst, v_half, v_half, v_igst);
        v_left := v_left - v_now;
    END LOOP;
    RETURN p_total - v_left;
END $$;
"""

FREEZE = """
CREATE FUNCTION deposits_balance_keeps_its_amount() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.amount <> OLD.amount OR NEW.deposit_id <> OLD.deposit_id
        OR NEW.amount_applied < OLD.amount_applied OR NEW.amount_refunded < OLD.amount_refunded THEN
        RAISE EXCEPTION 'frozen' USING ERRCODE = 'FT001', DETAIL = json_build_object('table', TG_TABLE_NAME)::text;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frozen_amount BEFORE UPDATE OR DELETE ON deposits_depositbalance
    FOR EACH ROW EXECUTE FUNCTION deposits_balance_keeps_its_amount();
CREATE TRIGGER frozen_rows BEFORE UPDATE OR DELETE ON deposits_deposit
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_table BEFORE TRUNCATE ON deposits_deposit
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_rows BEFORE UPDATE OR DELETE ON deposits_depositsetoff
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_table BEFORE TRUNCATE ON deposits_depositsetoff
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_rows BEFORE UPDATE OR DELETE ON deposits_depositrefund
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_table BEFORE TRUNCATE ON deposits_depositrefund
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""

UNFREEZE = """
DROP FUNCTION deposits_balance_keeps_its_amount() CASCADE;
DROP TRIGGER frozen_rows ON deposits_deposit;
DROP TRIGGER frozen_table ON deposits_deposit;
DROP TRIGGER frozen_rows ON deposits_depositsetoff;
DROP TRIGGER frozen_table ON deposits_depositsetoff;
DROP TRIGGER frozen_rows ON deposits_depositrefund;
DROP TRIGGER frozen_table ON deposits_depositrefund;
"""


class Migration(migrations.Migration):
    dependencies = [("deposits", "0001_initial"), ("core", "0002_begin_and_freeze")]
    operations = [
        migrations.RunSQL(SET_OFF, "DROP FUNCTION deposits_set_off(bigint, bigint, numeric, date)"),
        migrations.RunSQL(FREEZE, UNFREEZE),
    ]
