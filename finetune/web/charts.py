"""Bars of a chart, measured here and drawn by a template: no number is worked out there, no style stands inline."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Final

WIDTH: Final = 600
HEIGHT: Final = 160
GAP: Final = Decimal("0.28")
_STEPS: Final = tuple(
    Decimal(step) for step in ("1", "1.2", "1.6", "2", "2.4", "3", "4", "5", "6", "8", "10")
)


@dataclass(frozen=True, slots=True)
class Bar:
    """Texts of SVG's attributes, in the units of the chart's own view box."""

    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class Bars:
    bars: list[Bar]
    top: Decimal
    width: int = WIDTH
    height: int = HEIGHT


def bars_of(values: Sequence[Decimal]) -> Bars:
    """Upright bars under a round top. What is below nothing has no bar."""
    top = round_top(max(values, default=Decimal(0)))
    step = Decimal(WIDTH) / max(1, len(values))
    bars = []
    for place, value in enumerate(values):
        height = HEIGHT * max(Decimal(0), value) / top
        bars.append(
            Bar(
                x=_text(place * step + step * GAP / 2),
                y=_text(HEIGHT - height),
                width=_text(step * (1 - GAP)),
                height=_text(height),
            )
        )
    return Bars(bars, top)


def round_top(value: Decimal) -> Decimal:
    """The next round number, so that half of it is round, too."""
    if value <= 0:
        return Decimal(1)
    scale = Decimal(10) ** value.adjusted()
    return next(step * scale for step in _STEPS if step * scale >= value)


def percents(values: Sequence[Decimal]) -> list[int]:
    """Of the largest one, for bars that lie. What is more than nothing is seen."""
    most = max(values, default=Decimal(0))
    return [
        int((100 * value / most).to_integral_value(ROUND_CEILING)) if most > 0 and value > 0 else 0
        for value in values
    ]


def _text(value: Decimal) -> str:
    return f"{value:.2f}"
