"""Give money back, and record what the bank said about it."""

from decimal import Decimal

import msgspec
from django.db import connection

from finetune.core import audit
from finetune.core.caller import Actor
from finetune.core.refusals import conflict
from finetune.core.transactions import Made, one_transaction
from finetune.crediting.posting import move_credit
from finetune.crediting.queries import lock_credit
from finetune.invoicing.queries import lock_settlement
from finetune.refunds import queries
from finetune.refunds.models import RefundOutcome
from finetune.refunds.rules import AT_ONCE, plan_refund


@one_transaction
def refund_payment(
    *, actor: Actor, payment_id: int, amount: Decimal, mode: str | None, reason: str, reference: str
) -> Made:
    """Give money back on a payment: by its own mode unless another is named. Locks bill, ceiling, credit, in this order."""
    payment = queries.payment_for_refund(payment_id, caller=actor.caller)
    bill = lock_settlement(payment["invoice_id"], caller=actor.caller)
    ceiling = queries.lock_ceiling(payment_id)
    credit_invoice = bill["id"] if bill["is_walk_in"] else None
    way = mode or payment["mode"]
    plan = plan_refund(
        amount=amount,
        mode=way,
        payment=ceiling,
        cash_received=ceiling["cash_received"],
        cash_refunded=ceiling["cash_refunded"],
        credit=lock_credit(customer_id=bill["customer_id"], invoice_id=credit_invoice),
    )
    document = {
        "actor": actor.user_id,
        "request": actor.request_id,
        "payment_id": payment_id,
        "invoice_id": bill["id"],
        "store_id": payment["store_id"],
        "customer_id": bill["customer_id"],
        "credit_invoice_id": credit_invoice,
        "amount": plan.amount,
        "from_credit": plan.from_credit,
        "reopened": plan.reopened,
        "mode": way,
        "reason": reason,
        "reference": reference,
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT refunds_give(%s::jsonb)", [msgspec.json.encode(document).decode()])
        return Made("refund", {"id": int(cursor.fetchone()[0])})


@one_transaction
def decide_refund(*, actor: Actor, refund_id: int, succeeded: bool, reference: str, reason: str) -> Made:
    """The bank's answer, once. Money that did not arrive becomes the customer's credit, so that it is not lost."""
    waiting = queries.lock_waiting_refund(refund_id, caller=actor.caller)
    if waiting["is_decided"] or waiting["mode"] in AT_ONCE:
        raise conflict("already_decided", "The outcome of this refund is recorded already.")
    RefundOutcome.objects.create(
        refund_id=refund_id,
        succeeded=succeeded,
        reference=reference,
        reason=reason,
        decided_by_id=actor.user_id,
    )
    if not succeeded:
        move_credit(
            actor=actor,
            customer_id=waiting["customer_id"],
            invoice_id=waiting["invoice_id"] if waiting["is_walk_in"] else None,
            delta=waiting["amount"],
            kind="refund_to_credit",
            object_id=refund_id,
        )
    audit.record(
        actor=actor,
        verb="refund.decide",
        kind="refund",
        object_id=refund_id,
        reason=reason,
        changes={"succeeded": [None, succeeded]},
    )
    return Made("refund", {"id": refund_id})
