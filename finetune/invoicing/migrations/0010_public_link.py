"""The link of every issued bill, made with the bill."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

# Two random UUIDs hold 244 random bits; the hash folds them, 32 signs of it carry 192. Core PostgreSQL has no
# random bytes of its own.
NEW_NAME = """
CREATE FUNCTION invoicing_new_token() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT translate(left(encode(
        sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'base64'), 32), '+/', '-_')
$$;
"""

# The settlement is written before the number is taken, so nobody waits for the link.
LINK = """
CREATE FUNCTION invoicing_link_bill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO invoicing_publiclink (invoice_id, token) VALUES (NEW.invoice_id, invoicing_new_token());
    RETURN NULL;
END $$;
CREATE TRIGGER link_bill AFTER INSERT ON invoicing_settlement
    FOR EACH ROW EXECUTE FUNCTION invoicing_link_bill();

INSERT INTO invoicing_publiclink (invoice_id, token) SELECT invoice_id, invoicing_new_token() FROM invoicing_settlement;

CREATE FUNCTION invoicing_link_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' OR OLD.revoked_at IS NOT NULL
        OR (NEW.invoice_id, NEW.token, NEW.created_at) IS DISTINCT FROM (OLD.invoice_id, OLD.token, OLD.created_at) THEN
        RAISE EXCEPTION 'frozen' USING ERRCODE = 'FT001', DETAIL = json_build_object('table', TG_TABLE_NAME)::text;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER frozen_rows BEFORE UPDATE OR DELETE ON invoicing_publiclink
    FOR EACH ROW EXECUTE FUNCTION invoicing_link_only_ends();
CREATE TRIGGER frozen_table BEFORE TRUNCATE ON invoicing_publiclink
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""

UNLINK = """
DROP TRIGGER link_bill ON invoicing_settlement;
DROP FUNCTION invoicing_link_bill();
DROP FUNCTION invoicing_link_only_ends() CASCADE;
DROP TRIGGER frozen_table ON invoicing_publiclink;
"""


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0002_issue_and_freeze"), ("core", "0002_begin_and_freeze")]
    operations = [
        migrations.CreateModel(
            name="PublicLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(max_length=32)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="public_links",
                        to="invoicing.invoice",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["invoice", "id"], name="invoicing_links_of_invoice")],
                "constraints": [
                    models.UniqueConstraint(fields=("token",), name="invoicing_link_token_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)), fields=("invoice",), name="invoicing_one_live_link"
                    ),
                ],
            },
        ),
        migrations.RunSQL(NEW_NAME, "DROP FUNCTION invoicing_new_token()"),
        migrations.RunSQL(LINK, UNLINK),
    ]
