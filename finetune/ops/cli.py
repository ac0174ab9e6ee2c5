"""`python -m finetune <command>`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from finetune.core import environment
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
from finetune.ops.forgetting import start_anew_without_secrets
from finetune.ops.owner import become_owner
from finetune.ops.shop_folder import environment_for

HELP = """\
finetune <command>

  run           run the shop: database, migrations, demo on an empty data folder, web server
  serve         the web server alone, on the database of DATABASE_URL
  worker        send e-mail and webhooks that are due, and check the books each night; run starts one by itself
  migrate       bring the database's tables up to date
  release       what a platform runs before a new version serves: migrate, create-admin --if-none, check --deploy
  create-admin  let the first administrator in: create-admin [USERNAME] [--password-stdin] [--if-none]
  check         look at the code and settings; check --deploy [--accept CODE]: is it safe on the open Internet?
  settings      every setting, what it means and its present value
  books         check the books and report what does not agree; --record keeps it for /metrics and the pages
  backup        write a backup while the shop trades: backup [FOLDER] [--keep N]
  restore       restore a backup into an empty folder: restore FILE; see docs/backup.md
  demo          load the demo shop
  manage        any of Django's commands: manage <name> ...
  help          this page

Settings come from the environment; `settings` shows all of them with their values:
{settings}

run ends with 0 when it was stopped, 1 when something failed, 2 when it was refused (the message says why).
"""

MANAGED = {
    "create-admin": "create_admin",
    "migrate": "bring_up_to_date",
    "demo": "seed_demo",
    "books": "check_books",
    "backup": "backup",
    "restore": "restore",
    "check": "check",
    "worker": "send_deliveries",
}
# They work on the code alone, so no database is started for them.
WITHOUT_DATABASE = {"check", "collectstatic", "compilemessages", "help", "lay_out_static"}
WITHOUT_DATABASE |= {"makemessages", "makemigrations", "openapi", "permissions", "version"}
# They work as the owner of the tables, and these make a database where there is none.
AS_OWNER = {"backup", "bring_up_to_date", "flush", "migrate", "restore", "sqlmigrate"}
MAKING = {"bring_up_to_date", "migrate", "restore"}
# PostgreSQL says so of a table, column or function that is not there; and where it lets nobody in.
MISSING = ("42P01", "42703", "42883")
AWAY = ("08", "28", "3D", "57P", "53")
# They tell what is wrong with the settings themselves.
TOLERANT = {"help", "-h", "--help", "settings"}


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and end the process with its status."""
    if arguments is None:
        start_anew_without_secrets(sys.argv[1:])
    sys.exit(run(sys.argv[1:] if arguments is None else list(arguments)))


def run(arguments: list[str]) -> int:
    """Run a command; conditions to expect become a sentence and a status."""
    # Some platforms put a service's command in the place of the image's entry point, others behind it.
    if arguments[:1] == ["finetune"]:
        arguments = arguments[1:]
    command, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    _answer_sigterm_in_a_container()
    try:
        if command not in TOLERANT and not _is_deploy_check(command, rest):
            environment.refuse_malformed()
        if environment.is_set("FINETUNE_PARENT_PID"):
            die_with_parent(environment.number("FINETUNE_PARENT_PID"))
            del os.environ[PARENT]
        return _dispatch(command, rest)
    except CannotRun as error:
        say_error(str(error))
        return error.status
    except (AlreadyRunning, environment.SettingsTrouble) as error:
        say_error(str(error))
        return REFUSED
    except DatabaseTrouble as error:
        say_error(str(error))
        return FAILED
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _answer_sigterm_in_a_container() -> None:
    """The first process of a container is not ended by a signal that it does not handle. Servers handle it once they
    stand; until then, and for every other command, it would be waited for in vain and killed."""
    if os.getpid() == 1:
        signal.signal(signal.SIGTERM, _leave)


def _dispatch(command: str, rest: list[str]) -> int:
    # Each command loads what it needs: the help must not wait for Django, nor Django for the web server.
    if command in ("help", "-h", "--help"):
        say(help_text())
        return OK
    if command == "settings":
        from finetune.ops.settings_page import show_settings

        return show_settings(rest, os.environ)
    if command == "run":
        from finetune.ops.run_shop import run_shop

        return run_shop(os.environ)
    if command == "serve":
        return _serve()
    if command == "release":
        from finetune.ops.release import release

        return release(rest, os.environ)
    if _is_deploy_check(command, rest):
        from finetune.ops.deploy_check import check_deploy

        signal.signal(signal.SIGTERM, _leave)
        return check_deploy(rest)
    if command in MANAGED:
        return _manage([MANAGED[command], *rest])
    if command == "manage":
        return _manage(rest or ["help"])
    raise CannotRun(f"There is no command {command!r}.\n\n{help_text()}")


def _is_deploy_check(command: str, rest: list[str]) -> bool:
    return command == "check" and "--deploy" in rest


def help_text() -> str:
    brief = [(setting.name, setting.brief) for setting in environment.SETTINGS if setting.brief]
    return HELP.format(settings="\n".join(f"  {name:<22} {words}" for name, words in brief))


def _serve() -> int:
    from finetune.ops.web_server import serve

    if not environment.text("DATABASE_URL"):
        raise CannotRun("serve needs DATABASE_URL. For the built-in database use run.")
    serve(os.environ)
    return OK


def _manage(arguments: list[str]) -> int:
    name = arguments[0]
    if environment.text("DATABASE_URL") or name in WITHOUT_DATABASE or name.startswith("-"):
        return _django(arguments)
    data = data_folder()
    if name not in MAKING and not has_cluster(data):
        raise CannotRun(
            f"There is no shop in {data} yet. `make run` makes one; FINETUNE_DATA_DIR names another folder."
        )
    # Ended by Python's own means, so that the database we started for the command is stopped.
    signal.signal(signal.SIGTERM, _leave)
    with running_or_embedded_database(data, purpose=f"the command {name}", announce=say_error) as urls:
        environment.adopt(environment_for(data, urls))
        return _django(arguments)


def _django(arguments: list[str]) -> int:
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "finetune.settings")
    if arguments[0] in AS_OWNER:
        become_owner()
    from django.db import OperationalError, ProgrammingError

    try:
        execute_from_command_line(["finetune manage", *arguments])
    except (OperationalError, ProgrammingError) as error:
        sentence = _in_words(error)
        if not sentence:
            raise
        raise DatabaseTrouble(sentence) from error
    return OK


def _in_words(error: Exception) -> str:
    """What is to be expected of a database: that it does not let us in, or has no tables yet."""
    import psycopg

    state = str(getattr(error.__cause__, "sqlstate", None) or "")
    if state in MISSING:
        return "The database has not all tables of this version: finetune migrate makes them."
    if isinstance(error.__cause__, psycopg.OperationalError) and (not state or state.startswith(AWAY)):
        return f"The database does not answer: {' '.join(str(error).split())}"
    return ""


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)
