from django.db import models
from django.db.models.functions import Now


class RenderedDocument(models.Model):
    """A document as it was set the first time somebody asked, kept for ever with its SHA-256.

    `state` is what may change what the paper says: `issued` or `cancelled`, and whether it was e-invoiced.
    `public_url` is what its QR says.
    """

    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    layout = models.CharField(max_length=10)
    lang = models.CharField(max_length=2)
    state = models.CharField(max_length=24)
    public_url = models.CharField(max_length=300)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id", "layout", "lang", "state", "public_url"],
                name="documents_rendered_once",
            ),
        ]
