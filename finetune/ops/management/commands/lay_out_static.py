"""Lay the static files out in FINETUNE_STATIC_DIR, without what libraries bring and no page loads."""

from typing import Any

from django.contrib.staticfiles.management.commands import collectstatic

from finetune.ops.static_folder import LEFT_OUT, VARIABLE


class Command(collectstatic.Command):
    help = f"Lay the static files out in the folder that {VARIABLE} names, as serve does; an image does it beforehand."

    def handle(self, **options: Any) -> str | None:
        options["ignore_patterns"] = [*options["ignore_patterns"], *LEFT_OUT]
        return super().handle(**{**options, "interactive": False})
