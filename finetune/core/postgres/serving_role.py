"""The user that serves, on a server: the owner of the tables makes it, repairs it and gives it its rights.

So nobody types SQL on a managed PostgreSQL: DATABASE_OWNER_URL is what the platform gives, DATABASE_URL the same
address with another user and a password of one's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict

from finetune.core.postgres import roles
from finetune.core.postgres.account import Announce
from finetune.core.postgres.trouble import DatabaseTrouble

CONNECT_TIMEOUT = 10
REFUSED = "password authentication failed"
# For the administrator, who reads the password where it is set; a log is no place for it.
PASSWORD_SHOWN = "the password that DATABASE_URL has"  # noqa: S105

_RELATIONS = """
SELECT c.relname, c.relkind = 'S' AS is_sequence,
    NOT coalesce(rights.held @> CASE WHEN c.relkind = 'S' THEN ARRAY['USAGE', 'SELECT']
        ELSE ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'] END, false) AS lacks,
    coalesce(rights.held && ARRAY['TRUNCATE', 'REFERENCES', 'TRIGGER'], false) AS has_too_much
FROM pg_class c
CROSS JOIN LATERAL (SELECT array_agg(a.privilege_type) AS held FROM aclexplode(c.relacl) a
    WHERE a.grantee = %(serving)s::oid) rights
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
    AND c.relowner = quote_ident(current_user)::regrole
ORDER BY c.relname
"""
_HAS_DEFAULTS = """
SELECT count(*) FROM pg_default_acl d CROSS JOIN LATERAL aclexplode(d.defaclacl) a
WHERE d.defaclrole = quote_ident(current_user)::regrole AND d.defaclnamespace = 0 AND a.grantee = %(serving)s::oid
    AND (d.defaclobjtype::text, a.privilege_type) IN (('r', 'SELECT'), ('r', 'INSERT'), ('r', 'UPDATE'),
        ('r', 'DELETE'), ('S', 'USAGE'), ('S', 'SELECT'), ('f', 'EXECUTE'))
"""
DEFAULTS = 7
# Where the schema is not ours to close, as on a server that was once a PostgreSQL 14, it stays as it is.
_EVERYBODY_MAY_MAKE_TABLES = """
SELECT has_schema_privilege('public', n.oid, 'CREATE') AND pg_has_role(n.nspowner, 'USAGE')
FROM pg_namespace n WHERE n.nspname = 'public'
"""
_USED_ELSEWHERE = """
SELECT EXISTS (SELECT FROM pg_shdepend s JOIN pg_database d ON d.oid = s.dbid
    WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = %(serving)s::oid AND d.datname <> current_database())
"""


def ensure_serving_role(owner: roles.Connection, url: str, announce: Announce) -> None:
    """Bring the user of `url` to what it should be, where it is another one than the owner. Says what it changes.

    `owner` commits by itself. Raises DatabaseTrouble with the SQL for an administrator where the owner may not.
    """
    serving = str(conninfo_to_dict(url).get("user") or "")
    us = _value(owner, "SELECT current_user")
    if serving in ("", us):
        return
    if owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %s AND rolsuper", [serving]).fetchone():
        raise DatabaseTrouble(
            f"The user {serving} of DATABASE_URL rules the whole server, and {us} is that of DATABASE_OWNER_URL: "
            "the two look exchanged. DATABASE_OWNER_URL names who owns the tables, DATABASE_URL who serves and owns "
            "nothing."
        )
    password = str(conninfo_to_dict(url).get("password") or "")
    if _number_of(owner, serving) is None:
        announce(f"Making the database user {serving}, which serves and owns nothing")
        _make(owner, us, serving, password)
    elif password and _is_refused(url):
        announce(f"Giving the database user {serving} the password of DATABASE_URL")
        _give_password(owner, us, serving, password)
    if rights := _missing_rights(owner, us, serving):
        announce(f"Giving the database user {serving} the rights it lacks")
        _execute(owner, us, serving, rights)
    _bound(url, serving, announce)


def _make(owner: roles.Connection, us: str, serving: str, password: str) -> None:
    plain = [roles.create_role(serving)]
    rights = [*_rights_of_the_database(owner, serving), *roles.default_rights(us, serving)]
    whole = [*plain, *_password(serving, PASSWORD_SHOWN if password else ""), *rights]
    verifier = _verifier(owner, serving, password)
    _execute(owner, us, serving, [*plain, *_password(serving, verifier), *rights], shown=whole)


def _give_password(owner: roles.Connection, us: str, serving: str, password: str) -> None:
    if _value(owner, _USED_ELSEWHERE, {"serving": _number_of(owner, serving)}):
        raise DatabaseTrouble(
            f"The user {serving} refuses the password of DATABASE_URL, and it has rights in another database of this "
            "server. If that is another shop, name another user in DATABASE_URL: migrate then makes it. If it is the "
            "same user's, put its password into DATABASE_URL."
        )
    verifier = _verifier(owner, serving, password)
    shown = _password(serving, PASSWORD_SHOWN)
    _execute(owner, us, serving, _password(serving, verifier), shown=shown)


def _verifier(owner: roles.Connection, serving: str, password: str) -> str:
    """What the server keeps of the password, worked out here: the password itself is not sent, nor in any log."""
    if not password:
        return ""
    return owner.pgconn.encrypt_password(password.encode(), serving.encode(), b"scram-sha-256").decode()


def _password(serving: str, password: str) -> list[sql.Composed]:
    if not password:
        return []
    return [sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(serving), sql.Literal(password))]


def _missing_rights(owner: roles.Connection, us: str, serving: str) -> list[sql.Composed]:
    number = {"serving": _number_of(owner, serving)}
    found = _rights_of_the_database(owner, serving)
    if _value(owner, _HAS_DEFAULTS, number) < DEFAULTS:
        found += roles.default_rights(us, serving)
    for name, is_sequence, lacks, has_too_much in owner.execute(_RELATIONS, number).fetchall():
        relation, kind = sql.Identifier("public", name), "SEQUENCES" if is_sequence else "TABLES"
        if has_too_much:
            revoke = sql.SQL("REVOKE TRUNCATE, REFERENCES, TRIGGER ON {} FROM {}")
            found.append(revoke.format(relation, sql.Identifier(serving)))
        if lacks:
            grant = sql.SQL("GRANT {} ON {} {} TO {}")
            on = sql.SQL("SEQUENCE" if is_sequence else "TABLE")
            found.append(grant.format(sql.SQL(roles.RIGHTS[kind]), on, relation, sql.Identifier(serving)))
    return found


def _rights_of_the_database(owner: roles.Connection, serving: str) -> list[sql.Composed]:
    """To get in and to look around, but not to make anything. A role that is not made yet has what everybody has."""
    who = "public" if _number_of(owner, serving) is None else serving
    database = sql.Identifier(_value(owner, "SELECT current_database()"))
    role = sql.Identifier(serving)
    wanted = []
    if not _value(owner, "SELECT has_database_privilege(%s, current_database(), 'CONNECT')", [who]):
        wanted.append(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, role))
    if _value(owner, _EVERYBODY_MAY_MAKE_TABLES):
        wanted.append(sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC").format())
    if not _value(owner, "SELECT has_schema_privilege(%s, 'public', 'USAGE')", [who]):
        wanted.append(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))
    return wanted


def _execute(
    owner: roles.Connection,
    us: str,
    serving: str,
    statements: Iterable[sql.Composed],
    *,
    shown: Iterable[sql.Composed] | None = None,
) -> None:
    """All or none. `shown` is what an administrator is given to run, where that is something else."""
    statements = list(statements)
    try:
        with owner.transaction():
            for statement in statements:
                owner.execute(statement)
    except psycopg.Error as error:
        lines = "".join(f"  {each.as_string(owner)};\n" for each in (shown or statements))
        raise DatabaseTrouble(
            f"The user {us} of DATABASE_OWNER_URL may not set up the user {serving} of DATABASE_URL: "
            f"{str(error).strip()}\nLet the administrator of the database run this, in the database "
            f"{_value(owner, 'SELECT current_database()')}, and migrate again:\n\n{lines}"
        ) from error


def _bound(url: str, serving: str, announce: Announce) -> None:
    """Its time limits, which a user may set for itself. One that was set otherwise stays as it is."""
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT) as own:
            kept = own.execute(
                "SELECT split_part(unnest(s.setconfig), '=', 1) FROM pg_db_role_setting s"
                " LEFT JOIN pg_database d ON d.oid = s.setdatabase"
                " WHERE s.setrole = quote_ident(current_user)::regrole"
                " AND (s.setdatabase = 0 OR d.datname = current_database())"
            )
            missing = roles.LIMITS.keys() - {str(name) for (name,) in kept}
            for name in sorted(missing):
                own.execute(roles.limit(serving, name))
    except psycopg.Error as error:
        announce(f"The database cannot be used with DATABASE_URL from here yet: {str(error).strip()}")
        return
    if missing:
        announce(f"The database user {serving} has its time limits now: {', '.join(sorted(missing))}")


def _is_refused(url: str) -> bool:
    """Whether it is the password that is wrong. A server that cannot be reached says nothing about it."""
    try:
        psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT).close()
    except psycopg.OperationalError as error:
        return REFUSED in str(error) or isinstance(error, errors.InvalidPassword)
    return False


def _number_of(owner: roles.Connection, role: str) -> int | None:
    found = owner.execute("SELECT oid FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    return None if found is None else int(found[0])


def _value(connection: roles.Connection, query: str, values: Any = None) -> Any:
    row = connection.execute(query, values).fetchone()
    assert row is not None
    return row[0]
