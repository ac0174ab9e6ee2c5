"""A database for as long as a block runs."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg

from finetune.core.postgres.account import Announce, in_silence
from finetune.core.postgres.cluster import Cluster
from finetune.core.postgres.location import APP, OWNER, url_for
from finetune.core.postgres.lock import DataFolderLock
from finetune.core.postgres.trouble import DatabaseTrouble

RUNNING_SERVER_PATIENCE = 60.0


class DatabaseUrls(NamedTuple):
    """The two URLs of one database: for serving (owns nothing), and for migrating."""

    app: str
    owner: str


def urls_of(data: Path) -> DatabaseUrls:
    return DatabaseUrls(app=url_for(APP, data), owner=url_for(OWNER, data))


@contextmanager
def embedded_database(
    data: Path,
    *,
    durable: bool = True,
    purpose: str = "a command",
    environ: Mapping[str, str] | None = None,
    announce: Announce = in_silence,
) -> Iterator[DatabaseUrls]:
    """A running database in that folder, made where there is none, stopped at the end of the block.

    For tests, as root or not:

        folder = Path(tempfile.mkdtemp(prefix="finetune-test-"))
        with embedded_database(folder, durable=False) as urls:
            os.environ["DATABASE_URL"] = urls.owner
            ...
        shutil.rmtree(folder)

    With durable=False the owner may create databases, and in each of them finetune_app has its rights on what
    the owner makes. As root the folder itself is opened to PostgreSQL's user, which is why it must be a new
    one, in a place that user can enter; nothing above it is opened.

    Raises AlreadyRunning where another process holds the folder, DatabaseTrouble where it cannot start.
    """
    cluster = Cluster(data, durable=durable, environ=environ, announce=announce)
    cluster.prepare_folder()
    lock = DataFolderLock(data)
    lock.take(purpose)
    try:
        try:
            cluster.bring_up()
            yield urls_of(data)
        finally:
            cluster.stop()
    finally:
        lock.release()


@contextmanager
def running_or_embedded_database(
    data: Path, *, purpose: str, environ: Mapping[str, str] | None = None, announce: Announce = in_silence
) -> Iterator[DatabaseUrls]:
    """The database of the shop that runs on this folder now, else one for the block."""
    if DataFolderLock(data).is_held():
        wait_for_running_server(data)
        yield urls_of(data)
        return
    with embedded_database(data, purpose=purpose, environ=environ or os.environ, announce=announce) as urls:
        yield urls


def wait_for_running_server(data: Path, patience: float = RUNNING_SERVER_PATIENCE) -> None:
    """Return when the database of another FineTune answers: it may be starting or recovering just now."""
    until = time.monotonic() + patience
    while True:
        try:
            psycopg.connect(url_for(APP, data), connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if time.monotonic() > until:
                holder = DataFolderLock(data).holder()
                raise DatabaseTrouble(
                    f"FineTune runs on {data} ({holder}), but its database does not answer: "
                    f"{str(error).strip()}"
                ) from error
            time.sleep(0.1)
        else:
            return
