"""The roles of a database and their rights: the same for the built-in one and on a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import sql

from finetune.core.postgres.location import APP, DATABASE, OWNER

Connection = psycopg.Connection[tuple[Any, ...]]
Connect = Callable[[str], Connection]

# Given on every start, so that a cluster left half made, or made by an older version, comes out the same.
PLAIN = "LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT"

# No TRUNCATE, REFERENCES or TRIGGER: whoever serves requests can neither empty a table nor get round its triggers.
RIGHTS = {"TABLES": "SELECT, INSERT, UPDATE, DELETE", "SEQUENCES": "USAGE, SELECT", "FUNCTIONS": "EXECUTE"}

# Every session of the role that serves has them, also where a pooler drops what a connection asks for at its start.
# settings.py asks for the same, for a role that was made by hand.
LIMITS = {
    "lock_timeout": "5s",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
    "plan_cache_mode": "force_generic_plan",
}


def create_role(role: str, rights: str = "NOCREATEDB", *, verb: str = "CREATE") -> sql.Composed:
    return sql.SQL(f"{verb} ROLE {{}} {PLAIN} {rights}").format(sql.Identifier(role))


def default_rights(owner: str, serving: str) -> list[sql.Composed]:
    """On whatever the owner makes from now on."""
    statement = "ALTER DEFAULT PRIVILEGES FOR ROLE {} GRANT {} ON {} TO {}"
    return [
        sql.SQL(statement).format(
            sql.Identifier(owner), sql.SQL(rights), sql.SQL(kind), sql.Identifier(serving)
        )
        for kind, rights in RIGHTS.items()
    ]


def limit(serving: str, name: str) -> sql.Composed:
    statement = sql.SQL("ALTER ROLE {} SET {} = {}")
    return statement.format(sql.Identifier(serving), sql.Identifier(name), sql.Literal(LIMITS[name]))


IN_THE_DATABASE: tuple[sql.SQL | sql.Composed, ...] = (
    sql.SQL(f"ALTER SCHEMA public OWNER TO {OWNER}"),
    sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC"),
    sql.SQL(f"GRANT USAGE ON SCHEMA public TO {APP}"),
    *default_rights(OWNER, APP),
)


def ensure_roles_and_database(connect: Connect, *, may_create_databases: bool) -> None:
    """Bring roles, database and rights to what they should be. `connect` opens a database as the superuser.

    The same rights go into template1, or a database made later (a test's) would come without them.
    """
    create = "CREATEDB" if may_create_databases else "NOCREATEDB"
    with connect("postgres") as connection:
        present = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        for role, rights in ((OWNER, create), (APP, "NOCREATEDB")):
            verb = "ALTER" if role in present else "CREATE"
            connection.execute(create_role(role, rights, verb=verb))
        for name in LIMITS:
            connection.execute(limit(APP, name))
    for database in ("template1", DATABASE):
        if database == DATABASE:
            _ensure_database(connect)
        with connect(database) as connection:
            for statement in IN_THE_DATABASE:
                connection.execute(statement)
    with connect("postgres") as connection:
        connection.execute(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
        connection.execute(f"GRANT CONNECT ON DATABASE {DATABASE} TO {APP}")


def _ensure_database(connect: Connect) -> None:
    connection = connect("postgres")
    try:
        # CREATE DATABASE does not run inside a transaction.
        connection.autocommit = True
        found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if found is None:
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
    finally:
        connection.close()
