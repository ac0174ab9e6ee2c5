"""The Indian financial year, 1 April to 31 March."""

from datetime import date


def financial_year_start(on: date) -> date:
    """The 1 April on or before `on`."""
    return date(on.year if on.month >= 4 else on.year - 1, 4, 1)


def financial_year(on: date) -> str:
    """The year `on` falls in, written as the GST portals do.

    >>> financial_year(date(2027, 3, 31)), financial_year(date(2027, 4, 1))
    ('2026-27', '2027-28')
    """
    start = financial_year_start(on).year
    return f"{start}-{(start + 1) % 100:02d}"
