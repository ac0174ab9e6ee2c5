"""Endpoints: credit notes, customers' credit, and how a bill may be corrected."""

from dataclasses import asdict

from django.http import HttpResponse
from ninja import Query, Router

from finetune.core.dates import today
from finetune.core.http import Call, endpoint, path_id
from finetune.core.listing import PageOf
from finetune.core.money import ZERO
from finetune.crediting import actions, queries
from finetune.crediting.rules import routes_for
from finetune.crediting.schemas import (
    CorrectionsOut,
    CreditNoteIn,
    CreditNoteOut,
    CreditNoteQuery,
    CreditOut,
    CreditQuery,
)
from finetune.invoicing.queries import read_settlement

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
        wanted=[each.wanted() for each in body.line_items],
        reason=body.reason,
    )
    return call.answer(201, queries.note(call.caller, made.id), made=made)


@endpoint(of_invoices, "GET", "/{row_id}/corrections/", verb="invoice.read", answers={200: CorrectionsOut})
def read_corrections(call: Call, row_id: str) -> HttpResponse:
    """Which lawful ways there are to correct this bill, and why the others are closed."""
    facts = read_settlement(path_id(row_id, "invoice"), caller=call.caller)
    left = ZERO if facts["issued_at"] is None else facts["total"] - facts["amount_credited"]
    routes = routes_for(facts, invoice_date=facts["invoice_date"], today=today(), left=left)
    advised = next((each.route for each in routes if each.open), None)
    return call.answer(
        200, {"invoice": facts["id"], "advised": advised, "routes": [asdict(each) for each in routes]}
    )


@endpoint(notes, "GET", "/", verb="credit_note.read", answers={200: PageOf[CreditNoteOut]})
def list_credit_notes(call: Call, query: Query[CreditNoteQuery]) -> HttpResponse:
    return call.page(queries.notes(call.caller, query))


@endpoint(notes, "GET", "/{row_id}/", verb="credit_note.read", answers={200: CreditNoteOut})
def read_credit_note(call: Call, row_id: str) -> HttpResponse:
    return call.answer(200, queries.note(call.caller, path_id(row_id, "credit note")))


@endpoint(credits, "GET", "/", verb="credit.read", answers={200: PageOf[CreditOut]})
def list_customer_credits(call: Call, query: Query[CreditQuery]) -> HttpResponse:
    """What the shop owes its customers."""
    return call.page(queries.credits(call.caller, query))
