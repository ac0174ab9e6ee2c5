"""What processes used: processor time from /proc in nanoseconds, memory as their fair share (PSS).

Time on the wall says little on a machine that others use too; the processor time of our own processes does not count
what others ran meanwhile, though their use of caches still shows in it. `spin` says how much.
"""

import os
import statistics
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


def cpu_ms(pids: Iterable[int]) -> float:
    """Processor time that these processes and all their threads used so far. A process that is gone counts as 0."""
    return sum(_cpu_ns(pid) for pid in pids) / 1e6


def _cpu_ns(pid: int) -> int:
    total = 0
    try:
        for task in (PROC / str(pid) / "task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    except (FileNotFoundError, ProcessLookupError):
        return total
    return total


def _parents() -> dict[int, int]:
    parents = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                # The name in brackets may hold blanks; the parent is the second word behind it.
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
    return parents


def descendants(pid: int) -> list[int]:
    """The processes below this one, without it."""
    parents = _parents()
    found, waiting = [], [pid]
    while waiting:
        parent = waiting.pop()
        below = [child for child, its in parents.items() if its == parent]
        found += below
        waiting += below
    return found


def command_line(pid: int) -> str:
    try:
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def pss_mib(pid: int) -> float:
    """The process's fair share of memory: what it shares with others is divided among them."""
    for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def spin() -> float:
    """Processor milliseconds of a fixed piece of work. It would always be the same on a machine of our own."""
    began = time.process_time()
    total = 0
    for number in range(400_000):
        total += number * number % 7
    return (time.process_time() - began) * 1000


def machine_ticks() -> tuple[int, int]:
    """Ticks that all cores were busy, and that the host took away, since the machine started."""
    user, nice, system, _idle, _wait, irq, soft, steal, *_ = (
        int(word) for word in (PROC / "stat").read_text().split("\n", 1)[0].split()[1:]
    )
    return user + nice + system + irq + soft, steal


def own_ticks() -> float:
    times = os.times()
    ticks: int = os.sysconf("SC_CLK_TCK")
    return (times.user + times.system + times.children_user + times.children_system) * ticks


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


@dataclass(frozen=True, slots=True)
class Slice:
    """One side's work for a second or so: processor milliseconds a piece, time on the wall, what failed."""

    count: int
    python_ms: float
    postgres_ms: float
    seconds: float
    latencies: tuple[float, ...]
    failures: tuple[str, ...] = ()

    @property
    def cpu_each(self) -> float:
        return (self.python_ms + self.postgres_ms) / self.count

    @property
    def python_each(self) -> float:
        return self.python_ms / self.count

    @property
    def postgres_each(self) -> float:
        return self.postgres_ms / self.count

    @property
    def per_second(self) -> float:
        return self.count / self.seconds


@dataclass(frozen=True, slots=True)
class Compared:
    """Slices of ours and of the limit, taken in turns. A ratio is of neighbours, so that both met the same noise."""

    ours: tuple[Slice, ...]
    limit: tuple[Slice, ...]

    @property
    def ratios(self) -> list[float]:
        return [ours.cpu_each / limit.cpu_each for ours, limit in zip(self.ours, self.limit, strict=True)]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def failures(self) -> list[str]:
        return [failure for each in (*self.ours, *self.limit) for failure in each.failures]

    @property
    def latencies(self) -> list[float]:
        return [latency for each in self.ours for latency in each.latencies]


def median_of(slices: Iterable[Slice], name: str) -> float:
    return statistics.median(float(getattr(each, name)) for each in slices)
