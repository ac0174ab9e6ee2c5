"""What a session remembers, and who it belongs to."""

from django.conf import settings
from django.http import HttpRequest

from finetune.core.caller import Caller
from finetune.staff.authentication import caller_for_session

STORE_KEY = "store"


def caller_of(request: HttpRequest) -> Caller | None:
    """Nothing is looked up for a visitor without a session cookie."""
    return caller_for_session(request) if settings.SESSION_COOKIE_NAME in request.COOKIES else None
