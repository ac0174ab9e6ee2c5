"""A booking keeps its customer while it holds somebody's deposit: the next bill would take it as the new one's money."""

from django.db import migrations

STAYS = """
CREATE FUNCTION deposits_keep_payer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Whoever takes a deposit holds the booking, so a deposit that is being taken is waited for and then seen here.
    IF EXISTS (SELECT FROM deposits_depositbalance s
               WHERE s.booking_id = NEW.id AND s.amount > s.amount_applied + s.amount_refunded) THEN
        RAISE EXCEPTION 'booking_has_deposits' USING ERRCODE = 'FT001';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_payer AFTER UPDATE OF customer_id ON bookings_booking FOR EACH ROW
    WHEN (OLD.customer_id IS DISTINCT FROM NEW.customer_id) EXECUTE FUNCTION deposits_keep_payer();
"""


class Migration(migrations.Migration):
    dependencies = [("deposits", "0002_set_off_and_freeze"), ("bookings", "0003_status_moves_as_listed")]
    operations = [migrations.RunSQL(STAYS, "DROP FUNCTION deposits_keep_payer() CASCADE")]
