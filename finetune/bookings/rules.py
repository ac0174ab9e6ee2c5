"""How a booking moves, and what it must say."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from finetune.core.refusals import FieldError, conflict

REPAIR: Final = "repair"
COUNTER: Final = "counter"
CANCELLED: Final = "cancelled"
STATUSES: Final = (
    "received",
    "diagnosing",
    "awaiting_approval",
    "in_progress",
    "ready",
    "delivered",
    CANCELLED,
)

TRANSITIONS: Final[frozenset[tuple[str, str]]] = frozenset(
    {
        ("received", "diagnosing"),
        ("diagnosing", "awaiting_approval"),
        ("awaiting_approval", "in_progress"),
        ("in_progress", "ready"),
        ("ready", "delivered"),
        ("received", CANCELLED),
        ("diagnosing", CANCELLED),
        ("awaiting_approval", CANCELLED),
        ("in_progress", CANCELLED),
        ("ready", CANCELLED),
    }
)

# At the counter nothing is repaired: what is sold is handed over at once.
COUNTER_TRANSITIONS: Final = TRANSITIONS | {("received", "delivered")}


# Where a device lies in the shop. The rest is history.
BENCH: Final = ("received", "diagnosing", "awaiting_approval", "in_progress", "ready")
# A repair that began longer ago than this is late: somebody should call the customer.
LATE_AFTER_DAYS: Final = 5
PHOTOS_PER_BOOKING_MAX: Final = 24


def next_steps(kind: str, present: str) -> list[str]:
    """Where a booking may go from here, in the order of the work; being cancelled comes last."""
    return [to for to in STATUSES if may_go(kind, present, to)]


def is_late(status: str, created_at: datetime, now: datetime) -> bool:
    return status in BENCH and now - created_at > timedelta(days=LATE_AFTER_DAYS)


def refuse_more_photos(present: int, more: int) -> None:
    if present + more > PHOTOS_PER_BOOKING_MAX:
        raise conflict(
            "too_many_photos",
            f"A booking keeps at most {PHOTOS_PER_BOOKING_MAX} photos, and this one has {present}. Remove one first.",
            present=present,
        )


def may_go(kind: str, present: str, to: str) -> bool:
    """Whether a booking of this kind may go from its present status to another."""
    return (present, to) in (COUNTER_TRANSITIONS if kind == COUNTER else TRANSITIONS)


def booking_problems(record: Mapping[str, Any]) -> list[FieldError]:
    """A repair says which device it is and what is wrong with it; a sale at the counter need not."""
    if record["kind"] != REPAIR:
        return []
    return [
        FieldError(name, "required", f"A repair needs {what}.")
        for name, what in (("device", "the device that was left"), ("issue", "what is wrong with the device"))
        if not record.get(name)
    ]


def reason_problems(*, to: str, reason: str) -> list[FieldError]:
    if to == CANCELLED and not reason:
        return [FieldError("reason", "required", "Say why the booking is cancelled.")]
    return []
