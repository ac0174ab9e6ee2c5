"""Endpoints: credit notes, customers' credit, and how a bill may be corrected."""

from dataclasses import asdict

from django.http import HttpResponse
from ninja import Query, Router

from finetune.core.dates import today
from finetune.core.http import Call, endpoint, path_id
from finetune.core.listing import PageOf
from finetune.crediting import actions, queries
from finetune.crediting.corrections import routes_for
from finetune.crediting.schemas import (
    CorrectionsOut,
    CorrectionsQuery,
    CreditNoteIn,
    CreditNoteOut,
    CreditNoteQuery,
    CreditOut,
    CreditQuery,
)

of_invoices = Router(tags=["credit-notes"])
notes = Router(tags=["credit-notes"])
credits = Router(tags=["customer-credits"])


@endpoint(
    of_invoices, "POST", "/{row_id}/credit-notes/", verb="credit_note.issue", answers={201: CreditNoteOut}
)
def create_credit_note(call: Call, row_id: str, body: CreditNoteIn) -> HttpResponse:
    """Credit units of a bill's lines. The note lowers the balance first; the rest is the customer's credit."""
    made = actions.issue_credit_note(
        actor=call.actor,
        invoice_id=path_id(row_id, "invoice"),
        wanted=body.returns(),
        reason=body.reason,
    )
    return call.answer(201, queries.note(call.caller, made.id), made=made)


@endpoint(of_invoices, "GET", "/{row_id}/corrections/", verb="invoice.read", answers={200: CorrectionsOut})
def read_corrections(call: Call, row_id: str, query: Query[CorrectionsQuery]) -> HttpResponse:
    """Which lawful way a correction of this bill must take, and why the others are closed."""
    invoice_id = path_id(row_id, "invoice")
    state = queries.state_of_bill(invoice_id, caller=call.caller)
    routes = routes_for(state, wrong=query.wrong, today=today())
    answer = {
        "invoice": invoice_id,
        "wrong": query.wrong,
        "advised": next((each.route for each in routes if each.open), None),
        "routes": [asdict(each) for each in routes],
    }
    return call.answer(200, answer)


@endpoint(notes, "GET", "/", verb="credit_note.read", answers={200: PageOf[CreditNoteOut]}, may_lag=True)
def list_credit_notes(call: Call, query: Query[CreditNoteQuery]) -> HttpResponse:
    return call.page(queries.notes(call.caller, query))


@endpoint(notes, "GET", "/{row_id}/", verb="credit_note.read", answers={200: CreditNoteOut})
def read_credit_note(call: Call, row_id: str) -> HttpResponse:
    return call.answer(200, queries.note(call.caller, path_id(row_id, "credit note")))


@endpoint(credits, "GET", "/", verb="credit.read", answers={200: PageOf[CreditOut]})
def list_customer_credits(call: Call, query: Query[CreditQuery]) -> HttpResponse:
    """What the shop owes its customers."""
    return call.page(queries.credits(call.caller, query))
