"""What the pods of deploy/kubernetes run, run here: the commands and variables of the small overlay as kubectl puts it
together, secrets as files, and a shop's folder that cannot be written, as in a container whose root is read-only."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.platforms.kubernetes import (
    Object,
    containers,
    environment_of,
    of_kind,
    pods,
    put_together,
    why_left_out,
)
from tests.platforms.reading import ROOT, plain_environment
from tests.platforms.running import free_port, run, started, status_of, wait_for
from tests.platforms.server import Server

DATABASE = "kubernetes"
PASSWORD = "60303ae22b998861bce3b28f33eec1be"
KEY = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"
NOWHERE = "/proc/no-folder"


@dataclass(frozen=True)
class Namespace:
    """The overlay's objects, and a folder that stands for the root of each container."""

    objects: list[Object]
    root: Path
    port: int

    def command(self, pod: str, container: int = -1) -> list[str]:
        words = [self._here(word) for word in containers(pods(self.objects)[pod])[container]["args"]]
        return [sys.executable, "-m", "finetune", *words]

    def environ(self, pod: str, container: int = -1) -> dict[str, str]:
        """The container's own, and what the image sets."""
        given = environment_of(containers(pods(self.objects)[pod])[container], self.objects)
        image = {"HOST": "127.0.0.1", "PORT": str(self.port), "FINETUNE_DATA_DIR": NOWHERE}
        here = {name: self._here(value) for name, value in given.items()}
        return plain_environment(**image, **here, TMPDIR=str(self.root / "tmp"))

    def run(self, pod: str, container: int = -1) -> tuple[int, str]:
        return run(self.command(pod, container), self.environ(pod, container), ROOT)

    def _here(self, word: str) -> str:
        return f"{self.root}{word}" if word.startswith(("/secrets/", "/backups")) else word


@pytest.fixture(scope="module")
def namespace(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Namespace:
    if why := why_left_out():
        pytest.skip(why)
    server.make_database(DATABASE)
    secrets = {
        "DATABASE_URL": server.url("kubernetes_app", PASSWORD, DATABASE),
        "DATABASE_OWNER_URL": server.owner_url(DATABASE),
        "SECRET_KEY": KEY,
        "METRICS_TOKEN": KEY[::-1],
    }
    folder = tmp_path_factory.mktemp("namespace")
    objects = put_together("small", folder / "files", secrets)
    root = folder / "root"
    for name in ("tmp", "backups", "secrets"):
        (root / name).mkdir(parents=True)
    for name, secret in of_kind(objects, "Secret").items():
        (root / "secrets" / name).mkdir()
        for key in secret["data"]:
            # As kubectl writes it: the value with no end of line.
            (root / "secrets" / name / key).write_text(secrets[key])
    return Namespace(objects, root, free_port())


@pytest.fixture(scope="module")
def new_pod(namespace: Namespace) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """The web server of a new version, begun while its tables are not there yet."""
    told = namespace.root / "told"
    with started(namespace.command("web"), namespace.environ("web"), ROOT, told) as process:
        wait_for(namespace.port, "/healthz", process, told)
        yield process, told


def test_before_the_release_a_new_pod_lives_and_is_not_ready(namespace, new_pod):
    assert status_of(namespace.port, "/healthz") == 200
    assert status_of(namespace.port, "/readyz") == 503


def test_before_the_release_no_new_worker_begins(namespace):
    status, _told = namespace.run("worker", 0)
    assert status != 0


def test_with_the_release_the_same_pod_becomes_ready(namespace, new_pod):
    status, told = namespace.run("release")
    assert status == 0, told
    wait_for(namespace.port, "/readyz", *new_pod)


def test_then_the_worker_begins_and_ends_when_told(namespace):
    status, told = namespace.run("worker", 0)
    assert status == 0, told
    heard = namespace.root / "heard"
    command, environ = namespace.command("worker"), namespace.environ("worker")
    with started(command, environ, ROOT, heard) as worker, pytest.raises(subprocess.TimeoutExpired):
        worker.wait(timeout=5)
    assert worker.returncode == 0, heard.read_text()


def test_the_release_may_run_again(namespace):
    status, told = namespace.run("release")
    assert status == 0, told


def test_the_books_are_checked_and_the_result_is_kept(namespace, server):
    status, told = namespace.run("books")
    assert status == 0, told
    with psycopg.connect(server.owner_url(DATABASE)) as owner:
        checked = owner.execute("SELECT count(*) FROM reports_bookscheck").fetchone()
    assert checked == (1,)


def test_the_backup_is_written_where_the_claim_is(namespace):
    status, told = namespace.run("backup")
    assert status == 0, told
    assert len(list((namespace.root / "backups").glob("*.backup"))) == 1


def test_a_backup_is_restored_beside_it_and_released_there(namespace, server):
    """As the page says: the address of an empty database in place of the files with the old one."""
    server.make_database("beside")
    environ = {"DATABASE_URL": server.owner_url("beside")}
    environ |= {name: value for name, value in namespace.environ("tools").items() if "DATABASE" not in name}
    (backup,) = (namespace.root / "backups").glob("*.backup")
    status, told = run([sys.executable, "-m", "finetune", "restore", str(backup)], environ, ROOT)
    assert status == 0, told
    for name, value in {
        "app/DATABASE_URL": server.url("kubernetes_app", PASSWORD, "beside"),
        "owner/DATABASE_OWNER_URL": server.owner_url("beside"),
    }.items():
        (namespace.root / "secrets" / name).write_text(value)
    status, told = namespace.run("release")
    assert status == 0, told


def test_who_serves_owns_nothing(namespace, server):
    with psycopg.connect(server.url("kubernetes_app", PASSWORD, DATABASE)) as app:
        owned = app.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user").fetchone()
    assert owned == (0,)
