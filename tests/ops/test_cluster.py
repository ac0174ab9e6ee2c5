"""A database from nothing, for root and for everybody else."""

import os
import stat
from pathlib import Path
from typing import Any

import psycopg
import pytest

from finetune.core.postgres import (
    Cluster,
    DatabaseTrouble,
    cluster_folder,
    embedded_database,
    socket_folder,
    url_for,
)
from finetune.core.postgres.location import SUPERUSER
from finetune.core.postgres.processes import command_line, find_postmaster
from tests.ops.people import IS_ROOT, US, as_user, folder_for, in_child, modes_above, nobody

REFUSED_TO_THE_APP = {
    "create": "CREATE TABLE mine (n int)",
    "truncate": "TRUNCATE sale",
    "temporary": "CREATE TEMPORARY TABLE scratch (n int)",
    "drop": "DROP TABLE sale",
    "become": "SET ROLE finetune_owner",
    "read files": "SELECT pg_read_file('postgresql.conf')",
    "another database": "CREATE DATABASE other",
}


def facts_of_a_new_database(data: Path, environ: dict[str, str]) -> dict[str, Any]:
    """Make, use and stop a durable database; what was seen, for the parent to judge."""
    with embedded_database(data, environ=environ) as urls:
        pid = find_postmaster(cluster_folder(data))
        assert pid is not None
        seen: dict[str, Any] = {
            "command": command_line(pid),
            "owner": os.stat(f"/proc/{pid}").st_uid,
            "session": os.getsid(pid) == pid,
            "socket mode": stat.S_IMODE(socket_folder(data).stat().st_mode),
            "cluster mode": stat.S_IMODE(cluster_folder(data).stat().st_mode),
        }
        with psycopg.connect(urls.owner) as owner:
            owner.execute("CREATE TABLE sale (id serial PRIMARY KEY, amount numeric)")
            owner.execute("CREATE FUNCTION sold() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM sale'")
        with psycopg.connect(urls.app, autocommit=True) as app:
            app.execute("INSERT INTO sale (amount) VALUES (1180)")
            seen["sold"] = app.execute("SELECT sold()").fetchone()
            seen["refused"] = {name for name, words in REFUSED_TO_THE_APP.items() if is_refused(app, words)}
            for name in (
                "fsync",
                "full_page_writes",
                "synchronous_commit",
                "data_checksums",
                "listen_addresses",
            ):
                seen[name] = app.execute(f"SHOW {name}").fetchone()
        with psycopg.connect(url_for(SUPERUSER, data)) as superuser:
            rules = superuser.execute("SELECT DISTINCT type, auth_method FROM pg_hba_file_rules")
            seen["rules"] = rules.fetchall()
            owned = superuser.execute(
                "SELECT count(*) FROM pg_shdepend WHERE deptype = 'o' AND refobjid = 'finetune_app'::regrole"
            )
            seen["owned by the app"] = owned.fetchone()
    seen["left"] = find_postmaster(cluster_folder(data))
    return seen


def is_refused(connection: psycopg.Connection[Any], statement: str) -> bool:
    try:
        connection.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        return True
    return False


def test_a_new_database_is_durable_and_its_roles_can_do_what_they_should(person, environ):
    with folder_for(person) as folder:
        data = folder / "data"
        above = modes_above(data)
        seen = as_user(person, lambda: facts_of_a_new_database(data, environ))
        assert modes_above(data) == above
    assert seen["command"][1:] == ["-D", str(data / "pg")]
    assert seen["owner"] != 0
    assert seen["session"]
    assert (seen["socket mode"], seen["cluster mode"]) == (0o700, 0o700)
    assert seen["sold"] == (1,)
    assert seen["refused"] == set(REFUSED_TO_THE_APP)
    assert seen["owned by the app"] == (0,)
    assert seen["rules"] == [("local", "peer")]
    assert seen["listen_addresses"] == ("",)
    for name in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
        assert seen[name] == ("on",), name
    assert seen["left"] is None


def test_the_app_has_its_rights_in_a_database_made_later(cluster):
    cluster.bring_up()
    owner = url_for("finetune_owner", cluster.data, "postgres")
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("CREATE DATABASE later")
    with psycopg.connect(url_for("finetune_owner", cluster.data, "later")) as connection:
        connection.execute("CREATE TABLE sale (id serial PRIMARY KEY)")
    with psycopg.connect(url_for("finetune_app", cluster.data, "later")) as connection:
        connection.execute("INSERT INTO sale DEFAULT VALUES")
        assert is_refused(connection, "TRUNCATE sale")


@pytest.mark.skipif(not IS_ROOT, reason="only root can try it as another user")
@pytest.mark.parametrize("role", ["finetune_app", "finetune_owner", "finetune_super"])
def test_another_user_of_the_computer_is_refused(cluster, role):
    cluster.bring_up()

    def refusal() -> str:
        try:
            psycopg.connect(url_for(role, cluster.data, "postgres")).close()
        except psycopg.OperationalError as error:
            return str(error)
        return "let in"

    assert "Permission denied" in in_child(refusal, nobody())
    # With every door on the way open, the name alone still refuses.
    socket = socket_folder(cluster.data)
    for path in (cluster.data, socket, socket / ".s.PGSQL.5432"):
        path.chmod(0o777)
    assert "eer authentication failed" in in_child(refusal, nobody())


@pytest.mark.skipif(
    not IS_ROOT, reason="for an ordinary user PostgreSQL is the same user and can go everywhere"
)
def test_root_is_told_of_a_closed_folder_and_nothing_is_opened(environ):
    with folder_for(US) as closed:
        closed.chmod(0o700)
        data = closed / "shop" / "data"
        data.parent.mkdir(mode=0o700)
        above = modes_above(data)
        with pytest.raises(DatabaseTrouble, match=f"lies below {closed}, which is closed to the user"):
            Cluster(data, environ=environ).bring_up()
        assert modes_above(data) == above
        assert list(data.parent.iterdir()) == []


@pytest.mark.skipif(
    not IS_ROOT, reason="for an ordinary user PostgreSQL is the same user and can go everywhere"
)
def test_root_does_not_open_a_folder_with_other_things_in_it(data, environ):
    (data / "accounts.xlsx").touch()
    with pytest.raises(DatabaseTrouble, match="holds other things"):
        Cluster(data, environ=environ).bring_up()
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


@pytest.mark.skipif(not IS_ROOT, reason="only root can try it as another user")
def test_another_users_shop_is_left_alone(cluster, environ):
    cluster.bring_up()
    cluster.stop()

    def refusal() -> str:
        try:
            with embedded_database(cluster.data, environ=environ):
                return "let in"
        except DatabaseTrouble as error:
            return str(error)

    assert "is closed to this user. Start FineTune as the user who made it" in in_child(refusal, nobody())


def test_a_folder_that_everyone_may_write_in_is_refused(data, environ):
    data.chmod(0o777)
    with pytest.raises(DatabaseTrouble, match="Everyone may write"):
        Cluster(data, environ=environ).bring_up()


@pytest.mark.parametrize("name", ["d" * 120, "with, comma 'quote' % and space"])
def test_a_long_or_odd_path_works(name, environ):
    with folder_for(US) as folder:
        data = folder / name
        with embedded_database(data, durable=False, environ=environ) as urls:
            socket = socket_folder(data)
            assert len(os.fsencode(socket / ".s.PGSQL.5432")) < 107
            assert stat.S_IMODE(socket.stat().st_mode) == 0o700
            with psycopg.connect(urls.app) as connection:
                assert connection.info.host == str(socket)
        if socket.parent != data:
            socket.rmdir()


def test_a_socket_folder_that_somebody_else_laid_is_refused(environ):
    with folder_for(US) as folder:
        data = folder / ("d" * 120)
        socket = socket_folder(data)
        socket.symlink_to(folder)
        try:
            with pytest.raises(DatabaseTrouble, match="another user made it"):
                Cluster(data, durable=False, environ=environ).bring_up()
        finally:
            socket.unlink()


def other_postgresqls() -> list[Path]:
    return sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@pytest.mark.skipif(not other_postgresqls(), reason="there is no other PostgreSQL on this computer")
def test_another_postgresql_works(data):
    environ = {"PATH": os.environ["PATH"], "FINETUNE_PG_BIN": str(other_postgresqls()[-1])}
    with (
        embedded_database(data, durable=False, environ=environ) as urls,
        psycopg.connect(urls.app) as connection,
    ):
        assert str(connection.info.server_version // 10000) == other_postgresqls()[-1].parent.name


def test_programs_that_are_not_there_are_named(data):
    with pytest.raises(DatabaseTrouble, match=r"initdb and postgres not found in /nowhere"):
        Cluster(data, environ={"FINETUNE_PG_BIN": "/nowhere"}).bring_up()


def test_a_database_of_another_major_version_is_left_alone(cluster):
    (cluster.folder / "PG_VERSION").write_text("14\n")
    with pytest.raises(DatabaseTrouble, match=r"made by PostgreSQL 14, and these programs are version"):
        cluster.start()


def test_why_it_does_not_start_is_told(cluster):
    (cluster.folder / "local.conf").write_text("shared_buffers = 'plenty'\n")
    with pytest.raises(DatabaseTrouble, match=r"did not start: .*shared_buffers"):
        cluster.start()
