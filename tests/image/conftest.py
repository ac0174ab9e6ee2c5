"""The image, built once for all its tests, and a database server for it."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.test_readme import free_port
from tests.image import handed
from tests.image.engine import PROGRAMS, Engine, run
from tests.image.server import APP, PLATFORM, Server, running_server

# Where the base is kept for the next time; a folder that is removed with the tests where this is unset.
KEPT = "FINETUNE_IMAGE_BASE"


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """Not under pytest's own, whose folders are closed: the shop's user and the database's must pass through."""
    found = Path(tempfile.mkdtemp(prefix="finetune-image-"))
    found.chmod(0o755)
    yield found
    shutil.rmtree(found, ignore_errors=True)


@pytest.fixture(scope="session")
def engine(folder: Path) -> Iterator[Engine]:
    missing = [
        name for name in PROGRAMS if shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") is None
    ]
    if missing:
        pytest.skip(f"LEFT OUT: an image cannot be built here without {', '.join(missing)}")
    if os.geteuid() != 0:
        pytest.skip("LEFT OUT: debootstrap and buildah's chroot need root")
    made = Engine(folder)
    try:
        made.take_base(base(folder))
        made.build(*handed.volumes(folder))
        yield made
    finally:
        made.clear()


def base(folder: Path) -> Path:
    """Debian with Python, as an archive: the least that the published Python images have, made by Debian's own tool."""
    kept = Path(os.environ.get(KEPT) or folder)
    archive = kept / "base.tar"
    if archive.exists():
        return archive
    kept.mkdir(parents=True, exist_ok=True)
    root = folder / "base"
    include = "--include=python3.11,python3-venv,ca-certificates"
    run(["debootstrap", "--variant=minbase", include, "bookworm", str(root)])
    shutil.rmtree(root / "var" / "cache" / "apt")
    run(["tar", "--create", "--file", str(archive), "--directory", str(root), "."])
    shutil.rmtree(root)
    return archive


@pytest.fixture(scope="session")
def server(folder: Path, engine: Engine) -> Iterator[Server]:
    with running_server(folder / "server", free_port()) as found:
        yield found


@pytest.fixture(scope="session")
def data(folder: Path, engine: Engine) -> Path:
    """The volume of the shop."""
    made = folder / "data"
    made.mkdir(mode=0o750)
    os.chown(made, 10001, 10001)
    return made


@pytest.fixture(scope="session")
def environment(server: Server) -> dict[str, str]:
    """What a platform sets."""
    port = free_port()
    return {
        "DATABASE_URL": server.url(APP),
        "DATABASE_OWNER_URL": server.url(PLATFORM),
        "SECRET_KEY": secrets.token_hex(40),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
    }


@pytest.fixture(scope="session")
def options(server: Server, data: Path) -> tuple[str, ...]:
    return (*server.options, f"--volume={data}:/data")


@pytest.fixture(scope="session")
def released(
    engine: Engine, server: Server, environment: dict[str, str], options: tuple[str, ...]
) -> subprocess.CompletedProcess[str]:
    """The release step of a shop on the open Internet, on an empty database."""
    safe = {"PUBLIC_URL": "https://shop.example.com", "TRUSTED_PROXIES": "10.1.2.3"}
    accepted = () if server.has_tls else ("--accept", "database_tls")
    return engine.run("release", *accepted, env={**environment, **safe}, options=options)


@pytest.fixture(scope="session")
def demo(
    engine: Engine,
    environment: dict[str, str],
    options: tuple[str, ...],
    released: subprocess.CompletedProcess[str],
) -> None:
    assert released.returncode == 0, released.stderr
    done = engine.run("demo", env=environment, options=options)
    assert done.returncode == 0, done.stderr
