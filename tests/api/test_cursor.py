"""A cursor is opaque, and whatever else is sent as one is refused."""

import base64
import json

import pytest


@pytest.mark.parametrize(
    "packed",
    [
        [0, "-id", "5", True],
        [0, "-id", "5", 5.0],
        [0, "-id", "5", -1],
        [0, "-id", "5", 2**63],
        [0, "-id", "5", None],
        [0, "-id", None, 5],
        [0, "-id", "x", 5],
        [0, "-total", "5", 5],
        [0, "-id", "5"],
        {},
        True,
    ],
)
def test_what_is_no_cursor_of_the_list(shop, packed):
    cursor = base64.urlsafe_b64encode(json.dumps(packed).encode()).decode().rstrip("=")
    answer = shop.bilal.get(f"/invoices/?cursor={cursor}")
    assert answer.status == 400, answer
    assert answer.field_codes() == {"cursor": "invalid"}
