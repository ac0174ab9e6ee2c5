"""What Django's own checks for deployment find, and who is let in by a well-known password."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator

from finetune.core import environment
from finetune.ops.deploy_check.findings import Finding

# Told by our own findings, with what to set here.
TOLD = {
    "security.W009": "secret_key",
    "security.W018": "debug",
    "security.W020": "allowed_hosts",
    "security.W004": "public_url",
    "security.W012": "public_url",
    "security.W016": "public_url",
}


def of_django(found: set[str]) -> Iterator[Finding]:
    """`found` are the codes of what was found already."""
    _set_up()
    from django.conf import settings
    from django.core import checks

    if settings.DEBUG:
        yield Finding(
            "debug",
            "DEBUG is on: whoever causes an error is shown the shop's code and settings.",
            "Set it off.",
        )
        found.add("debug")
    for message in checks.run_checks(include_deployment_checks=True):
        code = str(message.id)
        if message.level >= checks.WARNING and not message.is_silenced() and TOLD.get(code) not in found:
            yield Finding(
                code, " ".join(message.msg.split()), message.hint or "See Django's page of system checks."
            )


def of_demo_users() -> Iterator[Finding]:
    """The database answers and its tables are there."""
    _set_up()
    from finetune.ops.demo_password import users_with_demo_password

    if users := users_with_demo_password():
        yield Finding(
            "demo_users",
            f"{', '.join(users)} can be logged in as with the demo's password, which everyone knows.",
            "Deactivate them or give them other passwords under People, or begin with a database without the demo.",
        )


def _set_up() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "finetune.settings")
    if environment.is_set("DATABASE_URL") and not environment.is_set("SECRET_KEY"):
        # That it is missing was told; the rest can be looked at all the same.
        environment.put("SECRET_KEY", secrets.token_urlsafe(50))
    django.setup()
