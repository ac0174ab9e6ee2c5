"""Endpoints: /api/cash-sessions/."""

from django.http import HttpResponse
from ninja import Query, Router

from finetune.core.http import Call, endpoint, path_id
from finetune.core.listing import PageOf
from finetune.drawers import actions, queries
from finetune.drawers.schemas import (
    CashSessionOut,
    CashSessionQuery,
    CashSessionRow,
    CloseIn,
    MovementIn,
    OpenIn,
)

cash_sessions = Router(tags=["cash sessions"])
WHAT = "cash session"


@endpoint(cash_sessions, "GET", "/", verb="cash_session.read", answers={200: PageOf[CashSessionRow]})
def list_cash_sessions(call: Call, query: Query[CashSessionQuery]) -> HttpResponse:
    return call.page(queries.cash_sessions(call.caller, query))


@endpoint(cash_sessions, "POST", "/", verb="cash_session.open", answers={201: CashSessionOut})
def open_cash_session(call: Call, body: OpenIn) -> HttpResponse:
    """Begin a store's session with the cash that lies in its drawer. One is open in a store at a time."""
    made = actions.open_session(actor=call.actor, store_id=body.store, opening_float=body.opening_float)
    return call.answer(201, queries.cash_session(call.caller, made.id), made=made)


@endpoint(cash_sessions, "GET", "/{row_id}/", verb="cash_session.read", answers={200: CashSessionOut})
def read_cash_session(call: Call, row_id: str) -> HttpResponse:
    return call.answer(200, queries.cash_session(call.caller, path_id(row_id, WHAT)))


@endpoint(
    cash_sessions, "POST", "/{row_id}/movements/", verb="cash_session.move", answers={201: CashSessionOut}
)
def move_cash(call: Call, row_id: str, body: MovementIn) -> HttpResponse:
    """Put cash into an open drawer that is no payment, or take it out: change, an expense, the bank."""
    made = actions.move_cash(
        actor=call.actor,
        session_id=path_id(row_id, WHAT),
        kind=body.kind,
        amount=body.amount,
        reason=body.reason,
    )
    return call.answer(201, queries.cash_session(call.caller, made.ref["session"]), made=made)


@endpoint(cash_sessions, "POST", "/{row_id}/close/", verb="cash_session.close", answers={200: CashSessionOut})
def close_cash_session(call: Call, row_id: str, body: CloseIn) -> HttpResponse:
    """Close a session for good with what was counted: its Z report. A difference is posted with its reason."""
    made = actions.close_session(
        actor=call.actor,
        session_id=path_id(row_id, WHAT),
        count=body.count(),
        card_total=body.card_total,
        upi_total=body.upi_total,
        note=body.note,
    )
    return call.answer(200, queries.cash_session(call.caller, made.id), made=made)
