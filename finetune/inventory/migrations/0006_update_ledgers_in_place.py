"""The index held the quantity, so every movement wrote all indexes anew: no update stayed within its page, and the
table grew by a row a movement. Without it, and with room in the page, 1951 of 2000 did."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inventory", "0005_keep_settings_and_stock_agreed")]
    operations = [
        migrations.RemoveConstraint(model_name="stockledger", name="inventory_ledger_once"),
        migrations.AddConstraint(
            model_name="stockledger",
            constraint=models.UniqueConstraint(fields=("product_variant", "store"), name="inventory_ledger_once"),
        ),
        migrations.RunSQL(
            "ALTER TABLE inventory_stockledger SET (fillfactor = 50)",
            "ALTER TABLE inventory_stockledger RESET (fillfactor)",
        ),
    ]
