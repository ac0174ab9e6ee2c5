"""How far a database has come, as a place in its log, and whether a standby that is there may answer.

Pure. A place is written as PostgreSQL writes it, `16/B374D848`: two halves of a 64-bit number in hexadecimal.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

PLACE: Final = re.compile(r"([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})", re.ASCII)
# Whoever wrote nothing lately sees at most so much less than the primary has.
SECONDS_BEHIND_MAX: Final = 60

Reason = Literal["no_position", "other_database", "not_replayed", "too_old"]


@dataclass(frozen=True, slots=True)
class Progress:
    """What a standby said of itself: whose copy it is, the place up to which it has replayed, and by how many seconds
    it lags. None is a standby that cannot tell how old what it shows is, as before the first change that reaches it.
    """

    identity: int
    replayed: int
    seconds_behind: float | None


def read_place(text: str | None) -> int | None:
    """The number of a place. What is no place, whoever sent it, counts as none.

    >>> read_place("16/B374D848"), read_place("16-B374D848"), read_place(None)
    (97500059720, None, None)
    """
    match = PLACE.fullmatch(text) if text is not None else None
    return None if match is None else (int(match[1], 16) << 32) + int(match[2], 16)


def latest_place(texts: list[str]) -> int | None:
    """The furthest of the places that a caller brought. One that cannot be read makes all of them doubtful."""
    places = [read_place(text) for text in texts]
    known = [place for place in places if place is not None]
    return max(known) if known and len(known) == len(places) else None


def reason_against(position: int | None, progress: Progress, *, identity: int) -> Reason | None:
    """Why a standby may not answer a caller whose last write is at `position`; None where it may. `identity` is the
    primary's: after a restore into a new database, the old one's standby still has places of its own to show."""
    if position is None:
        return "no_position"
    if progress.identity != identity:
        return "other_database"
    if progress.replayed < position:
        return "not_replayed"
    if progress.seconds_behind is None or progress.seconds_behind > SECONDS_BEHIND_MAX:
        return "too_old"
    return None
