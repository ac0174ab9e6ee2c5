from django.db import models
from django.db.models.functions import Now


class BooksCheck(models.Model):
    """One check of the books: of a night, by the worker, or asked for. The one thing that reports write."""

    night = models.DateField(null=True, unique=True)
    began_at = models.DateTimeField(db_default=Now())
    claimed_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    seconds = models.DecimalField(max_digits=10, decimal_places=1, null=True)
    checks = models.PositiveIntegerField(db_default=0)
    disagreements = models.BigIntegerField(db_default=0)
    findings = models.TextField(db_default="")
