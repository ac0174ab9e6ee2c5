"""Writing cash sessions. Everything here joins the caller's transaction."""

from datetime import datetime
from decimal import Decimal

import msgspec
from django.db import connection

from finetune.core import audit
from finetune.core.caller import Actor
from finetune.core.dates import date_in_india
from finetune.drawers.rules import Closing
from finetune.payments.models import CashMovement, CashSession


def open_session(*, actor: Actor, store_id: int, opening_float: Decimal, at: datetime) -> int:
    """The index on open sessions refuses a second one."""
    session = CashSession.objects.create(
        store_id=store_id,
        business_date=date_in_india(at),
        opened_at=at,
        opened_by_id=actor.user_id,
        opening_float=opening_float,
    )
    audit.record(actor=actor, verb="cash_session.open", kind="cash_session", object_id=session.pk)
    return int(session.pk)


def close_session(*, actor: Actor, session_id: int, closing: Closing, at: datetime | None) -> int:
    """Write a decided closing, its Z number last. The number. The session must be locked."""
    document = {
        "id": session_id,
        "actor": actor.user_id,
        "request": actor.request_id,
        "at": at,
        "counted": closing.count.as_json(),
        "cash_expected": closing.takings.cash,
        "cash_counted": closing.count.total,
        "cash_difference": closing.cash_difference,
        "card_expected": closing.takings.card,
        "card_total": closing.card_total,
        "card_difference": closing.card_difference,
        "upi_expected": closing.takings.upi,
        "upi_total": closing.upi_total,
        "upi_difference": closing.upi_difference,
        "note": closing.note,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT payments_close_cash_session(%s::jsonb)", [msgspec.json.encode(document).decode()]
        )
        return int(cursor.fetchone()[0])


def move_cash(*, actor: Actor, session_id: int, kind: str, amount: Decimal, reason: str) -> int:
    movement = CashMovement.objects.create(
        cash_session_id=session_id, kind=kind, amount=amount, reason=reason, moved_by_id=actor.user_id
    )
    audit.record(
        actor=actor, verb="cash_session.move", kind="cash_movement", object_id=movement.pk, reason=reason
    )
    return int(movement.pk)
