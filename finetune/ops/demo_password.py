"""Whether the demo is still open to everyone who knows its password."""

from django.contrib.auth import get_user_model

from finetune.ops.run_options import DEFAULT_DEMO_PASSWORD

DEMO_USERS = ("admin", "manager", "advisor", "auditor")


def users_with_demo_password() -> list[str]:
    """The demo's users who may log in with it."""
    users = get_user_model().objects.filter(username__in=DEMO_USERS, is_active=True)
    return sorted(user.get_username() for user in users if user.check_password(DEFAULT_DEMO_PASSWORD))
