"""Which user of the system PostgreSQL runs as: ourselves, or an unprivileged one when we are root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune.core import environment
from finetune.core.postgres.trouble import DatabaseTrouble

SYSTEM_USER = "finetune_pg"
NOBODY = 65534

Announce = Callable[[str], None]


def in_silence(_message: str) -> None:
    """An Announce that tells nobody."""


@dataclass(frozen=True)
class Account:
    """A user of the operating system."""

    name: str
    uid: int
    gid: int

    @property
    def is_us(self) -> bool:
        return self.uid == os.geteuid()

    def process_options(self) -> dict[str, Any]:
        """Keyword arguments for subprocess that make the child run as this user, with none of our groups."""
        if self.is_us:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def ourselves() -> Account:
    """The user we run as. PostgreSQL refuses a number without a name, as some containers have it."""
    uid = os.geteuid()
    found = _by_uid(uid)
    if found is None:
        raise DatabaseTrouble(
            f"The user number {uid} has no name in /etc/passwd, and PostgreSQL does not run for one without. "
            "Give it a name there, or set DATABASE_URL to a PostgreSQL server."
        )
    return found


def database_account(
    cluster_folder: Path, environ: Mapping[str, str], announce: Announce = in_silence
) -> Account:
    """The user for PostgreSQL. As root that is who owns the existing cluster, else FINETUNE_PG_USER or a user
    of our own, which is added to the system where it is missing."""
    us = ourselves()
    owner = _owner(cluster_folder)
    if us.uid != 0:
        if owner not in (None, us.uid):
            raise DatabaseTrouble(
                f"The database in {cluster_folder} belongs to another user ({_name_of(owner)}). "
                "Start FineTune as the user who made it, or choose another folder with FINETUNE_DATA_DIR."
            )
        return us
    # A shop that was first started by an ordinary user stays that user's, also when root starts it once.
    if owner not in (None, 0):
        return _by_uid(owner) or _add(SYSTEM_USER, owner, announce)
    name = environment.text("FINETUNE_PG_USER", environ) or SYSTEM_USER
    account = _by_name(name) or _add(name, None, announce)
    if account.uid == 0:
        raise DatabaseTrouble(
            f"FINETUNE_PG_USER is {name}, which is root, and PostgreSQL refuses to run as root."
        )
    return account


def expected_ids(environ: Mapping[str, str]) -> tuple[int, int]:
    """User and group number PostgreSQL will have, without adding a user to find out."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    account = _by_name(environment.text("FINETUNE_PG_USER", environ) or SYSTEM_USER)
    return (account.uid, account.gid) if account else (NOBODY, NOBODY)


def may_enter(folder: Path, uid: int, gid: int) -> bool:
    """Whether that user can enter the folder, asked of the system itself: modes alone do not tell of ACLs."""
    if os.geteuid() != 0:
        return os.access(folder, os.X_OK)
    probe = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]
    try:
        done = subprocess.run(  # noqa: S603
            probe, user=uid, group=gid, extra_groups=[], cwd="/", capture_output=True, check=False
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise DatabaseTrouble(
            f"PostgreSQL does not run as root, and root cannot become another user here ({error}). "
            "Start FineTune as an ordinary user, or set DATABASE_URL to a PostgreSQL server."
        ) from error
    return done.returncode == 0


def closed_to_us(data: Path) -> DatabaseTrouble:
    return DatabaseTrouble(
        f"The data folder {data} is closed to this user. Start FineTune as the user who made it, or choose "
        "another folder with FINETUNE_DATA_DIR."
    )


def _owner(folder: Path) -> int | None:
    try:
        return folder.stat().st_uid
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise closed_to_us(folder.parent) from error


def _by_uid(uid: int | None) -> Account | None:
    try:
        entry = pwd.getpwuid(-1 if uid is None else uid)
    except (KeyError, OverflowError):
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _by_name(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _name_of(uid: int | None) -> str:
    account = _by_uid(uid)
    return account.name if account else f"number {uid}"


def _ways_to_add(name: str, uid: int | None) -> list[list[str]]:
    number = [] if uid is None else ["--uid", str(uid)]
    shell = "/usr/sbin/nologin" if Path("/usr/sbin/nologin").exists() else "/bin/false"
    home = "/nonexistent"
    return [
        ["useradd", "--system", *number, "--user-group", "-M", "--home-dir", home, "--shell", shell, name],
        ["adduser", "--system", *number, "--group", "--no-create-home", "--home", home, name],
        ["adduser", "-S", "-D", "-H", "-h", home, "-s", shell, *(["-u", str(uid)] if uid else []), name],
    ]


def _add(name: str, uid: int | None, announce: Announce) -> Account:
    """Add a system user without home, shell or password. Two starts may both try: the name decides."""
    announce(f"Adding the system user {name}, which PostgreSQL runs as (it refuses to run as root)")
    said = "there is neither useradd nor adduser"
    for command in _ways_to_add(name, uid):
        program = shutil.which(command[0], path="/usr/sbin:/sbin:/usr/bin:/bin")
        if program is None:
            continue
        done = subprocess.run(  # noqa: S603
            [program, *command[1:]], capture_output=True, text=True, check=False
        )
        account = _by_name(name)
        if account is not None:
            return account
        said = (done.stderr or done.stdout).strip() or f"{command[0]} ended with {done.returncode}"
    raise DatabaseTrouble(
        f"PostgreSQL does not run as root, and the system user {name} could not be added: {said}. "
        "Add an unprivileged user yourself and name it in FINETUNE_PG_USER, start FineTune as an ordinary "
        "user, or set DATABASE_URL to a PostgreSQL server."
    )
