"""Endpoints: /api/invoices/{id}/einvoice/ and /api/credit-notes/{id}/einvoice/."""

from django.http import HttpResponse
from ninja import Router

from finetune.core.fields import Nothing
from finetune.core.http import Call, Problem, endpoint, path_id
from finetune.einvoicing import actions, queries
from finetune.einvoicing.queries import NAMES, Kind
from finetune.einvoicing.schemas import AnswerIn, AnswerOut, Inv01Out, SubmissionOut
from finetune.gst.einvoice import as_bytes

einvoices = Router(tags=["e-invoices"])
note_einvoices = Router(tags=["e-invoices"])

PREPARE = "/{row_id}/einvoice/"
SUBMIT = "/{row_id}/einvoice/submit/"
ANSWER = "/{row_id}/einvoice/answer/"
PREPARED = {200: Inv01Out, 409: Problem}


def _prepared(call: Call, kind: Kind, row_id: str) -> HttpResponse:
    _, payload = actions.einvoice(call.caller, kind, path_id(row_id, NAMES[kind]))
    return HttpResponse(as_bytes(payload), content_type="application/json")


def _submitted(call: Call, kind: Kind, row_id: str) -> HttpResponse:
    made = actions.submit_einvoice(actor=call.actor, kind=kind, document_id=path_id(row_id, NAMES[kind]))
    # A replay asks again whether the caller may see the document.
    queries.facts_of(call.caller, kind, made.ref["document"])
    return call.answer(201, queries.submission(made.id), made=made)


def _answer(call: Call, kind: Kind, row_id: str) -> HttpResponse:
    return call.answer(200, queries.answer(call.caller, kind, path_id(row_id, NAMES[kind])))


def _recorded(call: Call, kind: Kind, row_id: str, body: AnswerIn) -> HttpResponse:
    document_id = path_id(row_id, NAMES[kind])
    made = actions.record_answer(actor=call.actor, kind=kind, document_id=document_id, **body.model_dump())
    return call.answer(201, queries.answer(call.caller, kind, made.id), made=made)


@endpoint(einvoices, "GET", PREPARE, verb="invoice.read", answers=PREPARED)
def read_einvoice(call: Call, row_id: str) -> HttpResponse:
    """INV-01 of an issued bill, checked as the portal would."""
    return _prepared(call, "invoice", row_id)


@endpoint(einvoices, "POST", SUBMIT, verb="einvoice.submit", answers={201: SubmissionOut})
def submit_einvoice(call: Call, row_id: str, body: Nothing) -> HttpResponse:
    """Put the e-invoice into the outbox."""
    return _submitted(call, "invoice", row_id)


@endpoint(einvoices, "GET", ANSWER, verb="invoice.read", answers={200: AnswerOut})
def read_einvoice_answer(call: Call, row_id: str) -> HttpResponse:
    """What the portal answered."""
    return _answer(call, "invoice", row_id)


@endpoint(einvoices, "POST", ANSWER, verb="einvoice.answer", answers={201: AnswerOut})
def record_einvoice_answer(call: Call, row_id: str, body: AnswerIn) -> HttpResponse:
    """Record what the portal answered, once: IRN, acknowledgement and signed QR are printed from then on."""
    return _recorded(call, "invoice", row_id, body)


@endpoint(note_einvoices, "GET", PREPARE, verb="credit_note.read", answers=PREPARED)
def read_note_einvoice(call: Call, row_id: str) -> HttpResponse:
    """INV-01 of a credit note, checked as the portal would."""
    return _prepared(call, "note", row_id)


@endpoint(note_einvoices, "POST", SUBMIT, verb="einvoice.submit", answers={201: SubmissionOut})
def submit_note_einvoice(call: Call, row_id: str, body: Nothing) -> HttpResponse:
    """Put the e-invoice of a credit note into the outbox."""
    return _submitted(call, "note", row_id)


@endpoint(note_einvoices, "GET", ANSWER, verb="credit_note.read", answers={200: AnswerOut})
def read_note_einvoice_answer(call: Call, row_id: str) -> HttpResponse:
    """What the portal answered for a credit note."""
    return _answer(call, "note", row_id)


@endpoint(note_einvoices, "POST", ANSWER, verb="einvoice.answer", answers={201: AnswerOut})
def record_note_einvoice_answer(call: Call, row_id: str, body: AnswerIn) -> HttpResponse:
    """Record what the portal answered for a credit note, once."""
    return _recorded(call, "note", row_id, body)
