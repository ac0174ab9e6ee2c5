"""One cluster of three machines for all that is done to it, and a shop that trades on it through two web servers."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.crash.clerks import Desk
from tests.failover import programs
from tests.failover.machines import Cluster, cluster_in
from tests.failover.pooler import Pooler, pooler_beside
from tests.failover.trade import Desks
from tests.failover.web import Web
from tests.ops.people import US, folder_for


@pytest.fixture(scope="session")
def place() -> Iterator[Path]:
    with folder_for(US, "finetune-ha-") as folder:
        yield folder


@pytest.fixture(scope="session")
def cluster(place: Path) -> Iterator[Cluster]:
    with cluster_in(place) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def pooler(cluster: Cluster, place: Path) -> Iterator[Pooler]:
    with pooler_beside(cluster, place) as pooler:
        yield pooler


@pytest.fixture(scope="session")
def web(cluster: Cluster, place: Path) -> Iterator[Web]:
    """The web server that knows all three machines by its address."""
    settings = cluster.settings
    web = Web(place, "web1", 8160, DATABASE_URL=settings.app_url, DATABASE_OWNER_URL=settings.owner_url)
    try:
        yield web
    finally:
        web.close()


@pytest.fixture(scope="session")
def desk(web: Web) -> Desk:
    return web.open_shop()


@pytest.fixture(scope="session")
def pooled(cluster: Cluster, pooler: Pooler, place: Path, desk: Desk) -> Iterator[Web]:
    """The web server behind the pooler."""
    web = Web(place, "web2", 8161, DATABASE_URL=pooler.url, PREPARED_STATEMENTS="0", WEB_THREADS="24")
    try:
        web.serve()
        yield web
    finally:
        web.close()


@pytest.fixture(scope="session")
def pooled_desk(pooled: Web, desk: Desk) -> Desk:
    return replace(desk, port=pooled.port)


@pytest.fixture(scope="session")
def desks(request: pytest.FixtureRequest, desk: Desk) -> Desks:
    """Both web servers, by turns, as a load balancer deals them out."""
    ports = [desk.port]
    if programs.has("pgbouncer") and programs.has("haproxy"):
        ports.append(request.getfixturevalue("pooled").port)
    else:
        print(
            "LEFT OUT: no PgBouncer behind HAProxy here; only the web server with the address of three machines"
        )
    return Desks(desk.port, desk.token, desk.store, desk.customer, desk.variant, tuple(ports))
