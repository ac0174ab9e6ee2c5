"""WCAG 2.2 AA: text stands out from its ground by 4.5 to 1, edges of controls by 3 to 1, by day and by night."""

import re

import pytest

from tests.house.source import ROOT

CSS = (ROOT / "finetune/web/static/web/shop.css").read_text(encoding="utf-8")
TEXT = [
    ("ink", "ground"),
    ("ink", "sheet"),
    ("ink", "accent-wash"),
    ("ink", "warm-wash"),
    ("ink-quiet", "ground"),
    ("ink-quiet", "sheet"),
    ("ink-quiet", "warm-wash"),
    ("accent", "ground"),
    ("accent", "sheet"),
    ("accent", "accent-wash"),
    ("accent-hover", "sheet"),
    ("accent-ink", "accent"),
    ("accent-ink", "accent-hover"),
    ("warm", "warm-wash"),
    ("bad", "bad-wash"),
]
EDGES = [("line-strong", "sheet"), ("line-strong", "ground"), ("focus", "sheet"), ("focus", "ground")]


def colours(scheme: str) -> dict[str, str]:
    day, night = CSS.split("@media (prefers-color-scheme: dark)", 1)
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", day))
    if scheme == "dark":
        found |= dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", night.split("@layer", 1)[0]))
    return found


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back", "least"), [(*pair, 4.5) for pair in TEXT] + [(*pair, 3.0) for pair in EDGES]
)
def test_contrast(scheme: str, front: str, back: str, least: float):
    found = colours(scheme)
    assert contrast(found[front], found[back]) >= least
