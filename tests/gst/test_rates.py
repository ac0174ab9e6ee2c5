from datetime import date
from decimal import Decimal

import pytest

from finetune.gst.rates import (
    B2CL_LIMITS,
    CASH_LIMIT,
    RATES,
    RECIPIENT_ADDRESS_LIMIT,
    RatePeriod,
    b2cl_limit,
    rate_in_force,
    rates_in_force,
)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2017, 6, 30), ""),
        (date(2017, 7, 1), "0 0.25 3 5 12 18 28"),
        (date(2017, 10, 23), "0 0.1 0.25 3 5 12 18 28"),
        (date(2025, 9, 21), "0 0.1 0.25 1.5 3 5 12 18 28"),
        (date(2025, 9, 22), "0 0.1 0.25 1.5 3 5 18 28 40"),
        (date(2026, 1, 31), "0 0.1 0.25 1.5 3 5 18 28 40"),
        (date(2026, 2, 1), "0 0.1 0.25 1.5 3 5 18 40"),
        (date(2026, 11, 22), "0 0.1 0.25 1.5 3 5 18 40"),
    ],
)
def test_rates_of_a_day(on, expected):
    assert rates_in_force(on) == tuple(Decimal(rate) for rate in expected.split())


@pytest.mark.parametrize(
    ("percent", "on", "expected"),
    [
        ("18", date(2026, 11, 22), True),
        ("18.00", date(2026, 11, 22), True),
        ("12", date(2025, 9, 21), True),
        ("12", date(2025, 9, 22), False),
        ("28", date(2025, 9, 22), True),
        ("28", date(2026, 2, 1), False),
        ("40", date(2025, 9, 21), False),
        ("40", date(2025, 9, 22), True),
        ("9", date(2026, 11, 22), False),
        ("17.99", date(2026, 11, 22), False),
        ("-18", date(2026, 11, 22), False),
    ],
)
def test_rate_in_force(percent, on, expected):
    assert rate_in_force(Decimal(percent), on) is expected


def test_rows_of_one_rate_never_overlap():
    for row in RATES:
        assert row.notification
        for other in RATES:
            if row is not other and row.percent == other.percent:
                assert not row.covers(other.since) or not other.covers(row.since)


def test_a_row_that_ends_before_it_begins_is_our_mistake():
    with pytest.raises(AssertionError):
        RatePeriod(Decimal(18), date(2026, 2, 1), date(2026, 1, 31), "1/2017")


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2017, 7, 1), "250000"),
        (date(2024, 7, 31), "250000"),
        (date(2024, 8, 1), "100000"),
        (date(2026, 11, 22), "100000"),
    ],
)
def test_b2cl_limit(on, expected):
    assert b2cl_limit(on) == Decimal(expected)


def test_the_single_limits():
    assert RECIPIENT_ADDRESS_LIMIT.amount == Decimal("50000")
    assert CASH_LIMIT.amount == Decimal("200000")
    assert all(row.source for row in (*B2CL_LIMITS, RECIPIENT_ADDRESS_LIMIT, CASH_LIMIT))
