"""The books of each night: once for all workers, made up for where the shop was off, and kept with what was found.

A night is claimed by its row, for some minutes at a time. Whoever checks renews the claim; who dies leaves one that
runs out, and another worker takes the night.
"""

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from decimal import Decimal
from typing import Final

from django.db.models.functions import Now

from finetune.core.dates import INDIA, date_in_india, now
from finetune.core.listing import rows_of
from finetune.reports.books import Finding, check_books
from finetune.reports.models import BooksCheck

LEASE: Final = timedelta(minutes=5)
# Two nights, after which somebody must be told that nobody checks.
OVERDUE_AFTER: Final = timedelta(hours=48)
FINDINGS_SHOWN_MAX: Final = 10
ROWS_SHOWN_MAX: Final = 3
LINE_MAX: Final = 300

# A shop that opened after that night has missed nothing. Nor has one whose books somebody had checked since.
_CLAIM: Final = """
INSERT INTO reports_bookscheck (night, claimed_until)
SELECT %(night)s, clock_timestamp() + %(lease)s
WHERE (SELECT min(m.applied) FROM django_migrations m) < %(since)s
    AND NOT EXISTS (SELECT FROM reports_bookscheck b WHERE b.finished_at >= %(since)s)
ON CONFLICT (night) DO UPDATE SET began_at = clock_timestamp(), claimed_until = clock_timestamp() + %(lease)s
    WHERE reports_bookscheck.finished_at IS NULL AND reports_bookscheck.claimed_until < clock_timestamp()
RETURNING id
"""
_LATEST: Final = """
SELECT coalesce(b.finished_at, shop.opened_at) AS since, b.finished_at, coalesce(b.disagreements, 0) AS disagreements
FROM (SELECT min(m.applied) AS opened_at FROM django_migrations m) shop
LEFT JOIN LATERAL (SELECT c.finished_at, c.disagreements FROM reports_bookscheck c WHERE c.finished_at IS NOT NULL
    ORDER BY c.finished_at DESC LIMIT 1) b ON true
"""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What somebody should be told about the books. `checked_on` is None where they never were."""

    checked_on: date | None
    disagreements: int


def night_due(moment: datetime, at: clock_time) -> tuple[date, datetime]:
    """The night whose check should have begun last, and when that was."""
    day = moment.astimezone(INDIA).date()
    began = datetime.combine(day, at, tzinfo=INDIA)
    if began > moment:
        day -= timedelta(days=1)
        began = datetime.combine(day, at, tzinfo=INDIA)
    return day, began


def claim_night(night: date, since: datetime) -> int | None:
    """The row of that night, for whoever checks it. None where it is done, or another is at it."""
    rows = rows_of(_CLAIM, {"night": night, "since": since, "lease": LEASE})
    return int(rows[0]["id"]) if rows else None


def renew(row_id: int) -> None:
    BooksCheck.objects.filter(pk=row_id, finished_at=None).update(claimed_until=Now() + LEASE)


def give_back(row_id: int) -> None:
    """Let another worker have it at once."""
    BooksCheck.objects.filter(pk=row_id, finished_at=None).update(claimed_until=Now())


def check_night(row_id: int) -> list[Finding]:
    began = time.monotonic()
    found = check_books()
    _write(row_id, found, time.monotonic() - began)
    return found


def check_and_record() -> list[Finding]:
    """The same, asked for by somebody or by a platform's own cron."""
    began = time.monotonic()
    found = check_books()
    _write(BooksCheck.objects.create().pk, found, time.monotonic() - began)
    return found


def trouble_with_books(moment: datetime) -> Trouble | None:
    """None where the last check agreed and is not old."""
    latest = rows_of(_LATEST, None)[0]
    late = moment - latest["since"] > OVERDUE_AFTER
    if not (late or latest["disagreements"]):
        return None
    checked_at = latest["finished_at"]
    return Trouble(None if checked_at is None else date_in_india(checked_at), latest["disagreements"])


def _write(row_id: int, found: list[Finding], seconds: float) -> None:
    BooksCheck.objects.filter(pk=row_id).update(
        claimed_until=None,
        finished_at=now(),
        seconds=Decimal(f"{seconds:.1f}"),
        checks=len(found),
        disagreements=sum(finding.count for finding in found),
        findings=first_lines(found),
    )


def first_lines(found: list[Finding]) -> str:
    at_odds = [finding for finding in found if finding.count][:FINDINGS_SHOWN_MAX]
    lines = [line for finding in at_odds for line in str(finding).splitlines()[: 1 + ROWS_SHOWN_MAX]]
    return "\n".join(line[:LINE_MAX] for line in lines)
