"""The books of each night: once, made up for, kept, and told to those who may know."""

from datetime import date, datetime, timedelta
from datetime import time as clock_time
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from finetune.core.dates import INDIA, now
from finetune.ops import nightly_books
from finetune.ops.nightly_books import NightlyBooks
from finetune.reports import nightly
from finetune.reports.books import CHECKS, Finding
from finetune.reports.models import BooksCheck
from tests.cast import Shop
from tests.web.visits import browser_of, words_of

AT = clock_time(3, 0)


def told() -> dict[str, float]:
    lines = Client().get("/metrics").content.decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


def open_since(days: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_migrations SET applied = now() - make_interval(days => %s)", [days])


@pytest.fixture
def a_month_old(db):
    """The shop is thirty days old."""
    open_since(30)


@pytest.mark.parametrize(
    ("moment", "night"),
    [
        (datetime(2026, 11, 28, 2, 59, tzinfo=INDIA), date(2026, 11, 27)),
        (datetime(2026, 11, 28, 3, 0, tzinfo=INDIA), date(2026, 11, 28)),
        (datetime(2026, 11, 28, 23, 0, tzinfo=INDIA), date(2026, 11, 28)),
    ],
)
def test_a_night_is_due_from_its_hour_on_in_india(moment: datetime, night: date):
    found, since = nightly.night_due(moment, AT)
    assert (found, since) == (night, datetime.combine(night, AT, tzinfo=INDIA))


def test_one_worker_has_a_night_until_it_is_done(a_month_old):
    night, since = nightly.night_due(now(), AT)
    row = nightly.claim_night(night, since)
    assert row is not None
    assert nightly.claim_night(night, since) is None, "two workers would check it"
    BooksCheck.objects.filter(pk=row).update(claimed_until=now() - timedelta(seconds=1))
    assert nightly.claim_night(night, since) == row, "one whose worker died is taken over"
    nightly.renew(row)
    assert nightly.claim_night(night, since) is None
    nightly.give_back(row)
    assert nightly.claim_night(night, since) == row
    BooksCheck.objects.filter(pk=row).update(finished_at=now(), claimed_until=None)
    assert nightly.claim_night(night, since) is None, "it is done"


def test_a_shop_of_today_has_missed_no_night(db):
    night, since = nightly.night_due(now() - timedelta(days=1), AT)
    assert nightly.claim_night(night, since) is None


def test_books_that_were_checked_since_are_not_checked_again(a_month_old):
    BooksCheck.objects.create(finished_at=now())
    night, since = nightly.night_due(now(), AT)
    assert nightly.claim_night(night, since) is None


def test_recording_keeps_what_was_found(own_database, capsys):
    call_command("check_books", "--record")
    assert "The books agree" in capsys.readouterr().out
    kept = BooksCheck.objects.get()
    assert (kept.night, kept.disagreements, kept.findings) == (None, 0, "")
    assert kept.checks > 50
    assert kept.finished_at is not None
    assert told()["finetune_books_disagreements"] == 0
    assert told()["finetune_books_checked_timestamp_seconds"] > 0


def test_the_worker_checks_in_a_thread_of_its_own(own_database, settings):
    settings.BOOKS_AT = AT
    open_since(30)
    books = NightlyBooks()
    books.look()
    assert books._checking is not None
    books._checking.join(60)
    night, _ = nightly.night_due(now(), AT)
    kept = BooksCheck.objects.get()
    assert (kept.night, kept.disagreements) == (night, 0)
    assert kept.finished_at is not None
    again = NightlyBooks()
    again.look()
    assert again._checking is None, "the night is done"


def test_a_stopped_check_leaves_its_night_to_another(own_database, settings, monkeypatch):
    settings.BOOKS_AT = AT
    open_since(30)

    def for_ever(row_id: int) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")
        return []

    monkeypatch.setattr(nightly, "check_night", for_ever)
    monkeypatch.setattr(nightly_books, "STOP_PATIENCE", 10)
    books = NightlyBooks()
    books.look()
    while books._session is None:
        pass
    books.stop()
    assert not books._checking.is_alive()  # type: ignore[union-attr]
    night, since = nightly.night_due(now(), AT)
    assert nightly.claim_night(night, since) is not None


def test_off_is_off(a_month_old, settings):
    settings.BOOKS_AT = None
    NightlyBooks().look()
    assert not BooksCheck.objects.exists()


def test_first_lines_are_few():
    found = [Finding(each, 9, tuple({"id": n} for n in range(9))) for each in CHECKS[:20]]
    lines = nightly.first_lines(found).splitlines()
    assert len(lines) == 4 * nightly.FINDINGS_SHOWN_MAX
    assert lines[0].startswith(f"{found[0].check.name}: 9 at odds with")


def test_the_front_page_tells_those_who_read_the_audit(shop: Shop):
    assert "books" not in words_of(browser_of(shop.admin).get("/"))
    BooksCheck.objects.create(finished_at=now(), disagreements=2)
    words = words_of(browser_of(shop.admin).get("/"))
    assert "The books do not agree: the check of" in words
    assert "found 2 disagreements. Tell the person who looks after this system." in words
    assert "books do not agree" not in words_of(browser_of(shop.asha).get("/"))


def test_the_front_page_tells_that_nobody_checks(shop: Shop):
    BooksCheck.objects.create(finished_at=now() - timedelta(hours=47))
    assert "The books were last checked" not in words_of(browser_of(shop.admin).get("/"))
    BooksCheck.objects.update(finished_at=now() - timedelta(hours=49))
    assert "they should be each night. Tell the person" in words_of(browser_of(shop.admin).get("/"))
