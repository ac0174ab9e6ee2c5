"""Where a supply takes place, and what follows: which taxes, which document.

Sources, checked 2026-11: IGST Act 2017 s.7, 8, 10(1)(c) and (ca), 12(2), 16; CGST Rules 46, 46A and 49; the
State list of the GSTR-1 offline tool.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal

from finetune.gst.tax import Nature, Treatment

STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "01": "Jammu and Kashmir",
        "02": "Himachal Pradesh",
        "03": "Punjab",
        "04": "Chandigarh",
        "05": "Uttarakhand",
        "06": "Haryana",
        "07": "Delhi",
        "08": "Rajasthan",
        "09": "Uttar Pradesh",
        "10": "Bihar",
        "11": "Sikkim",
        "12": "Arunachal Pradesh",
        "13": "Nagaland",
        "14": "Manipur",
        "15": "Mizoram",
        "16": "Tripura",
        "17": "Meghalaya",
        "18": "Assam",
        "19": "West Bengal",
        "20": "Jharkhand",
        "21": "Odisha",
        "22": "Chhattisgarh",
        "23": "Madhya Pradesh",
        "24": "Gujarat",
        "26": "Dadra and Nagar Haveli and Daman and Diu",
        "27": "Maharashtra",
        "29": "Karnataka",
        "30": "Goa",
        "31": "Lakshadweep",
        "32": "Kerala",
        "33": "Tamil Nadu",
        "34": "Puducherry",
        "35": "Andaman and Nicobar Islands",
        "36": "Telangana",
        "37": "Andhra Pradesh",
        "38": "Ladakh",
        "97": "Other Territory",
    }
)

# A place of supply for exports, never a State and never in a GSTIN.
OTHER_COUNTRY: Final = "96"

DEAD_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "25": "Daman and Diu was merged into 26 in January 2020.",
        "28": "Andhra Pradesh before its division is now 37, Telangana 36.",
    }
)

# Union territories without a legislature, UTGST Act 2017. Delhi, Puducherry and Jammu and Kashmir have one,
# and therefore SGST.
UTGST_STATES: Final[frozenset[str]] = frozenset({"04", "26", "31", "35", "38", "97"})


class BuyerClass(StrEnum):
    """The buyer as GST sees him, stored once; return section, HSN half and e-invoice all follow from it."""

    UNREGISTERED = "unregistered"
    REGISTERED = "registered"
    SEZ = "sez"
    EXPORT = "export"


class DocumentType(StrEnum):
    """What the paper is called: CGST Rule 46, Rule 49 and Rule 46A in this order."""

    TAX_INVOICE = "tax_invoice"
    BILL_OF_SUPPLY = "bill_of_supply"
    INVOICE_CUM_BILL = "invoice_cum_bill"


def state_problem(code: str) -> str | None:
    """A sentence when `code` is not a live two-digit State code of India; else None."""
    if code in STATES:
        return None
    if code in DEAD_STATES:
        return f"State code {code} is no longer used: {DEAD_STATES[code]}"
    if code == OTHER_COUNTRY:
        return "96 means Other Country: the place of supply of an export, not a State."
    return f"{code!r} is not a State code; codes have two digits, 01 to 38 or 97."


def place_of_supply_problem(code: str, *, buyer_class: BuyerClass) -> str | None:
    """A sentence when an explicitly given place of supply cannot be one for this buyer; else None."""
    if buyer_class is not BuyerClass.EXPORT:
        return state_problem(code)
    if code == OTHER_COUNTRY:
        return None
    return f"The place of supply of an export is 96 Other Country, not {code!r}."


def state_tax_label(code: str) -> Literal["SGST", "UTGST"]:
    """What to print over the State's half of an intra-State tax (C12)."""
    return "UTGST" if code in UTGST_STATES else "SGST"


def place_of_supply(
    *, store_state: str, buyer_class: BuyerClass, buyer_state: str | None, has_service: bool
) -> str:
    """The State code (96 for an export) where the supply takes place, unless the biller says another.

    Goods are taken to be handed over the counter. `buyer_state` is the State of the GSTIN, or for a consumer
    the one written on the document; `has_service` says whether any line is a service.
    """
    if buyer_class is BuyerClass.EXPORT:
        return OTHER_COUNTRY
    # s.10(1)(c): goods handed over to a registered buyer are supplied where he takes them.
    if buyer_class is BuyerClass.REGISTERED and not has_service:
        return store_state
    # s.10(1)(ca), s.12(2)(b): a consumer's recorded State decides, even if he carries the phone away.
    # s.12(2)(a): a service to a registered buyer is supplied where he is registered.
    return buyer_state or store_state


def supply_nature(*, store_state: str, place_of_supply: str, buyer_class: BuyerClass) -> Nature:
    """Intra when the store's State is the place of supply; SEZ and export are always inter (C10, C12)."""
    if buyer_class in (BuyerClass.SEZ, BuyerClass.EXPORT) or store_state != place_of_supply:
        return Nature.INTER
    return Nature.INTRA


def charges_tax(*, buyer_class: BuyerClass, with_payment_of_tax: bool, is_composition: bool) -> bool:
    """Whether tax is worked out at all: not by a composition store, nor for SEZ or export under LUT."""
    if is_composition:
        return False
    return with_payment_of_tax or buyer_class in (BuyerClass.UNREGISTERED, BuyerClass.REGISTERED)


def document_type(
    treatments: Iterable[Treatment], *, buyer_class: BuyerClass, is_composition: bool
) -> DocumentType | None:
    """The document for lines of these treatments; None where the law wants two documents.

    Taxable and untaxed lines share one paper only for a buyer without registration (Rule 46A); an SEZ unit is
    registered.
    """
    taxable = {treatment is Treatment.TAXABLE for treatment in treatments}
    assert taxable, "a document has at least one line"
    if is_composition or taxable == {False}:
        return DocumentType.BILL_OF_SUPPLY
    if taxable == {True}:
        return DocumentType.TAX_INVOICE
    if buyer_class in (BuyerClass.REGISTERED, BuyerClass.SEZ):
        return None
    return DocumentType.INVOICE_CUM_BILL
