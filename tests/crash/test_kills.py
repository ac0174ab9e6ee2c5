"""kill -9 of any part and of all, under load: what was acknowledged is there, and nothing is there twice."""

import time

import pytest

from tests.crash.clerks import Ask, Load
from tests.crash.conftest import ROUNDS, TradingShop, descendants, kill, superuser
from tests.crash.proof import prove

# A machine that is busy with other things takes its time; what was measured is printed.
SECONDS_MAX = 240.0
# Over all rounds, so that the last proof covers everything.
history: list[Ask] = []


def web_worker(shop: TradingShop) -> None:
    kill(shop.servers()[-1])


def web_server(shop: TradingShop) -> None:
    kill(shop.servers()[0])


def database_process(shop: TradingShop) -> None:
    """One of PostgreSQL's: it then throws out everybody and recovers by itself."""
    with superuser(shop.data) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE usename = 'finetune_app' ORDER BY state LIMIT 1"
        ).fetchall()
    kill(*(int(str(pid)) for (pid,) in rows))


def database(shop: TradingShop) -> None:
    pid = shop.database()
    assert pid is not None
    kill(pid)


def database_with_all_its_processes(shop: TradingShop) -> None:
    pid = shop.database()
    assert pid is not None
    kill(pid, *descendants(pid))


def supervisor(shop: TradingShop) -> None:
    kill(shop.supervisor())


def server_and_database(shop: TradingShop) -> None:
    pid = shop.database()
    assert pid is not None
    kill(*shop.servers(), pid)


def everything(shop: TradingShop) -> None:
    kill(*shop.group())


VICTIMS = (
    web_worker,
    web_server,
    database_process,
    database,
    database_with_all_its_processes,
    supervisor,
    server_and_database,
    everything,
)
SHORT = (web_worker, database, everything)


@pytest.mark.parametrize("number", range(ROUNDS))
def test_whatever_is_killed(trading, number):
    """One load over all kills of a round: a clerk sees errors and repeats, and never anything else."""
    took: dict[str, float] = {}
    with Load(trading.desk, trading.told, seed=number) as load:
        for victim in SHORT if ROUNDS == 1 else VICTIMS:
            load.wait_for(15)
            victim(trading)
            began = time.monotonic()
            if victim in (web_server, supervisor, server_and_database, everything):
                assert trading.process is not None
                trading.process.wait(SECONDS_MAX)
            trading.recover(SECONDS_MAX)
            load.wait_for(1)
            took[victim.__name__] = time.monotonic() - began
        load.wait_for(15)
    assert not load.faults, load.faults
    print(f"\nround {number}: {len(load.acknowledged)} acknowledged, {dict(load.seen)}, seconds to the next")
    print("acknowledgement:", ", ".join(f"{name} {seconds:.1f}" for name, seconds in took.items()))
    assert max(took.values()) < SECONDS_MAX
    history.extend(load.acknowledged)
    prove(trading.desk, trading.data, history)


def test_lost_connections_are_a_503_and_mend_themselves(trading):
    """The database throws everybody out, again and again. No process ends, and no client sees anything else."""
    processes = trading.servers(), trading.database()
    with Load(trading.desk, trading.told, seed=1000) as load:
        for _ in range(10 * ROUNDS):
            load.wait_for(3)
            with superuser(trading.data) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'finetune_app'"
                )
        load.wait_for(15)
    assert not load.faults, load.faults
    print(f"\nlost connections: {len(load.acknowledged)} acknowledged, {dict(load.seen)}")
    assert load.seen["503"] > 0
    assert set(load.seen) <= {"200", "201", "409", "503"}
    assert (trading.servers(), trading.database()) == processes
    history.extend(load.acknowledged)
    prove(trading.desk, trading.data, history)
