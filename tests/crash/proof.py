"""What must be true after a crash, whatever was killed."""

from pathlib import Path

import psycopg

from finetune.core.postgres import url_for
from finetune.reports.books import findings
from tests.crash.clerks import Ask, Desk


def prove(shop: Desk, data: Path, asked: list[Ask]) -> None:
    """Every acknowledged document is there under its number and once, no number is missing, the books agree."""
    replays_are_the_same(shop, asked)
    numbers_are_whole(shop, asked)
    books_agree(data)


def replays_are_the_same(shop: Desk, asked: list[Ask]) -> None:
    for ask in asked:
        status, answer, headers = shop.ask(ask)
        assert status == ask.status, (ask, answer)
        assert headers.get("Idempotent-Replayed") == "true", f"{ask} was forgotten, and made again"
        assert Ask(ask.path, ask.body, ask.key, status, answer).names == ask.names


def numbers_are_whole(shop: Desk, asked: list[Ask]) -> None:
    """As many numbers as were given to somebody: none lost, and none for a bill that nobody was told of."""
    given = sorted(ask.number for ask in asked if ask.number)
    assert len(given) == len(set(given))
    for series in shop.get("/reports/number-proof/")["series"]:
        assert (series["gaps"], series["duplicates"]) == ([], [])
        if series["series"] == "FT-INV":
            assert series["count"] == len(given)


def books_agree(data: Path) -> None:
    with psycopg.connect(url_for("finetune_app", data)) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        found = [str(finding) for finding in findings(connection.cursor()) if finding.count]
    assert not found, "\n".join(found)
