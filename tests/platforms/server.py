"""A PostgreSQL as a platform gives one: a database, an owner with a password who is no superuser, and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from finetune.core.postgres import Cluster, embedded_database
from finetune.core.postgres.location import SUPERUSER, socket_folder, url_for

OWNER, PASSWORD = "platform_owner", "of-the-platform"


@dataclass(frozen=True)
class Server:
    data: Path

    def url(self, user: str, password: str, database: str) -> str:
        host = quote(str(socket_folder(self.data)), safe="")
        return f"postgresql://{user}:{password}@/{database}?host={host}"

    def owner_url(self, database: str) -> str:
        return self.url(OWNER, PASSWORD, database)

    def make_database(self, name: str, *, may_make_users: bool = True) -> None:
        """An empty one, from the template without our own cluster's rights in it."""
        with psycopg.connect(url_for(SUPERUSER, self.data, "postgres"), autocommit=True) as admin:
            rights = sql.SQL("CREATEROLE" if may_make_users else "NOCREATEROLE")
            admin.execute(sql.SQL("ALTER ROLE {} {}").format(sql.Identifier(OWNER), rights))
            made = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                sql.Identifier(name), sql.Identifier(OWNER)
            )
            admin.execute(made)


@contextmanager
def platform_server(data: Path) -> Iterator[Server]:
    with embedded_database(data, durable=False):
        # Made, and its users: from now on people come in by password, over the socket that nobody else reaches.
        with psycopg.connect(url_for(SUPERUSER, data, "postgres"), autocommit=True) as admin:
            admin.execute(f"CREATE ROLE {OWNER} LOGIN PASSWORD '{PASSWORD}'")
        folder = Cluster(data).folder
        written = folder / "by-password.conf"
        written.write_text(f"local all {SUPERUSER} peer map=finetune\nlocal all all scram-sha-256\n")
        (folder / "local.conf").write_text(f"hba_file = '{written}'\n")
        for path in (written, folder / "local.conf"):
            path.chmod(0o644)
    with embedded_database(data, durable=False):
        yield Server(data)
