"""Let the first administrator in, who lets everybody else in by the pages."""

import re
import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from pydantic import ValidationError

from finetune.core import environment
from finetune.core.caller import Actor, Caller
from finetune.core.refusals import Refusal
from finetune.staff.actions import create_user
from finetune.staff.models import User
from finetune.staff.permissions import SYSTEM_ADMIN
from finetune.staff.schemas import UserIn

# Whoever may run commands beside the database; no user of the shop, so 0 in the audit.
SHELL = Actor(Caller(0, "shell", "Command line", SYSTEM_ADMIN, None, True), "create_admin")
LINE_MAX = 4096
PLACEHOLDERS = {"changeme", "password", "yourpassword", "replaceme"}


class Command(BaseCommand):
    help = (
        "Let an administrator in. The user name may come from FINETUNE_ADMIN_USERNAME, the password from "
        "FINETUNE_ADMIN_PASSWORD; else it is asked for. A user who is there already is never changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", nargs="?", default="")
        parser.add_argument("--name", default="", help="the person's name, for papers and lists")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from the first line of input"
        )
        parser.add_argument(
            "--if-none", action="store_true", help="do nothing where an administrator may log in already"
        )

    def handle(self, *args: Any, username: str, name: str, **options: Any) -> None:
        if options["if_none"] and _is_somebody_there():
            self.stdout.write("An administrator is there already.")
            return
        username = username or environment.text("FINETUNE_ADMIN_USERNAME") or _asked_username(options)
        password = _line_of_input() if options["password_stdin"] else _known_or_asked_password()
        if re.sub(r"[^a-z]", "", password.lower()) in PLACEHOLDERS:
            raise CommandError("That is the word that stands in an example. Set a password of your own.")
        try:
            _create(username=username, name=name, password=password)
        except CommandError:
            # Another release step may have been quicker by a moment.
            if not (options["if_none"] and _is_somebody_there()):
                raise
            self.stdout.write("An administrator is there already.")
            return
        self.stdout.write(f"{username} may log in and do everything in every store.")


def _is_somebody_there() -> bool:
    """One without a password cannot log in, and so lets nobody in."""
    admins = User.objects.filter(role=SYSTEM_ADMIN, is_active=True)
    return any(user.has_usable_password() for user in admins)


def _asked_username(options: dict[str, Any]) -> str:
    if not options["password_stdin"] and sys.stdin.isatty() and (given := input("User name: ").strip()):
        return given
    raise CommandError("Name the administrator: create-admin USERNAME, or FINETUNE_ADMIN_USERNAME.")


def _create(*, username: str, name: str, password: str) -> None:
    given = {"username": username, "name": name, "role": SYSTEM_ADMIN, "password": password}
    try:
        user = UserIn.model_validate(given)
        fields = user.model_dump(include={"username", "name", "role", "is_active"})
        create_user(actor=SHELL, fields=fields, stores=[], password=user.password)
    except ValidationError as error:
        problems = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise CommandError("; ".join(problems)) from None
    except Refusal as refusal:
        if isinstance(refusal.__cause__, OperationalError):
            raise refusal.__cause__  # noqa: B904  # its own cause says why; the refusal's words are for the API
        said = [f"{each.field}: {each.message}" for each in refusal.errors]
        raise CommandError("; ".join(said) or refusal.detail) from None


def _known_or_asked_password() -> str:
    if known := environment.text("FINETUNE_ADMIN_PASSWORD"):
        return known
    if not sys.stdin.isatty():
        raise CommandError(
            "There is no terminal to ask at: set FINETUNE_ADMIN_PASSWORD, or give --password-stdin."
        )
    password = getpass("Password: ")
    if password != getpass("The same again: "):
        raise CommandError("The two passwords differ.")
    return password


def _line_of_input() -> str:
    line = sys.stdin.readline(LINE_MAX + 1)
    if len(line) > LINE_MAX:
        raise CommandError("The first line of input is too long for a password.")
    return line.rstrip("\r\n")
