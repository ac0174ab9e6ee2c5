from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema

from finetune.core.dates import INDIA
from finetune.core.fields import Body, complaint
from finetune.einvoicing.rules import as_instant

JWT_MAX = 20_000


def _instant(value: Any) -> datetime:
    found = as_instant(value, INDIA) if isinstance(value, str) and len(value) <= 40 else None
    if found is None or not 2020 <= found.year < 9999:
        raise complaint("invalid", "This must be a time such as 2026-11-22 10:30:00.")
    return found.astimezone(INDIA)


Irn = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")]
Instant = Annotated[
    datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})
]


class AnswerIn(Body):
    """What the portal answered, under names of ours: Irn, AckNo, AckDt, SignedQRCode, SignedInvoice."""

    irn: Irn
    ack_no: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,20}$")]
    ack_date: Instant
    signed_qr: Annotated[str, Field(min_length=1, max_length=JWT_MAX, pattern=r"^[!-~]+$")]
    signed_invoice: Annotated[str, Field(max_length=500_000, pattern=r"^[!-~]*$")] = ""


class AnswerOut(BaseModel):
    """`invoice` or `credit_note` says what it is about; the other is null."""

    invoice: int | None
    credit_note: int | None
    irn: str
    ack_no: str
    ack_date: datetime
    signed_qr: str
    signed_invoice: str
    recorded_by: int
    recorded_at: datetime


class SubmissionOut(BaseModel):
    """`reference` says where the document went: for the outbox, the name of its file."""

    invoice: int | None
    credit_note: int | None
    irn: str
    reference: str
    submitted_by: int
    submitted_at: datetime


class Inv01Out(BaseModel):
    """INV-01, version 1.1, as the portal takes it: see docs/einvoice.md. Empty groups are left out."""

    Version: str
    TranDtls: dict[str, Any]
    DocDtls: dict[str, Any]
    SellerDtls: dict[str, Any]
    BuyerDtls: dict[str, Any]
    ItemList: list[dict[str, Any]]
    ValDtls: dict[str, Any]
    RefDtls: dict[str, Any] = {}
    ExpDtls: dict[str, Any] = {}
