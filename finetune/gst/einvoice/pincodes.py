"""Which PIN codes belong to which State, by their first three digits, as the portal checks them.

India Post's zones do not end at borders, so some ranges overlap. Checked 2026-11 against the table the portal
publishes with its master codes; 97 takes any.
"""

from collections.abc import Mapping
from typing import Final

from finetune.gst.supply import OTHER_COUNTRY

ABROAD: Final = 999999
OTHER_TERRITORY: Final = "97"

# fmt: off
RANGES: Final[Mapping[str, tuple[tuple[int, int], ...]]] = {
    "01": ((180, 194),), "02": ((171, 177),), "03": ((140, 160),), "04": ((140, 140), (160, 160)),
    "05": ((244, 263),), "06": ((121, 136),), "07": ((110, 110),), "08": ((301, 345),), "09": ((201, 285),),
    "10": ((800, 855),), "11": ((737, 737),), "12": ((790, 792),), "13": ((797, 798),), "14": ((795, 795),),
    "15": ((796, 796),), "16": ((799, 799),), "17": ((793, 794),), "18": ((781, 788),), "19": ((700, 743),),
    "20": ((813, 835),), "21": ((751, 770),), "22": ((490, 497),), "23": ((450, 488),), "24": ((360, 396),),
    "26": ((362, 362), (396, 396)), "27": ((400, 445),), "29": ((560, 591),), "30": ((403, 403),),
    "31": ((682, 682),), "32": ((670, 695),), "33": ((600, 643),),
    "34": ((533, 533), (605, 605), (607, 607), (609, 609), (673, 673)), "35": ((744, 744),),
    "36": ((500, 509),), "37": ((500, 535),), "38": ((194, 194),),
}
# fmt: on


def pincode_fits_state(pincode: int, state_code: str) -> bool:
    """Whether a PIN code can lie in a State; 999999 is abroad, and allowed in Other Territory."""
    if state_code == OTHER_COUNTRY:
        return pincode == ABROAD
    if state_code == OTHER_TERRITORY:
        return True
    return any(low <= pincode // 1000 <= high for low, high in RANGES.get(state_code, ()))
