"""Whether the demo is still open to everyone who knows its password."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from finetune.ops.demo_password import users_with_demo_password


class Command(BaseCommand):
    help = "Fail while an active demo user still has the demo's well-known password."

    def handle(self, *args: Any, **options: Any) -> None:
        if still := users_with_demo_password():
            raise CommandError(f"Still with the demo's well-known password: {', '.join(still)}.")
