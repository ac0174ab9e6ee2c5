"""Rupees and dates as they are written in India."""

from datetime import date
from decimal import Decimal

import pytest

from finetune.web.templatetags.shop import count, inr, long_date


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("0", "0.00"),
        ("0.5", "0.50"),
        ("999", "999.00"),
        ("1000", "1,000.00"),
        ("99999.99", "99,999.99"),
        ("100000", "1,00,000.00"),
        ("48668982", "4,86,68,982.00"),
        ("123456789012.34", "1,23,45,67,89,012.34"),
        ("-1500", "−1,500.00"),
        ("-0.00", "0.00"),
    ],
)
def test_rupees_are_grouped_in_lakhs(value: str, written: str):
    assert inr(Decimal(value)) == written


def test_a_fraction_of_a_paisa_is_never_shown():
    with pytest.raises(AssertionError):
        inr(Decimal("0.005"))


def test_counts_are_grouped_too():
    assert [count(each) for each in (0, 7, 1234567, -1200)] == ["0", "7", "12,34,567", "−1,200"]


def test_dates():
    assert long_date(date(2026, 11, 2)) == "Monday, 2 November 2026"
