"""The built-in PostgreSQL goes back to a minute, as docs/backup.md tells it."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import psycopg
import pytest

from finetune.core.postgres import Cluster
from finetune.core.postgres.location import SUPERUSER, socket_folder, url_for
from finetune.core.postgres.programs import plain_environment
from finetune.ops.backup_programs import program

PAGE = Path(__file__).resolve().parents[2] / "docs" / "backup.md"
PATIENCE = 240.0


def told(place: int) -> str:
    """One of the page's pieces of settings."""
    return str(re.findall(r"```conf\n(.*?)```", PAGE.read_text(), re.S)[place])


def ask(cluster: Cluster, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url_for(SUPERUSER, cluster.data, "postgres"), autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else []


def give_to_the_database(folder: Path, like: Path) -> None:
    """As the page says: whoever owned the folder that is replaced owns this one."""
    owner = like.stat()
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid)


def take_base_backup(cluster: Cluster, base: Path) -> None:
    command = [program("pg_basebackup"), "-D", str(base), "-c", "fast", "-U", SUPERUSER]
    command += ["-h", str(socket_folder(cluster.data))]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=plain_environment(os.environ)
    )
    assert done.returncode == 0, done.stderr


def wait_until_archived(cluster: Cluster) -> None:
    [[segment]] = ask(cluster, "SELECT pg_walfile_name(pg_switch_wal())")
    until = time.monotonic() + PATIENCE
    while not (cluster.data / "archive" / str(segment)).exists():
        assert time.monotonic() < until, ask(cluster, "SELECT * FROM pg_stat_archiver")
        time.sleep(0.1)


@pytest.fixture
def archiving(cluster: Cluster) -> Cluster:
    archive = cluster.data / "archive"
    archive.mkdir()
    give_to_the_database(archive, cluster.folder)
    settings = told(0).replace("/archive/", f"{archive}/")
    (cluster.folder / "local.conf").write_text(settings)
    give_to_the_database(cluster.folder / "local.conf", cluster.folder)
    cluster.bring_up()
    return cluster


def test_back_to_the_moment_before_the_mistake(archiving):
    cluster, base = archiving, archiving.data / "base"
    ask(cluster, "CREATE TABLE noted (what text)")
    take_base_backup(cluster, base)
    ask(cluster, "INSERT INTO noted VALUES ('after the base backup')")
    [[moment]] = ask(cluster, "SELECT clock_timestamp()::text")
    ask(cluster, "INSERT INTO noted VALUES ('the mistake')")
    wait_until_archived(cluster)
    cluster.stop()

    lost = cluster.data / "lost"
    cluster.folder.rename(lost)
    shutil.move(base, cluster.folder)
    recovery = told(1).replace("/archive/", f"{cluster.data / 'archive'}/")
    recovery = re.sub(r"recovery_target_time = '.*'", f"recovery_target_time = '{moment}'", recovery)
    with (cluster.folder / "local.conf").open("a") as settings:
        settings.write(recovery)
    (cluster.folder / "recovery.signal").touch()
    give_to_the_database(cluster.folder, lost)
    cluster.folder.chmod(0o700)
    cluster.bring_up()
    assert ask(cluster, "SELECT what FROM noted") == [("after the base backup",)]
    assert ask(cluster, "SELECT pg_is_in_recovery()") == [(False,)]
    ask(cluster, "INSERT INTO noted VALUES ('trade goes on')")
