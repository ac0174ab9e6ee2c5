"""Open a drawer, move cash in and out of it, count and close it."""

from datetime import datetime
from decimal import Decimal

from finetune.core.caller import Actor
from finetune.core.dates import now
from finetune.core.money import ZERO
from finetune.core.transactions import Made, one_transaction
from finetune.drawers import posting, queries
from finetune.drawers.rules import Count, plan_closing, refuse_closed, refuse_more_than_there_is
from finetune.stores.queries import require_store


@one_transaction
def open_session(
    *, actor: Actor, store_id: int, opening_float: Decimal | None = None, at: datetime | None = None
) -> Made:
    """Begin a session of a store, with what lay in the drawer when it was closed last unless another float is named.

    Refuses 404 for the store, 409 cash_session_open.
    """
    require_store(store_id, caller=actor.caller)
    if opening_float is None:
        opening_float = queries.last_counted(store_id) or ZERO
    session_id = posting.open_session(
        actor=actor, store_id=store_id, opening_float=opening_float, at=at or now()
    )
    return Made("cash_session", {"id": session_id})


@one_transaction
def close_session(
    *,
    actor: Actor,
    session_id: int,
    count: Count,
    card_total: Decimal | None = None,
    upi_total: Decimal | None = None,
    note: str = "",
    at: datetime | None = None,
) -> Made:
    """Close a session for good, with the next Z number of its store. Money that is just being taken is waited for.

    Refuses 404, 409 cash_session_closed, 409 difference_needs_reason.
    """
    refuse_closed(queries.lock_session(session_id, caller=actor.caller))
    closing = plan_closing(
        takings=queries.takings(session_id),
        count=count,
        card_total=card_total,
        upi_total=upi_total,
        note=note,
    )
    posting.close_session(actor=actor, session_id=session_id, closing=closing, at=at)
    return Made("cash_session", {"id": session_id})


@one_transaction
def move_cash(*, actor: Actor, session_id: int, kind: str, amount: Decimal, reason: str) -> Made:
    """Put change into an open drawer, or take cash out for an expense or the bank.

    Refuses 404, 409 cash_session_closed, 409 not_enough_cash.
    """
    refuse_closed(queries.lock_session(session_id, caller=actor.caller))
    refuse_more_than_there_is(kind=kind, amount=amount, cash=queries.takings(session_id).cash)
    movement_id = posting.move_cash(
        actor=actor, session_id=session_id, kind=kind, amount=amount, reason=reason
    )
    return Made("cash_movement", {"id": movement_id, "session": session_id})
