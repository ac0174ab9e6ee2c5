"""Access and refresh tokens: opaque, kept as hashes, revoked by the family."""

import secrets
from dataclasses import dataclass

from django.db import connection, transaction

from finetune.core.refusals import Refusal
from finetune.staff.authentication import digest_of

ACCESS_SECONDS = 30 * 60
REFRESH_DAYS = 30


@dataclass(frozen=True, slots=True)
class TokenPair:
    access: str
    refresh: str
    expires_in: int = ACCESS_SECONDS


_ISSUE = """
WITH access AS (
    INSERT INTO staff_accesstoken (digest, family_id, expires_at)
    VALUES (%(access)s, %(family)s, now() + make_interval(secs => %(seconds)s))
)
INSERT INTO staff_refreshtoken (digest, family_id, expires_at)
VALUES (%(refresh)s, %(family)s, now() + make_interval(days => %(days)s))
"""


def issue_pair(family_id: int) -> TokenPair:
    pair = TokenPair(secrets.token_urlsafe(32), secrets.token_urlsafe(32))
    with connection.cursor() as cursor:
        cursor.execute(
            _ISSUE,
            {
                "access": digest_of(pair.access),
                "refresh": digest_of(pair.refresh),
                "family": family_id,
                "seconds": ACCESS_SECONDS,
                "days": REFRESH_DAYS,
            },
        )
    return pair


def start_family(user_id: int) -> TokenPair:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO staff_tokenfamily (user_id) VALUES (%s) RETURNING id", [user_id])
        return issue_pair(cursor.fetchone()[0])


def rotate(refresh: str) -> TokenPair:
    """A new pair for a refresh token that was not used yet. A used one revokes its family: it was copied."""
    refused = Refusal(401, "invalid_token", "This refresh token is not valid any more. Log in again.")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """SELECT t.family_id, t.used_at IS NOT NULL
               FROM staff_refreshtoken t JOIN staff_tokenfamily f ON f.id = t.family_id
               JOIN staff_user u ON u.id = f.user_id
               WHERE t.digest = %s AND t.expires_at > now() AND f.revoked_at IS NULL AND u.is_active
               FOR UPDATE OF t, f""",
            [digest_of(refresh)],
        )
        row = cursor.fetchone()
        if row is None:
            raise refused
        family_id, was_used = row
        if not was_used:
            sql = "UPDATE staff_refreshtoken SET used_at = now() WHERE digest = %s"
            cursor.execute(sql, [digest_of(refresh)])
            return issue_pair(family_id)
        revoke(family_ids=[family_id], because="refresh token used twice")
    raise refused


def revoke(*, family_ids: list[int], because: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE staff_tokenfamily SET revoked_at = now(), revoked_because = %s"
            " WHERE id = ANY(%s) AND revoked_at IS NULL",
            [because, family_ids],
        )


def revoke_all(*, user_id: int, because: str, except_family: int | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE staff_tokenfamily SET revoked_at = now(), revoked_because = %s"
            " WHERE user_id = %s AND revoked_at IS NULL AND id IS DISTINCT FROM %s",
            [because, user_id, except_family],
        )


_FORGET = (
    "DELETE FROM staff_accesstoken WHERE expires_at < now() - interval '1 day'",
    "DELETE FROM staff_refreshtoken WHERE expires_at < now() - interval '1 day'",
    """DELETE FROM staff_tokenfamily f WHERE created_at < now() - interval '60 days'
       AND NOT EXISTS (SELECT FROM staff_refreshtoken t WHERE t.family_id = f.id)
       AND NOT EXISTS (SELECT FROM staff_accesstoken t WHERE t.family_id = f.id)""",
    "DELETE FROM staff_loginattempt WHERE at < now() - interval '31 days'",
    # Long after the session itself has ended: one that lives must find its row.
    "DELETE FROM staff_websession WHERE started_at < now() - interval '60 days'",
)


def forget_expired() -> None:
    """Old rows that no decision needs any more. Called at log-in now and then, so the tables stay small."""
    with connection.cursor() as cursor:
        for statement in _FORGET:
            cursor.execute(statement)
