"""From a request to a Caller, in one statement for a token."""

import hashlib
import re

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from finetune.core.caller import Caller
from finetune.core.statements import prepared_cursor
from finetune.staff.models import User
from finetune.staff.permissions import EVERY_STORE, permits, sees_cost

_COLUMNS = """u.id, u.username, u.name, u.role,
    ARRAY(SELECT m.store_id FROM staff_membership m WHERE m.user_id = u.id ORDER BY m.store_id)"""

_BY_TOKEN = f"""
SELECT {_COLUMNS}, f.id
FROM staff_accesstoken t JOIN staff_tokenfamily f ON f.id = t.family_id JOIN staff_user u ON u.id = f.user_id
WHERE t.digest = %s AND t.expires_at > now() AND f.revoked_at IS NULL AND u.is_active
"""

_BY_SESSION = f"""
SELECT {_COLUMNS}, NULL::bigint, u.password, u.epoch FROM staff_user u
WHERE u.id = %s AND u.is_active
    AND NOT EXISTS (SELECT FROM staff_websession w WHERE w.id = %s AND w.ended_at IS NOT NULL)
"""
WEB_SESSION_KEY = "web_session"  # the row of this session in the user's own list


def digest_of(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


class StaffDoorkeeper:
    """Answers `core.http` for this shop's staff."""

    def caller_of(self, request: HttpRequest) -> tuple[Caller | None, bool]:
        header = request.headers.get("Authorization")
        if header is not None:
            match = re.fullmatch(r"(?i:bearer) +([A-Za-z0-9_.~+/=-]{20,200})", header.strip())
            return (caller_for_token(match[1]) if match else None), False
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            return caller_for_session(request), True
        return None, False

    def permits(self, role: str, verb: str) -> bool:
        return permits(role, verb)


def caller_for_token(token: str) -> Caller | None:
    with prepared_cursor() as cursor:
        cursor.execute(_BY_TOKEN, [digest_of(token)])
        row = cursor.fetchone()
    return None if row is None else make_caller(*row)


def caller_for_session(request: HttpRequest) -> Caller | None:
    """The session's user, while its password and epoch are those that it logged in with."""
    user_id = request.session.get(SESSION_KEY)
    if user_id is None or request.session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_BY_SESSION, [user_id, request.session.get(WEB_SESSION_KEY)])
        row = cursor.fetchone()
    if row is None:
        return None
    *columns, password, epoch = row
    expected = User(password=password, epoch=epoch).get_session_auth_hash()
    if not constant_time_compare(request.session.get(HASH_SESSION_KEY, ""), expected):
        return None
    return make_caller(*columns)


def renew_session(request: HttpRequest, user: User) -> None:
    """Keep the session of a user whose password was just changed in it, under a new key.

    Django's own update_session_auth_hash asks for request.user, which would first end the session.
    """
    request.session.cycle_key()
    request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()


def make_caller(
    user_id: int, username: str, name: str, role: str, stores: list[int], family_id: int | None = None
) -> Caller:
    store_ids = None if role in EVERY_STORE else tuple(stores)
    return Caller(user_id, username, name, role, store_ids, sees_cost(role), family_id)
