"""How a booking moves, and what it must say."""

from collections.abc import Mapping
from typing import Any, Final

from finetune.core.refusals import FieldError

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
