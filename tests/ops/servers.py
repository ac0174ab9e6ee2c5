"""A PostgreSQL server as a platform gives it: users with passwords, one of whom owns the database."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from finetune.core.postgres import Cluster, socket_folder, url_for
from tests.ops.people import US, folder_for

ROOT = Path(__file__).resolve().parents[2]
# Everybody but the superuser shows a password, over the same socket.
ENTRANCES = "local all finetune_super peer map=finetune\nlocal all all scram-sha-256\n"
SECRET = "only-for-tests-" + "x" * 50


@dataclass(frozen=True)
class Server:
    data: Path

    def url(self, user: str, password: str, database: str) -> str:
        host = quote(str(socket_folder(self.data)), safe="")
        return f"postgresql://{user}:{quote(password, safe='')}@/{database}?host={host}"

    def as_superuser(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(url_for("finetune_super", self.data, database), autocommit=True)

    def make_database(self, name: str, *, owner: str, rights: str = "CREATEROLE") -> None:
        with self.as_superuser() as connection:
            connection.execute(f"CREATE ROLE \"{owner}\" LOGIN {rights} PASSWORD '{owner}-password'")
            connection.execute(f'CREATE DATABASE {name} OWNER "{owner}" TEMPLATE template0')

    def environ(self, database: str, *, owner: str, user: str, password: str) -> dict[str, str]:
        """What a platform sets for the release step."""
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME") if name in os.environ}
        return {
            **kept,
            "DATABASE_OWNER_URL": self.url(owner, f"{owner}-password", database),
            "DATABASE_URL": self.url(user, password, database),
            "SECRET_KEY": SECRET,
            "FINETUNE_DATA_DIR": str(self.data.parent / "elsewhere"),
        }


@contextmanager
def server(environ: Mapping[str, str]) -> Iterator[Server]:
    with folder_for(US, "finetune-server-") as folder:
        entrances = folder / "entrances.conf"
        entrances.write_text(ENTRANCES)
        entrances.chmod(0o644)
        cluster = Cluster(folder / "data", durable=False, environ=environ)
        cluster.prepare_folder()
        cluster.create()
        own = cluster.folder / "local.conf"
        own.write_text(f"hba_file = '{entrances}'\n")
        own.chmod(0o644)
        try:
            cluster.bring_up()
            yield Server(folder / "data")
        finally:
            cluster.stop()


def start(environ: Mapping[str, str], *arguments: str, told: Path | None = None) -> subprocess.Popen[str]:
    output = subprocess.PIPE if told is None else told.open("w")
    return subprocess.Popen(
        [sys.executable, "-m", "finetune", *arguments],
        env={**environ, "PYTHONUNBUFFERED": "1"},
        cwd=ROOT,
        stdout=output,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finetune(environ: Mapping[str, str], *arguments: str) -> tuple[int, str]:
    process = start(environ, *arguments)
    output, _ = process.communicate(timeout=240)
    return process.returncode, output
