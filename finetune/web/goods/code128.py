"""Code 128 as bars. Pure: a text goes in, the widths of its bars and gaps come out.

Source: ISO/IEC 15417. Digits are packed two to a sign (set C) where that is shorter; all else is set B, so a text
holds the printable ASCII signs.
"""

import re
from collections.abc import Sequence
from typing import Final

START_B, START_C, TO_C, TO_B, STOP = 104, 105, 99, 100, 106
QUIET = 10  # modules on each side that must stay white
TEXT: Final = re.compile(r"[\x20-\x7e]{1,64}")
DIGIT_RUN: Final = re.compile(r"[0-9]+")
# A change of set costs a sign on each side: it pays from so many digits on, by where they stand.
PAIRS_AT_AN_END, PAIRS_INSIDE = 4, 6

# Bar, gap, bar, gap, bar, gap of each sign, in modules; eleven of them together.
_TABLE: Final = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222"
    " 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321"
    " 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121"
    " 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224"
    " 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111"
    " 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113"
    " 114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
)
WIDTHS: Final = tuple(_TABLE.split())


def can_be_code128(text: str) -> bool:
    return TEXT.fullmatch(text) is not None


def signs_of(text: str) -> list[int]:
    """The values of the signs: start, text, check, stop."""
    assert can_be_code128(text), "only printable ASCII signs, one to 64 of them"
    signs: list[int] = []
    for digits, part in _parts(text):
        if signs or not digits:
            signs.append((TO_C if digits else TO_B) if signs else START_B)
        else:
            signs.append(START_C)
        if digits:
            signs += [int(part[place : place + 2]) for place in range(0, len(part), 2)]
        else:
            signs += [ord(sign) - 32 for sign in part]
    check = signs[0] + sum(place * value for place, value in enumerate(signs[1:], start=1))
    return [*signs, check % 103, STOP]


def _parts(text: str) -> list[tuple[bool, str]]:
    """The text in pieces: even numbers of digits for set C, and what lies between them for set B."""
    parts: list[tuple[bool, str]] = []
    place = 0
    for run in DIGIT_RUN.finditer(text):
        is_at_an_end = run.start() == 0 or run.end() == len(text)
        size = run.end() - run.start()
        is_all = size == len(text) and size >= 2
        if not is_all and size < (PAIRS_AT_AN_END if is_at_an_end else PAIRS_INSIDE):
            continue
        # An odd digit goes to set B: before the run, or after one that begins the text.
        begin = run.start() + (size % 2 if run.start() else 0)
        end = run.end() - (size % 2 if not run.start() else 0)
        if begin > place:
            parts.append((False, text[place:begin]))
        parts.append((True, text[begin:end]))
        place = end
    if place < len(text):
        parts.append((False, text[place:]))
    return parts


def bars_of(text: str) -> list[int]:
    """Widths in modules, a bar first and then a gap and a bar by turns. The quiet zones are not among them."""
    return [int(width) for sign in signs_of(text) for width in WIDTHS[sign]]


def bars_path(widths: Sequence[int]) -> tuple[str, int]:
    """The bars as the path of an SVG one unit high, and how wide it is with its quiet zones."""
    place, steps = QUIET, []
    for turn, width in enumerate(widths):
        if turn % 2 == 0:
            steps.append(f"M{place} 0h{width}v1h-{width}z")
        place += width
    return "".join(steps), place + QUIET
