from itertools import product

import pytest

from finetune.bookings.rules import (
    COUNTER_TRANSITIONS,
    STATUSES,
    TRANSITIONS,
    booking_problems,
    may_go,
    reason_problems,
)

LISTED = {
    "received": {"diagnosing", "cancelled"},
    "diagnosing": {"awaiting_approval", "cancelled"},
    "awaiting_approval": {"in_progress", "cancelled"},
    "in_progress": {"ready", "cancelled"},
    "ready": {"delivered", "cancelled"},
    "delivered": set(),
    "cancelled": set(),
}


@pytest.mark.parametrize(("present", "to"), list(product(STATUSES, STATUSES)))
def test_every_pair_of_statuses(present, to):
    assert may_go("repair", present, to) == (to in LISTED[present])
    at_once = (present, to) == ("received", "delivered")
    assert may_go("counter", present, to) == (to in LISTED[present] or at_once)


def test_transitions_name_statuses():
    assert {status for pair in COUNTER_TRANSITIONS for status in pair} == set(STATUSES)
    assert COUNTER_TRANSITIONS > TRANSITIONS


@pytest.mark.parametrize(
    ("record", "fields"),
    [
        ({"kind": "repair", "device": "Phone", "issue": "Dead"}, []),
        ({"kind": "repair", "device": "", "issue": "Dead"}, ["device"]),
        ({"kind": "repair"}, ["device", "issue"]),
        ({"kind": "counter"}, []),
    ],
)
def test_booking_problems(record, fields):
    assert [(each.field, each.code) for each in booking_problems(record)] == [
        (name, "required") for name in fields
    ]


@pytest.mark.parametrize(
    ("to", "reason", "refused"),
    [("cancelled", "", True), ("cancelled", "Beyond repair", False), ("diagnosing", "", False)],
)
def test_reason_problems(to, reason, refused):
    problems = reason_problems(to=to, reason=reason)
    assert [(each.field, each.code) for each in problems] == [("reason", "required")] * refused
