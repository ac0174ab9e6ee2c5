"""What the database gives away: who its user is, and whether its tables are those of this version."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg

from finetune.core.migrated import is_up_to_date
from finetune.ops.deploy_check.findings import Finding

SAID_MAX = 300
# Whoever owns the schema may drop what is in it; a member of the owner may become the owner.
_WHO = """
SELECT current_user, role.rolsuper,
    (SELECT count(*) FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND pg_has_role(relowner, 'MEMBER')),
    (SELECT pg_has_role(nspowner, 'MEMBER') FROM pg_namespace WHERE nspname = 'public')
FROM pg_roles AS role WHERE role.rolname = current_user
"""


def of_database(url: str) -> Iterator[Finding]:
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            row = connection.execute(_WHO).fetchone()
    except psycopg.Error as error:
        yield unreachable(" ".join(str(error).split())[:SAID_MAX])
        return
    assert row is not None
    yield from _owner(*row)
    if not is_up_to_date(url):
        yield Finding(
            "migrations",
            "The database's tables are not those of this version of FineTune.",
            "Run finetune migrate before this version serves.",
        )


def unreachable(why: str) -> Finding:
    return Finding(
        "database_unreachable",
        f"The database does not answer, so its user, its tables and the demo's users were not looked at: {why}",
        "Put DATABASE_URL right, or start the database, and check again.",
    )


def _owner(user: str, is_superuser: bool, tables: int, owns_schema: bool) -> Iterator[Finding]:
    if is_superuser:
        what = "is a superuser"
    elif tables:
        what = f"owns {tables} of the tables, or may become who does"
    elif owns_schema:
        what = "owns the schema that the tables are in, or may become who does"
    else:
        return
    yield Finding(
        "database_owner",
        f"The user {user} of DATABASE_URL {what}: a request that was turned against the shop could switch off the "
        "triggers that keep bills and books unchanged.",
        "Set DATABASE_OWNER_URL to this address, and DATABASE_URL to the same one with the user finetune_app and a "
        "password of your own; finetune migrate makes that user. Where a platform gives one user only, "
        "--accept database_owner.",
    )
