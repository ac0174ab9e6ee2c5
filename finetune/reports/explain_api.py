"""Endpoint: /api/stock-ledgers/{id}/explain/."""

from datetime import datetime

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel

from finetune.core.http import Call, endpoint, json_response, path_id
from finetune.core.listing import ListQuery, PageOf
from finetune.reports import explain
from finetune.reports.exports import one_snapshot

ledger_explanations = Router(tags=["inventory"])


class ExplainedLedger(BaseModel):
    """A ledger beside what it is made of. `adds_up` says whether the posted entries come to its quantity;
    `serials_on_hand` counts the units that stand there, of a category that tracks them."""

    id: int
    store: int
    product_variant: int
    sku: str
    variant_name: str
    quantity: int
    reserved: int
    available: int
    last_updated: datetime
    entries_posted: int
    sum_posted: int
    adds_up: bool
    entries_waiting: int
    units_waiting: int
    serials_on_hand: int
    track_serials: bool


class ExplainedEntry(BaseModel):
    """A posted movement between two balances. `posted_at` is when it was approved, where it had to be."""

    id: int
    entry_type: str
    delta: int
    balance_before: int
    balance_after: int
    posted_at: datetime
    reason: str
    reference: str
    serial_numbers: list[str]
    booking: int | None
    invoice: int | None
    reversal_of: int | None
    reversed_by: int | None
    entered_by: int
    approved_by: int | None


class ExplainedPage(PageOf[ExplainedEntry]):
    """`opening` is what was there before the oldest entry of this page, `closing` what was after its newest."""

    ledger: ExplainedLedger
    opening: int
    closing: int


@endpoint(ledger_explanations, "GET", "/{row_id}/explain/", verb="stock.read", answers={200: ExplainedPage})
def explain_stock_ledger(call: Call, row_id: str, query: Query[ListQuery]) -> HttpResponse:
    """Why a store has this much of a variant: all posted entries, the newest first, and their sum.

    Ordered by `posted_at` or `id`."""
    ledger_id = path_id(row_id, "stock ledger")
    with one_snapshot():
        ledger = explain.ledger_with_proof(call.caller, ledger_id)
        page = explain.entries_of_ledger(call.caller, ledger, query)
    opening, closing = explain.opening_and_closing(ledger, page, query)
    data = {
        "next": call._page_url(page.next),
        "previous": call._page_url(page.previous),
        "results": page.rows,
        "ledger": ledger,
        "opening": opening,
        "closing": closing,
    }
    return json_response(200, data)
