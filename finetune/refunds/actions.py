"""Give money back, and record what the bank said about it."""

from decimal import Decimal

from finetune.core import audit
from finetune.core.caller import Actor
from finetune.core.money import ZERO
from finetune.core.refusals import conflict
from finetune.core.transactions import Made, one_transaction
from finetune.crediting.queries import lock_credit
from finetune.invoicing.queries import lock_settlement
from finetune.refunds import posting, queries
from finetune.refunds.rules import AT_ONCE, Refundable, Undoing, plan_refund, plan_undoing, unbilled_deposit


@one_transaction
def refund_payment(
    *, actor: Actor, payment_id: int, amount: Decimal, mode: str | None, reason: str, reference: str
) -> Made:
    """Give money back on a payment, by its own mode unless another is named.

    Locks the bill's settlement, the payment's ceiling and the customer's credit, in this order.
    """
    payment = queries.payment_for_refund(payment_id, caller=actor.caller)
    if payment["invoice_id"] is None:
        raise unbilled_deposit()
    way = mode or payment["mode"]
    bill = lock_settlement(payment["invoice_id"], caller=actor.caller)
    ceiling = queries.lock_ceiling(payment_id, invoice_id=bill["id"], mode=way, actor_id=actor.user_id)
    credit_invoice = bill["id"] if bill["is_walk_in"] else None
    facts = Refundable(
        paid_by=payment["mode"],
        left=ceiling["left"],
        kept=bill["amount_kept"],
        credit=lock_credit(customer_id=bill["customer_id"], invoice_id=credit_invoice),
        came_in=ceiling["came_in"],
        went_back=ceiling["went_back"],
    )
    refund_id = posting.give(
        actor=actor,
        plan=plan_refund(amount=amount, mode=way, facts=facts),
        payment_id=payment_id,
        bill=bill,
        mode=way,
        reason=reason,
        reference=reference,
    )
    return Made("refund", {"id": refund_id})


@one_transaction
def decide_refund(*, actor: Actor, refund_id: int, succeeded: bool, reference: str, reason: str) -> Made:
    """The bank's answer, once. One that failed is undone, so that it can be given again."""
    bill = lock_settlement(queries.bill_of_refund(refund_id, caller=actor.caller), caller=actor.caller)
    given = queries.given_refund(refund_id)
    if given["is_decided"] or given["mode"] in AT_ONCE:
        raise conflict("already_decided", "The outcome of this refund is recorded already.")
    undoing = Undoing(ZERO, ZERO)
    if not succeeded:
        undoing = plan_undoing(
            amount=given["amount"],
            from_credit=given["from_credit"],
            balance_due=ZERO if bill["is_cancelled"] else bill["balance_due"],
        )
    posting.decide(
        actor=actor,
        refund_id=refund_id,
        bill=bill,
        succeeded=succeeded,
        undoing=undoing,
        reference=reference,
        reason=reason,
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
