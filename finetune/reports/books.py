"""The check of the books: every promise about money, numbers, stock and serials, worked out anew.

It reports and never repairs: a check that repairs hides what went wrong. `docs/invariants.md` lists them all.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction

from finetune.reports.checks import (
    bills,
    credit,
    deposits,
    drawers,
    guards,
    lines,
    money,
    numbers,
    serials,
    stock,
    trail,
)
from finetune.reports.checks.check import Check

ROWS_MAX: Final = 50
CHECKS: Final[tuple[Check, ...]] = guards.with_guards(
    (
        *numbers.CHECKS,
        *bills.CHECKS,
        *lines.CHECKS,
        *money.CHECKS,
        *credit.CHECKS,
        *deposits.CHECKS,
        *drawers.CHECKS,
        *stock.CHECKS,
        *serials.CHECKS,
        *trail.CHECKS,
    )
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: how many rows disagree, and the first of them."""

    check: Check
    count: int
    rows: tuple[dict[str, Any], ...]

    def __str__(self) -> str:
        shown = [f"  {_plain(row)}" for row in self.rows]
        more = [f"  ... and {self.count - len(self.rows)} more"] if self.count > len(self.rows) else []
        head = f"{self.check.name}: {self.count} at odds with: {self.check.promise}"
        return "\n".join([head, *shown, *more])


def _plain(row: dict[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in row.items())


def check_books() -> list[Finding]:
    """All checks, of one moment, in a transaction that cannot write: right while the shop trades."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        # Years of books take longer than a request may.
        cursor.execute("SET LOCAL statement_timeout = 0")
        return list(findings(cursor))


def findings(cursor: Any) -> Iterator[Finding]:
    """Each check in turn on a cursor; the caller's transaction says which moment is looked at."""
    for check in CHECKS:
        cursor.execute(
            f"WITH at_odds AS MATERIALIZED ({check.sql})"
            " SELECT (SELECT count(*) FROM at_odds),"
            f" (SELECT json_agg(row_to_json(few))::text FROM (SELECT * FROM at_odds LIMIT {ROWS_MAX}) few)"
        )
        count, rows = cursor.fetchone()
        yield Finding(check, count, tuple(json.loads(rows or "[]", parse_float=str)))


def promises_table() -> str:
    """The list of promises as Markdown, for docs/invariants.md."""
    head = "| check | promise | kept by |\n|---|---|---|"
    rows = [
        f"| `{check.name}` | {check.promise} | {', '.join(f'`{name}`' for name in check.kept_by)} |"
        for check in CHECKS
    ]
    return "\n".join([head, *rows])
