"""Restore a backup, and let its number series go on."""

import re
import sys
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db.migrations.loader import MigrationLoader

from finetune.core.dates import now
from finetune.core.models import Milestone
from finetune.core.postgres import data_folder
from finetune.ops import backup_restore, shop_folder
from finetune.ops.backup_connection import database_url, is_embedded
from finetune.ops.console import FAILED, CannotRun, say, step
from finetune.ops.management.commands.check_books import as_text
from finetune.reports.books import check_books

STATED = re.compile(r"(?P<series>[^=]+)=(?P<number>[0-9]{1,18})")


class Command(BaseCommand):
    help = (
        "Restore a backup into an empty data folder or database, and check the books. Its number series then wait "
        "until the last number of each is stated, here or by a command of its own. See docs/backup.md."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="a backup; none to work on the series alone")
        parser.add_argument(
            "--resume-after",
            action="append",
            default=[],
            metavar="SERIES=NUMBER",
            help="the last number of that series known to have been given out; may be repeated",
        )
        parser.add_argument(
            "--nothing-issued-since",
            action="store_true",
            help="no number of the (other) held series was given out after the backup",
        )
        parser.add_argument(
            "--hold",
            action="store_true",
            help="hold all series, after a database was recovered by other means than this command",
        )

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        stated = _stated(options["resume_after"])
        if file is not None:
            if not file.is_file():
                raise CannotRun(f"There is no file {file}.")
            self._restore(file)
        elif not (stated or options["nothing_issued_since"] or options["hold"]):
            _show_held()
            return
        url = database_url()
        if options["hold"]:
            backup_restore.hold_all(url, now())
        _resume(url, stated, nothing_else=options["nothing_issued_since"])
        _show_held()

    def _restore(self, file: Path) -> None:
        known: dict[str, list[str]] = {}
        for app, name in MigrationLoader(None).disk_migrations or ():
            known.setdefault(app, []).append(name)
        with step(f"Restoring {file}"):
            manifest = backup_restore.restore_backup(file, database_url(), known_migrations=known)
        with step("Bringing the tables up to date"):
            call_command("bring_up_to_date", verbosity=0)
        with step("Checking the books"):
            found = check_books()
        if is_embedded() and Milestone.objects.filter(name="demo loaded").exists():
            shop_folder.promise_demo(data_folder())
            shop_folder.note_demo_loaded(data_folder())
        say(f"Restored as of {datetime.fromisoformat(manifest['taken_at']):%Y-%m-%d %H:%M:%S %Z}: ")
        say(
            f"{sum(manifest['rows'].values())} rows in {len(manifest['rows'])} tables. Everybody is logged out."
        )
        say(as_text(found))
        if any(finding.count for finding in found):
            say("All number series stay held.")
            sys.exit(FAILED)


def _stated(given: list[str]) -> dict[str, int | None]:
    stated: dict[str, int | None] = {}
    for text in given:
        found = STATED.fullmatch(text)
        if found is None or found["series"] in stated:
            raise CannotRun(f"--resume-after takes SERIES=NUMBER, once for each series; not {text!r}.")
        stated[found["series"]] = int(found["number"])
    return stated


def _resume(url: str, stated: dict[str, int | None], *, nothing_else: bool) -> None:
    held = backup_restore.held_series(url)
    going_on = {**(dict.fromkeys(held) if nothing_else else {}), **stated}
    if not going_on:
        return
    since = min((since for _, since in held.values()), default=None)
    reason = f"numbers given out since {since:%Y-%m-%d %H:%M:%S %Z} are not in these books" if since else ""
    for series, number in backup_restore.resume(url, going_on, reason=reason).items():
        say(f"{series} goes on with {number}.")


def _show_held() -> None:
    held = backup_restore.held_series(database_url())
    if not held:
        say("No number series is held.")
        return
    say("These series number nothing until you state the last number that was given out:")
    for series, (last, since) in held.items():
        say(f"  {series}: {last} is the last one in these books, as of {since:%Y-%m-%d %H:%M:%S %Z}")
    say("  finetune restore --resume-after SERIES=NUMBER ...   the last one on paper, mail or the portal")
    say("  finetune restore --nothing-issued-since             none was given out since")
