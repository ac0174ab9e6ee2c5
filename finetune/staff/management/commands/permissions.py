from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from finetune.staff.permissions import permission_page


class Command(BaseCommand):
    help = "Print docs/permissions.md, write it, or check that it says what the table says."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--write", action="store_true")
        choice.add_argument("--check", action="store_true")

    def handle(self, *args: Any, write: bool, check: bool, **options: Any) -> None:
        path = settings.BASE_DIR.parent / "docs" / "permissions.md"
        if write:
            path.write_text(permission_page(), encoding="utf-8")
        elif not check:
            self.stdout.write(permission_page())
        elif not path.exists() or path.read_text(encoding="utf-8") != permission_page():
            raise CommandError(
                "docs/permissions.md is not what the table says. Run: manage permissions --write"
            )
