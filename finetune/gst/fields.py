"""Request fields of GST: each checks itself as the law's formats say and refuses with a code of its own."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from finetune.core.fields import Percent, complaint
from finetune.gst.gstin import gstin_problem, normalise
from finetune.gst.hsn import hsn_problem, unit_problem
from finetune.gst.supply import OTHER_COUNTRY, state_problem


def _gstin(value: str) -> str:
    gstin = normalise(value)
    if gstin and (problem := gstin_problem(gstin)):
        raise complaint("invalid_gstin", problem)
    return gstin


def _state(value: str) -> str:
    if value and (problem := state_problem(value)):
        raise complaint("invalid_state_code", problem)
    return value


def _place_of_supply(value: str) -> str:
    return value if value == OTHER_COUNTRY else _state(value)


def _hsn(value: str) -> str:
    if value and (problem := hsn_problem(value)):
        raise complaint("invalid_hsn", problem)
    return value


def _unit(value: str) -> str:
    unit = value.upper()
    if problem := unit_problem(unit):
        raise complaint("invalid_unit", problem)
    return unit


def _rate(value: Decimal) -> Decimal:
    if value > 100:
        raise complaint("invalid", "A GST rate is a percentage, such as '18'.")
    return value


Gstin = Annotated[str, Field(max_length=40), AfterValidator(_gstin)]
StateCode = Annotated[str, Field(max_length=2), AfterValidator(_state)]
PlaceOfSupply = Annotated[str, Field(max_length=2), AfterValidator(_place_of_supply)]
HsnCode = Annotated[str, Field(max_length=8), AfterValidator(_hsn)]
UnitCode = Annotated[str, Field(max_length=3), AfterValidator(_unit)]
GstRate = Annotated[Percent, AfterValidator(_rate)]
