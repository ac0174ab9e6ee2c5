"""Which characters the bundled fonts can print, and what becomes of the others.

PDF/A allows no character without a glyph, so a bill to somebody with an emoji in his name could not be
printed: such a character becomes U+FFFD, and the rest of the name stands.
"""

import functools
import re
import struct
import unicodedata
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
MISSING = "\N{REPLACEMENT CHARACTER}"
JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
BREAK = "\N{ZERO WIDTH SPACE}"
WORD_LENGTH_MAX = 24
LONG_WORD = re.compile(rf"\S{{{WORD_LENGTH_MAX + 1},}}")


@functools.cache
def printable() -> frozenset[str]:
    points: set[int] = set()
    for path in FONTS.glob("*.ttf"):
        points |= _code_points(path.read_bytes())
    signs = (chr(point) for point in points if point >= 0x20)
    return frozenset(
        sign for sign in signs if unicodedata.category(sign) not in ("Cc", "Cf", "Co", "Cn", "Cs")
    )


def _code_points(font: bytes) -> set[int]:
    """The characters of a TrueType font: its cmap table for Windows, format 4 or 12."""
    count = struct.unpack_from(">H", font, 4)[0]
    tables = {
        font[12 + 16 * n : 16 + 16 * n]: struct.unpack_from(">I", font, 20 + 16 * n)[0] for n in range(count)
    }
    cmap = tables[b"cmap"]
    found: set[int] = set()
    for n in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        platform, _, offset = struct.unpack_from(">HHI", font, cmap + 4 + 8 * n)
        if platform == 3:
            found |= _of_table(font, cmap + offset)
    return found


def _of_table(font: bytes, at: int) -> set[int]:
    kind = struct.unpack_from(">H", font, at)[0]
    if kind == 12:
        groups = struct.unpack_from(">I", font, at + 12)[0]
        spans = (struct.unpack_from(">II", font, at + 16 + 12 * n) for n in range(groups))
    elif kind == 4:
        half = struct.unpack_from(">H", font, at + 6)[0] // 2
        ends = struct.unpack_from(f">{half}H", font, at + 14)
        starts = struct.unpack_from(f">{half}H", font, at + 16 + 2 * half)
        spans = ((start, end) for start, end in zip(starts, ends, strict=True) if start != 0xFFFF)
    else:
        return set()
    return {point for start, end in spans for point in range(start, end + 1)}


def fit_to_print(text: str) -> str:
    """One line of text that the fonts can print, composed, with places to break where a word is very long."""
    known = printable()
    composed = unicodedata.normalize("NFC", " ".join(text.split()))
    kept = "".join(
        sign if sign in known or sign in JOINERS else MISSING
        for sign in composed
        if sign in JOINERS or unicodedata.category(sign) not in ("Cc", "Cf", "Mn") or sign in known
    )
    return LONG_WORD.sub(_breakable, re.sub(f"{MISSING}+", MISSING, kept))


def _breakable(word: re.Match[str]) -> str:
    """Break before a letter or digit only, and never inside a cluster of an Indian script."""
    parts: list[str] = []
    length = 0
    before = ""
    for sign in word[0]:
        in_cluster = before in JOINERS or unicodedata.category(before or " ") == "Mn"
        if length >= WORD_LENGTH_MAX and not in_cluster and (sign.isascii() or sign.isalpha()):
            parts.append(BREAK)
            length = 0
        parts.append(sign)
        before, length = sign, length + 1
    return "".join(parts)
