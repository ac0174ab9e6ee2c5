"""Endpoints: the PDF of an invoice, and its public link."""

from django.http import HttpResponse
from ninja import Query, Router

from finetune.core.fields import Reason
from finetune.core.http import Call, Problem, endpoint, path_id, publish_content
from finetune.core.transactions import Made
from finetune.documents import actions, queries, sources
from finetune.documents.printing import Paper, print_document, print_invoice, public_url
from finetune.documents.schemas import LinkOut, PdfQuery

printing = Router(tags=["invoices"])
printing_notes = Router(tags=["credit-notes"])
printing_deposits = Router(tags=["deposits"])
PDF = "application/pdf"
REFUND_PDF = "/{row_id}/refund-vouchers/{voucher_id}/pdf/"


def _pdf(paper: Paper) -> HttpResponse:
    """Shown in the browser, and saved under the document's number."""
    response = HttpResponse(paper.content, content_type=PDF)
    response["Content-Disposition"] = f'inline; filename="{paper.file_name}"'
    return response


@endpoint(printing, "GET", "/{row_id}/pdf/", verb="invoice.read", answers={200: None, 409: Problem})
def read_invoice_pdf(call: Call, row_id: str, query: Query[PdfQuery]) -> HttpResponse:
    """The invoice as a PDF: A4 or an 80 mm receipt, English or Hindi. The same bytes on every call."""
    bill = queries.printable_invoice(call.caller, path_id(row_id, "invoice"))
    return _pdf(print_invoice(bill, layout=query.layout, lang=query.lang))


@endpoint(printing_notes, "GET", "/{row_id}/pdf/", verb="credit_note.read", answers={200: None})
def read_credit_note_pdf(call: Call, row_id: str, query: Query[PdfQuery]) -> HttpResponse:
    """The credit note as a PDF; its code leads to the page of its invoice."""
    note = sources.printable_note(call.caller, path_id(row_id, "credit note"))
    return _pdf(print_document(note, sources.frozen_note, layout=query.layout, lang=query.lang))


@endpoint(printing_deposits, "GET", "/{row_id}/pdf/", verb="deposit.read", answers={200: None})
def read_receipt_voucher_pdf(call: Call, row_id: str, query: Query[PdfQuery]) -> HttpResponse:
    """The receipt voucher of a deposit as a PDF."""
    receipt = sources.printable_receipt(call.caller, path_id(row_id, "deposit"))
    return _pdf(print_document(receipt, sources.frozen_receipt, layout=query.layout, lang=query.lang))


@endpoint(printing_deposits, "GET", REFUND_PDF, verb="deposit.read", answers={200: None})
def read_refund_voucher_pdf(call: Call, row_id: str, voucher_id: str, query: Query[PdfQuery]) -> HttpResponse:
    """The voucher of an advance that was given back, as a PDF."""
    refund = sources.printable_refund(
        call.caller, path_id(row_id, "deposit"), path_id(voucher_id, "refund voucher")
    )
    return _pdf(print_document(refund, sources.frozen_refund, layout=query.layout, lang=query.lang))


def _link(call: Call, made: Made) -> HttpResponse:
    bill = queries.printable_invoice(call.caller, made.id)
    url = public_url(bill.token) if queries.has_live_link(made.id) else None
    return call.answer(200, {"invoice": made.id, "public_url": url}, made=made)


@endpoint(printing, "POST", "/{row_id}/public-link/revoke/", verb="invoice.share", answers={200: LinkOut})
def revoke_public_link(call: Call, row_id: str, body: Reason) -> HttpResponse:
    """End the public page of an invoice."""
    made = actions.revoke_link(actor=call.actor, invoice_id=path_id(row_id, "invoice"), reason=body.reason)
    return _link(call, made)


@endpoint(printing, "POST", "/{row_id}/public-link/renew/", verb="invoice.share", answers={200: LinkOut})
def renew_public_link(call: Call, row_id: str, body: Reason) -> HttpResponse:
    """Give an invoice a new public page; the old address leads nowhere from then on."""
    made = actions.renew_link(actor=call.actor, invoice_id=path_id(row_id, "invoice"), reason=body.reason)
    return _link(call, made)


def _publish_pdfs(*routers: Router) -> None:
    """Says in the description of the API that the answer is a PDF, which no schema can say."""
    content = {PDF: {"schema": {"type": "string", "format": "binary"}}}
    for router in routers:
        for path, view in router.path_operations.items():
            if path.endswith("/pdf/"):
                publish_content(view.operations[0], 200, content)


_publish_pdfs(printing, printing_notes, printing_deposits)
