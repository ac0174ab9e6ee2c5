"""Where a shop's data lies, and how its database is reached."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from finetune.core import environment
from finetune.core.postgres.account import Account, closed_to_us, expected_ids, may_enter
from finetune.core.postgres.trouble import DatabaseTrouble

SUPERUSER = "finetune_super"
OWNER = "finetune_owner"
APP = "finetune_app"
DATABASE = "finetune"

ROOTS_FOLDER = Path("/var/lib/finetune")
PACKAGE = Path(__file__).resolve().parents[2]

# Linux takes 107 bytes for a socket's path and other systems 103. What PostgreSQL adds is counted in.
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_BYTES_MAX = 103
# A comma parts two folders in both places where PostgreSQL reads this one; the others are merely unusual.
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._+~@ -]+")


def data_folder(environ: Mapping[str, str] | None = None) -> Path:
    """The folder of everything a shop keeps, absolute. FINETUNE_DATA_DIR, else `var` in the checkout (or
    where we are); for root /var/lib/finetune where the database's user could not enter that."""
    environ = os.environ if environ is None else environ
    named = environment.text("FINETUNE_DATA_DIR", environ)
    if named:
        return Path(os.path.abspath(Path(named).expanduser()))
    checkout = PACKAGE.parent
    base = checkout if (checkout / "pyproject.toml").is_file() else Path.cwd()
    if os.geteuid() == 0 and not may_enter(base, *expected_ids(environ)):
        return ROOTS_FOLDER
    return base / "var"


def cluster_folder(data: Path) -> Path:
    """PostgreSQL's own folder, as its process shows it behind -D."""
    return data / "pg"


def has_cluster(data: Path) -> bool:
    """Whether a database was made in this folder."""
    try:
        return (cluster_folder(data) / "PG_VERSION").exists()
    except PermissionError as error:
        raise closed_to_us(data) from error


def socket_folder(data: Path) -> Path:
    """The folder of the database's socket: in the data folder, or in /tmp where that path is too long.

    It depends on the data folder alone, so that every command finds the same one.
    """
    inside = data / "socket"
    length = len(os.fsencode(inside / SOCKET_NAME))
    if length <= SOCKET_PATH_BYTES_MAX and PLAIN_PATH.fullmatch(str(inside)):
        return inside
    return Path("/tmp") / f"finetune-{hashlib.sha256(os.fsencode(data)).hexdigest()[:16]}"  # noqa: S108


def url_for(role: str, data: Path, database: str = DATABASE) -> str:
    """libpq's URL of a role, without a password: the socket and our user's name are the proof."""
    return f"postgresql://{role}@/{database}?host={quote(os.fsencode(socket_folder(data)), safe='')}"


def prepare_data_folder(data: Path, account: Account) -> None:
    """Make the data folder so that its user may enter it. Nothing above it is opened, ever."""
    _refuse_closed_ancestors(data, account)
    try:
        _make_folders(data, account)
        mode = data.stat().st_mode
    except PermissionError as error:
        raise DatabaseTrouble(
            f"The folder {data} cannot be made or read by this user ({error.strerror}). "
            "Choose another with FINETUNE_DATA_DIR."
        ) from error
    except (NotADirectoryError, FileExistsError) as error:
        raise DatabaseTrouble(
            f"{error.filename} is not a folder. Choose another with FINETUNE_DATA_DIR."
        ) from error
    if mode & stat.S_IWOTH:
        raise DatabaseTrouble(
            f"Everyone may write in {data}. Choose a folder of its own with FINETUNE_DATA_DIR."
        )
    if account.is_us or may_enter(data, account.uid, account.gid):
        return
    if not _is_ours(data):
        raise DatabaseTrouble(
            f"The folder {data} holds other things and is closed to the user {account.name}, which "
            "PostgreSQL runs as. Choose an empty folder with FINETUNE_DATA_DIR."
        )
    os.chown(data, -1, account.gid)
    data.chmod(stat.S_IMODE(mode) | stat.S_IXGRP)
    if not may_enter(data, account.uid, account.gid):
        raise DatabaseTrouble(
            f"The user {account.name} cannot enter {data}. Choose another with FINETUNE_DATA_DIR."
        )


def prepare_socket_folder(data: Path, account: Account) -> Path:
    """Make the socket's folder, open to its owner only. One that another user laid there first is refused."""
    folder = socket_folder(data)
    try:
        folder.mkdir(mode=0o700)
        os.chown(folder, account.uid, account.gid)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (account.uid, os.geteuid()):
            raise DatabaseTrouble(
                f"{folder} is needed for the database's socket, but another user made it. Remove it, or "
                "choose a shorter data folder with FINETUNE_DATA_DIR."
            ) from None
        _close_to_others(folder, account)
    return folder


def _close_to_others(folder: Path, account: Account) -> None:
    """By its handle: its owner could put a link in its place meanwhile, and root would follow."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        os.fchown(handle, account.uid, account.gid)
        os.fchmod(handle, 0o700)
    finally:
        os.close(handle)


def write_private(path: Path, text: str, account: Account | None = None) -> None:
    """Replace a file with mode 0600, whole or not at all. A link in its place is not followed."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            if account is not None and not account.is_us:
                os.fchown(file.fileno(), account.uid, account.gid)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _make_folders(data: Path, account: Account) -> None:
    missing = [folder for folder in (data, *data.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700)
        if not account.is_us:
            # Made just now and by us: a strict umask must not lock the database's user out of the way there.
            os.chown(folder, -1, account.gid)
            folder.chmod(0o710)


def _refuse_closed_ancestors(data: Path, account: Account) -> None:
    """Before anything is made: a folder on the way that the database's user cannot enter stays as it is."""
    if account.is_us:
        return
    for folder in reversed(data.parents):
        if folder.is_dir() and not may_enter(folder, account.uid, account.gid):
            raise DatabaseTrouble(
                f"The data folder {data} lies below {folder}, which is closed to the user {account.name} "
                "that PostgreSQL runs as (it refuses to run as root). FineTune opens no folder by itself. "
                f"Choose another with FINETUNE_DATA_DIR, such as {ROOTS_FOLDER}."
            )


def _is_ours(data: Path) -> bool:
    names = {entry.name for entry in data.iterdir()} - {"lost+found"}
    return not names or bool(names & {"pg", "lock"})
