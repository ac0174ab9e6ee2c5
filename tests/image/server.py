"""A PostgreSQL server elsewhere: reached by address and password, over TLS where its programs have it.

As with a platform's own, its user may make roles and owns the database, and is no superuser.
"""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

from finetune.core.postgres.account import database_account
from finetune.core.postgres.programs import find_programs, plain_environment

SUPER, PLATFORM, APP = "super", "platform", "finetune_app"
PASSWORDS = {SUPER: "of-the-operator", PLATFORM: "of-the-platform/0123456789", APP: "of-the-shop@0123456789"}
AUTHORITY = "/run/authority.pem"


class Server:
    def __init__(self, folder: Path, port: int, *, has_tls: bool) -> None:
        self.folder, self.port, self.has_tls = folder, port, has_tls

    def url(self, user: str, database: str = "finetune", authority: str = AUTHORITY) -> str:
        """libpq's address of it; `authority` is where the caller has the certificate."""
        start = f"postgresql://{user}:{quote(PASSWORDS[user], safe='')}@127.0.0.1:{self.port}/{database}"
        return start + (f"?sslmode=verify-full&sslrootcert={quote(authority)}" if self.has_tls else "")

    @property
    def certificate(self) -> Path:
        return self.folder / "server.pem"

    @property
    def options(self) -> tuple[str, ...]:
        """What a container needs to trust it."""
        return (f"--volume={self.certificate}:{AUTHORITY}:ro",) if self.has_tls else ()

    def connect(self, user: str = PLATFORM, database: str = "finetune") -> psycopg.Connection:
        return psycopg.connect(self.url(user, database, str(self.certificate)), autocommit=True)


@contextmanager
def running_server(folder: Path, port: int) -> Iterator[Server]:
    """Debian's, with TLS and nothing else let in; without it the one of the requirements, which has none."""
    folder.mkdir()
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    has_tls = bool(debian) and shutil.which("openssl") is not None
    account = database_account(folder / "pg", {})
    shutil.chown(folder, account.uid, account.gid)
    named = {"FINETUNE_PG_BIN": str(debian[-1].parent)} if has_tls else {}
    programs = find_programs(named, folder, account)
    how = {"cwd": "/", "env": plain_environment({}), **account.process_options()}
    passwords = folder / "password"
    passwords.write_text(PASSWORDS[SUPER])
    passwords.chmod(0o644)
    make = [
        "--auth=scram-sha-256",
        f"--username={SUPER}",
        f"--pwfile={passwords}",
        "--no-sync",
        "--encoding=UTF8",
    ]
    subprocess.run(
        [programs.path("initdb"), *make, f"--pgdata={folder / 'pg'}"], check=True, capture_output=True, **how
    )
    server = Server(folder, port, has_tls=has_tls)
    settings = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
    if has_tls:
        _make_certificate(folder)
        shutil.chown(folder / "server.key", account.uid, account.gid)
        (folder / "pg" / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")
        settings |= {
            "ssl": "on",
            "ssl_cert_file": folder / "server.pem",
            "ssl_key_file": folder / "server.key",
        }
    words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [programs.path("postgres"), "-D", str(folder / "pg"), *words], stdout=log, stderr=log, **how
        )
        try:
            _wait(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=20)


def _make_certificate(folder: Path) -> None:
    key = folder / "server.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", str(key)]
    command += ["-out", str(folder / "server.pem"), "-subj", "/CN=127.0.0.1"]
    subprocess.run([*command, "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    key.chmod(0o600)
    (folder / "server.pem").chmod(0o644)


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            with server.connect(SUPER, "postgres") as connection:
                connection.execute(
                    f"CREATE ROLE {PLATFORM} LOGIN CREATEROLE CREATEDB PASSWORD '{PASSWORDS[PLATFORM]}'"
                )
                connection.execute(f"CREATE DATABASE finetune OWNER {PLATFORM}")
            return
        except psycopg.OperationalError:
            assert process.poll() is None, (server.folder / "log").read_text()
            assert time.monotonic() < until, (server.folder / "log").read_text()
            time.sleep(0.1)
