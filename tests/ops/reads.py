"""Where lists and reports were read, and why there."""

from prometheus_client import REGISTRY

BECAUSE = ("caught_up", "no_position", "other_database", "not_replayed", "too_old", "paused", "failed")


def _counted() -> dict[str, float]:
    places = {name: "standby" if name == "caught_up" else "primary" for name in BECAUSE}
    return {
        name: REGISTRY.get_sample_value("finetune_reads_total", {"place": place, "because": name}) or 0
        for name, place in places.items()
    }


class Reads:
    """What was counted since the last look."""

    def __init__(self) -> None:
        self._before = _counted()

    def since(self) -> dict[str, float]:
        before, self._before = self._before, _counted()
        moved = {name: value - before[name] for name, value in self._before.items()}
        return {name: value for name, value in moved.items() if value}
