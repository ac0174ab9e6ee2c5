"""PgBouncer in transaction mode: many connections of the web server, few of PostgreSQL, and no state on them."""

import threading
import time
from typing import Any

import psycopg
import pytest

from tests.crash.clerks import PASSWORD, Desk, call
from tests.failover.machines import Cluster, until
from tests.failover.pooler import POOL_SIZE, Pooler
from tests.failover.trade import Trade, settle
from tests.failover.web import Web

CLERKS = 12
SECONDS = 20.0
PEOPLE = 4
CHANGES = 15


def test_limits_belong_to_the_role_and_not_to_the_connection(pooler: Pooler) -> None:
    """What a client asks for when it connects does not arrive, as settings.py must know; the role's limits hold."""
    with pooler.connect(options="-c lock_timeout=1s -c statement_timeout=1s") as connection:
        names = (
            "lock_timeout",
            "statement_timeout",
            "idle_in_transaction_session_timeout",
            "plan_cache_mode",
        )
        told = {name: connection.execute(f"SHOW {name}").fetchone() for name in names}
        assert told == {
            "lock_timeout": ("5s",),
            "statement_timeout": ("30s",),
            "idle_in_transaction_session_timeout": ("1min",),
            "plan_cache_mode": ("force_generic_plan",),
        }


def test_each_client_keeps_its_own_time_zone(pooler: Pooler) -> None:
    """Django sets it once on a connection; PgBouncer carries it over to whichever server a transaction gets."""
    zones = ["Asia/Kolkata", "UTC", "Asia/Kolkata", "America/New_York", "UTC", "Asia/Kolkata"]
    clients = [pooler.connect() for _ in zones]
    try:
        for client, zone in zip(clients, zones, strict=True):
            client.execute(psycopg.sql.SQL("SET TIME ZONE {}").format(zone))
        for _ in range(30):
            for client, zone in zip(clients, zones, strict=True):
                assert client.execute("SHOW TimeZone").fetchone() == (zone,)
    finally:
        for client in clients:
            client.close()


def test_statements_cannot_be_prepared_by_an_old_one(pooler: Pooler) -> None:
    """Why the page asks for PREPARED_STATEMENTS=0 before PgBouncer 1.21."""
    if pooler.version >= (1, 21):
        pytest.skip("LEFT OUT: this PgBouncer knows prepared statements")
    clients = [pooler.connect(prepare_threshold=0) for _ in range(POOL_SIZE + 2)]
    try:
        with pytest.raises(
            (psycopg.errors.InvalidSqlStatementName, psycopg.errors.DuplicatePreparedStatement)
        ):
            _prepare_by_turns(clients)
    finally:
        for client in clients:
            client.close()


def test_a_busy_shop_behind_few_connections(
    cluster: Cluster, pooler: Pooler, pooled_desk: Desk, web: Web
) -> None:
    """No request fails, and everything that was acknowledged is there once."""
    until(cluster.is_whole, "two standbys that may take over")
    most_servers = most_clients = 0
    with Trade(pooled_desk, web.told, clerks=CLERKS, seed=50, pause=0) as trade:
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            most_servers = max(most_servers, pooler.servers())
            most_clients = max(most_clients, pooler.clients())
            time.sleep(0.5)
    print(f"\nPgBouncer {'.'.join(map(str, pooler.version[:2]))}: {len(trade.acknowledged)} writes and {trade.lists} "
          f"lists in {SECONDS:.0f} s over {most_clients} connections of the web server and {most_servers} of "
          f"PostgreSQL; {dict(trade.seen)}")  # fmt: skip
    assert not trade.faults, trade.faults
    assert set(trade.seen) <= {"200", "201"}
    assert trade.lists > 0
    assert most_servers <= POOL_SIZE < most_clients
    settle(cluster, pooled_desk, web, trade)
    primary = cluster.primary()
    assert primary is not None
    assert primary.ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'", "finetune") == 0


def test_who_acts_is_never_mixed_up(cluster: Cluster, pooled_desk: Desk, pooler: Pooler) -> None:
    """The triggers are told in each transaction; a name left on a shared connection would be another's."""
    people = [_person(pooled_desk, number) for number in range(PEOPLE)]
    threads = [threading.Thread(target=_change_prices, args=(pooled_desk, *each)) for each in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    primary = cluster.primary()
    assert primary is not None
    for user, _, variant in people:
        logged = primary.ask(
            "SELECT array_agg(DISTINCT changed_by_id) || count(*)::bigint FROM inventory_pricelog"
            f" WHERE product_variant_id = {variant}",
            "finetune",
        )
        assert logged == [user, CHANGES]
    with pooler.connect() as connection:
        for _ in range(POOL_SIZE * 5):
            row = connection.execute("SELECT current_setting('finetune.actor', true)").fetchone()
            assert row is not None
            assert not row[0]


def _prepare_by_turns(clients: list[psycopg.Connection[Any]]) -> None:
    for number in range(200):
        clients[number % len(clients)].execute("SELECT 1 + %s", [number])


def _person(desk: Desk, number: int) -> tuple[int, str, int]:
    """Somebody's id and token, and a thing whose price only they change."""

    def make(path: str, **body: Any) -> Any:
        status, made, _ = call(desk.port, "POST", path, body, Authorization=f"Bearer {desk.token}")
        assert status == 201, made
        return made

    login = {"username": f"person{number}", "password": PASSWORD}
    user = make("/users/", **login, name=f"Person {number}", role="branch_head", stores=[desk.store])["id"]
    status, pair, _ = call(desk.port, "POST", "/auth/token/", login)
    assert status == 200
    product = desk.get("/products/")["results"][0]["id"]
    thing = {"product": product, "variant_name": f"Kind {number}", "sku": f"K-{number}", "price": "10.00"}
    return user, pair["access"], make("/variants/", **thing)["id"]


def _change_prices(desk: Desk, user: int, token: str, variant: int) -> None:
    for number in range(CHANGES):
        body = {"price": f"{100 + number}.00"}
        status, answer, _ = call(
            desk.port, "PATCH", f"/variants/{variant}/", body, Authorization=f"Bearer {token}"
        )
        assert status == 200, answer
