"""The list of a user's own log-ins through the pages, and the way to end them."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from finetune.core.listing import Row, rows_of
from finetune.staff.authentication import WEB_SESSION_KEY
from finetune.staff.models import User, WebSession
from finetune.staff.throttle import address_of

AGENT_LENGTH_MAX = 200

_OPEN = """
SELECT w.id, w.address, w.agent, w.started_at FROM staff_websession w JOIN staff_user u ON u.id = w.user_id
WHERE w.user_id = %(user)s AND w.ended_at IS NULL AND w.started_at > now() - make_interval(secs => %(age)s)
ORDER BY w.started_at DESC, w.id DESC LIMIT 50
"""


def note_log_in(request: HttpRequest, user: User) -> None:
    """Write down a log-in that just happened, and let its session know its row."""
    agent = "".join(letter for letter in request.headers.get("User-Agent", "") if letter.isprintable())
    row = WebSession.objects.create(user=user, address=address_of(request), agent=agent[:AGENT_LENGTH_MAX])
    request.session[WEB_SESSION_KEY] = row.pk


def open_sessions(user_id: int) -> list[Row]:
    return rows_of(_OPEN, {"user": user_id, "age": settings.SESSION_COOKIE_AGE})


def end_session(*, user_id: int, session_id: int, at: datetime) -> bool:
    """End one of the user's own. Whether it was open."""
    return WebSession.objects.filter(pk=session_id, user_id=user_id, ended_at=None).update(ended_at=at) == 1


def end_other_sessions(*, user_id: int, but: int | None, at: datetime) -> int:
    others = WebSession.objects.filter(user_id=user_id, ended_at=None)
    if but is not None:
        others = others.exclude(pk=but)
    return others.update(ended_at=at)
