from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from finetune.core.constraints import register_refusals
from finetune.core.models import Versioned
from finetune.core.refusals import FieldError, already_exists, conflict, forbidden
from finetune.inventory.corrections import already_reversed, not_pending

ENTRY_TYPES = (
    "purchase",
    "sale",
    "return_in",
    "return_out",
    "adjustment",
    "damage",
    "consumption",
    "transfer_out",
    "transfer_in",
)
ENTRY_STATUSES = ("posted", "pending_approval", "rejected")
SERIAL_STATUSES = (
    "available",
    "pending",
    "reserved",
    "sold",
    "consumed",
    "returned",
    "in_transit",
    "defective",
    "written_off",
)


class InventoryConfig(Versioned):
    """How stock of a category is kept. A category without one inherits its parent's."""

    category = models.OneToOneField("catalog.Category", on_delete=models.PROTECT, related_name="+")
    track_serials = models.BooleanField(db_default=False, default=False)
    log_price = models.BooleanField(db_default=True, default=True)
    require_stock_in_approval = models.BooleanField(db_default=False, default=False)


class StockLedger(models.Model):
    """How many of a variant a store has on the shelf. The row is made before it is locked, and never
    removed."""

    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+")
    product_variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+")
    quantity = models.IntegerField(db_default=0, default=0)
    reserved = models.IntegerField(db_default=0, default=0)
    last_updated = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            # No quantity in any index: a change of it then stays within its page (a "HOT" update).
            models.UniqueConstraint(fields=["product_variant", "store"], name="inventory_ledger_once"),
            models.CheckConstraint(condition=models.Q(quantity__gte=0), name="inventory_stock_not_negative"),
            models.CheckConstraint(
                condition=models.Q(reserved__gte=0, reserved__lte=models.F("quantity")),
                name="inventory_reserved_within_quantity",
            ),
        ]
        indexes = [models.Index(fields=["store"], name="inventory_ledger_store")]


class StockEntry(models.Model):
    """One movement, frozen. `delta` is what it does to the ledger, `balance_after` what the ledger then said;
    both in commit order of the ledger row. An entry that waits for approval has no effect until it is
    approved."""

    entry_type = models.CharField(max_length=12)
    status = models.CharField(max_length=16)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+")
    product_variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+")
    quantity = models.IntegerField()
    delta = models.IntegerField()
    balance_after = models.IntegerField(null=True)
    unit_price = models.DecimalField(max_digits=14, decimal_places=3, null=True)
    booking = models.ForeignKey("bookings.Booking", null=True, on_delete=models.PROTECT, related_name="+")
    # The invoice line lives in a higher room, so the entry keeps its id, and that room holds the constraint.
    invoice_line_id = models.BigIntegerField(null=True)
    reversal_of = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by"
    )
    serial_numbers = ArrayField(models.CharField(max_length=64), db_default=[], default=list)
    reason = models.CharField(max_length=500, db_default="", default="")
    reference = models.CharField(max_length=60, db_default="", default="")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # Who approved or rejected it, when, and why it was rejected.
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=500, db_default="", default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(entry_type__in=ENTRY_TYPES), name="inventory_entry_type_known"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=ENTRY_STATUSES), name="inventory_entry_status_known"
            ),
            models.CheckConstraint(
                condition=models.Q(status="posted", balance_after__isnull=False, balance_after__gte=0)
                | (~models.Q(status="posted") & models.Q(balance_after__isnull=True)),
                name="inventory_posted_has_balance",
            ),
            models.CheckConstraint(condition=~models.Q(delta=0), name="inventory_entry_moves_something"),
            models.CheckConstraint(
                condition=~models.Q(entry_type__in=["sale", "consumption"]) | models.Q(booking__isnull=False),
                name="inventory_sale_has_booking",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True)
                | ~models.Q(status="posted")
                | ~models.Q(approved_by=models.F("entered_by")),
                name="inventory_no_self_approval",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "id"], name="inventory_entry_store"),
            models.Index(fields=["product_variant", "store", "id"], name="inventory_entry_variant"),
            models.Index(
                fields=["booking"], condition=models.Q(booking__isnull=False), name="inventory_entry_booking"
            ),
            models.Index(
                fields=["invoice_line_id"],
                condition=models.Q(invoice_line_id__isnull=False),
                name="inventory_entry_line",
            ),
            models.Index(
                fields=["id"], condition=models.Q(status="pending_approval"), name="inventory_entry_waiting"
            ),
        ]


class SerialNumber(models.Model):
    """One unit, by its IMEI or serial. It is in exactly one state and one place.

    `is_void` marks a unit whose coming in was reversed or rejected, so that the same number may come in
    again.
    """

    serial_no = models.CharField(max_length=64)
    product_variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+")
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=12)
    is_void = models.BooleanField(db_default=False, default=False)
    last_entry = models.ForeignKey(StockEntry, null=True, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["serial_no"], name="inventory_serial_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=SERIAL_STATUSES), name="inventory_serial_status_known"
            ),
        ]
        indexes = [models.Index(fields=["product_variant", "store", "status"], name="inventory_serial_place")]


class SerialEvent(models.Model):
    """The history of a unit: one row for each change of its state or place."""

    serial = models.ForeignKey(SerialNumber, on_delete=models.PROTECT, related_name="events", db_index=False)
    entry = models.ForeignKey(StockEntry, on_delete=models.PROTECT, related_name="+")
    from_status = models.CharField(max_length=12, db_default="", default="")
    to_status = models.CharField(max_length=12)
    store = models.ForeignKey("stores.Store", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        # Also for the key itself: the last event of a unit is then one step, and never a walk through all
        # events.
        indexes = [models.Index(fields=["serial", "id"], name="inventory_serial_history")]


class PriceLog(models.Model):
    """One change of a price, written by a trigger, so that no road misses it."""

    product_variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=5)
    old_price = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    new_price = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    date_changed = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["product_variant", "id"], name="inventory_price_log_variant")]


_SHORT = "There is not enough of this in the store any more. Read the stock again, and take fewer."
_KNOWN = "One of these units came in already. Check the numbers."
_MOVED = "One of these units was moved meanwhile. Send the same request again."
_STANDING = (
    "Stock stands here, or waits for approval, that was entered the other way. Take it out by an adjustment,"
    " change this, and bring it in again."
)
register_refusals(
    {
        # Behind the locks these speak only where a lock is missing; the rules say the same with numbers.
        "inventory_stock_not_negative": lambda facts: conflict("insufficient_stock", _SHORT),
        "inventory_reserved_within_quantity": lambda facts: conflict("insufficient_stock", _SHORT),
        "inventory_serial_once": lambda facts: conflict("serial_exists", _KNOWN),
        "serial_moved_meanwhile": lambda facts: conflict("serial_not_available", _MOVED),
        "not_pending": lambda facts: not_pending(),
        "inventory_no_self_approval": lambda facts: forbidden(
            "You entered this yourself. Somebody else must approve it.", code="self_approval"
        ),
        "inventory_stockentry_reversal_of_id_key": lambda facts: already_reversed(),
        "inventory_inventoryconfig_category_id_key": lambda facts: already_exists(
            "category", "a configuration"
        ),
        "stock_on_hand": lambda facts: conflict(
            "stock_on_hand",
            _STANDING,
            errors=[FieldError("track_serials", "stock_on_hand", _STANDING)],
            **facts,
        ),
    }
)
