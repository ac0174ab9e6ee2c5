"""Endpoints: the PDF of an invoice, and its public link."""

from django.http import HttpResponse
from ninja import Query, Router

from finetune.core.fields import Reason
from finetune.core.http import Call, Problem, endpoint, path_id
from finetune.core.transactions import Made
from finetune.documents import actions, queries
from finetune.documents.printing import print_invoice, public_url
from finetune.documents.schemas import LinkOut, PdfQuery

printing = Router(tags=["invoices"])
PDF = "application/pdf"


def pdf_response(content: bytes, file_name: str) -> HttpResponse:
    """Shown in the browser, and saved under the document's number."""
    response = HttpResponse(content, content_type=PDF)
    response["Content-Disposition"] = f'inline; filename="{file_name}"'
    return response


@endpoint(printing, "GET", "/{row_id}/pdf/", verb="invoice.read", answers={200: None, 409: Problem})
def read_invoice_pdf(call: Call, row_id: str, query: Query[PdfQuery]) -> HttpResponse:
    """The invoice as a PDF: A4 or an 80 mm receipt, English or Hindi. The same bytes on every call."""
    bill = queries.printable_invoice(call.caller, path_id(row_id, "invoice"))
    paper = print_invoice(bill, layout=query.layout, lang=query.lang)
    return pdf_response(paper.content, paper.file_name)


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


def _publish_pdf(router: Router) -> None:
    """Says in the description of the API that the answer is a PDF, which no schema can say."""
    operation = router.path_operations["/{row_id}/pdf/"].operations[0]
    content = {PDF: {"schema": {"type": "string", "format": "binary"}}}
    operation.openapi_extra = {**(operation.openapi_extra or {}), "responses": {200: {"content": content}}}


_publish_pdf(printing)
