"""Endpoints: /api/invoices/{id}/einvoice/."""

from django.http import HttpResponse
from ninja import Router

from finetune.core.fields import Nothing
from finetune.core.http import Call, Problem, endpoint, path_id
from finetune.einvoicing import actions, queries
from finetune.einvoicing.schemas import AnswerIn, AnswerOut, Inv01Out, SubmissionOut
from finetune.gst.einvoice import as_bytes

einvoices = Router(tags=["e-invoices"])


@endpoint(einvoices, "GET", "/{row_id}/einvoice/", verb="invoice.read", answers={200: Inv01Out, 409: Problem})
def read_einvoice(call: Call, row_id: str) -> HttpResponse:
    """INV-01 of an issued bill, checked as the portal would."""
    _, payload = actions.einvoice(call.caller, path_id(row_id, "invoice"))
    return HttpResponse(as_bytes(payload), content_type="application/json")


@endpoint(
    einvoices, "POST", "/{row_id}/einvoice/submit/", verb="einvoice.submit", answers={201: SubmissionOut}
)
def submit_einvoice(call: Call, row_id: str, body: Nothing) -> HttpResponse:
    """Put the e-invoice into the outbox."""
    made = actions.submit_einvoice(actor=call.actor, invoice_id=path_id(row_id, "invoice"))
    queries.facts_of(call.caller, made.ref["invoice"])
    return call.answer(201, queries.submission(made.id), made=made)


@endpoint(einvoices, "GET", "/{row_id}/einvoice/answer/", verb="invoice.read", answers={200: AnswerOut})
def read_einvoice_answer(call: Call, row_id: str) -> HttpResponse:
    """What the portal answered."""
    return call.answer(200, queries.answer(call.caller, path_id(row_id, "invoice")))


@endpoint(einvoices, "POST", "/{row_id}/einvoice/answer/", verb="einvoice.answer", answers={201: AnswerOut})
def record_einvoice_answer(call: Call, row_id: str, body: AnswerIn) -> HttpResponse:
    """Record what the portal answered, once: IRN, acknowledgement and signed QR are printed from then on."""
    made = actions.record_answer(actor=call.actor, invoice_id=path_id(row_id, "invoice"), **body.model_dump())
    return call.answer(201, queries.answer(call.caller, made.id), made=made)
