"""The fields of INV-01 version 1.1: which there are, which are due, how long, how large.

Source, checked 2026-11: the JSON schema of the portal's sandbox, version 1.1 of the form.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

# What the portal answers when a field does not fit its schema.
SCHEMA_CODE: Final = "5002"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the portal would refuse: `portal_code` is the portal's own code, where known."""

    field: str
    code: str
    message: str
    portal_code: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    low: int
    high: int
    pattern: str = ""
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Number:
    low: Decimal
    high: Decimal
    places: int = 2


@dataclass(frozen=True, slots=True)
class Block:
    """Named fields, and which of them must be there."""

    fields: Mapping[str, "Rule"]
    due: frozenset[str]


@dataclass(frozen=True, slots=True)
class Many:
    of: Block
    low: int = 0
    high: int = 1000
    due: bool = field(default=False)


Rule = Text | Number | Block | Many

_YES: Final = Text(1, 1, one_of=("Y", "N"))
_DAY: Final = Text(10, 10, r"(0[1-9]|[12][0-9]|3[01])/(0[1-9]|1[0-2])/20[0-9]{2}")
_ITEM_MONEY: Final = Number(Decimal(0), Decimal("999999999999.99"))
_TOTAL: Final = Number(Decimal(0), Decimal("99999999999999.99"))
_PIN: Final = Number(Decimal(100000), Decimal(999999), 0)
_STATE: Final = Text(1, 2, r"[0-9]{1,2}")
_NUMBER: Final = Text(1, 16, r"[A-Za-z1-9][A-Za-z0-9/-]{0,15}")
_GSTIN: Final = r"[0-9]{2}[0-9A-Z]{13}"


def _block(due: str, **fields: Rule) -> Block:
    names = frozenset(due.split())
    assert names <= fields.keys(), names - fields.keys()
    return Block(fields, names)


_CONTACT: Final[Mapping[str, Rule]] = {
    "TrdNm": Text(3, 100),
    "Addr2": Text(3, 100),
    "Ph": Text(6, 12, r"[0-9]{6,12}"),
    "Em": Text(6, 100, r"[^@\s]+@[^@\s]+\.[^@\s]+"),
}
_SELLER: Final = _block(
    "Gstin LglNm Addr1 Loc Pin Stcd",
    Gstin=Text(15, 15, _GSTIN),
    LglNm=Text(3, 100),
    Addr1=Text(1, 100),
    Loc=Text(3, 50),
    Pin=_PIN,
    Stcd=_STATE,
    **_CONTACT,
)
_BUYER: Final = _block(
    "Gstin LglNm Pos Addr1 Loc Pin Stcd",
    Gstin=Text(3, 15, f"{_GSTIN}|URP"),
    LglNm=Text(3, 100),
    Pos=_STATE,
    Addr1=Text(1, 100),
    Loc=Text(3, 100),
    Pin=_PIN,
    Stcd=_STATE,
    **_CONTACT,
)
_DISPATCH: Final = _block(
    "Nm Addr1 Loc Pin Stcd",
    Nm=Text(3, 100),
    Addr1=Text(1, 100),
    Addr2=Text(3, 100),
    Loc=Text(3, 100),
    Pin=_PIN,
    Stcd=_STATE,
)
_SHIP: Final = _block(
    "LglNm Addr1 Loc Pin Stcd",
    Gstin=Text(3, 15, f"{_GSTIN}|URP"),
    LglNm=Text(3, 100),
    TrdNm=Text(3, 100),
    Addr1=Text(1, 100),
    Addr2=Text(3, 100),
    Loc=Text(3, 100),
    Pin=_PIN,
    Stcd=_STATE,
)
_BATCH: Final = _block("Nm", Nm=Text(3, 20), ExpDt=_DAY, WrDt=_DAY)
_ATTRIBUTE: Final = _block("", Nm=Text(1, 100), Val=Text(1, 100))
_ITEM: Final = _block(
    "SlNo IsServc HsnCd UnitPrice TotAmt AssAmt GstRt TotItemVal",
    SlNo=Text(1, 6, r"[0-9]{1,6}"),
    PrdDesc=Text(3, 300),
    IsServc=_YES,
    HsnCd=Text(4, 8, r"[0-9]{4}|[0-9]{6}|[0-9]{8}"),
    Barcde=Text(3, 30),
    Qty=Number(Decimal(0), Decimal("9999999999.999"), 3),
    FreeQty=Number(Decimal(0), Decimal("9999999999.999"), 3),
    Unit=Text(3, 8),
    UnitPrice=Number(Decimal(0), Decimal("999999999999.999"), 3),
    GstRt=Number(Decimal(0), Decimal("999.999"), 3),
    OrdLineRef=Text(1, 50),
    OrgCntry=Text(2, 2),
    PrdSlNo=Text(1, 20),
    BchDtls=_BATCH,
    AttribDtls=Many(_ATTRIBUTE),
    CesRt=Number(Decimal(0), Decimal("999.999"), 3),
    StateCesRt=Number(Decimal(0), Decimal("999.999"), 3),
    **dict.fromkeys(
        (
            "TotAmt", "Discount", "PreTaxVal", "AssAmt", "IgstAmt", "CgstAmt", "SgstAmt", "CesAmt",
            "CesNonAdvlAmt", "StateCesAmt", "StateCesNonAdvlAmt", "OthChrg", "TotItemVal",
        ),
        _ITEM_MONEY,
    ),
)  # fmt: skip
_VALUES: Final = _block(
    "AssVal TotInvVal",
    RndOffAmt=Number(Decimal("-99.99"), Decimal("99.99")),
    **dict.fromkeys(
        (
            "AssVal", "CgstVal", "SgstVal", "IgstVal", "CesVal", "StCesVal", "Discount", "OthChrg",
            "TotInvVal", "TotInvValFc",
        ),
        _TOTAL,
    ),
)  # fmt: skip
_PRECEDING: Final = _block("InvNo InvDt", InvNo=_NUMBER, InvDt=_DAY, OthRefNo=Text(1, 20))
_SUPPLY_TYPES: Final = ("B2B", "SEZWP", "SEZWOP", "EXPWP", "EXPWOP", "DEXP")

INV01: Final = _block(
    "Version TranDtls DocDtls SellerDtls BuyerDtls ItemList ValDtls",
    Version=Text(1, 6, one_of=("1.1",)),
    TranDtls=_block(
        "TaxSch SupTyp",
        TaxSch=Text(3, 10, one_of=("GST",)),
        SupTyp=Text(3, 10, one_of=_SUPPLY_TYPES),
        RegRev=_YES,
        EcmGstin=Text(15, 15, _GSTIN),
        IgstOnIntra=_YES,
    ),
    DocDtls=_block("Typ No Dt", Typ=Text(3, 3, one_of=("INV", "CRN", "DBN")), No=_NUMBER, Dt=_DAY),
    SellerDtls=_SELLER,
    BuyerDtls=_BUYER,
    DispDtls=_DISPATCH,
    ShipDtls=_SHIP,
    ItemList=Many(_ITEM, low=1),
    ValDtls=_VALUES,
    PayDtls=_block(
        "",
        Nm=Text(1, 100),
        AccDet=Text(1, 18),
        Mode=Text(1, 18),
        FinInsBr=Text(1, 11),
        PayTerm=Text(1, 100),
        PayInstr=Text(1, 100),
        CrTrn=Text(1, 100),
        DirDr=Text(1, 100),
        CrDay=Number(Decimal(0), Decimal(9999), 0),
        PaidAmt=_TOTAL,
        PaymtDue=_TOTAL,
    ),
    RefDtls=_block(
        "",
        InvRm=Text(3, 100),
        DocPerdDtls=_block("InvStDt InvEndDt", InvStDt=_DAY, InvEndDt=_DAY),
        PrecDocDtls=Many(_PRECEDING),
    ),
    AddlDocDtls=Many(_block("", Url=Text(3, 100), Docs=Text(3, 1000), Info=Text(3, 1000))),
    ExpDtls=_block(
        "",
        ShipBNo=Text(1, 20),
        ShipBDt=_DAY,
        Port=Text(2, 10),
        RefClm=_YES,
        ForCur=Text(3, 16),
        CntCode=Text(2, 2, r"[A-Z]{2}"),
        ExpDuty=_ITEM_MONEY,
    ),
)


def field_problems(payload: Any, rule: Rule = INV01, at: str = "") -> Iterator[Problem]:
    """Every field that is missing, unknown, or does not fit, in the order of the form."""
    if isinstance(rule, Block):
        yield from _block_problems(payload, rule, at)
    elif isinstance(rule, Many):
        yield from _list_problems(payload, rule, at)
    elif isinstance(rule, Text):
        yield from _text_problems(payload, rule, at)
    else:
        yield from _number_problems(payload, rule, at)


def _block_problems(value: Any, rule: Block, at: str) -> Iterator[Problem]:
    if not isinstance(value, Mapping):
        yield _misfit(at, "is a group of fields")
        return
    for name, inner in rule.fields.items():
        path = f"{at}.{name}".lstrip(".")
        if name in value:
            yield from field_problems(value[name], inner, path)
        elif name in rule.due:
            yield Problem(path, "required", f"{path} is missing; the portal requires it.", SCHEMA_CODE)
    for name in value.keys() - rule.fields.keys():
        path = f"{at}.{name}".lstrip(".")
        yield Problem(path, "unknown_field", f"The form has no field {path}.", SCHEMA_CODE)


def _list_problems(value: Any, rule: Many, at: str) -> Iterator[Problem]:
    if not isinstance(value, list) or not rule.low <= len(value) <= rule.high:
        yield _misfit(at, f"is a list of {rule.low} to {rule.high}")
        return
    for place, each in enumerate(value):
        yield from field_problems(each, rule.of, f"{at}.{place}")


def _text_problems(value: Any, rule: Text, at: str) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield _misfit(at, "is text")
    elif rule.one_of and value not in rule.one_of:
        yield _misfit(at, f"is one of {', '.join(rule.one_of)}")
    elif not rule.low <= len(value) <= rule.high:
        yield _misfit(at, f"has {rule.low} to {rule.high} characters, not {len(value)}")
    elif rule.pattern and not re.fullmatch(rule.pattern, value):
        yield _misfit(at, f"is not written as the portal wants it: {value}")
    elif '"' in value or "\\" in value:
        yield _misfit(at, "may hold neither a double quote nor a backslash")


def _number_problems(value: Any, rule: Number, at: str) -> Iterator[Problem]:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        yield _misfit(at, "is a number")
    elif not rule.low <= value <= rule.high:
        yield _misfit(at, f"lies between {rule.low} and {rule.high}, not at {value}")
    elif Decimal(value) != round(Decimal(value), rule.places):
        yield _misfit(at, f"has at most {rule.places} decimals: {value}")


def _misfit(at: str, what: str) -> Problem:
    return Problem(at, "invalid", f"{at} {what}.", SCHEMA_CODE)
