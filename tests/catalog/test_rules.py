from datetime import date
from decimal import Decimal

import pytest

from finetune.catalog.rules import price_problems, rate_problems, unit_for


@pytest.mark.parametrize(
    ("hsn_code", "unit"), [("85177990", "NOS"), ("998716", "NA"), ("9987", "NA"), ("9018", "NOS")]
)
def test_unit_for(hsn_code, unit):
    assert unit_for(hsn_code) == unit


@pytest.mark.parametrize(
    ("rate", "on", "refused"),
    [
        ("18", date(2026, 11, 22), False),
        ("18.000", date(2026, 11, 22), False),
        ("0", date(2026, 11, 22), False),
        ("28", date(2026, 11, 22), True),
        ("12", date(2026, 11, 22), True),
        ("12", date(2025, 9, 21), False),
        ("17", date(2026, 11, 22), True),
    ],
)
def test_rate_problems(rate, on, refused):
    problems = rate_problems(Decimal(rate), on=on)
    assert [(each.field, each.code) for each in problems] == [("gst_rate", "rate_not_in_force")] * refused


@pytest.mark.parametrize(
    ("price", "mrp", "refused"),
    [("100.00", None, False), ("100.00", "100.00", False), ("100.01", "100.00", True), ("0", "0", False)],
)
def test_price_problems(price, mrp, refused):
    problems = price_problems(price=Decimal(price), mrp=None if mrp is None else Decimal(mrp))
    assert [(each.field, each.code) for each in problems] == [("price", "price_above_mrp")] * refused
