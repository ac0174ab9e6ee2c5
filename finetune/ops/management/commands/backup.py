"""Write a backup."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from finetune.core import environment
from finetune.core.postgres import data_folder
from finetune.ops import backup
from finetune.ops.backup_connection import database_url, is_embedded
from finetune.ops.console import CannotRun, say


class Command(BaseCommand):
    help = (
        "Write a backup of the whole database, of one moment, while the shop trades. Into FOLDER, else "
        "FINETUNE_BACKUP_DIR, else `backups` in the shop's folder. See docs/backup.md."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", default=environment.text("FINETUNE_BACKUP_DIR"))
        parser.add_argument("--keep", type=int, metavar="N", help="remove all but the newest N afterwards")

    def handle(self, *args: Any, folder: str, keep: int | None, **options: Any) -> None:
        if keep is not None and keep < 1:
            raise CannotRun("--keep keeps one backup at least.")
        own = data_folder() / "backups"
        into = Path(folder).expanduser().absolute() if folder else own
        try:
            written = backup.write_backup(database_url(), into)
        except OSError as error:
            raise CannotRun(f"The backup could not be written into {into}: {error}", status=1) from error
        say(f"{written.path} ({written.path.stat().st_size / 1e6:.1f} MB, read back, checksums agree)")
        for each in written.manifest["series"]:
            say(f"  {each['series']} stood at {each['last_number']}")
        if keep is not None:
            for older in backup.remove_older(into, keep):
                say(f"Removed {older}")
        if into == own and is_embedded():
            say("It lies on the disk of the shop itself. Copy it to another one.")
