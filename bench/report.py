"""What was measured, as lines of a table with their targets."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.measure import Compared, median_of, percentile

HEAD = (
    f"{'verb':<14}{'clients':>8}{'ours ms':>9}{'Python':>8}{'Postgres':>10}{'limit ms':>10}{'ratio':>8}"
    f"{'from..to':>14}{'target':>8}{'p50 ms':>8}{'p99 ms':>8}{'failed':>8}"
)


@dataclass
class Report:
    """Prints as it goes, and remembers what missed its target."""

    missed: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def say(self, text: str = "") -> None:
        print(text, flush=True)

    def head(self, title: str) -> None:
        self.say(f"\n{title}\n")

    def compared(self, name: str, clients: int, found: Compared, *, target: float | None) -> None:
        ratios = found.ratios
        verdict = "" if target is None else self._verdict(f"{name} at {clients}", found.ratio <= target)
        shown = f"{target:.1f}" if target is not None else ""
        self.failures += found.failures
        self.say(
            f"{name:<14}{clients:>8}{median_of(found.ours, 'cpu_each'):>9.2f}"
            f"{median_of(found.ours, 'python_each'):>8.2f}{median_of(found.ours, 'postgres_each'):>10.2f}"
            f"{median_of(found.limit, 'cpu_each'):>10.2f}{found.ratio:>8.2f}"
            f"{f'{min(ratios):.2f}..{max(ratios):.2f}':>14}{shown:>8}"
            f"{percentile(found.latencies, 0.5):>8.1f}{percentile(found.latencies, 0.99):>8.1f}"
            f"{len(found.failures):>8}  {verdict}"
        )

    def value(
        self, name: str, found: float, unit: str, *, at_most: float | None = None, at_least: float = 0.0
    ) -> None:
        """One number with its target."""
        if at_most is not None:
            target, holds = f"at most {at_most:g}", found <= at_most
        else:
            target, holds = f"at least {at_least:g}", found >= at_least
        self.say(f"{name:<58}{found:>9.2f} {unit:<5} {target:<14} {self._verdict(name, holds)}")

    def _verdict(self, name: str, holds: bool) -> str:
        if not holds:
            self.missed.append(name)
        return "PASS" if holds else "MISS"

    def conclude(self, *, strict: bool) -> int:
        """0 where no request failed and, if strict, no target was missed. What missed is said again, with the first
        of what failed."""
        self.head("In short")
        self.say(f"missed: {', '.join(self.missed) or 'nothing'}")
        self.say(f"failed requests: {len(self.failures)}")
        for each in self.failures[:3]:
            self.say(f"  {each}")
        return 1 if self.failures or (strict and self.missed) else 0


def spread(values: Sequence[float]) -> str:
    return f"median {percentile(values, 0.5):.2f}, from {min(values):.2f} to {max(values):.2f}"
