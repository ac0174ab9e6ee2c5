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
from finetune.invoicing.models import (
    Invoice,
    InvoiceCancellation,
    InvoiceLineItem,
    InvoiceSequence,
    SequenceRun,
    Settlement,
)
from finetune.invoicing.numbering import refuse_clear, refuse_prefix_taken
from finetune.invoicing.records import Order
from finetune.invoicing.rules import order_problems, refuse_cancel, refuse_issued


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
    refuse_issued(draft["issued_at"])
    refuse_stale(draft["version"], version)
    kept = posting.order_from_json(draft["order"])
    if changes.get("booking_id") is not None:
        # The new booking says who is billed, unless the same request says it as well.
        kept = replace(kept, store_id=None, customer_id=None, counter_sale=False)
    order = replace(kept, **changes)
    if problems := order_problems(order, today=today()):
        raise invalid(problems)
    posting.save_draft(actor=actor, order=order, draft_id=invoice_id)
    return Made("invoice", {"id": invoice_id})


@one_transaction
def delete_draft(*, actor: Actor, invoice_id: int, version: str | None = None) -> Made:
    """Refuses 409 once it is issued, 412 when stale."""
    draft = queries.lock_draft(invoice_id, caller=actor.caller)
    refuse_issued(draft["issued_at"])
    refuse_stale(draft["version"], version)
    Invoice.objects.filter(pk=invoice_id).delete()
    audit.record(
        actor=actor, verb="invoice.draft", kind="invoice", object_id=invoice_id, reason="draft deleted"
    )
    return Made("invoice", {"id": invoice_id})


@one_transaction
def issue_draft(*, actor: Actor, invoice_id: int, version: str | None, invoice_date: date | None) -> Made:
    """Issue a draft at the prices it was drawn up with, dated today unless said otherwise."""
    draft = queries.lock_draft(invoice_id, caller=actor.caller)
    refuse_issued(draft["issued_at"])
    refuse_stale(draft["version"], version)
    kept = posting.order_from_json(draft["order"])
    order = kept if invoice_date is None else replace(kept, invoice_date=invoice_date)
    return Made("invoice", {"id": posting.issue(actor=actor, order=order, draft_id=invoice_id)})


@one_transaction
def cancel_invoice(*, actor: Actor, invoice_id: int, reason: str) -> Made:
    """Keep the number, take the rest back: the bill owes nothing and its stock returns."""
    facts = queries.lock_settlement(invoice_id, caller=actor.caller)
    refuse_cancel(facts)
    sold = InvoiceLineItem.objects.filter(invoice_id=invoice_id).exclude(product_variant=None)
    line_ids = list(sold.values_list("pk", flat=True))
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
    run = SequenceRun.objects.create(**fields, opening_number=last_number, opened_by_id=actor.user_id)
    InvoiceSequence.objects.create(series=run.series, run=run.run, last_number=last_number)
    audit.record(actor=actor, verb="sequence.write", kind="sequence", object_id=run.pk)
    return Made("sequence", {"id": run.pk})


@one_transaction
def clear_sequence(*, actor: Actor, sequence_id: int, reason: str) -> Made:
    """Begin the series again at 0001 in a new run. Refuses where a number of this financial year would
    repeat."""
    named = SequenceRun.objects.filter(pk=sequence_id).first()
    if named is None or SequenceRun.objects.filter(series=named.series, run__lt=named.run).exists():
        raise not_found("series")
    # Nobody numbers a document of the series from here on, so what was issued is known for good.
    refuse_clear(queries.lock_counter(named.series), year_start=financial_year_start(today()))
    run = SequenceRun.objects.filter(series=named.series).order_by("-run")[0].run + 1
    SequenceRun.objects.create(
        series=named.series,
        run=run,
        kind=named.kind,
        gstin=named.gstin,
        prefix=named.prefix,
        opening_number=0,
        reason=reason,
        opened_by_id=actor.user_id,
    )
    InvoiceSequence.objects.filter(series=named.series).update(run=run, last_number=0)
    audit.record(actor=actor, verb="sequence.write", kind="sequence", object_id=named.pk, reason=reason)
    return Made("sequence", {"id": named.pk})
