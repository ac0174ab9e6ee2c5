"""Who must e-invoice and by when, as dated rows. Turnover is of all GSTINs of the PAN, rupees in a year.

Sources, checked 2026-11: Notification 10/2023-Central Tax and its predecessors; the portal's advisory on the
30 days. No later change of either was found confirmed.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from finetune.gst.rates import Threshold


@dataclass(frozen=True, slots=True)
class Window:
    """From this turnover on a document must be reported within so many days of its date."""

    turnover: Decimal
    days: int
    since: date
    source: str


# Due when the turnover of any year since 2017-18 was ABOVE this.
TURNOVER_LIMITS: Final[tuple[Threshold, ...]] = (
    Threshold(Decimal("5000000000.00"), date(2020, 10, 1), date(2020, 12, 31), "61/2020-Central Tax"),
    Threshold(Decimal("1000000000.00"), date(2021, 1, 1), date(2021, 3, 31), "88/2020-Central Tax"),
    Threshold(Decimal("500000000.00"), date(2021, 4, 1), date(2022, 3, 31), "5/2021-Central Tax"),
    Threshold(Decimal("200000000.00"), date(2022, 4, 1), date(2022, 9, 30), "1/2022-Central Tax"),
    Threshold(Decimal("100000000.00"), date(2022, 10, 1), date(2023, 7, 31), "17/2022-Central Tax"),
    Threshold(Decimal("50000000.00"), date(2023, 8, 1), None, "10/2023-Central Tax"),
)

# AT OR ABOVE the turnover. Below it there is no time limit.
WINDOWS: Final[tuple[Window, ...]] = (
    Window(Decimal("1000000000.00"), 30, date(2023, 11, 1), "portal advisory of 2023"),
    Window(Decimal("100000000.00"), 30, date(2025, 4, 1), "portal advisory of 2024-11-05"),
)

# 6 digits of HSN from this turnover on, 4 below it.
LONG_HSN_TURNOVER: Final = Decimal("50000000.00")

# The portal takes no document older than this.
OLDEST: Final = date(2025, 4, 1)


def is_due(turnover: Decimal, on: date) -> bool:
    """Whether a supplier of this turnover must report a document of this day."""
    return any(turnover > row.amount for row in TURNOVER_LIMITS if row.covers(on))


def days_to_report(turnover: Decimal, on: date) -> int | None:
    """How many days after its date a document may still be reported, or None without a limit."""
    return min((row.days for row in WINDOWS if row.since <= on and turnover >= row.turnover), default=None)


def hsn_digits_min(turnover: Decimal) -> int:
    """How many digits an HSN must have."""
    return 6 if turnover >= LONG_HSN_TURNOVER else 4
