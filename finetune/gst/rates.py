"""GST rates and legal thresholds as dated rows: a document asks for those of its own date.

A credit note takes the rate of its invoice and does not ask here. Compensation cess is nil for everything
since 2026-02-01 and was never due on what a phone shop sells. Left out on purpose: 1 and 7.5 (housing), 6
(the brick makers' option) and the 12 that remains for bricks (Notification 14/2025-Central Tax (Rate)).

Checked 2026-11. Notifications are of the Central Tax (Rate) series, which names half of each percent below.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

GST_BEGAN: Final = date(2017, 7, 1)


@dataclass(frozen=True, slots=True)
class RatePeriod:
    """A full rate in percent with the first and the last day it may be charged; `until` None means still."""

    percent: Decimal
    since: date
    until: date | None
    notification: str

    def __post_init__(self) -> None:
        assert self.percent >= 0, self
        assert self.until is None or self.since <= self.until, self

    def covers(self, on: date) -> bool:
        """Whether the row holds on this day, both ends included."""
        return self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit in rupees with the first and the last day it holds, and the law it stands in."""

    amount: Decimal
    since: date
    until: date | None
    source: str

    def __post_init__(self) -> None:
        assert self.amount > 0, self
        assert self.until is None or self.since <= self.until, self

    def covers(self, on: date) -> bool:
        """Whether the row holds on this day, both ends included."""
        return self.since <= on and (self.until is None or on <= self.until)


_SLABS_END: Final = date(2025, 9, 21)
_SLABS_BEGIN: Final = date(2025, 9, 22)

RATES: Final[tuple[RatePeriod, ...]] = (
    RatePeriod(Decimal("0"), GST_BEGAN, None, "2/2017, superseded by 10/2025: nil and exempt goods"),
    RatePeriod(Decimal("0.1"), date(2017, 10, 23), None, "40/2017: goods to a merchant exporter"),
    RatePeriod(Decimal("0.25"), GST_BEGAN, None, "1/2017 schedule VI, kept by 9/2025: rough stones"),
    RatePeriod(Decimal("1.5"), date(2019, 10, 1), None, "20/2019, kept by 9/2025: diamonds"),
    RatePeriod(Decimal("3"), GST_BEGAN, None, "1/2017 schedule V, kept by 9/2025: precious metals"),
    RatePeriod(Decimal("5"), GST_BEGAN, None, "1/2017 schedule I, kept by 9/2025"),
    RatePeriod(Decimal("12"), GST_BEGAN, _SLABS_END, "1/2017 schedule II, ended by 9/2025"),
    RatePeriod(Decimal("18"), GST_BEGAN, None, "1/2017 schedule III, kept by 9/2025: electronics, repairs"),
    RatePeriod(Decimal("28"), GST_BEGAN, _SLABS_END, "1/2017 schedule IV, ended by 9/2025"),
    RatePeriod(Decimal("28"), _SLABS_BEGIN, date(2026, 1, 31), "9/2025, ended by 19/2025: tobacco only"),
    RatePeriod(Decimal("40"), _SLABS_BEGIN, None, "9/2025 schedule III"),
)

# GSTR-1 Table 5: an inter-State invoice to a consumer is listed by itself when its total is ABOVE this.
B2CL_LIMITS: Final[tuple[Threshold, ...]] = (
    Threshold(Decimal("250000.00"), GST_BEGAN, date(2024, 7, 31), "CGST Rule 59(4) as first made"),
    Threshold(Decimal("100000.00"), date(2024, 8, 1), None, "Notification 12/2024-Central Tax"),
)

# A consumer's name, address and State are due on the invoice when its taxable value is AT OR ABOVE this.
RECIPIENT_ADDRESS_LIMIT: Final = Threshold(Decimal("50000.00"), GST_BEGAN, None, "CGST Rule 46(e)")

# Cash AT OR ABOVE this must not be taken from one person in a day, for one transaction or one occasion.
CASH_LIMIT: Final = Threshold(
    Decimal("200000.00"),
    date(2017, 4, 1),
    None,
    "Income-tax Act 1961 s.269ST; since 2026-04-01 Act of 2025 s.186",
)


def rates_in_force(on: date) -> tuple[Decimal, ...]:
    """The percents that may be charged on this day, lowest first."""
    return tuple(sorted({row.percent for row in RATES if row.covers(on)}))


def rate_in_force(percent: Decimal, on: date) -> bool:
    """Whether this percent may be charged on this day; 18 and 18.00 are one rate."""
    return any(row.percent == percent and row.covers(on) for row in RATES)


def b2cl_limit(on: date) -> Decimal:
    """The rupees above which an inter-State consumer invoice of this day is listed by itself in GSTR-1."""
    return next(row.amount for row in B2CL_LIMITS if row.covers(on))
