"""Whatever a crash leaves in the data folder, the next start ends with a database that answers."""

import os
import signal
import subprocess
import time
from pathlib import Path

import psycopg
import pytest

from finetune.core.postgres import (
    AlreadyRunning,
    Cluster,
    DataFolderLock,
    embedded_database,
    running_or_embedded_database,
    url_for,
)
from finetune.core.postgres.processes import find_postmaster, is_postmaster_of, stragglers
from finetune.core.process import die_with_parent
from tests.ops.people import in_child


@pytest.fixture
def running(cluster: Cluster) -> int:
    """A durable database that runs, with one committed sale: the number of its process."""
    cluster.durable = True
    cluster.bring_up()
    with psycopg.connect(url_for("finetune_owner", cluster.data)) as owner:
        owner.execute("CREATE TABLE sale (amount numeric)")
        owner.execute("INSERT INTO sale VALUES (1180)")
    pid = find_postmaster(cluster.folder)
    assert pid is not None
    return pid


def sales(data: Path) -> int:
    with psycopg.connect(url_for("finetune_app", data)) as app:
        row = app.execute("SELECT count(*) FROM sale").fetchone()
        assert row is not None
        return int(row[0])


def test_what_was_committed_outlives_kill_9(cluster, running):
    # A worker in the middle of a computation does not notice that its parent is gone.
    busy = psycopg.connect(url_for("finetune_app", cluster.data))
    busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 10000000000)")
    account = os.stat(f"/proc/{running}").st_uid
    os.kill(running, signal.SIGKILL)
    while is_postmaster_of(running, cluster.folder) or cluster.is_running():
        time.sleep(0.01)
    assert stragglers(cluster.name, account)
    assert not cluster.bring_up()
    assert sales(cluster.data) == 1
    busy.close()


def test_a_database_left_behind_is_stopped_and_started_anew(cluster, running, environ):
    told: list[str] = []
    heir = Cluster(cluster.data, environ=environ, announce=told.append)
    try:
        heir.bring_up()
        assert told == [f"Stopping the database that an earlier run left behind (pid {running})"]
        assert find_postmaster(cluster.folder) not in (None, running)
        assert sales(cluster.data) == 1
    finally:
        heir.stop()
    assert find_postmaster(cluster.folder) is None


def test_it_is_found_when_its_pid_file_was_removed(cluster, running, environ):
    (cluster.folder / "postmaster.pid").unlink()
    heir = Cluster(cluster.data, environ=environ)
    try:
        heir.bring_up()
        assert not is_postmaster_of(running, cluster.folder)
        assert sales(cluster.data) == 1
    finally:
        heir.stop()


def test_a_pid_file_with_the_number_of_another_program_does_no_harm(cluster, running):
    content = (cluster.folder / "postmaster.pid").read_text()
    owner = (cluster.folder / "PG_VERSION").stat()
    cluster.stop()
    bystander = subprocess.Popen(["sleep", "60"], **({"user": owner.st_uid} if os.geteuid() == 0 else {}))
    try:
        stale = cluster.folder / "postmaster.pid"
        stale.write_text(content.replace(str(running), str(bystander.pid), 1))
        os.chown(stale, owner.st_uid, owner.st_gid)
        cluster.bring_up()
        assert sales(cluster.data) == 1
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_killed_database_that_nobody_collects_does_no_harm(cluster, running):
    """In a container whose first process collects no orphans, its number is taken for ever."""
    content = (cluster.folder / "postmaster.pid").read_text()
    owner = (cluster.folder / "PG_VERSION").stat()
    cluster.stop()
    dead = subprocess.Popen(["true"], **({"user": owner.st_uid} if os.geteuid() == 0 else {}))
    os.waitid(os.P_PID, dead.pid, os.WEXITED | os.WNOWAIT)
    try:
        stale = cluster.folder / "postmaster.pid"
        stale.write_text(content.replace(str(running), str(dead.pid), 1))
        os.chown(stale, owner.st_uid, owner.st_gid)
        cluster.bring_up()
        assert sales(cluster.data) == 1
    finally:
        dead.wait()


def test_a_making_that_was_cut_short_begins_again(new_cluster):
    half = new_cluster.data / "pg.new-abcdefgh"
    new_cluster.prepare_folder()
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    assert new_cluster.bring_up()
    assert not half.exists()


def test_roles_that_a_crash_left_out_are_made_at_the_next_start(new_cluster):
    new_cluster.prepare_folder()
    new_cluster.create()
    new_cluster.start()
    new_cluster.stop()
    assert not new_cluster.bring_up()
    with psycopg.connect(url_for("finetune_app", new_cluster.data)) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("finetune_app",)


def test_a_folder_is_used_by_one_at_a_time(data, environ):
    with embedded_database(data, durable=False, environ=environ, purpose="http://127.0.0.1:8000"):
        with pytest.raises(AlreadyRunning, match=rf"pid {os.getpid()}, http://127.0.0.1:8000"):
            DataFolderLock(data).take("another")
        # A command joins the one that runs, and leaves it running.
        with running_or_embedded_database(data, purpose="books", environ=environ) as urls:
            psycopg.connect(urls.app).close()
        psycopg.connect(urls.app).close()
    assert not DataFolderLock(data).is_held()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(urls.app)


def test_the_lock_is_free_when_its_holder_was_killed_and_a_child_lives_on(data):
    """Both kinds of child: one that runs another program, and a mere copy of the holder."""
    reading, writing = os.pipe()
    holder = os.fork()
    if holder == 0:
        DataFolderLock(data).take("to be killed")
        program = subprocess.Popen(["sleep", "60"])
        copy = os.fork()
        if copy == 0:
            time.sleep(60)
            os._exit(0)
        os.write(writing, f"{program.pid} {copy}\n".encode())
        time.sleep(60)
        os._exit(0)
    children = [int(pid) for pid in os.read(reading, 100).split()]
    os.close(reading)
    os.close(writing)
    try:
        with pytest.raises(AlreadyRunning, match=f"pid {holder}"):
            DataFolderLock(data).take("me")
        os.kill(holder, signal.SIGKILL)
        os.waitpid(holder, 0)
        lock = DataFolderLock(data)
        lock.take("me")
        lock.release()
    finally:
        for pid in children:
            os.kill(pid, signal.SIGKILL)


def test_the_database_of_tests_ends_with_a_test_run_that_was_killed(cluster):
    run = os.fork()
    if run == 0:
        cluster.bring_up()
        time.sleep(60)
        os._exit(0)
    try:
        until = time.monotonic() + 30
        while "ready" not in read(cluster.folder / "postmaster.pid"):
            assert time.monotonic() < until
            time.sleep(0.02)
        pid = find_postmaster(cluster.folder)
        assert pid is not None
    finally:
        os.kill(run, signal.SIGKILL)
        os.waitpid(run, 0)
    while is_postmaster_of(pid, cluster.folder):
        assert time.monotonic() < until
        time.sleep(0.02)


def read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def test_a_child_dies_with_its_parent_however_that_ends():
    reading, writing = os.pipe()

    def parent() -> None:
        us = os.getpid()
        child = os.fork()
        if child == 0:
            die_with_parent(us)
            os.write(writing, b"%d" % os.getpid())
            time.sleep(60)
        time.sleep(60)

    pid = os.fork()
    if pid == 0:
        parent()
        os._exit(0)
    child = int(os.read(reading, 20))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    until = time.monotonic() + 5
    while Path(f"/proc/{child}/cmdline").exists() and Path(f"/proc/{child}/cmdline").read_bytes():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_child_whose_parent_is_gone_already_ends_at_once():
    def orphaned() -> int:
        child = os.fork()
        if child == 0:
            die_with_parent(1 << 22)
            os._exit(0)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    assert in_child(orphaned) == 1
