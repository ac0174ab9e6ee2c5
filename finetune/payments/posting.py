"""Writing payments. Everything here joins the caller's transaction."""

from collections.abc import Sequence
from typing import Any

import msgspec
from django.db import connection

from finetune.core.caller import Actor
from finetune.payments.rules import Tender


def take(
    *, actor: Actor, invoice_id: int, store_id: int, person: str, tenders: Sequence[Tender]
) -> list[int]:
    """Write decided tenders in one statement: settlement, cash of the day, payments, audit. Their ids in
    order.

    The settlement's CHECK refuses what passes the total; the unique references and the cash limit refuse
    theirs.
    """
    if not tenders:
        return []
    document = msgspec.json.encode([_as_json(tender) for tender in tenders]).decode()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT payments_take(%s, %s, %s, %s, %s, %s::jsonb)",
            [actor.user_id, actor.request_id, invoice_id, store_id, person, document],
        )
        return list(cursor.fetchone()[0])


def _as_json(tender: Tender) -> dict[str, Any]:
    return {
        "mode": tender.mode,
        "amount": tender.amount,
        "reference": tender.reference,
        "tendered": tender.tendered,
        "change_due": tender.change_due,
        "received_at": tender.received_at,
        "emi": tender.emi,
    }
