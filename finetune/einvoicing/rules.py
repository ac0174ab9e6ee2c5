"""May this document become an e-invoice, and does an answer belong to it? Pure."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from finetune.core.refusals import FieldError, Refusal, conflict
from finetune.gst.einvoice import (
    Circumstances,
    EinvoiceDocument,
    Item,
    Party,
    Preceding,
    Problem,
    inv01,
    irn,
    problems,
)
from finetune.gst.supply import BuyerClass, DocumentType
from finetune.gst.tax import Treatment


def refuse_unissued(facts: Mapping[str, Any]) -> None:
    """Only a bill that stands: a draft has no number, a cancelled one no supply."""
    if facts["issued_at"] is None:
        raise conflict("invoice_not_issued", "This is a draft: it has no number yet. Issue it first.")
    if facts["is_cancelled"]:
        raise conflict("invoice_cancelled", "This bill is cancelled: there is no supply to report.")


def refuse_inapplicable(facts: Mapping[str, Any]) -> None:
    """e-invoices are for registered, SEZ and export buyers, and for tax: a bill of supply has none."""
    if facts["buyer"]["category"] == BuyerClass.UNREGISTERED:
        raise conflict(
            "einvoice_not_applicable",
            "This buyer is a consumer: the portal takes no e-invoice for him. Hand over the bill as it is.",
        )
    if facts["document_type"] == DocumentType.BILL_OF_SUPPLY:
        raise conflict(
            "einvoice_not_applicable",
            "A bill of supply charges no tax, so it is not reported as an e-invoice.",
        )


def document_of(facts: Mapping[str, Any]) -> EinvoiceDocument:
    """The document as it was copied when issued."""
    seller, buyer = facts["seller"], facts["buyer"]
    preceding = None
    if facts["preceding_number"] is not None:
        preceding = Preceding(facts["preceding_number"], facts["preceding_date"])
    return EinvoiceDocument(
        kind="INV" if preceding is None else "CRN",
        number=facts["number"],
        date=facts["date"],
        seller=_party(seller),
        buyer=_party(buyer),
        buyer_class=BuyerClass(buyer["category"]),
        place_of_supply=facts["place_of_supply"],
        reverse_charge=facts["reverse_charge"],
        with_payment=facts["with_payment_of_tax"],
        items=tuple(_item(line) for line in facts["lines"]),
        round_off=facts["round_off_amount"],
        total=facts["total"],
        preceding=preceding,
    )


def irn_of(document: EinvoiceDocument) -> str:
    """The IRN that the portal will give to this document."""
    return irn(
        gstin=document.seller.gstin, document_type=document.kind, number=document.number, on=document.date
    )


def prepared(
    document: EinvoiceDocument, *, today: date, turnover: Decimal | None, sandbox: bool
) -> dict[str, Any]:
    """INV-01 as it may leave. Refuses 409 with every reason why the portal would not take it."""
    payload = inv01(document)
    circumstances = Circumstances(
        today=today,
        turnover=turnover,
        sandbox=sandbox,
        buyer_is_sez=document.buyer_class is BuyerClass.SEZ,
    )
    if found := problems(payload, circumstances):
        raise incomplete(found)
    return payload


def incomplete(found: Sequence[Problem]) -> Refusal:
    errors = [
        FieldError(
            each.field,
            each.code,
            each.message,
            {"portal_code": each.portal_code} if each.portal_code else None,
        )
        for each in found
    ]
    first = " ".join(each.message for each in found[:3])
    return conflict(
        "einvoice_incomplete",
        f"The portal would refuse this document. {first} An issued bill never changes: complete store "
        "and customer, then cancel this bill and issue another.",
        errors=errors,
    )


def already_answered() -> Refusal:
    return conflict(
        "already_answered", "The portal's answer for this document is recorded already. Read it instead."
    )


def refuse_foreign_answer(*, expected: str, given: str, signed_qr: str) -> None:
    """The IRN must be the one that follows from the document, in the answer and inside its signed QR."""
    inside = irn_inside(signed_qr)
    for field, found in (("irn", given), ("signed_qr", inside or expected)):
        if found.lower() != expected:
            message = (
                "This answer belongs to another document: the IRN is not the one that follows from this one."
            )
            raise conflict(
                "irn_mismatch",
                message,
                errors=[FieldError(field, "irn_mismatch", message)],
                expected_irn=expected,
            )


def irn_inside(signed_qr: str) -> str:
    """The IRN that a signed QR carries, or empty where it cannot be read. No signature is checked here."""
    parts = signed_qr.split(".")
    if len(parts) != 3:
        return ""
    try:
        outer = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        data = outer["data"]
        inner = json.loads(data) if isinstance(data, str) else data
        return str(inner["Irn"])
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
        return ""


def _party(data: Mapping[str, Any]) -> Party:
    return Party(
        gstin=data.get("gstin") or "",
        legal_name=data.get("legal_name") or data["name"],
        trade_name=data["name"],
        address=data.get("address") or "",
        city=data.get("city") or "",
        pincode=data.get("pincode") or "",
        state_code=data.get("state_code") or "",
        country=data.get("country") or "IN",
        phone=data.get("phone") or "",
        email=data.get("email") or "",
    )


def _item(line: Mapping[str, Any]) -> Item:
    money = {name: Decimal(line[name]) for name in ("taxable_value", "igst", "cgst", "sgst", "cess", "total")}
    return Item(
        description=line["description"],
        hsn_code=line["hsn_code"],
        unit=line["unit"],
        quantity=Decimal(line["quantity"]),
        unit_price=Decimal(line["unit_price"]),
        rate=Decimal(line["gst_rate"]),
        treatment=Treatment(line["treatment"]),
        tax_inclusive=line["tax_inclusive"],
        gross=Decimal(line["gross"]),
        discount=Decimal(line["discount_amount"]) + Decimal(line["invoice_discount_share"]),
        serial_numbers=tuple(line["serial_numbers"]),
        **money,
    )


def as_instant(text: str, zone: Any) -> datetime | None:
    """A time as the portal writes it, `2026-11-22 10:30:00` in India, or RFC 3339; None where neither."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone)
