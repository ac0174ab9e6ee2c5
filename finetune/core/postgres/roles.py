"""The three roles of a cluster and the one database they share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg

from finetune.core.postgres.location import APP, DATABASE, OWNER

Connection = psycopg.Connection[tuple[Any, ...]]
Connect = Callable[[str], Connection]

# Given on every start, so that a cluster left half made, or made by an older version, comes out the same.
PLAIN = "LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT"

IN_THE_DATABASE = (
    f"ALTER SCHEMA public OWNER TO {OWNER}",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    f"GRANT USAGE ON SCHEMA public TO {APP}",
    # No TRUNCATE, REFERENCES or TRIGGER: whoever serves requests can neither empty a table nor get round its
    # triggers.
    f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP}",
    f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT USAGE, SELECT ON SEQUENCES TO {APP}",
    f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT EXECUTE ON FUNCTIONS TO {APP}",
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
            connection.execute(f"{verb} ROLE {role} {PLAIN} {rights}")
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
