from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies = [("crediting", "0003_number_notes_and_vouchers")]
    operations = [
        migrations.AddIndex("creditnote", models.Index(Upper("credit_note_number"), name="crediting_number_text"))
    ]
