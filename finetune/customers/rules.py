"""What must agree within a customer's record, and what follows from what was given."""

import re
from collections.abc import Mapping
from typing import Any, Final

from finetune.core.fields import pincode_problem
from finetune.core.refusals import FieldError
from finetune.gst.gstin import gstin_problem, state_of
from finetune.gst.supply import BuyerClass

INDIA: Final = "IN"
WITH_GSTIN: Final = frozenset({BuyerClass.REGISTERED, BuyerClass.SEZ})


def completed(given: Mapping[str, Any], stored: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What was given, and what follows from a GSTIN where nobody said: the State and the category.

    `stored` is the record that is being changed. An export's country is left open, not taken for India.
    """
    before = stored or {}
    record = dict(given)
    if record.get("category") is None:
        record.pop("category", None)
    gstin = record.get("gstin", before.get("gstin", ""))
    if "category" not in record and before.get("category", "unregistered") in ("unregistered", "registered"):
        record["category"] = "registered" if gstin else "unregistered"
    known_state = "" if "gstin" in record else before.get("state_code", "")
    if gstin and not record.get("state_code", known_state):
        record["state_code"] = state_of(gstin)
    if stored is None or "country" in record:
        is_export = record.get("category", before.get("category")) == BuyerClass.EXPORT
        record["country"] = record.get("country") or ("" if is_export else INDIA)
    return record


def customer_problems(record: Mapping[str, Any]) -> list[FieldError]:
    """Everything wrong with a whole record, whose fields were each checked before."""
    return [*_category_problems(record), *_state_problems(record), *_address_problems(record)]


def _category_problems(record: Mapping[str, Any]) -> list[FieldError]:
    category, gstin, country = record["category"], record.get("gstin", ""), record["country"]
    if category in WITH_GSTIN and not gstin:
        return [
            FieldError(
                "gstin", "required", f"A {category} buyer has a GSTIN: give it, or choose another category."
            )
        ]
    if category == BuyerClass.UNREGISTERED and gstin:
        return [
            FieldError(
                "category",
                "invalid",
                "A buyer with a GSTIN is registered. Leave the GSTIN or the category out.",
            )
        ]
    if category == BuyerClass.EXPORT and gstin:
        return [FieldError("category", "invalid", "A buyer with a GSTIN is in India, so this is no export.")]
    if category == BuyerClass.EXPORT and country == INDIA:
        return [FieldError("country", "invalid", "An export goes to another country than IN.")]
    return []


def _state_problems(record: Mapping[str, Any]) -> list[FieldError]:
    gstin, state_code = record.get("gstin", ""), record.get("state_code", "")
    problem = gstin_problem(gstin, state_code=state_code or None) if gstin else None
    return [FieldError("gstin", "invalid_gstin", problem)] if problem else []


def _address_problems(record: Mapping[str, Any]) -> list[FieldError]:
    pincode, country = record.get("pincode", ""), record["country"]
    if country == INDIA:
        problem = pincode_problem(pincode) if pincode else None
        return [FieldError("pincode", "invalid_pincode", problem)] if problem else []
    return []


def digits_sought(text: str) -> str | None:
    """The digits to look for among stored numbers (+919876543210), or None where the text is no number.

    Spaces, hyphens, dots, brackets and a plus may stand between them; leading zeros are dialled, not stored.
    """
    if not re.fullmatch(r"[0-9 ()+./-]{3,}", text.strip()):
        return None
    return re.sub(r"[^0-9]", "", text).lstrip("0") or None
