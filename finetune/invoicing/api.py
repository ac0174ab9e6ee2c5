"""Endpoints: /api/invoices/ and /api/invoice-sequences/."""

from django.http import HttpResponse
from ninja import Query, Router

from finetune.core.fields import Reason
from finetune.core.http import Call, endpoint, path_id
from finetune.core.listing import PageOf
from finetune.core.transactions import Made
from finetune.invoicing import actions, queries
from finetune.invoicing.schemas import (
    InvoiceIn,
    InvoiceOut,
    InvoicePatch,
    InvoiceQuery,
    InvoiceRow,
    IssueIn,
    SequenceIn,
    SequenceOut,
    SequenceQuery,
)

invoices = Router(tags=["invoices"])
sequences = Router(tags=["invoice-sequences"])


def _answer(call: Call, status: int, invoice_id: int, made: Made | None = None) -> HttpResponse:
    row = queries.invoice(call.caller, invoice_id)
    version = row.pop("version")
    is_draft = row["issued_at"] is None
    return call.answer(status, row, made=made, version=version if is_draft else None)


@endpoint(invoices, "GET", "/", verb="invoice.read", answers={200: PageOf[InvoiceRow]}, may_lag=True)
def list_invoices(call: Call, query: Query[InvoiceQuery]) -> HttpResponse:
    return call.page(queries.invoices(call.caller, query))


@endpoint(invoices, "POST", "/", verb="invoice.issue", answers={201: InvoiceOut})
def create_invoice(call: Call, body: InvoiceIn) -> HttpResponse:
    """Issue a bill, or keep it as a draft."""
    action = actions.issue_invoice if body.status == "issued" else actions.draft_invoice
    made = action(actor=call.actor, order=body.order())
    return _answer(call, 201, made.id, made)


@endpoint(invoices, "GET", "/{row_id}/", verb="invoice.read", answers={200: InvoiceOut})
def read_invoice(call: Call, row_id: str) -> HttpResponse:
    return _answer(call, 200, path_id(row_id, "invoice"))


@endpoint(invoices, "PATCH", "/{row_id}/", verb="invoice.draft", answers={200: InvoiceOut})
def change_invoice(call: Call, row_id: str, body: InvoicePatch) -> HttpResponse:
    """Change a draft."""
    made = actions.change_draft(
        actor=call.actor, invoice_id=path_id(row_id, "invoice"), version=call.if_match, changes=body.changes()
    )
    return _answer(call, 200, made.id)


@endpoint(invoices, "DELETE", "/{row_id}/", verb="invoice.draft", answers={204: None})
def delete_invoice(call: Call, row_id: str) -> HttpResponse:
    """Delete a draft."""
    actions.delete_draft(actor=call.actor, invoice_id=path_id(row_id, "invoice"), version=call.if_match)
    return HttpResponse(status=204)


@endpoint(invoices, "POST", "/{row_id}/issue/", verb="invoice.issue", answers={200: InvoiceOut})
def issue_invoice(call: Call, row_id: str, body: IssueIn) -> HttpResponse:
    """Issue a draft."""
    made = actions.issue_draft(
        actor=call.actor,
        invoice_id=path_id(row_id, "invoice"),
        version=call.if_match,
        invoice_date=body.invoice_date,
    )
    return _answer(call, 200, made.id, made)


@endpoint(invoices, "POST", "/{row_id}/cancel/", verb="invoice.cancel", answers={200: InvoiceOut})
def cancel_invoice(call: Call, row_id: str, body: Reason) -> HttpResponse:
    """Cancel an unpaid bill: its number is kept, its stock comes back."""
    made = actions.cancel_invoice(actor=call.actor, invoice_id=path_id(row_id, "invoice"), reason=body.reason)
    return _answer(call, 200, made.id, made)


@endpoint(sequences, "GET", "/", verb="sequence.read", answers={200: PageOf[SequenceOut]})
def list_sequences(call: Call, query: Query[SequenceQuery]) -> HttpResponse:
    return call.page(queries.sequences(call.caller, query))


@endpoint(sequences, "POST", "/", verb="sequence.write", answers={201: SequenceOut})
def create_sequence(call: Call, body: SequenceIn) -> HttpResponse:
    """Open a number series, which may go on after an older software's last number and belong to one GSTIN."""
    made = actions.open_sequence(actor=call.actor, fields=body.fields(), last_number=body.last_number)
    return call.answer(201, queries.sequence(call.caller, made.id), made=made)


@endpoint(sequences, "GET", "/{row_id}/", verb="sequence.read", answers={200: SequenceOut})
def read_sequence(call: Call, row_id: str) -> HttpResponse:
    return call.answer(200, queries.sequence(call.caller, path_id(row_id, "series")))


@endpoint(sequences, "POST", "/{row_id}/clear/", verb="sequence.write", answers={200: SequenceOut})
def clear_sequence(call: Call, row_id: str, body: Reason) -> HttpResponse:
    """Begin a series again at 0001 in a new run."""
    made = actions.clear_sequence(actor=call.actor, sequence_id=path_id(row_id, "series"), reason=body.reason)
    return call.answer(200, queries.sequence(call.caller, made.id), made=made)
