"""PgBouncer beside a web server, in transaction mode, and HAProxy behind it, which knows the primary."""

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.failover import programs
from tests.failover.machines import PORTS, Cluster, start

POOL_SIZE = 4


class Pooler:
    """What web servers see of the database: one address on their own machine."""

    def __init__(self, cluster: Cluster, version: tuple[int, ...], follows_the_primary: bool) -> None:
        self.cluster, self.version, self.follows_the_primary = cluster, version, follows_the_primary

    @property
    def url(self) -> str:
        password = self.cluster.settings.known["APP_PASSWORD"]
        return f"postgresql://finetune_app:{password}@127.0.0.1:{PORTS['POOLER_PORT']}/finetune?application_name=pooled"

    def connect(self, **given: Any) -> psycopg.Connection[tuple[Any, ...]]:
        given = {"autocommit": True, "prepare_threshold": None, **given}
        return psycopg.connect(self.url, **given)

    def clients(self) -> int:
        """Connections that it holds open for web servers, as the system counts them."""
        port = f":{int(PORTS['POOLER_PORT']):04X}"
        lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
        return sum(1 for line in lines if line.split()[1].endswith(port) and line.split()[3] == "01")

    def servers(self) -> int:
        """Its connections to PostgreSQL, which bear the name that its clients gave themselves."""
        primary = self.cluster.primary()
        assert primary is not None
        return int(
            primary.ask(
                "SELECT count(*) FROM pg_stat_activity WHERE usename = 'finetune_app' AND application_name = 'pooled'"
            )
        )


@contextmanager
def pooler_beside(cluster: Cluster, folder: Path) -> Iterator[Pooler]:
    bouncer = programs.program("pgbouncer", "pgbouncer")
    said = subprocess.run([bouncer, "--version"], capture_output=True, text=True, check=True).stdout
    version = tuple(int(each) for each in re.findall(r"\d+", said.splitlines()[0]))
    cluster.settings.known["POOL_SIZE"] = str(POOL_SIZE)
    running = []
    try:
        follows = programs.has("haproxy")
        if not follows:
            print("LEFT OUT: there is no HAProxy here; the pooler goes to the present primary")
            primary = cluster.primary()
            assert primary is not None
            cluster.settings.known |= {
                "POOLER_TO_HOST": primary.address,
                "POOLER_TO_PORT": PORTS["POSTGRES_PORT"],
            }
        config = cluster.settings.fill("web")
        if follows:
            proxy = [programs.program("haproxy", "haproxy"), "-db", "-f", str(config / "haproxy.cfg")]
            running.append(start(proxy, folder / "haproxy.log", {}))
        running.append(start([bouncer, str(config / "pgbouncer.ini")], folder / "pgbouncer.log", {}))
        pooler = Pooler(cluster, version, follows)
        _wait_until_it_answers(pooler, folder)
        yield pooler
    finally:
        for each in running:
            each.terminate()
            each.wait(20)


def _wait_until_it_answers(pooler: Pooler, folder: Path) -> None:
    end = time.monotonic() + 30
    while not _answers(pooler):
        assert time.monotonic() < end, (folder / "pgbouncer.log").read_text()[-1500:]
        time.sleep(0.2)


def _answers(pooler: Pooler) -> bool:
    try:
        pooler.connect(connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True
