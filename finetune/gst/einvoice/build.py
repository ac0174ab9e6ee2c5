"""INV-01 version 1.1 from an issued document. Built, not judged: `check` says what is wrong with it."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from finetune.gst.einvoice.pincodes import ABROAD
from finetune.gst.einvoice.records import EinvoiceDocument, Item, Party
from finetune.gst.gstr1.tables import plain
from finetune.gst.hsn import is_service
from finetune.gst.supply import OTHER_COUNTRY
from finetune.gst.tax import ZERO, Treatment, half_up

VERSION: Final = "1.1"
UNREGISTERED: Final = "URP"
ADDRESS_PART_MAX: Final = 100
SERIAL_MAX: Final = 20
Payload = dict[str, Any]
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def inv01(document: EinvoiceDocument) -> Payload:
    """The request to the portal, without IRN. Empty keys are left out."""
    items = [_item(place, item) for place, item in enumerate(document.items, start=1)]
    payload: Payload = _without_empty(
        {
            "Version": VERSION,
            "TranDtls": {
                "TaxSch": "GST",
                "SupTyp": document.supply_type,
                "RegRev": "Y" if document.reverse_charge else "N",
                "IgstOnIntra": "N",
            },
            "DocDtls": {"Typ": document.kind, "No": document.number, "Dt": f"{document.date:%d/%m/%Y}"},
            "SellerDtls": {"Gstin": document.seller.gstin, **_party(document.seller)},
            "BuyerDtls": _buyer(document),
            "ItemList": items,
            "ValDtls": _totals(document, items),
            "RefDtls": _references(document),
            "ExpDtls": {"CntCode": document.buyer.country} if document.is_export else None,
        }
    )
    return payload


def as_bytes(payload: Payload) -> bytes:
    """What leaves: every Decimal with the digits it has, no float."""
    return _ENCODER.encode(payload)


def free_text(text: str) -> str:
    """Text as the portal takes it: one line, without double quotes and backslashes."""
    return re.sub(r"\s+", " ", text).strip().replace('"', "'").replace("\\", "/")


def _party(party: Party) -> Payload:
    first, second = _address(party.address)
    return {
        "LglNm": free_text(party.legal_name)[:100],
        "TrdNm": free_text(party.trade_name)[:100],
        "Addr1": first,
        "Addr2": second,
        "Loc": free_text(party.city),
        "Pin": int(party.pincode) if party.pincode.isascii() and party.pincode.isdigit() else None,
        "Stcd": party.state_code,
        "Ph": _phone(party.phone),
        "Em": party.email,
    }


def _address(text: str) -> tuple[str, str]:
    """Cut at a space so that the second part, where there is one, has the 3 characters it needs."""
    text = free_text(text)
    if len(text) <= ADDRESS_PART_MAX:
        return text, ""
    cut = text.rfind(" ", 0, ADDRESS_PART_MAX + 1)
    cut = cut if cut > 0 else ADDRESS_PART_MAX
    rest = text[cut:].strip()[:ADDRESS_PART_MAX]
    return text[:cut].rstrip(), rest if len(rest) >= 3 else ""


def _phone(text: str) -> str:
    digits = re.sub(r"\D", "", text.removeprefix("+91"))
    return digits if 6 <= len(digits) <= 12 else ""


def _buyer(document: EinvoiceDocument) -> Payload:
    buyer = document.buyer
    if document.is_export:
        abroad = {"Pin": ABROAD, "Stcd": OTHER_COUNTRY}
        return {"Gstin": UNREGISTERED, "Pos": document.place_of_supply} | _party(buyer) | abroad
    return {"Gstin": buyer.gstin, "Pos": document.place_of_supply, **_party(buyer)}


def _item(place: int, item: Item) -> Payload:
    service = is_service(item.hsn_code)
    price, amount, discount = _before_tax(item)
    one = item.serial_numbers[0] if len(item.serial_numbers) == 1 else ""
    fits = 0 < len(one) <= SERIAL_MAX
    others = () if fits else item.serial_numbers
    return {
        "SlNo": str(place),
        "PrdDesc": free_text(item.description),
        "IsServc": "Y" if service else "N",
        "HsnCd": item.hsn_code,
        "Qty": plain(item.quantity),
        "Unit": "OTH" if item.unit == "NA" else item.unit,
        "UnitPrice": price,
        "TotAmt": amount,
        "Discount": discount,
        "AssAmt": item.taxable_value,
        "GstRt": plain(item.rate) if item.treatment is Treatment.TAXABLE else Decimal(0),
        "IgstAmt": item.igst,
        "CgstAmt": item.cgst,
        "SgstAmt": item.sgst,
        "CesAmt": item.cess,
        "TotItemVal": item.total,
        "PrdSlNo": free_text(one) if fits else "",
        "AttribDtls": [{"Nm": "Serial number", "Val": free_text(serial)} for serial in others],
    }


def _before_tax(item: Item) -> tuple[Decimal, Decimal, Decimal]:
    """Price, amount and discount without tax. The portal wants amount less discount to be the taxable value,
    so of an inclusive line the discount is taken out of the tax in the line's own proportion."""
    if not item.tax_inclusive or item.gross - item.discount == item.taxable_value:
        return item.unit_price, item.gross, item.discount
    net = item.gross - item.discount
    discount = half_up(item.discount * item.taxable_value / net) if net else ZERO
    amount = item.taxable_value + discount
    return half_up(amount / item.quantity, 3), amount, discount


def _totals(document: EinvoiceDocument, items: list[Payload]) -> Payload:
    def total(name: str) -> Decimal:
        return sum((item[name] for item in items), ZERO)

    return {
        "AssVal": total("AssAmt"),
        "CgstVal": total("CgstAmt"),
        "SgstVal": total("SgstAmt"),
        "IgstVal": total("IgstAmt"),
        "CesVal": total("CesAmt"),
        "RndOffAmt": document.round_off,
        "TotInvVal": document.total,
    }


def _references(document: EinvoiceDocument) -> Payload | None:
    if document.preceding is None:
        return None
    invoice = {"InvNo": document.preceding.number, "InvDt": f"{document.preceding.date:%d/%m/%Y}"}
    return {"PrecDocDtls": [invoice]}


def _without_empty(value: Any) -> Any:
    """Leave out None, empty text and empty lists; a zero stays."""
    if isinstance(value, Mapping):
        inner = {name: _without_empty(each) for name, each in value.items()}
        return {name: each for name, each in inner.items() if each is not None and each not in ("", [], {})}
    if isinstance(value, list):
        return [_without_empty(each) for each in value]
    return value
