from django.db import models
from django.db.models.functions import Now


class IdempotencyKey(models.Model):
    """A key that was used, with the hash of its request and what came of it. Kept for ever."""

    pk = models.CompositePrimaryKey("user_id", "key")
    user_id = models.BigIntegerField()
    key = models.CharField(max_length=255)
    request_hash = models.BinaryField()
    kind = models.CharField(max_length=40)
    ref = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())


class AuditRecord(models.Model):
    """One change of money, stock or a master record."""

    at = models.DateTimeField(db_default=Now())
    user_id = models.BigIntegerField()
    request_id = models.CharField(max_length=64)
    verb = models.CharField(max_length=60)
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    reason = models.CharField(max_length=500, db_default="")
    changes = models.JSONField(db_default={})

    class Meta:
        indexes = [
            models.Index(fields=["kind", "object_id"], name="core_audit_object"),
            models.Index(fields=["at"], name="core_audit_at"),
        ]


class Milestone(models.Model):
    """Something that happened once to this database, such as the demo having been loaded."""

    name = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField(db_default=Now())


class Versioned(models.Model):
    """A row that may be changed: its version is the ETag that If-Match is held against."""

    version = models.PositiveIntegerField(default=1, db_default=1)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        abstract = True
