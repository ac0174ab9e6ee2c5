"""`django openapi --write` and `--check`: the description of the API that is kept beside the code."""

import difflib
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

KEPT = Path("docs") / "openapi.json"
LINES_SHOWN = 60


class Command(BaseCommand):
    help = "Print the OpenAPI document, or keep docs/openapi.json in step with the code. Needs no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--write", action="store_true", help="write docs/openapi.json")
        choice.add_argument(
            "--check", action="store_true", help="fail where docs/openapi.json differs from the code"
        )

    def handle(self, *args: Any, write: bool, check: bool, **options: Any) -> None:
        present = document_text()
        kept = settings.BASE_DIR.parent / KEPT
        if write:
            kept.write_text(present, encoding="utf-8")
        elif check:
            self._compare(kept, present)
        else:
            self.stdout.write(present, ending="")

    def _compare(self, kept: Path, present: str) -> None:
        written = kept.read_text(encoding="utf-8") if kept.exists() else ""
        if written == present:
            return
        lines = list(
            difflib.unified_diff(
                written.splitlines(), present.splitlines(), str(KEPT), "the code", lineterm="", n=1
            )
        )
        self.stderr.write("\n".join(lines[:LINES_SHOWN]))
        raise CommandError(f"{KEPT} is not what the code says. Run: python -m django openapi --write")


def document_text() -> str:
    # The mount is an entrance like this command, so it is found by its name and not imported.
    api = import_string(f"{settings.ROOT_URLCONF}.api")
    return json.dumps(api.get_openapi_schema(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
