"""The only door for time. A business date is a date in India; an instant is aware."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

INDIA = ZoneInfo("Asia/Kolkata")


def now() -> datetime:
    return timezone.now()


def today() -> date:
    """Today in India, whatever the machine's clock is set to."""
    return date_in_india(now())


def date_in_india(instant: datetime) -> date:
    return instant.astimezone(INDIA).date()
