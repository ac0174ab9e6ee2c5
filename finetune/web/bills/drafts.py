"""Bill without the counter: for a repair, or for a customer, line by line. A draft may be kept and changed first."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from pydantic import BaseModel

from finetune.core.listing import Row
from finetune.core.refusals import conflict
from finetune.customers.queries import customer, customers
from finetune.customers.schemas import CustomerQuery
from finetune.invoicing.actions import change_draft, delete_draft, draft_invoice, issue_draft, issue_invoice
from finetune.invoicing.queries import invoice
from finetune.invoicing.schemas import InvoiceIn, InvoicePatch, IssueIn
from finetune.web.bills.bill import read_bill
from finetune.web.bills.bill_form import (
    HEAD,
    LINE,
    LINES_SHOWN_MAX,
    Who,
    body_of,
    errors_of_rows,
    head_of_order,
    lines_of_order,
)
from finetune.web.bills.queries import booking_to_bill, bookings_to_bill, named_variants, order_of_draft
from finetune.web.bills.rows import refuse_odd_text, rows_of_form, wants_other_rows
from finetune.web.shell.forms import Field, Form
from finetune.web.shell.visit import Visit, id_of, page

NO_FIELDS: Sequence[Field] = ()


@page("invoice.draft", methods=("GET", "POST"))
def new_bill(visit: Visit) -> HttpResponse:
    """First who is billed, then what for."""
    who = _who(visit)
    if who is None:
        return _ask_who(visit)

    def save(body: InvoiceIn) -> HttpResponse:
        keeps = "keep" in visit.request.POST or not visit.may("invoice.issue")
        action = draft_invoice if keeps else issue_invoice
        made = action(actor=visit.actor, order=body.order())
        return visit.go(
            f"/invoices/{made.id}/", _("The draft is kept.") if keeps else _("The bill is issued.")
        )

    first = {"quantity": "1", "tax": "inside", "gst": "18"}
    return _bill_form(
        visit, InvoiceIn, who, save, title=_("New bill"), back=("/invoices/", _("Invoices")), lines=(first,)
    )


@page("invoice.draft", methods=("GET", "POST"))
def edit_draft(visit: Visit, invoice_id: str) -> HttpResponse:
    bill, around = read_bill(visit, invoice_id)
    if bill["issued_at"] is not None:
        raise conflict(
            "invoice_not_draft", _("This bill is issued and never changes. Correct it by a document.")
        )
    order = order_of_draft(bill["id"])
    variants = named_variants([each["variant_id"] for each in order["lines"] if each.get("variant_id")])

    def save(body: InvoicePatch) -> HttpResponse:
        change_draft(
            actor=visit.actor, invoice_id=bill["id"], version=version_of(visit), changes=body.changes()
        )
        return visit.go(f"/invoices/{bill['id']}/", _("Saved."))

    return _bill_form(
        visit,
        InvoicePatch,
        Who(bill["customer_name"], around["store_code"], {}),
        save,
        title=_("Change the draft"),
        back=(f"/invoices/{bill['id']}/", _("Draft")),
        head=head_of_order(order),
        lines=lines_of_order(order, variants),
        version=bill["version"],
    )


def version_of(visit: Visit) -> str | None:
    return Form(NO_FIELDS).fill(visit.request.POST).version


def _bill_form(
    visit: Visit,
    schema: type[BaseModel],
    who: Who,
    save: Any,
    *,
    lines: Sequence[dict[str, Any]],
    head: dict[str, Any] | None = None,
    **shown: Any,
) -> HttpResponse:
    """The form of a bill: asked, sent with other rows, or saved."""
    data = visit.request.POST if visit.request.method == "POST" else None
    form = Form(HEAD, initial=head or {"round_off": True})
    if data is not None:
        form = form.fill(data)
    rows = rows_of_form(LINE, name="line_items", data=data, initial=lines)
    if data is not None and not wants_other_rows(data):
        with form.refusals():
            refuse_odd_text(data)
            answer: HttpResponse = save(schema.model_validate(body_of(form, rows, who)))
            return answer
        rows = rows_of_form(LINE, name="line_items", data=data, errors=errors_of_rows(form.errors))
    is_new = "version" not in shown
    return visit.render(
        "web/bills/bill_form.html",
        status=form.status,
        form=form,
        rows=rows,
        who=who,
        is_new=is_new,
        may_issue=visit.may("invoice.issue"),
        may_add=len(rows) < LINES_SHOWN_MAX,
        **shown,
    )


def _who(visit: Visit) -> Who | None:
    """Whom the address names: a repair's customer, a customer, or a walk-in."""
    asked = visit.request.GET
    if asked.get("booking"):
        booking_id = id_of(asked["booking"], "booking")
        row = booking_to_bill(visit.caller, booking_id)
        words = " · ".join(filter(None, (row["customer_name"], row["device"])))
        return Who(words, row["store_code"], {"booking": booking_id})
    store = _store_of(visit)
    if store is None:
        return None
    if asked.get("customer"):
        row = customer(visit.caller, id_of(asked["customer"], "customer"))
        return Who(row["name"], store["code"], {"store": store["id"], "customer": row["id"]})
    if asked.get("walk_in"):
        return Who(_("Walk-in customer"), store["code"], {"store": store["id"], "counter_sale": True})
    return None


def _store_of(visit: Visit) -> Row | None:
    wanted = visit.request.GET.get("store", "")
    named = [store for store in visit.stores if str(store["id"]) == wanted]
    return named[0] if named else visit.store_to_work_in


def _ask_who(visit: Visit) -> HttpResponse:
    text = visit.request.GET.get("q", "").strip()[:100]
    found: list[Row] = []
    if text and text.isprintable():
        found = customers(visit.caller, CustomerQuery(q=text, page_size=20)).rows
    return visit.render(
        "web/bills/who.html",
        text=text,
        found=found,
        repairs=bookings_to_bill(visit.caller, visit.store_id),
        store=visit.store_to_work_in,
    )


@page("invoice.issue", methods=("GET", "POST"))
def issue_bill(visit: Visit, invoice_id: str) -> HttpResponse:
    bill = invoice(visit.caller, id_of(invoice_id, "invoice"))
    form = Form((Field("invoice_date", _("Dated"), "date", hint=_("Today, unless you say otherwise")),))
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            body = form.body(IssueIn)
            issue_draft(
                actor=visit.actor,
                invoice_id=bill["id"],
                version=form.version,
                invoice_date=body.invoice_date,
            )
            return visit.go(f"/invoices/{bill['id']}/", _("The bill is issued."))
    return visit.render(
        "web/form.html",
        status=form.status,
        form=form,
        version=bill["version"],
        title=_("Issue the bill"),
        lead=_("It takes the next number and its stock, and never changes from then on."),
        back=(f"/invoices/{bill['id']}/", _("Draft")),
        submit=_("Issue"),
    )


@page("invoice.draft", methods=("GET", "POST"))
def delete_bill(visit: Visit, invoice_id: str) -> HttpResponse:
    bill = invoice(visit.caller, id_of(invoice_id, "invoice"))
    form = Form(NO_FIELDS)
    if visit.request.method == "POST":
        form = form.fill(visit.request.POST)
        with form.refusals():
            delete_draft(actor=visit.actor, invoice_id=bill["id"], version=form.version)
            return visit.go("/invoices/", _("The draft is deleted."))
    return visit.render(
        "web/form.html",
        status=form.status,
        form=form,
        version=bill["version"],
        title=_("Delete this draft?"),
        lead=_("It has no number, so nothing is missed."),
        back=(f"/invoices/{bill['id']}/", _("Draft")),
        submit=_("Delete"),
    )
