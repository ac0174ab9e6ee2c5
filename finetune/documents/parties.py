"""Seller and buyer as a document names them. Pure."""

from collections.abc import Mapping
from typing import Any

from finetune.customers.countries import COUNTRY_NAMES
from finetune.documents.glyphs import fit_to_print
from finetune.documents.labels import OTHER_COUNTRY_NAMES, STATES_HI
from finetune.documents.records import Fact, Party
from finetune.documents.wording import Language, masked_phone
from finetune.gst.supply import OTHER_COUNTRY, STATES

BUYER_LABELS = {
    "credit_note": "credited_to",
    "receipt_voucher": "received_from",
    "refund_voucher": "refunded_to",
}


def place_name(code: str, lang: Language) -> str:
    """`Maharashtra (27)`."""
    if code == OTHER_COUNTRY:
        name = OTHER_COUNTRY_NAMES[1 if lang == "hi" else 0]
    else:
        name = (STATES_HI if lang == "hi" else STATES).get(code, "")
    return f"{name} ({code})"


def _address(party: Mapping[str, Any]) -> list[str]:
    lines = [line for line in str(party.get("address") or "").splitlines() if line.strip()]
    town = " ".join(filter(None, (party.get("city"), party.get("pincode"))))
    return [fit_to_print(line) for line in [*lines, town] if line]


def seller_of(seller: Mapping[str, Any], lang: Language, said: Mapping[str, str]) -> Party:
    name, shop = seller.get("legal_name") or seller["name"], seller["name"]
    lines = [fit_to_print(shop)] if shop != name else []
    facts = [
        Fact(said["gstin"], seller.get("gstin") or said["no_gstin"]),
        Fact(said["state"], place_name(seller["state_code"], lang)),
    ]
    if seller.get("phone"):
        facts.append(Fact(said["phone"], spaced_phone(seller["phone"])))
    return Party("", fit_to_print(name), (*lines, *_address(seller)), tuple(facts))


def buyer_of(
    kind: str, buyer: Mapping[str, Any], place_of_supply: str, lang: Language, said: Mapping[str, str]
) -> Party:
    """A registered buyer by his legal name. His phone is masked: the paper goes through many hands.

    A consumer's address without a State lies where the supply does, which CGST Rule 46(e) wants said.
    """
    is_walk_in = bool(buyer.get("is_walk_in"))
    name = said["walk_in"] if is_walk_in else buyer.get("legal_name") or buyer["name"]
    lines = [fit_to_print(buyer["name"])] if not is_walk_in and buyer["name"] != name else []
    lines += _address(buyer)
    facts = [] if is_walk_in else [Fact(said["gstin"], buyer.get("gstin") or said["unregistered"])]
    is_export = buyer.get("category") == "export"
    state = buyer.get("state_code") or (place_of_supply if buyer.get("address") else "")
    if is_export:
        facts = []
    elif state:
        facts.append(Fact(said["state"], place_name(state, lang)))
    if (country := buyer.get("country") or "") not in ("", "IN"):
        facts.append(Fact(said["country"], COUNTRY_NAMES.get(country, country)))
    if phone := masked_phone(buyer.get("phone") or ""):
        facts.append(Fact(said["phone"], phone))
    # Handed over the counter in another State, it was not delivered at this address (CGST Rule 46(o)).
    is_delivered = bool(buyer.get("address")) and (is_export or state == place_of_supply)
    label = "billed_and_delivered_to" if is_delivered else "billed_to"
    return Party(said[BUYER_LABELS.get(kind, label)], fit_to_print(name), tuple(lines), tuple(facts))


def spaced_phone(phone: str) -> str:
    """An Indian number as people write it; any other as it is."""
    bare = phone.removeprefix("+91")
    return f"+91 {bare[:5]} {bare[5:]}" if phone.startswith("+91") and len(bare) == 10 else phone
