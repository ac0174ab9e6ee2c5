"""The scripts of one machine, really run: a wheel of the project, a PostgreSQL server, and another root.

Users, packages and systemd of the machine itself are left alone: stand-ins take their place.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from finetune import __version__
from finetune.core.postgres.location import SUPERUSER, socket_folder, url_for
from tests.platforms.running import free_port
from tests.platforms.server import platform_server
from tests.platforms.systemd import Unit

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="LEFT OUT: these scripts are for root")

SYSTEMCTL = f'#!/bin/sh\ncd {ROOT} && exec {sys.executable} -m tests.platforms.systemd "$@"\n'
NOTHING = "#!/bin/sh\nexit 0\n"
# As whoever we are; what is done as PostgreSQL's superuser goes to the server of the test.
RUNUSER = """#!/bin/bash
user=$2; shift 3
[ "$user" = postgres ] || exec "$@"
shift; while [ "$1" != --dbname ]; do options+=("$1"); shift; done
exec {python} -m tests.platforms.psql "$SUPER_URL"
"""
INSTALL = """#!/bin/bash
kept=()
while [ $# -gt 0 ]; do case $1 in -o | -g) shift ;; *) kept+=("$1") ;; esac; shift; done
exec /usr/bin/install "${kept[@]}"
"""


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="finetune-machine-"))
    folder.chmod(0o755)
    yield folder
    for each in folder.glob("*/*.pid"):
        Unit(each.parent, each.stem).stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def wheel(place: Path) -> Path:
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(place / "wheels")]
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = (place / "wheels").iterdir()
    return built


def as_version(wheel: Path, version: str, *, spoilt: str = "") -> Path:
    """The same wheel under another version; `spoilt` is put in front of what the web server loads."""
    other = wheel.with_name(wheel.name.replace(__version__, version))
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("METADATA"):
                content = content.replace(f"Version: {__version__}".encode(), f"Version: {version}".encode())
            if spoilt and name == "finetune/wsgi.py":
                content = spoilt.encode() + content
            new.writestr(name.replace(f"finetune-{__version__}.dist", f"finetune-{version}.dist"), content)
    return other


class Machine:
    """A root of its own with the stand-ins first on its PATH."""

    def __init__(self, folder: Path, **more: str) -> None:
        self.root = folder
        folder.mkdir()
        folder.chmod(0o755)
        stand_ins = folder / "stand-ins"
        stand_ins.mkdir()
        programs = {
            "systemctl": SYSTEMCTL,
            "runuser": RUNUSER.replace("{python}", sys.executable),
            "install": INSTALL,
        }
        programs |= dict.fromkeys(("useradd", "apt-get"), NOTHING)
        for name, text in programs.items():
            (stand_ins / name).write_text(text)
            (stand_ins / name).chmod(0o755)
        self.environ = {
            **{name: value for name, value in os.environ.items() if name.startswith(("PIP_", "XDG_"))},
            "PATH": f"{stand_ins}:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(folder),
            "FINETUNE_ROOT": str(folder),
            "PYTHON": sys.executable,
            "PYTHONPATH": "",
            **more,
        }

    def run(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(ROOT / "deploy" / script), *arguments]
        return subprocess.run(
            command, check=False, env=self.environ, capture_output=True, text=True, timeout=600, cwd=ROOT
        )

    def done(self, script: str, *arguments: str) -> str:
        done = self.run(script, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @property
    def version(self) -> str:
        return (self.root / "opt/finetune/current").readlink().name

    def asked(self, port: int, path: str, body: dict[str, str] | None = None) -> dict[str, str]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Host": "localhost"}
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, headers)
        with urllib.request.urlopen(request, timeout=20) as response:
            answer: dict[str, str] = json.loads(response.read())
        return answer


REQUIREMENTS = str(ROOT / "requirements" / "run.txt")
PASSWORD = "a-horse-in-a-stable"


@pytest.fixture(scope="module")
def database(place: Path) -> Iterator[tuple[str, str]]:
    """Where it answers, and the superuser's address. Nothing of ours is in it yet."""
    folder = place / "server"
    folder.mkdir()
    folder.chmod(0o711)
    with platform_server(folder / "data") as server:
        superuser = url_for(SUPERUSER, server.data, "postgres")
        with psycopg.connect(superuser, autocommit=True) as admin:
            admin.execute("DROP DATABASE finetune")
        for name in ("template1", "postgres"):
            with psycopg.connect(url_for(SUPERUSER, server.data, name), autocommit=True) as admin:
                admin.execute("ALTER SCHEMA public OWNER TO pg_database_owner")
                for role in ("finetune_owner", "finetune_app"):
                    admin.execute(f"DROP OWNED BY {role} CASCADE")
        with psycopg.connect(superuser, autocommit=True) as admin:
            admin.execute("DROP ROLE finetune_app; DROP ROLE finetune_owner")
        yield f"/finetune?host={str(socket_folder(server.data)).replace('/', '%2F')}", superuser


def test_a_machine_is_installed_upgraded_and_goes_back(place: Path, wheel: Path, database: tuple[str, str]):
    where, superuser = database
    port = free_port()
    machine = Machine(
        place / "vps", SITE="shop.example", POSTGRES_AT=where, SUPER_URL=superuser, PORT=str(port)
    )
    settings = machine.root / "etc/finetune/finetune.env"

    assert machine.run("vps/install.sh", str(wheel)).returncode == 2, "a file is missing"
    told = machine.done("vps/install.sh", str(wheel), REQUIREMENTS)
    assert f"Version {__version__} serves" in told
    assert settings.stat().st_mode & 0o777 == 0o640
    assert settings.with_name("owner.env").stat().st_mode & 0o777 == 0o600
    assert "https://shop.example" in settings.read_text()
    assert f"reverse_proxy 127.0.0.1:{port}" in (machine.root / "etc/caddy/Caddyfile").read_text()
    pid = int((machine.root / "finetune-web.service.pid").read_text())
    assert b"DATABASE_OWNER_URL" not in Path(f"/proc/{pid}/environ").read_bytes()

    machine.environ["FINETUNE_ADMIN_PASSWORD"] = PASSWORD
    assert "may log in" in machine.done("vps/as-shop.sh", "create-admin", "owner")
    log_in = {"username": "owner", "password": PASSWORD}
    assert machine.asked(port, "/api/auth/token/", log_in)["access"]

    kept = settings.read_text()
    machine.done("vps/install.sh", str(wheel), REQUIREMENTS)
    assert settings.read_text() == kept, "a second time changes nothing"
    assert machine.asked(port, "/api/auth/token/", log_in)["access"]

    better = as_version(wheel, "9.0.0")
    assert "Version 9.0.0 serves" in machine.done("vps/upgrade.sh", str(better), REQUIREMENTS)
    assert machine.version == "9.0.0"
    backups = list((machine.root / "var/backups/finetune").glob("*.backup"))
    assert len(backups) == 1, "one before the upgrade"

    worse = as_version(wheel, "9.0.1", spoilt="raise SystemExit('spoilt')\n")
    done = machine.run("vps/upgrade.sh", str(worse), REQUIREMENTS)
    assert done.returncode == 2
    assert "9.0.0 serves again" in done.stderr
    assert machine.version == "9.0.0"
    assert machine.asked(port, "/api/auth/token/", log_in)["access"]
    books = Unit(machine.root, "finetune-books.service")
    assert books.run() == 0, (machine.root / "finetune-books.service.log").read_text()
    for unit in ("finetune-web.service", "finetune-worker.service"):
        Unit(machine.root, unit).stop()


def test_a_single_shop_is_installed_backed_up_and_restored(place: Path, wheel: Path):
    """And its backup fails, rather than fill the machine's own disk, while the other disk is not there."""
    port = free_port()
    machine = Machine(place / "shop", PORT=str(port))
    told = machine.done("single-shop/install.sh", str(wheel), REQUIREMENTS)
    assert f"Version {__version__} serves" in told
    machine.environ["FINETUNE_ADMIN_PASSWORD"] = PASSWORD
    machine.done("single-shop/as-shop.sh", "create-admin", "owner")
    log_in = {"username": "owner", "password": PASSWORD}
    assert machine.asked(port, "/api/auth/token/", log_in)["access"]

    backup = Unit(machine.root, "finetune-backup.service")
    other_disk = machine.root / "mnt/finetune-backup"
    (other_disk / "finetune").mkdir(parents=True)
    assert backup.run() != 0, "the folder is there, and the disk is not"
    assert not list((other_disk / "finetune").iterdir())
    subprocess.run(["mount", "-t", "tmpfs", "finetune-other-disk", str(other_disk)], check=True, timeout=60)
    try:
        (other_disk / "finetune").mkdir()
        assert backup.run() == 0, (machine.root / "finetune-backup.service.log").read_text()
        (written,) = (other_disk / "finetune").glob("*.backup")
        written = Path(shutil.copy(written, machine.root))
    finally:
        subprocess.run(["umount", str(other_disk)], check=True, timeout=60)

    shop = Unit(machine.root, "finetune.service")
    shop.stop()
    program = machine.root / "opt/finetune/current/bin/finetune"
    drill = {**machine.environ, "FINETUNE_DATA_DIR": str(machine.root / "drill")}
    for command in (["restore", str(written)], ["books"]):
        done = subprocess.run(
            [str(program), *command], check=False, env=drill, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stdout + done.stderr
