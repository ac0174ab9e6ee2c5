"""Whether the demo is still open to everyone who knows its password."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from finetune.ops.run_options import DEFAULT_DEMO_PASSWORD

DEMO_USERS = ("admin", "manager", "advisor", "auditor")


class Command(BaseCommand):
    help = "Fail while an active demo user still has the demo's well-known password."

    def handle(self, *args: Any, **options: Any) -> None:
        users = get_user_model().objects.filter(username__in=DEMO_USERS, is_active=True)
        still = sorted(user.get_username() for user in users if user.check_password(DEFAULT_DEMO_PASSWORD))
        if still:
            raise CommandError(f"Still with the demo's well-known password: {', '.join(still)}.")
