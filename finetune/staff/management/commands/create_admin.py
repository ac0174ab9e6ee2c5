import os
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from pydantic import ValidationError

from finetune.core.caller import Actor, Caller
from finetune.core.refusals import Refusal
from finetune.staff.actions import create_user
from finetune.staff.permissions import SYSTEM_ADMIN
from finetune.staff.schemas import UserIn

PASSWORD_VARIABLE = "FINETUNE_ADMIN_PASSWORD"  # noqa: S105 - the name of a variable
# Whoever may run commands beside the database; no user of the shop, so 0 in the audit.
SHELL = Actor(Caller(0, "shell", "Command line", SYSTEM_ADMIN, None, True), "create_admin")


class Command(BaseCommand):
    help = f"Let an administrator in. Asks for the password, or takes it from {PASSWORD_VARIABLE}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="")

    def handle(self, *args: Any, username: str, name: str, **options: Any) -> None:
        password = os.environ.get(PASSWORD_VARIABLE) or _asked_password()
        try:
            user = UserIn.model_validate(
                {"username": username, "name": name, "role": SYSTEM_ADMIN, "password": password}
            )
        except ValidationError as error:
            problems = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
            raise CommandError("; ".join(problems)) from None
        fields = user.model_dump(include={"username", "name", "role", "is_active"})
        try:
            create_user(actor=SHELL, fields=fields, stores=[], password=user.password)
        except Refusal as refusal:
            raise CommandError(refusal.detail) from None
        self.stdout.write(f"{username} may log in and do everything in every store.")


def _asked_password() -> str:
    password = getpass("Password: ")
    if password != getpass("The same again: "):
        raise CommandError("The two passwords differ.")
    return password
