"""Series for vouchers, and a lost counter that is made again from every kind of document."""

from django.db import migrations

SERIES = """
INSERT INTO invoicing_sequencerun (series, run, kind, prefix, reason) VALUES
    ('FT-RV', 1, 'receipt_voucher', 'FT-RV-', 'the shop was opened'),
    ('FT-RF', 1, 'refund_voucher', 'FT-RF-', 'the shop was opened');
INSERT INTO invoicing_invoicesequence (series, run, last_number) VALUES ('FT-RV', 1, 0), ('FT-RF', 1, 0);
"""

COUNTER = """
CREATE OR REPLACE FUNCTION invoicing_counter_from_books(p_series text)
RETURNS TABLE (run int, last_number bigint, last_date date) LANGUAGE sql STABLE AS $$
    SELECT r.run,
        greatest(r.opening_number,
            (SELECT max(d.number) FROM invoicing_invoice d WHERE d.series = r.series AND d.run = r.run),
            (SELECT max(d.number) FROM crediting_creditnote d WHERE d.series = r.series AND d.run = r.run),
            (SELECT max(d.number) FROM deposits_deposit d WHERE d.series = r.series AND d.run = r.run),
            (SELECT max(d.number) FROM deposits_depositrefund d WHERE d.series = r.series AND d.run = r.run)),
        greatest(
            (SELECT max(d.invoice_date) FROM invoicing_invoice d WHERE d.series = r.series),
            (SELECT max(d.note_date) FROM crediting_creditnote d WHERE d.series = r.series),
            (SELECT max(d.voucher_date) FROM deposits_deposit d WHERE d.series = r.series),
            (SELECT max(d.voucher_date) FROM deposits_depositrefund d WHERE d.series = r.series))
    FROM invoicing_sequencerun r WHERE r.series = p_series ORDER BY r.run DESC LIMIT 1
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("crediting", "0002_issue_notes_and_move_credit"),
        ("deposits", "0002_set_off_and_freeze"),
    ]
    operations = [
        migrations.RunSQL(SERIES, migrations.RunSQL.noop),
        migrations.RunSQL(COUNTER, migrations.RunSQL.noop),
    ]
