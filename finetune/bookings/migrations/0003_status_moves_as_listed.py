"""A booking's status moves only along the listed transitions, whoever writes it.

The pairs are those of bookings/rules.py, which a test holds against each other.
"""

from django.db import migrations

REFUSE_TRANSITION = """
CREATE FUNCTION bookings_refuse_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    present text := CASE TG_OP WHEN 'UPDATE' THEN OLD.status ELSE 'new' END;
BEGIN
    IF (present, NEW.status) IN (
        ('new', 'received'),
        ('received', 'diagnosing'),
        ('diagnosing', 'awaiting_approval'),
        ('awaiting_approval', 'in_progress'),
        ('in_progress', 'ready'),
        ('ready', 'delivered'),
        ('received', 'cancelled'),
        ('diagnosing', 'cancelled'),
        ('awaiting_approval', 'cancelled'),
        ('in_progress', 'cancelled'),
        ('ready', 'cancelled')
    ) OR (NEW.kind = 'counter' AND (present, NEW.status) IN (('new', 'delivered'), ('received', 'delivered'))) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'invalid_transition' USING ERRCODE = 'FT001',
        DETAIL = jsonb_build_object('from', present, 'to', NEW.status)::text;
END $$;
CREATE TRIGGER status_begins_as_listed BEFORE INSERT ON bookings_booking
    FOR EACH ROW EXECUTE FUNCTION bookings_refuse_transition();
CREATE TRIGGER status_moves_as_listed BEFORE UPDATE OF status ON bookings_booking
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION bookings_refuse_transition();
"""


class Migration(migrations.Migration):
    dependencies = [("bookings", "0002_search")]
    operations = [migrations.RunSQL(REFUSE_TRANSITION, "DROP FUNCTION bookings_refuse_transition() CASCADE")]
