"""Check the books and report what does not agree."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from finetune.core.dates import now
from finetune.ops.console import FAILED, say
from finetune.reports.books import Finding, check_books
from finetune.reports.nightly import check_and_record


class Command(BaseCommand):
    help = (
        "Work out every promise about money, numbers, stock and serials from the rows again, and print those "
        "at odds with one. Ends with 0 where all agree, else with 1. Repairs nothing. See docs/invariants.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument(
            "--record", action="store_true", help="keep what was found, for /metrics and the pages"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = check_and_record() if options["record"] else check_books()
        say(as_json(found) if options["json"] else as_text(found))
        if any(finding.count for finding in found):
            sys.exit(FAILED)


def as_text(found: list[Finding]) -> str:
    at_odds = [finding for finding in found if finding.count]
    if not at_odds:
        return f"The books agree: {len(found)} checks, no disagreement."
    rows = sum(finding.count for finding in at_odds)
    end = f"The books do not agree: {len(at_odds)} of {len(found)} checks found {rows} disagreements."
    return "\n".join([*map(str, at_odds), end])


def as_json(found: list[Finding]) -> str:
    document = {
        "checked_at": now().isoformat(),
        "ok": not any(finding.count for finding in found),
        "checks": [
            {
                "name": finding.check.name,
                "promise": finding.check.promise,
                "count": finding.count,
                "rows": finding.rows,
            }
            for finding in found
        ],
    }
    return json.dumps(document)
