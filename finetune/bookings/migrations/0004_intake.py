"""What intake writes down beside the device: its condition, photos, and the link of the customer's status page."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Now

BENCH = ["received", "diagnosing", "awaiting_approval", "in_progress", "ready"]

# Two random UUIDs hold 244 random bits; the hash folds them, 32 signs of it carry 192. Core PostgreSQL has no
# random bytes of its own.
NEW_NAME = """
CREATE FUNCTION bookings_new_token() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT translate(left(encode(
        sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'base64'), 32), '+/', '-_')
$$;
"""

# A sale at the counter is handed over at once: nobody waits for it, so it has no page.
LINK = """
CREATE FUNCTION bookings_link_repair() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO bookings_statuslink (booking_id, token) VALUES (NEW.id, bookings_new_token());
    RETURN NULL;
END $$;
CREATE TRIGGER link_repair AFTER INSERT ON bookings_booking
    FOR EACH ROW WHEN (NEW.kind = 'repair') EXECUTE FUNCTION bookings_link_repair();

INSERT INTO bookings_statuslink (booking_id, token)
    SELECT id, bookings_new_token() FROM bookings_booking WHERE kind = 'repair';

CREATE FUNCTION bookings_link_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' OR OLD.revoked_at IS NOT NULL
        OR (NEW.booking_id, NEW.token, NEW.created_at) IS DISTINCT FROM (OLD.booking_id, OLD.token, OLD.created_at) THEN
        RAISE EXCEPTION 'frozen' USING ERRCODE = 'FT001', DETAIL = jsonb_build_object('table', TG_TABLE_NAME)::text;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frozen_rows BEFORE UPDATE OR DELETE ON bookings_statuslink
    FOR EACH ROW EXECUTE FUNCTION bookings_link_only_ends();
CREATE TRIGGER frozen_table BEFORE TRUNCATE ON bookings_statuslink
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_rows BEFORE UPDATE ON bookings_bookingphoto
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER frozen_table BEFORE TRUNCATE ON bookings_bookingphoto
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""

UNLINK = """
DROP TRIGGER link_repair ON bookings_booking;
DROP FUNCTION bookings_link_repair();
DROP FUNCTION bookings_link_only_ends() CASCADE;
DROP TRIGGER frozen_table ON bookings_statuslink;
DROP TRIGGER frozen_rows ON bookings_bookingphoto;
DROP TRIGGER frozen_table ON bookings_bookingphoto;
"""


def a_key() -> models.BigAutoField:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0003_status_moves_as_listed"),
        ("core", "0002_begin_and_freeze"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField("booking", "condition", models.CharField(db_default="", default="", max_length=1000)),
        migrations.AddIndex(
            "booking",
            models.Index(
                fields=["status", "created_at", "id"],
                condition=models.Q(kind="repair", status__in=BENCH),
                name="bookings_on_the_bench",
            ),
        ),
        migrations.AddIndex(
            "booking",
            models.Index(fields=["imei", "id"], condition=~models.Q(imei=""), name="bookings_of_imei"),
        ),
        migrations.CreateModel(
            name="BookingPhoto",
            fields=[
                ("id", a_key()),
                ("content", models.BinaryField()),
                ("preview", models.BinaryField()),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField(db_default=Now())),
                (
                    "booking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="photos", to="bookings.booking"
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["booking", "id"], name="bookings_photos_of_booking")]},
        ),
        migrations.CreateModel(
            name="StatusLink",
            fields=[
                ("id", a_key()),
                ("token", models.CharField(max_length=32)),
                ("created_at", models.DateTimeField(db_default=Now())),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "booking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="status_links",
                        to="bookings.booking",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["booking", "id"], name="bookings_links_of_booking")],
                "constraints": [
                    models.UniqueConstraint(fields=("token",), name="bookings_link_token_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)), fields=("booking",), name="bookings_one_live_link"
                    ),
                ],
            },
        ),
        migrations.RunSQL(NEW_NAME, "DROP FUNCTION bookings_new_token()"),
        migrations.RunSQL(LINK, UNLINK),
    ]
