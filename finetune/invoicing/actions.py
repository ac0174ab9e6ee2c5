"""Bill, keep drafts, cancel, keep number series."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import connection

from finetune.core import audit
from finetune.core.caller import Actor
from finetune.core.dates import today
from finetune.core.masters import refuse_stale
from finetune.core.refusals import invalid, not_found
from finetune.core.transactions import Made, one_transaction
from finetune.gst.years import financial_year_start
from finetune.inventory.posting import reverse_document_entries
from finetune.invoicing import posting, queries
from finetune.invoicing.models import Invoice, InvoiceCancellation, InvoiceSequence, SequenceRun, Settlement
from finetune.invoicing.records import Order
from finetune.invoicing.rules import order_problems, refuse_cancel, refuse_clear, refuse_edit, refuse_prefix_taken


@one_transaction
def issue_invoice(*, actor: Actor, order: Order) -> Made:
    """Bill what was asked for: document, lines, settlement, stock and number at once, or nothing."""
    return Made("invoice", {"id": posting.issue(actor=actor, order=order)})


@one_transaction
def draft_invoice(*, actor: Actor, order: Order) -> Made:
    return Made("invoice", {"id": posting.save_draft(actor=actor, order=order)})


@one_transaction
def change_draft(*, actor: Actor, invoice_id: int, version: str | None, changes: Mapping[str, Any]) -> Made:
    """Draw the draft up again with some fields changed. Refuses 409 once it is issued, 412 when stale."""
    draft = queries.lock_draft(invoice_id, caller=actor.caller)
    refuse_edit(draft["issued_at"] is not None)
    refuse_stale(draft["version"], version)
    kept = posting.order_from_json(draft["order"])
    if changes.get("booking_id") is not None:
        # The new booking says who is billed, unless the same request says it as well.
        kept = replace(kept, store_id=None, customer_id=None, counter_sale=False)
    order = replace(kept, **changes)
    if problems := order_problems(order):
        raise invalid(problems)
    posting.save_draft(actor=actor, order=order, draft_id=invoice_id)
    return Made("invoice", {"id": invoice_id})


@one_transaction
def delete_draft(*, actor: Actor, invoice_id: int) -> Made:
    draft = queries.lock_draft(invoice_id, caller=actor.caller)
    refuse_edit(draft["issued_at"] is not None)
    Invoice.objects.filter(pk=invoice_id).delete()
    audit.record(actor=actor, verb="invoice.draft", kind="invoice", object_id=invoice_id, reason="draft deleted")
    return Made("invoice", {"id": invoice_id})


@one_transaction
def issue_draft(*, actor: Actor, invoice_id: int, version: str | None, invoice_date: date | None) -> Made:
    """Issue a draft at the prices it was drawn up with, dated today unless said otherwise."""
    draft = queries.lock_draft(invoice_id, caller=actor.caller)
    refuse_edit(draft["issued_at"] is not None)
    refuse_stale(draft["version"], version)
    kept = posting.order_from_json(draft["order"])
    order = kept if invoice_date is None else replace(kept, invoice_date=invoice_date)
    return Made("invoice", {"id": posting.issue(actor=actor, order=order, draft_id=invoice_id)})


@one_transaction
def cancel_invoice(*, actor: Actor, invoice_id: int, reason: str) -> Made:
    """Keep the number, take the rest back: the bill owes nothing and its stock returns."""
    facts = queries.lock_settlement(invoice_id, caller=actor.caller)
    refuse_cancel(facts)
    line_ids = list(
        Invoice.objects.get(pk=invoice_id).line_items.exclude(product_variant=None).values_list("pk", flat=True)
    )
    if line_ids:
        reverse_document_entries(
            actor=actor, store_id=facts["store_id"], invoice_line_ids=line_ids, reason=reason
        )
    Settlement.objects.filter(pk=invoice_id).update(is_cancelled=True)
    InvoiceCancellation.objects.create(invoice_id=invoice_id, reason=reason, cancelled_by_id=actor.user_id)
    audit.record(actor=actor, verb="invoice.cancel", kind="invoice", object_id=invoice_id, reason=reason)
    return Made("invoice", {"id": invoice_id})


@one_transaction
def open_sequence(*, actor: Actor, fields: Mapping[str, Any], last_number: int) -> Made:
    """A new number series, which may go on after an older software's last number."""
    with connection.cursor() as cursor:
        # One at a time, so that two cannot take the same prefix in different spelling.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('number series', 22))")
    refuse_prefix_taken(SequenceRun.objects.filter(prefix__iexact=fields["prefix"]).exists())
    run = SequenceRun.objects.create(**fields, run=1, opening_number=last_number, opened_by_id=actor.user_id)
    InvoiceSequence.objects.create(series=run.series, run=1, last_number=last_number)
    audit.record(actor=actor, verb="sequence.write", kind="sequence", object_id=run.pk)
    return Made("sequence", {"id": run.pk})


@one_transaction
def clear_sequence(*, actor: Actor, sequence_id: int, reason: str) -> Made:
    """Begin the series again at 0001 in a new run. Refused where a number of this financial year would repeat."""
    first = SequenceRun.objects.filter(pk=sequence_id, run=1).first()
    if first is None:
        raise not_found("series")
    counter = InvoiceSequence.objects.select_for_update().filter(series=first.series).first()
    issued = Invoice.objects.filter(series=first.series, invoice_date__gte=financial_year_start(today()))
    refuse_clear(issued_this_year=issued.exists())
    last = SequenceRun.objects.filter(series=first.series).order_by("-run")[0]
    SequenceRun.objects.create(
        series=first.series,
        run=last.run + 1,
        kind=first.kind,
        gstin=first.gstin,
        prefix=first.prefix,
        opening_number=0,
        reason=reason,
        opened_by_id=actor.user_id,
    )
    if counter is not None:
        counter.run, counter.last_number = last.run + 1, 0
        counter.save(update_fields=["run", "last_number"])
    audit.record(actor=actor, verb="sequence.write", kind="sequence", object_id=first.pk, reason=reason)
    return Made("sequence", {"id": first.pk})
