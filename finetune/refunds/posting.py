"""Writing refunds and their outcome. Everything here joins the caller's transaction."""

from typing import Any

import msgspec
from django.db import connection

from finetune.core.caller import Actor
from finetune.core.listing import Row
from finetune.refunds.rules import RefundPlan, Undoing


def give(
    *, actor: Actor, plan: RefundPlan, payment_id: int, bill: Row, mode: str, reason: str, reference: str
) -> int:
    """Write a decided refund in one statement: ceiling, settlement, credit, refund, audit. Its id.

    `bill` is the locked settlement of the bill that the payment was made on.
    """
    return int(
        _call(
            "refunds_give",
            {
                **_whose(bill),
                "actor": actor.user_id,
                "request": actor.request_id,
                "payment_id": payment_id,
                "store_id": bill["store_id"],
                "amount": plan.amount,
                "from_credit": plan.from_credit,
                "reopened": plan.reopened,
                "mode": mode,
                "reason": reason,
                "reference": reference,
            },
        )
    )


def decide(
    *,
    actor: Actor,
    refund_id: int,
    bill: Row,
    succeeded: bool,
    undoing: Undoing,
    reference: str,
    reason: str,
) -> None:
    """Write what came of a refund, and undo one that failed."""
    _call(
        "refunds_decide",
        {
            **_whose(bill),
            "actor": actor.user_id,
            "refund_id": refund_id,
            "succeeded": succeeded,
            "to_bill": undoing.to_bill,
            "to_credit": undoing.to_credit,
            "reference": reference,
            "reason": reason,
        },
    )


def _whose(bill: Row) -> dict[str, Any]:
    return {
        "invoice_id": bill["id"],
        "customer_id": bill["customer_id"],
        "credit_invoice_id": bill["id"] if bill["is_walk_in"] else None,
    }


def _call(function: str, document: dict[str, Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s::jsonb)", [msgspec.json.encode(document).decode()])
        return cursor.fetchone()[0]
