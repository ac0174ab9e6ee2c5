"""Would the portal take this INV-01? All reasons why not, before it leaves the house.

The fields first (`fields`), then what they say together. Sums and taxes may differ from the computed value as
far as the portal lets them: down to its whole rupees less one, up to the next rupee plus one.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Final

from finetune.gst.einvoice.build import UNREGISTERED, as_bytes
from finetune.gst.einvoice.fields import SCHEMA_CODE, Problem, field_problems
from finetune.gst.einvoice.limits import OLDEST, days_to_report, hsn_digits_min
from finetune.gst.einvoice.pincodes import ABROAD, pincode_fits_state
from finetune.gst.gstin import gstin_problem, state_of
from finetune.gst.hsn import is_service
from finetune.gst.rates import RATES
from finetune.gst.supply import OTHER_COUNTRY, STATES, state_problem
from finetune.gst.tax import ZERO

Payload = Mapping[str, Any]
Found = Iterator[Problem]

BYTES_MAX: Final = 2 * 1024 * 1024
# Since this day a block ShipDtls must say whose the goods are: a GSTIN, or URP.
SHIP_GSTIN_SINCE: Final = date(2026, 8, 1)
_WHOLE: Final = re.compile(r"[A-Za-z]*(\.[0-9]+)?")
_ITEM_TAXES: Final = (
    "IgstAmt",
    "CgstAmt",
    "SgstAmt",
    "CesAmt",
    "CesNonAdvlAmt",
    "StateCesAmt",
    "StateCesNonAdvlAmt",
)
# The portal has 2182 to 2187 for these six; which of the last five is which is not published where we looked.
_SUMS: Final = (
    ("AssVal", ("AssAmt",), "2182"),
    ("CgstVal", ("CgstAmt",), None),
    ("SgstVal", ("SgstAmt",), None),
    ("IgstVal", ("IgstAmt",), None),
    ("CesVal", ("CesAmt", "CesNonAdvlAmt"), None),
    ("StCesVal", ("StateCesAmt", "StateCesNonAdvlAmt"), None),
)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a payload does not say itself. `turnover` is the supplier's, None where nobody told us.

    `sandbox` lets GSTINs pass that fail their check character, as the portal's own samples do; nothing else.
    """

    today: date
    turnover: Decimal | None = None
    sandbox: bool = False
    buyer_is_sez: bool | None = None


def problems(payload: Payload, circumstances: Circumstances) -> list[Problem]:
    """Every reason to refuse, fields first. Rules over fields are asked only where the fields fit."""
    found = list(field_problems(payload))
    if len(as_bytes(dict(payload))) > BYTES_MAX:
        found.append(Problem("", "too_large", "The document has more than 2 MB; the portal takes no more."))
    if any(problem.code != "unknown_field" and _WHOLE.fullmatch(problem.field) for problem in found):
        return found  # A whole block is missing: what the blocks say together cannot be asked.
    bad = {problem.field for problem in found}
    for rule in (_parties, _places, _kinds, _document, _items, _values):
        found += [each for each in rule(_Read(payload, bad), circumstances) if each.field not in bad]
    return found


@dataclass(frozen=True, slots=True)
class _Read:
    """The payload with the paths that do not fit, so that no rule trips over them."""

    payload: Payload
    bad: set[str]

    def text(self, path: str) -> str:
        """The text at this path, or empty where it is missing or does not fit."""
        value = self._at(path)
        return value if isinstance(value, str) and path not in self.bad else ""

    def number(self, path: str) -> Decimal:
        value = self._at(path)
        fits = isinstance(value, (int, Decimal)) and path not in self.bad
        return Decimal(value) if fits else ZERO

    def has(self, path: str) -> bool:
        return self._at(path) is not None and path not in self.bad

    def _at(self, path: str) -> Any:
        value: Any = self.payload
        for name in path.split("."):
            if isinstance(value, Sequence) and not isinstance(value, str):
                value = value[int(name)]
            else:
                value = value.get(name) if isinstance(value, Mapping) else None
        return value

    @property
    def supply_type(self) -> str:
        return self.text("TranDtls.SupTyp")

    @property
    def is_export(self) -> bool:
        return self.supply_type.startswith("EXP")

    @property
    def is_inter(self) -> bool:
        """SEZ and export always cross a border, whatever the States say."""
        always = self.is_export or self.supply_type.startswith("SEZ")
        return always or self.text("SellerDtls.Stcd") != self.text("BuyerDtls.Pos")

    @property
    def reverse_charge(self) -> bool:
        return self.text("TranDtls.RegRev") == "Y"


def within(value: Decimal, computed: Decimal) -> bool:
    """Whether the portal lets a value stand for a computed one.

    >>> [within(Decimal(each), Decimal("2345.04")) for each in ("2343.99", "2344.00", "2347.00", "2347.01")]
    [False, True, True, False]
    """
    low = computed.to_integral_value(ROUND_FLOOR) - 1
    high = computed.to_integral_value(ROUND_CEILING) + 1
    return low <= value <= high


def _gstin(read: _Read, path: str, sandbox: bool) -> Found:
    gstin = read.text(path)
    if not gstin or gstin == UNREGISTERED:
        return
    problem = state_problem(state_of(gstin)) if sandbox else gstin_problem(gstin)
    if problem:
        yield Problem(path, "invalid_gstin", problem, SCHEMA_CODE)


def _parties(read: _Read, circumstances: Circumstances) -> Found:
    for block, mismatch in (("SellerDtls", "2258"), ("BuyerDtls", "2265")):
        gstin, state = read.text(f"{block}.Gstin"), read.text(f"{block}.Stcd")
        yield from _gstin(read, f"{block}.Gstin", circumstances.sandbox)
        if gstin and gstin != UNREGISTERED and state and state_of(gstin) != state.zfill(2):
            message = f"The GSTIN {gstin} begins with another State than {state}."
            yield Problem(f"{block}.Stcd", "state_mismatch", message, mismatch)
    seller, buyer = read.text("SellerDtls.Gstin"), read.text("BuyerDtls.Gstin")
    if seller and seller == buyer:
        message = "Seller and buyer have the same GSTIN."
        yield Problem("BuyerDtls.Gstin", "buyer_is_seller", message, "2211")
    if buyer == UNREGISTERED and read.supply_type and not read.is_export:
        message = f"A supply of type {read.supply_type} needs the buyer's GSTIN."
        yield Problem("BuyerDtls.Gstin", "buyer_unregistered", message, "2212")
    ship = read.payload.get("ShipDtls")
    on = _day(read.text("DocDtls.Dt"))
    if isinstance(ship, Mapping) and "Gstin" not in ship and on is not None and on >= SHIP_GSTIN_SINCE:
        message = "Say whose the goods are: a GSTIN, or URP."
        yield Problem("ShipDtls.Gstin", "required", message, SCHEMA_CODE)


def _places(read: _Read, circumstances: Circumstances) -> Found:
    for block in ("SellerDtls", "BuyerDtls", "DispDtls", "ShipDtls"):
        state, pin = read.text(f"{block}.Stcd").zfill(2), read.number(f"{block}.Pin")
        if read.text(f"{block}.Stcd") and state not in STATES and state != OTHER_COUNTRY:
            message = state_problem(state) or ""
            yield Problem(f"{block}.Stcd", "invalid_state_code", message, SCHEMA_CODE)
        elif read.text(f"{block}.Stcd") and pin and not pincode_fits_state(int(pin), state):
            message = f"PIN code {pin} does not belong to {STATES.get(state, 'another country')}."
            yield Problem(f"{block}.Pin", "pincode_not_in_state", message, "3039")
    if read.text("SellerDtls.Stcd") == OTHER_COUNTRY:
        yield Problem("SellerDtls.Stcd", "invalid_state_code", "The seller is in India.", SCHEMA_CODE)
    place = read.text("BuyerDtls.Pos")
    if place and place.zfill(2) not in STATES and place != OTHER_COUNTRY:
        message = state_problem(place.zfill(2)) or ""
        yield Problem("BuyerDtls.Pos", "invalid_place_of_supply", message, SCHEMA_CODE)
    expected = {
        "BuyerDtls.Gstin": UNREGISTERED,
        "BuyerDtls.Stcd": OTHER_COUNTRY,
        "BuyerDtls.Pos": OTHER_COUNTRY,
    }
    for path, value in expected.items():
        given = read.text(path)
        if given and read.is_export and given != value:
            yield Problem(path, "export_field", f"For an export {path} is {value}.")
        elif given == value and not read.is_export and path != "BuyerDtls.Gstin":
            yield Problem(path, "not_an_export", f"{value} is for exports only.")
    if read.is_export and read.has("BuyerDtls.Pin") and read.number("BuyerDtls.Pin") != ABROAD:
        yield Problem("BuyerDtls.Pin", "export_field", f"For an export BuyerDtls.Pin is {ABROAD}.")


def _kinds(read: _Read, circumstances: Circumstances) -> Found:
    is_sez = read.supply_type.startswith("SEZ")
    if circumstances.buyer_is_sez is not None and read.supply_type:
        if is_sez and not circumstances.buyer_is_sez:
            message = f"{read.supply_type} is for a buyer in a special economic zone."
            yield Problem("TranDtls.SupTyp", "buyer_not_sez", message, "2247")
        elif circumstances.buyer_is_sez and not is_sez:
            message = f"The buyer is in a special economic zone: {read.supply_type} is not for him."
            yield Problem("TranDtls.SupTyp", "buyer_is_sez", message, "2246")
    if read.text("TranDtls.IgstOnIntra") == "Y" and not read.reverse_charge:
        message = "IGST within a State goes with reverse charge only."
        yield Problem("TranDtls.IgstOnIntra", "igst_on_intra", message)


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007
    except ValueError:
        return None


def _document(read: _Read, circumstances: Circumstances) -> Found:
    text = read.text("DocDtls.Dt")
    on = _day(text)
    if on is None:
        if text:
            yield Problem("DocDtls.Dt", "invalid", f"{text} is not a day.", SCHEMA_CODE)
        return
    if on > circumstances.today:
        yield Problem("DocDtls.Dt", "date_in_future", "The portal takes no document of a later day.")
    if on < OLDEST:
        message = f"The portal takes no document from before {OLDEST:%d-%m-%Y}."
        yield Problem("DocDtls.Dt", "too_old", message)
    turnover = circumstances.turnover
    days = None if turnover is None else days_to_report(turnover, on)
    if days is not None and (circumstances.today - on).days > days:
        message = f"At this turnover a document must be reported within {days} days; this is {text}."
        yield Problem("DocDtls.Dt", "reported_too_late", message, "2305")


def _items(read: _Read, circumstances: Circumstances) -> Found:
    items = read.payload["ItemList"]
    counted = Counter(str(item.get("SlNo")) for item in items)
    digits = 4 if circumstances.turnover is None else hsn_digits_min(circumstances.turnover)
    for place, item in enumerate(items):
        at = f"ItemList.{place}"
        if counted[str(item.get("SlNo"))] > 1:
            message = f"Two items have the serial number {item.get('SlNo')}."
            yield Problem(f"{at}.SlNo", "number_repeated", message)
        yield from _item_identity(read, at, digits)
        yield from _item_value(read, at)
        yield from _item_tax(read, at)


def _item_identity(read: _Read, at: str, digits: int) -> Found:
    code, told = read.text(f"{at}.HsnCd"), read.text(f"{at}.IsServc")
    if code and len(code) < digits:
        message = f"{code} has fewer than the {digits} digits due at this turnover."
        yield Problem(f"{at}.HsnCd", "hsn_too_short", message)
    if code and told and is_service(code) != (told == "Y"):
        what = "goods" if told == "Y" else "a service"
        message = f"HSN {code} is {what}, but IsServc says {told}."
        yield Problem(f"{at}.IsServc", "service_mismatch", message, "3047, 3048")
    if told == "N":
        for name in ("Qty", "Unit"):
            if not read.has(f"{at}.{name}"):
                yield Problem(f"{at}.{name}", "required", f"Goods need {name}.", SCHEMA_CODE)


def _item_value(read: _Read, at: str) -> Found:
    amount, discount = read.number(f"{at}.TotAmt"), read.number(f"{at}.Discount")
    value = read.number(f"{at}.AssAmt")
    if value != amount - discount:
        message = f"AssAmt {value} is not TotAmt {amount} less Discount {discount}."
        yield Problem(f"{at}.AssAmt", "value_mismatch", message, "2193")
    charges = read.number(f"{at}.OthChrg")
    tax = sum((read.number(f"{at}.{name}") for name in _ITEM_TAXES), ZERO)
    total = read.number(f"{at}.TotItemVal")
    may_leave_out = read.reverse_charge or read.supply_type == "EXPWP"
    fits = within(total, value + tax + charges) or (may_leave_out and within(total, value + charges))
    if not fits:
        message = f"TotItemVal {total} is not {value} with tax {tax} and charges {charges}."
        yield Problem(f"{at}.TotItemVal", "item_total_mismatch", message, "2194")


def _item_tax(read: _Read, at: str) -> Found:
    igst, cgst, sgst = (read.number(f"{at}.{name}") for name in ("IgstAmt", "CgstAmt", "SgstAmt"))
    value, rate = read.number(f"{at}.AssAmt"), read.number(f"{at}.GstRt")
    if rate not in {row.percent for row in RATES}:
        message = f"{rate} % is no GST rate."
        yield Problem(f"{at}.GstRt", "rate_unknown", message, "2240")
        return
    is_note = read.text("DocDtls.Typ") != "INV"
    if read.is_inter or read.text("TranDtls.IgstOnIntra") == "Y":
        if cgst or sgst:
            message = "Between States there is IGST only."
            yield Problem(f"{at}.CgstAmt", "wrong_kind_of_tax", message, "2174")
        untaxed = read.supply_type in ("EXPWOP", "SEZWOP") and not igst
        if not is_note and not untaxed and not within(igst, value * rate / 100):
            message = f"IGST {igst} is not {rate} % of {value}."
            yield Problem(f"{at}.IgstAmt", "tax_mismatch", message, "2235")
        return
    if igst:
        message = "Within a State there is CGST and SGST only."
        yield Problem(f"{at}.IgstAmt", "wrong_kind_of_tax", message, "2172")
    if cgst != sgst:
        message = f"CGST {cgst} and SGST {sgst} must be equal."
        yield Problem(f"{at}.SgstAmt", "halves_differ", message, "2227")
    if not is_note and not within(cgst, value * rate / 200):
        message = f"CGST {cgst} is not half of {rate} % of {value}."
        yield Problem(f"{at}.CgstAmt", "tax_mismatch", message, "2234")


def _values(read: _Read, circumstances: Circumstances) -> Found:
    places = range(len(read.payload["ItemList"]))

    def items(*names: str) -> Decimal:
        paths = (f"ItemList.{place}.{name}" for place in places for name in names)
        return sum((read.number(path) for path in paths), ZERO)

    for name, parts, code in _SUMS:
        given, computed = read.number(f"ValDtls.{name}"), items(*parts)
        if not within(given, computed):
            message = f"{name} {given} is not {computed}, the sum of the items."
            yield Problem(f"ValDtls.{name}", "sum_mismatch", message, code)
    total = read.number("ValDtls.TotInvVal")
    computed = items("TotItemVal") - read.number("ValDtls.Discount") + read.number("ValDtls.OthChrg")
    computed += read.number("ValDtls.RndOffAmt")
    if not within(total, computed):
        message = f"TotInvVal {total} is not {computed}, the items with discount, charges and round-off."
        yield Problem("ValDtls.TotInvVal", "total_mismatch", message, "2189")
