"""Fill an empty database with the demo shop."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from finetune.core import environment
from finetune.core.refusals import Refusal
from finetune.ops.console import say
from finetune.ops.demo.load import DemoRefused, load_demo
from finetune.ops.run_options import DEFAULT_DEMO_PASSWORD


class Command(BaseCommand):
    help = (
        "Load the demo shop into an empty database: three stores, users admin, manager, advisor and auditor, "
        "two weeks of trade. A run that was cut off is taken up where it ended."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        password = environment.text("FINETUNE_DEMO_PASSWORD") or DEFAULT_DEMO_PASSWORD
        try:
            load_demo(password=password, say=say)
        except DemoRefused as error:
            raise CommandError(str(error)) from error
        except Refusal as error:
            about = "FINETUNE_DEMO_PASSWORD: " if error.code == "weak_password" else ""
            raise CommandError(f"{about}{error.detail}") from error
