"""HSN codes of goods, SAC codes of services, and units of quantity (UQC).

Sources, checked 2026-11: Notification 78/2020-Central Tax (4 digits up to Rs 5 crore of turnover, 6 above);
the UQC list of the GSTR-1 offline tool, 45 codes, and `NA`, which stands for the unit of a service.
"""

import re
from typing import Final

_HSN: Final = re.compile(r"[0-9]{4}(?:[0-9]{2}){0,2}")

# fmt: off
UNIT_CODES: Final[frozenset[str]] = frozenset({
    "BAG", "BAL", "BDL", "BKL", "BOU", "BOX", "BTL", "BUN", "CAN", "CBM", "CCM", "CMS",
    "CTN", "DOZ", "DRM", "GGK", "GMS", "GRS", "GYD", "KGS", "KLR", "KME", "LTR", "MLT",
    "MTR", "MTS", "NA", "NOS", "OTH", "PAC", "PCS", "PRS", "QTL", "ROL", "SET", "SQF",
    "SQM", "SQY", "TBS", "TGM", "THD", "TON", "TUB", "UGS", "UNT", "YDS",
})
# fmt: on


def hsn_problem(code: str) -> str | None:
    """A sentence when `code` is not 4, 6 or 8 digits; whether the code exists in the tariff is not asked."""
    if _HSN.fullmatch(code):
        return None
    return f"An HSN or SAC code has 4, 6 or 8 digits; {code!r} does not."


def is_service(code: str) -> bool:
    """True for the SAC chapter 99: unit `NA`, quantity 0 in GSTR-1 Table 12, `IsServc` Y on an e-invoice."""
    return code.startswith("99")


def unit_problem(code: str) -> str | None:
    """A sentence when `code` is not a unit the GST portals know, written in capitals."""
    if code in UNIT_CODES:
        return None
    return f"{code!r} is not a GST unit code; use NOS, PCS, SET, BOX, PAC, MTR or OTH, or NA for a service."
