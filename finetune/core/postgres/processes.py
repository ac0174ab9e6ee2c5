"""Finding the processes of a cluster that we did not start, or started in an earlier life."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

PROC = Path("/proc")


def command_line(pid: int) -> list[str]:
    """A process's arguments; empty when there is no such process, or it has ended and waits to be
    collected."""
    if PROC.joinpath("self").exists():
        try:
            raw = (PROC / str(pid) / "cmdline").read_bytes()
        except OSError:
            return []
        return [os.fsdecode(part) for part in raw.split(b"\0") if part]
    done = subprocess.run(  # noqa: S603
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, check=False
    )
    return os.fsdecode(done.stdout).split()


def is_there(pid: int) -> bool:
    """Whether the system knows the number: also of a process that has ended and waits to be collected."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError) as error:
        return isinstance(error, PermissionError)
    return True


def postmaster_pid(cluster: Path) -> int | None:
    """The number in postmaster.pid, whoever has it by now."""
    try:
        return abs(int((cluster / "postmaster.pid").read_text().split("\n", 1)[0]))
    except (OSError, ValueError):
        return None


def is_postmaster_of(pid: int, cluster: Path) -> bool:
    """Whether that process is the PostgreSQL of this folder. A number alone proves nothing: they are
    used again."""
    arguments = command_line(pid)
    if not arguments or Path(arguments[0]).name != "postgres" or "-D" not in arguments[:-1]:
        return False
    shown = Path(arguments[arguments.index("-D") + 1])
    return shown == cluster or _same(shown, cluster)


def find_postmaster(cluster: Path) -> int | None:
    """The live PostgreSQL of this folder, also when its postmaster.pid was removed: a second one would
    ruin the data."""
    pid = postmaster_pid(cluster)
    if pid is not None and is_postmaster_of(pid, cluster):
        return pid
    return next((other for other in _all_pids() if is_postmaster_of(other, cluster)), None)


def stragglers(cluster_name: str, uid: int) -> list[int]:
    """PostgreSQL's workers for one cluster, by the title they carry. After their parent was killed one
    may still
    be at its query, and no new parent starts before it has ended."""
    title = f"postgres: {cluster_name}: "
    return [
        pid for pid in _all_pids() if _owner(pid) == uid and " ".join(command_line(pid)).startswith(title)
    ]


def _all_pids() -> list[int]:
    """Every process, where the system lists them as files."""
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()] if PROC.is_dir() else []


def _owner(pid: int) -> int | None:
    try:
        return (PROC / str(pid)).stat().st_uid
    except OSError:
        return None


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
