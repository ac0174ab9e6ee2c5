from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from finetune.core.constraints import register_refusals
from finetune.core.refusals import Refusal, conflict
from finetune.invoicing.models import MONEY

CREDIT_KINDS = ("credit_note", "overpayment", "refund", "refund_to_credit", "refund_failed", "spent")


class CreditNote(models.Model):
    """A return, or a value that was too high, on one bill (CGST s.34, Rule 53). Frozen; it has no draft.

    `completes` says that nothing of the bill is left after it; such a note takes what is left of the bill's round-off.
    `amount_to_credit` is what became the customer's credit, because it was paid already.
    """

    invoice = models.ForeignKey("invoicing.Invoice", on_delete=models.PROTECT, related_name="credit_notes")
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    series = models.CharField(max_length=20)
    run = models.PositiveIntegerField()
    number = models.BigIntegerField()
    credit_note_number = models.CharField(max_length=16)
    note_date = models.DateField()
    reason = models.CharField(max_length=500)
    completes = models.BooleanField()
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    taxable_value = models.DecimalField(**MONEY)
    discount_total = models.DecimalField(**MONEY)
    cgst = models.DecimalField(**MONEY)
    sgst = models.DecimalField(**MONEY)
    igst = models.DecimalField(**MONEY)
    cess = models.DecimalField(**MONEY)
    total_before_round_off = models.DecimalField(**MONEY)
    round_off_amount = models.DecimalField(**MONEY)
    total = models.DecimalField(**MONEY)
    amount_to_credit = models.DecimalField(**MONEY)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "run", "number"], name="crediting_number_once"),
            models.CheckConstraint(
                condition=models.Q(total=models.F("total_before_round_off") + models.F("round_off_amount"))
                & models.Q(round_off_amount__gt=-1, round_off_amount__lt=1, total__gte=0),
                name="crediting_total_adds_up",
            ),
            models.CheckConstraint(
                # Under reverse charge the tax is shown and left out.
                condition=models.Q(total_before_round_off=models.F("taxable_value"))
                | models.Q(
                    total_before_round_off=models.F("taxable_value")
                    + models.F("cgst")
                    + models.F("sgst")
                    + models.F("igst")
                    + models.F("cess")
                ),
                name="crediting_parts_add_up",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_to_credit__gte=0), name="crediting_credit_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["invoice"], name="crediting_note_invoice"),
            models.Index(fields=["store", "id"], name="crediting_note_store"),
            models.Index(fields=["note_date", "id"], name="crediting_note_date"),
            models.Index(models.functions.Upper("credit_note_number"), name="crediting_number_text"),
        ]


class CreditNoteLine(models.Model):
    """Units of one line of the bill that are credited, with the amounts of just these units (C11)."""

    note = models.ForeignKey(CreditNote, on_delete=models.PROTECT, related_name="line_items")
    line = models.ForeignKey("invoicing.InvoiceLineItem", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    quantity = models.DecimalField(max_digits=13, decimal_places=3)
    restock = models.BooleanField()
    serial_numbers = models.JSONField(db_default=[])

    gross = models.DecimalField(**MONEY)
    discount_amount = models.DecimalField(**MONEY)
    invoice_discount_share = models.DecimalField(**MONEY)
    taxable_value = models.DecimalField(**MONEY)
    cgst = models.DecimalField(**MONEY)
    sgst = models.DecimalField(**MONEY)
    igst = models.DecimalField(**MONEY)
    cess = models.DecimalField(**MONEY)
    total = models.DecimalField(**MONEY)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["note", "line"], name="crediting_line_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="crediting_quantity_positive"),
        ]
        indexes = [models.Index(fields=["line"], name="crediting_line")]


class CustomerCredit(models.Model):
    """What the shop owes a customer. A walk-in has no name, so the bill stands for the person."""

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    invoice = models.ForeignKey("invoicing.Invoice", null=True, on_delete=models.PROTECT, related_name="+")
    balance = models.DecimalField(**MONEY, db_default=0)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "invoice"], name="crediting_credit_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=models.Q(balance__gte=0), name="crediting_credit_not_overdrawn"),
        ]


class CustomerCreditEntry(models.Model):
    """One movement of a customer's credit, frozen. `object_id` is the note, payment or refund behind it."""

    credit = models.ForeignKey(CustomerCredit, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=16)
    object_id = models.BigIntegerField()
    delta = models.DecimalField(**MONEY)
    balance_after = models.DecimalField(**MONEY)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=CREDIT_KINDS), name="crediting_kind_known"),
            models.CheckConstraint(
                condition=~models.Q(delta=0) & models.Q(balance_after__gte=0),
                name="crediting_entry_moves_something",
            ),
        ]


def exceeds_remaining(facts: Mapping[str, Any]) -> Refusal:
    return conflict(
        "exceeds_remaining_quantity",
        "More would be credited than is left of this line. Read the bill again for what was credited before.",
        **facts,
    )


def exceeds_credit(facts: Mapping[str, Any]) -> Refusal:
    return conflict(
        "exceeds_credit",
        "The customer has less credit than this. Spend at most `credit_balance`, and take the rest in another mode.",
        **facts,
    )


register_refusals(
    {
        "exceeds_remaining_quantity": exceeds_remaining,
        "exceeds_credit": exceeds_credit,
        "crediting_credit_not_overdrawn": exceeds_credit,
        "invoice_has_credit_notes": lambda facts: conflict(
            "invoice_has_credit_notes", "Part of this bill is credited, so it cannot be cancelled."
        ),
    }
)
