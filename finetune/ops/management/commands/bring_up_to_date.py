"""The release step: the tables as this version wants them, and the user that serves with its rights."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from finetune.ops.console import CannotRun
from finetune.ops.migrating import PATIENCE, bring_up_to_date
from finetune.ops.owner import serving_url


class Command(BaseCommand):
    help = (
        "Bring the database's tables up to date while the version before serves, one migration at a time. Works as "
        "DATABASE_OWNER_URL where that is set, and then makes and repairs the user of DATABASE_URL. See "
        "docs/upgrading.md."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--patience",
            type=int,
            default=int(PATIENCE),
            metavar="SECONDS",
            help="how long to wait for another migration, and for those who use a table (%(default)s)",
        )

    def handle(self, *args: Any, patience: int, verbosity: int, **options: Any) -> None:
        if patience < 0:
            raise CannotRun("--patience is a number of seconds.")
        bring_up_to_date(serving_url=serving_url(), patience=patience, verbosity=verbosity)
