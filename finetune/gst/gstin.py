"""The GST identification number: State, PAN, registration count, kind, check character.

A right check character says that a GSTIN was typed right, not that it is registered; the samples printed in
NIC's e-invoice papers fail it. UN bodies, non-residents and OIDAR suppliers have identifiers of other shapes,
which are not taken here. Source, checked 2026-11: the patterns of the GST portal's own forms.
"""

import re
from typing import Final

from finetune.gst.supply import STATES, state_problem

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUE: Final = {character: value for value, character in enumerate(_ALPHABET)}

# The 14th character is Z for nearly everyone, C for an e-commerce operator collecting tax at source, D for a
# deductor. The portal's pattern keeps 1-9, A, B and E-J in reserve; no one is known to hold one of those.
# The PAN is taken by its shape: a list of holder letters would go stale, and the check catches the slip.
_SHAPE: Final = re.compile(r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z][CDZ][0-9A-Z]")


def normalise(text: str) -> str:
    """Capital letters without any white space: what is checked, compared and stored."""
    return "".join(text.split()).upper()


def check_character(first14: str) -> str:
    """The 15th character that belongs to the first 14 (capitals and digits)."""
    total = 0
    for index, character in enumerate(first14):
        quotient, remainder = divmod(_VALUE[character] * (1 + index % 2), 36)
        total += quotient + remainder
    return _ALPHABET[-total % 36]


def state_of(gstin: str) -> str:
    """The State code a GSTIN begins with."""
    return gstin[:2]


def gstin_problem(text: str, *, state_code: str | None = None) -> str | None:
    """A sentence when the normalised `text` is no GSTIN, or not one of the State `state_code`; else None."""
    if len(text) != 15:
        return f"A GSTIN has 15 characters; this one has {len(text)}."
    if not _SHAPE.fullmatch(text):
        return f"{text} is not a GSTIN: expected State code, PAN, a count, Z and a check character."
    state = state_of(text)
    problem = state_problem(state)
    if problem:
        return f"{text} begins with {state}. {problem}"
    expected = check_character(text[:14])
    if text[14] != expected:
        return f"{text} is mistyped: its last character should be {expected} if the others are right."
    if state_code is not None and state != state_code:
        return f"{text} belongs to {state} {STATES[state]}, but the State given is {state_code}."
    return None
