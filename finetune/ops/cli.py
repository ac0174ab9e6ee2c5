"""`python -m finetune <command>`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from finetune.core.postgres import (
    AlreadyRunning,
    DatabaseTrouble,
    data_folder,
    has_cluster,
    running_or_embedded_database,
)
from finetune.core.process import die_with_parent
from finetune.ops.children import PARENT
from finetune.ops.console import FAILED, OK, REFUSED, CannotRun, say, say_error
from finetune.ops.shop_folder import environment_for

HELP = """\
python -m finetune <command>

  run      run the shop: database, migrations, demo on an empty data folder, web server
  serve    the web server alone, on the database of DATABASE_URL
  worker   send e-mail and webhooks that are due; run starts one by itself
  migrate  bring the database's tables up to date
  release  what a platform runs before a new version serves: migrate, the first administrator, check --deploy
  demo     load the demo shop
  books    check the books and report what does not agree
  backup   write a backup while the shop trades: backup [FOLDER] [--keep N]
  restore  restore a backup into an empty folder: restore FILE; see docs/backup.md
  check    Django's own checks of the installation
  manage   any of Django's commands: manage <name> ...
  help     this page

Settings come from the environment:
  HOST, PORT               where to serve (127.0.0.1, 8000)
  PUBLIC_URL               the address that documents carry
  FINETUNE_DATA_DIR        the shop's folder (var; for root, where that is closed, /var/lib/finetune)
  DATABASE_URL             a PostgreSQL server; unset: the built-in one in the shop's folder
  DATABASE_OWNER_URL       the user who migrates, where it is another one
  SECRET_KEY               needed with DATABASE_URL; else made once in the shop's folder
  FINETUNE_DEMO            0 leaves the demo out of a new folder
  FINETUNE_DEMO_PASSWORD   the demo users' password (finetune-demo)
  FINETUNE_BACKUP_DIR      where backups go (backups in the shop's folder)
  FINETUNE_PG_BIN          the folder of another PostgreSQL's programs
  FINETUNE_PG_USER         root only: the unprivileged user PostgreSQL runs as
  WEB_WORKERS, WEB_THREADS processes, and requests at once in each

run ends with 0 when it was stopped, 1 when something failed, 2 when it was refused (the message says why).
"""

MANAGED = {
    "migrate": "migrate",
    "demo": "seed_demo",
    "books": "check_books",
    "backup": "backup",
    "restore": "restore",
    "check": "check",
    "worker": "send_deliveries",
}
# They work on the code alone, so no database is started for them.
WITHOUT_DATABASE = {"check", "collectstatic", "compilemessages", "help"}
WITHOUT_DATABASE |= {"makemessages", "makemigrations", "openapi", "permissions", "version"}
# They work as the owner of the tables, and these make a database where there is none.
AS_OWNER = {"backup", "flush", "migrate", "restore", "sqlmigrate"}
MAKING = {"migrate", "restore"}


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and end the process with its status."""
    sys.exit(run(sys.argv[1:] if arguments is None else list(arguments)))


def run(arguments: list[str]) -> int:
    """Run a command; conditions to expect become a sentence and a status."""
    if parent := os.environ.pop(PARENT, ""):
        die_with_parent(int(parent))
    # Some platforms put a service's command in the place of the image's entry point, others behind it.
    if arguments[:1] == ["finetune"]:
        arguments = arguments[1:]
    command, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    try:
        return _dispatch(command, rest)
    except CannotRun as error:
        say_error(str(error))
        return error.status
    except AlreadyRunning as error:
        say_error(str(error))
        return REFUSED
    except DatabaseTrouble as error:
        say_error(str(error))
        return FAILED
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _dispatch(command: str, rest: list[str]) -> int:
    # Each command loads what it needs: the help must not wait for Django, nor Django for the web server.
    if command in ("help", "-h", "--help"):
        say(HELP)
        return OK
    if command == "run":
        from finetune.ops.run_shop import run_shop

        return run_shop(os.environ)
    if command == "serve":
        return _serve()
    if command == "release":
        from finetune.ops.release import release

        return release(rest, os.environ)
    if command in MANAGED:
        return _manage([MANAGED[command], *rest])
    if command == "manage":
        return _manage(rest or ["help"])
    raise CannotRun(f"There is no command {command!r}.\n\n{HELP}")


def _serve() -> int:
    from finetune.ops.web_server import serve

    if not os.environ.get("DATABASE_URL"):
        raise CannotRun("serve needs DATABASE_URL. For the built-in database use run.")
    serve(os.environ)
    return OK


def _manage(arguments: list[str]) -> int:
    name = arguments[0]
    if os.environ.get("DATABASE_URL") or name in WITHOUT_DATABASE or name.startswith("-"):
        return _django(arguments)
    data = data_folder()
    if name not in MAKING and not has_cluster(data):
        raise CannotRun(
            f"There is no shop in {data} yet. `make run` makes one; FINETUNE_DATA_DIR names another folder."
        )
    # Ended by Python's own means, so that the database we started for the command is stopped.
    signal.signal(signal.SIGTERM, _leave)
    with running_or_embedded_database(data, purpose=f"the command {name}", announce=say_error) as urls:
        os.environ.update(environment_for(data, urls))
        return _django(arguments)


def _django(arguments: list[str]) -> int:
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "finetune.settings")
    owner = os.environ.get("DATABASE_OWNER_URL")
    if owner and arguments[0] in AS_OWNER:
        os.environ["DATABASE_URL"] = owner
    execute_from_command_line(["finetune manage", *arguments])
    return OK


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)
