"""The release step on a server: who may do what afterwards, one at a time, and in nobody's way."""

import shutil
import subprocess
import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection

from finetune.core.postgres import roles
from finetune.ops import migrating
from finetune.ops.console import CannotRun
from tests.conftest import owner_url, use_database
from tests.ops.servers import Server, finetune, server, start

PASSWORD = "p@ss/word: with signs"


@pytest.fixture(scope="module")
def place(programs) -> Iterator[Server]:
    with server({"FINETUNE_PG_BIN": str(programs)}) as made:
        yield made


@pytest.fixture(scope="module")
def shop(place: Server) -> dict[str, str]:
    """A database that was migrated as a platform would: nobody made the user that serves beforehand."""
    place.make_database("shop", owner="platform")
    environ = place.environ("shop", owner="platform", user="shop_app", password=PASSWORD)
    status, output = finetune(environ, "migrate")
    assert status == 0, output
    assert "Making the database user shop_app" in output
    assert "The tables are up to date." in output
    return environ


def as_app(environ: dict[str, str]) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(environ["DATABASE_URL"])


def test_the_user_that_serves_reads_and_writes_and_owns_nothing(shop, place):
    with as_app(shop) as app:
        app.execute("INSERT INTO core_milestone (name) VALUES ('was here')")
        app.execute("DELETE FROM core_milestone WHERE name = 'was here'")
        app.execute("SELECT nextval('core_auditrecord_id_seq')")
        owned = app.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole").fetchone()
        assert owned == (0,)
        for name, value in roles.LIMITS.items():
            assert app.execute("SELECT current_setting(%s)", [name]).fetchone() == (
                value.replace("60s", "1min"),
            )
    for forbidden in ("TRUNCATE core_milestone", "CREATE TABLE public.mine ()", "DROP TABLE core_milestone"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), as_app(shop) as app:
            app.execute(forbidden)
    with place.as_superuser() as superuser:
        kept = superuser.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'shop_app'").fetchone()
        assert str(kept[0]).startswith("SCRAM-SHA-256$")


def test_the_password_is_in_no_output_and_a_second_time_changes_nothing(shop):
    status, output = finetune(shop, "migrate")
    assert status == 0
    assert "shop_app" not in output, output
    assert "Another migration" not in output


def test_what_was_taken_away_is_given_back(shop, place):
    """Rights on tables that were there before, more than it should have, its limits and its password."""
    with place.as_superuser("shop") as superuser:
        superuser.execute("REVOKE ALL ON core_milestone, staff_user FROM shop_app")
        superuser.execute("GRANT TRUNCATE, TRIGGER ON invoicing_invoice TO shop_app")
        superuser.execute("REVOKE ALL ON SEQUENCE core_auditrecord_id_seq FROM shop_app")
        superuser.execute("ALTER ROLE shop_app RESET statement_timeout")
        superuser.execute("ALTER ROLE shop_app SET lock_timeout = '7s'")
        superuser.execute("ALTER ROLE shop_app PASSWORD 'of yesterday'")
    status, output = finetune(shop, "migrate", "--verbosity=0")
    assert status == 0, output
    assert PASSWORD not in output
    with as_app(shop) as app:
        app.execute("SELECT count(*) FROM staff_user, core_milestone")
        app.execute("SELECT nextval('core_auditrecord_id_seq')")
        assert app.execute("SHOW statement_timeout").fetchone() == ("30s",)
        assert app.execute("SHOW lock_timeout").fetchone() == ("7s",), "what somebody chose stays"
        assert app.execute("SELECT has_table_privilege('invoicing_invoice', 'TRUNCATE')").fetchone() == (
            False,
        )


def test_an_owner_who_may_not_make_users_is_told_what_to_ask_for(place):
    place.make_database("closed", owner="narrow", rights="NOCREATEROLE")
    environ = place.environ("closed", owner="narrow", user="closed_app", password=PASSWORD)
    status, output = finetune(environ, "migrate")
    assert status == 1
    assert "Let the administrator of the database run this, in the database closed" in output
    assert "Traceback" not in output
    assert PASSWORD not in output
    assert "SCRAM-SHA" not in output
    # The administrator does as told, and puts the password where the sentence says.
    statements = output.partition("migrate again:\n\n")[2].replace(roles_password(), "of-my-own")
    with place.as_superuser("closed") as superuser:
        superuser.execute(statements)
    environ = place.environ("closed", owner="narrow", user="closed_app", password="of-my-own")
    status, output = finetune(environ, "migrate", "--verbosity=0")
    assert status == 0, output
    with as_app(environ) as app:
        app.execute("SELECT count(*) FROM core_milestone")


def roles_password() -> str:
    from finetune.core.postgres.serving_role import PASSWORD_SHOWN

    return PASSWORD_SHOWN


def test_another_shops_user_keeps_its_password(shop, place):
    place.make_database("second", owner="somebody")
    environ = place.environ("second", owner="somebody", user="shop_app", password="another")
    status, output = finetune(environ, "migrate")
    assert status == 1
    assert "it has rights in another database of this server" in output
    as_app(shop).close()


def test_the_second_waits_for_the_first_and_says_for_whom(shop, tmp_path):
    told = tmp_path / "told"
    with psycopg.connect(shop["DATABASE_OWNER_URL"], application_name="the first") as first:
        first.execute("SELECT pg_advisory_lock(%s, %s)", migrating.LOCK)
        status, output = finetune(shop, "migrate", "--patience=0")
        assert status == 1
        assert "Another migration has not ended (the first, since " in output
        waiting = start(shop, "migrate", told=told)
        until = time.monotonic() + 60
        while "Another migration is at work (the first, since " not in told.read_text():
            assert waiting.poll() is None, told.read_text()
            assert time.monotonic() < until
            time.sleep(0.05)
    # The first has gone, however it went, and its lock with it.
    assert waiting.wait(60) == 0, told.read_text()


def test_a_killed_migration_leaves_no_lock(shop, tmp_path):
    """It is killed while it waits for a table, and what it asked for is not carried out afterwards."""
    with psycopg.connect(shop["DATABASE_OWNER_URL"]) as busy:
        busy.execute("LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")
        killed = start(shop, "migrate", told=tmp_path / "told")
        until = time.monotonic() + 60
        while "Others use the table" not in (tmp_path / "told").read_text():
            assert killed.poll() is None, (tmp_path / "told").read_text()
            assert time.monotonic() < until
            time.sleep(0.05)
        killed.kill()
        killed.wait()
    status, output = finetune(shop, "migrate", "--verbosity=0")
    assert status == 0, output


@pytest.fixture
def owned(own_database: str) -> Iterator[str]:
    use_database(own_database, "finetune_owner")
    yield own_database
    connection.close()


def test_a_long_transaction_is_waited_for_without_keeping_anybody_waiting(owned, monkeypatch, capsys):
    def add_a_column(*_: object, **__: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE core_milestone ADD COLUMN note text")

    monkeypatch.setattr(migrating, "call_command", add_a_column)
    with psycopg.connect(owner_url(owned), application_name="a long report") as report:
        report.execute("SELECT count(*) FROM core_milestone")
        seconds: list[float] = []

        def trade() -> None:
            with psycopg.connect(owner_url(owned), autocommit=True) as other:
                other.execute("SET lock_timeout = '5s'")
                for _ in range(30):
                    began = time.monotonic()
                    other.execute("SELECT count(*) FROM core_milestone")
                    seconds.append(time.monotonic() - began)
                    time.sleep(0.1)

        shop = threading.Thread(target=trade)
        shop.start()
        with pytest.raises(CannotRun, match="others used them all the while"):
            migrating.bring_up_to_date(serving_url="", patience=5)
        shop.join()
    assert len(seconds) == 30, "a request waited for longer than it may"
    assert max(seconds) < 4
    said = capsys.readouterr().out
    assert "a long report (pid " in said
    assert "try 2" in said
    migrating.bring_up_to_date(serving_url="", verbosity=0)


def test_a_pooler_that_hands_sessions_round_is_refused(shop, place, tmp_path):
    program = shutil.which("pgbouncer")
    if program is None:
        pytest.skip("LEFT OUT: pgbouncer is not installed, so no pooler is tried")
    with pooler(program, place) as host:
        through = {
            **shop,
            "DATABASE_OWNER_URL": f"postgresql://platform:platform-password@/shop?host={host}&port=6432",
        }
        status, output = finetune(through, "migrate")
    assert status == 2, output
    assert "leads through a pooler in transaction mode" in output


class pooler:
    """PgBouncer over a socket, as the user that PostgreSQL runs as: it refuses to run as root."""

    def __init__(self, program: str, place: Server) -> None:
        self.program, self.place = program, place
        self.folder = place.data.parent / "pooler"

    def __enter__(self) -> str:
        from finetune.core.postgres import socket_folder
        from finetune.core.postgres.account import database_account

        self.folder.mkdir(exist_ok=True)
        self.folder.chmod(0o777)
        (self.folder / "users").write_text('"platform" "platform-password"\n')
        (self.folder / "ini").write_text(
            f"[databases]\nshop = host={socket_folder(self.place.data)} dbname=shop\n[pgbouncer]\nlisten_addr =\n"
            f"unix_socket_dir = {self.folder}\nlisten_port = 6432\nauth_type = plain\nauth_file = {self.folder}/users\n"
            "pool_mode = transaction\nignore_startup_parameters = options,extra_float_digits\n"
        )
        account = database_account(self.place.data / "pg", {})
        self.process = subprocess.Popen(
            [self.program, str(self.folder / "ini")],
            stderr=subprocess.DEVNULL,
            cwd="/",
            **account.process_options(),
        )
        until = time.monotonic() + 20
        while not (self.folder / ".s.PGSQL.6432").exists():
            assert time.monotonic() < until
            time.sleep(0.05)
        return str(self.folder)

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(20)


def test_names_that_must_be_quoted_are(place):
    place.make_database("named", owner="Shop.Owner")
    environ = place.environ("named", owner="Shop.Owner", user="Serving-App", password=PASSWORD)
    for _ in range(2):
        status, output = finetune(environ, "migrate", "--verbosity=0")
        assert status == 0, output
    assert "cannot be used" not in output
    with as_app(environ) as app:
        assert app.execute("SHOW lock_timeout").fetchone() == ("5s",)


def test_exchanged_addresses_change_nothing(place):
    place.make_database("exchanged", owner="owner_of_exchanged")
    with place.as_superuser() as superuser:
        superuser.execute(f"CREATE ROLE ruler SUPERUSER LOGIN PASSWORD '{PASSWORD}'")
    environ = place.environ("exchanged", owner="owner_of_exchanged", user="ruler", password=PASSWORD)
    status, output = finetune(environ, "migrate", "--verbosity=0")
    assert status == 1
    assert "look exchanged" in output
    with place.as_superuser() as superuser:
        found = superuser.execute(
            "SELECT count(*) FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole"
            " WHERE r.rolname = 'ruler'"
        ).fetchone()
    assert found == (0,)
