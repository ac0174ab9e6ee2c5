"""Bill, take money, sell, post stock and list, held against the least that the same rows cost.

    python -m bench            everything, about eight minutes on two cores
    python -m bench --brief    eight clients, fewer rounds, two minutes
    python -m bench --grow 10000,100000,1000000    the same on a shop that has so many bills

Ends with 1 where a request failed. A missed target is said, and decides nothing: how long a thing takes depends on
the machine and on who else is at it. With --strict it ends with 1 for that, too.
"""

import argparse
import statistics
import sys
import time

from bench import grow, measure, plans
from bench.compare import Bench, bench_on
from bench.report import HEAD, Report, spread
from bench.scene import Scene, set_scene
from bench.shop import Shop, shop_of_its_own
from bench.work import WITH_GAPS, WORKS

CLIENTS = (1, 8, 32)
COLD_START_MAX, MEMORY_MAX, SERIES_MIN, ROLLUP_MAX = 1.5, 300.0, 0.25, 2.0


def main() -> int:
    options = _options()
    report = Report()
    began, noise = time.monotonic(), Noise()
    with shop_of_its_own() as shop:
        scene = set_scene(shop)
        grow.settle(shop)
        with bench_on(shop, scene) as bench:
            _verbs(bench, report, brief=options.brief)
            _series(bench, report, rounds=3 if options.brief else 7)
            noise.look()
            for bills in [int(text) for text in options.grow.split(",") if text]:
                _grown(bench, report, bills, rounds=3 if options.brief else 5)
                noise.look()
            _rollup(shop, report, movements=options.movements)
        _starts(shop, scene, report, times=3 if options.brief else 5)
    noise.say(report)
    report.say(f"seconds {time.monotonic() - began:.0f}")
    return report.conclude(strict=options.strict)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--brief", action="store_true", help="eight clients and fewer rounds")
    parser.add_argument(
        "--grow", default=None, help="how many bills the shop has, such as 10000,100000,1000000"
    )
    parser.add_argument("--strict", action="store_true", help="end with 1 where a target was missed")
    parser.add_argument("--movements", type=int, default=None, help="stock movements behind the rollup")
    options = parser.parse_args()
    if options.grow is None:
        options.grow = "" if options.brief else "10000,100000"
    if options.movements is None:
        options.movements = 100_000 if options.brief else 500_000
    return options


class Noise:
    """How far the machine was ours: a fixed piece of work again and again, and who else was at it."""

    def __init__(self) -> None:
        self._spins = [measure.spin() for _ in range(5)]
        self._busy, self._stolen = measure.machine_ticks()

    def look(self) -> None:
        self._spins += [measure.spin() for _ in range(5)]

    def say(self, report: Report) -> None:
        self.look()
        busy, stolen = measure.machine_ticks()
        busy, stolen = busy - self._busy, stolen - self._stolen
        own = measure.own_ticks()
        report.head("The machine")
        report.say(f"the same piece of work, ms of processor: {spread(self._spins)}")
        report.say(
            f"of the processor time {max(0.0, 1 - own / max(busy, 1)):.0%} was used by others, {stolen} ticks stolen"
        )


def _verbs(bench: Bench, report: Report, *, brief: bool) -> None:
    report.head("Processor time of a request: ours over the limit, in turns")
    report.say(HEAD)
    for work in WORKS:
        bench.warm_up(work)
        # What was written is counted, as a shop's autovacuum would within a minute: plans rest on it, and those that
        # were made for empty tables read them from end to end.
        grow.settle(bench.shop)
        bench.warm_up(work, 32)
        for clients in (8,) if brief and work.is_list else (8, 32) if brief else CLIENTS:
            count = 64 if brief else 96
            rounds = (3 if clients == 8 else 1) if brief else (7 if clients == 8 else 3)
            found = bench.compare(work, clients=clients, count=count, rounds=rounds)
            report.compared(work.name, clients, found, target=work.target if clients == 8 else None)


def _series(bench: Bench, report: Report, *, rounds: int) -> None:
    """Bills a second of eight writers: one series without gaps over a plain sequence, both in one SQL call."""
    ratios = []
    for number in range(rounds):
        pair = [("issue", WORKS[0].limit_sql), ("issue with gaps", WITH_GAPS)]
        rates = {}
        for name, sql in pair if number % 2 else reversed(pair):
            rates[name] = bench.other.run(name, sql, clients=8, count=400)
            report.failures += rates[name].failures
        ratios.append(rates["issue"].per_second / rates["issue with gaps"].per_second)
    report.head("Single numbers")
    report.say(f"one series over a plain sequence, in turns: from {min(ratios):.2f} to {max(ratios):.2f}")
    report.value(
        "one series at 8 writers, of a plain sequence", statistics.median(ratios), "", at_least=SERIES_MIN
    )


def _grown(bench: Bench, report: Report, bills: int, *, rounds: int) -> None:
    began = time.monotonic()
    grow.bills(bench.shop, bench.scene, bills)
    report.head(f"The same with {bills:,} bills (made in {time.monotonic() - began:.0f} s)")
    report.say(HEAD)
    for work in WORKS:
        bench.warm_up(work, 32)
        found = bench.compare(work, clients=8, count=64, rounds=rounds)
        report.compared(work.name, 8, found, target=work.target)
    for name, trouble in plans.walks(bench.shop, bench.scene).items():
        report.say(f"{name:<40}{trouble or 'by index'}")
        if trouble:
            report.missed.append(name)


def _rollup(shop: Shop, report: Report, *, movements: int) -> None:
    began = time.monotonic()
    grow.stock(shop, balances=100_000, movements=movements)
    report.say(f"\n100,000 balances and {movements:,} movements (made in {time.monotonic() - began:.0f} s)")
    for name, milliseconds in plans.rollup_times(shop).items():
        report.value(f"rollup, {name}", milliseconds, "ms", at_most=ROLLUP_MAX)


def _starts(shop: Shop, scene: Scene, report: Report, *, times: int) -> None:
    """Cold start on a warm data folder, and what four workers hold after each has answered."""
    seconds, processor = [], []
    for number in range(times):
        shop.stop()
        seconds.append(shop.start(workers=4 if number == times - 1 else 2))
        processor.append(shop.cpu_seconds())
    report.head("Start and memory")
    report.say(f"start on a warm data folder, s: {spread(seconds)}; of the processor {spread(processor)}")
    report.value("start on a warm data folder", statistics.median(seconds), "s", at_most=COLD_START_MAX)
    with bench_on(shop, scene) as bench:
        for work in WORKS:
            failures = bench.ours(work, clients=32, count=128).failures
            report.failures += failures
    shares = [measure.pss_mib(pid) for pid in shop.web_pids()]
    report.value("memory of 4 workers and their server, PSS", sum(shares), "MiB", at_most=MEMORY_MAX)


if __name__ == "__main__":
    sys.exit(main())
