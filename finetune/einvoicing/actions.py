"""Put an e-invoice into the outbox; record what the portal answered."""

from datetime import datetime
from typing import Any

from django.conf import settings

from finetune.core import audit
from finetune.core.caller import Actor, Caller
from finetune.core.dates import today
from finetune.core.transactions import Made, one_transaction
from finetune.einvoicing import queries
from finetune.einvoicing.models import Answer, Submission
from finetune.einvoicing.queries import Kind
from finetune.einvoicing.rules import (
    already_answered,
    document_of,
    irn_of,
    prepared,
    refuse_foreign_answer,
    refuse_inapplicable,
    refuse_unissued,
)
from finetune.einvoicing.transport import transport
from finetune.gst.einvoice import EinvoiceDocument, as_bytes

AUDITED = {"invoice": "invoice", "note": "credit_note"}


def einvoice(caller: Caller, kind: Kind, document_id: int) -> tuple[EinvoiceDocument, dict[str, Any]]:
    """The document and its INV-01, checked.

    Refuses 404, then 409 for a draft, a cancelled bill, a consumer, and for whatever the portal would refuse.
    """
    document = _document(caller, kind, document_id)
    payload = prepared(
        document,
        today=today(),
        turnover=settings.AGGREGATE_TURNOVER,
        sandbox=settings.EINVOICE_SANDBOX,
    )
    return document, payload


@one_transaction
def submit_einvoice(*, actor: Actor, kind: Kind, document_id: int) -> Made:
    """Hand the document to the transport. Again is allowed until the portal's answer is recorded."""
    document, payload = einvoice(actor.caller, kind, document_id)
    _refuse_answered(kind, document_id)
    irn = irn_of(document)
    # Before the row: a file without its row is written again, a row without its file would be a lie.
    reference = transport().send(irn=irn, payload=as_bytes(payload))
    row = Submission.objects.create(
        **_key(kind, document_id), irn=irn, reference=reference, submitted_by_id=actor.user_id
    )
    audit.record(actor=actor, verb="einvoice.submit", kind=AUDITED[kind], object_id=document_id)
    return Made("einvoice_submission", {"id": row.pk, "document": document_id})


@one_transaction
def record_answer(
    *,
    actor: Actor,
    kind: Kind,
    document_id: int,
    irn: str,
    ack_no: str,
    ack_date: datetime,
    signed_qr: str,
    signed_invoice: str,
) -> Made:
    """Keep the portal's answer, once. Refuses 409 where its IRN does not follow from the document."""
    document = _document(actor.caller, kind, document_id)
    _refuse_answered(kind, document_id)
    expected = irn_of(document)
    refuse_foreign_answer(expected=expected, given=irn, signed_qr=signed_qr)
    Answer.objects.create(
        **_key(kind, document_id),
        irn=expected,
        ack_no=ack_no,
        ack_date=ack_date,
        signed_qr=signed_qr,
        signed_invoice=signed_invoice,
        recorded_by_id=actor.user_id,
    )
    audit.record(actor=actor, verb="einvoice.answer", kind=AUDITED[kind], object_id=document_id)
    return Made("einvoice_answer", {"id": document_id})


def _document(caller: Caller, kind: Kind, document_id: int) -> EinvoiceDocument:
    facts = queries.facts_of(caller, kind, document_id)
    refuse_unissued(facts)
    refuse_inapplicable(facts)
    return document_of(facts)


def _refuse_answered(kind: Kind, document_id: int) -> None:
    if Answer.objects.filter(**_key(kind, document_id)).exists():
        raise already_answered()


def _key(kind: Kind, document_id: int) -> dict[str, int]:
    return {f"{kind}_id": document_id}
