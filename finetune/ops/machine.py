"""What the machine gives us, or the container: cores and memory, as its control groups bound them."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

MIB = 1024 * 1024
# What a web server takes with its first worker, and with each that it forks after that. Measured at rest it is 115 and
# 23; the rest is for what requests need for a moment, such as an upload or a paper that is set.
FIRST_WORKER_MIB = 200
NEXT_WORKER_MIB = 70
WORKERS_MIN, WORKERS_MAX = 2, 8
# An old kernel writes a number of this size where there is no limit.
NO_LIMIT = 1 << 60


def workers(root: Path = Path("/")) -> int:
    """Web processes: one for each core, 2 to 8, and no more than the memory holds."""
    wanted = min(max(cores(root), WORKERS_MIN), WORKERS_MAX)
    memory = memory_limit(root)
    if memory is None:
        return wanted
    return min(wanted, max(1 + (memory // MIB - FIRST_WORKER_MIB) // NEXT_WORKER_MIB, 1))


def cores(root: Path = Path("/")) -> int:
    """Those that we may run on; less where a quota gives us less of their time. Half a core counts as one."""
    may_run_on = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2
    return min([may_run_on, *(max(math.ceil(quota), 1) for quota in _quotas(root))])


def memory_limit(root: Path = Path("/")) -> int | None:
    """In bytes; None where there is none but the machine's own."""
    return min(_memory_limits(root), default=None)


def _quotas(root: Path) -> Iterator[float]:
    for folder in _folders(root, "cpu"):
        quota, _, period = _text(folder / "cpu.max").partition(" ")
        if quota.isdigit() and period.isdigit() and int(period):
            yield int(quota) / int(period)
        quota, period = _text(folder / "cpu.cfs_quota_us"), _text(folder / "cpu.cfs_period_us")
        if quota.isdigit() and period.isdigit() and int(period):
            yield int(quota) / int(period)


def _memory_limits(root: Path) -> Iterator[int]:
    for folder in _folders(root, "memory"):
        for name in ("memory.max", "memory.limit_in_bytes"):
            limit = _text(folder / name)
            if limit.isdigit() and int(limit) < NO_LIMIT:
                yield int(limit)


def _folders(root: Path, controller: str) -> Iterator[Path]:
    """Our own group and all above it, since each bounds what is below. Of both versions: a machine may have the two
    side by side. Where a container does not see its own path, its limits stand at the top."""
    groups = root / "sys/fs/cgroup"
    for line in _text(root / "proc/self/cgroup").splitlines():
        number, _, rest = line.partition(":")
        names, _, path = rest.partition(":")
        if number == "0" and not names:
            yield from _upwards(groups, path)
        elif controller in names.split(","):
            yield from _upwards(groups / names, path)
            yield from _upwards(groups / controller, path)


def _upwards(top: Path, path: str) -> Iterator[Path]:
    parts = [part for part in path.split("/") if part not in ("", "..")]
    for length in range(len(parts), -1, -1):
        yield top.joinpath(*parts[:length])


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
