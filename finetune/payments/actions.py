"""Take a payment; sell: bill and money at once."""

from collections.abc import Sequence

from finetune.core.caller import Actor
from finetune.core.transactions import Made, one_transaction
from finetune.invoicing import posting as bills
from finetune.invoicing.records import Order
from finetune.payments import posting, queries
from finetune.payments.rules import (
    Tender,
    person_of,
    refuse_excess,
    refuse_known_references,
    refuse_unpayable,
)


@one_transaction
def take_payment(
    *, actor: Actor, invoice_id: int, tenders: Sequence[Tender], allow_credit: bool = False
) -> Made:
    """Record money on a bill, all tenders or none, under the lock of what is owed. Never more than that."""
    facts = queries.lock_bill(invoice_id, caller=actor.caller, tenders=tenders)
    refuse_unpayable(facts)
    refuse_known_references(tenders, taken=facts["references_taken"])
    refuse_excess(tenders, balance_due=facts["balance_due"], allow_credit=allow_credit)
    person = person_of(
        customer_id=facts["customer_id"], invoice_id=invoice_id, is_walk_in=facts["is_walk_in"]
    )
    ids = posting.take(
        actor=actor, invoice_id=invoice_id, store_id=facts["store_id"], person=person, tenders=tenders
    )
    return Made("payments", {"invoice": invoice_id, "ids": ids})


@one_transaction
def sell(*, actor: Actor, order: Order, tenders: Sequence[Tender]) -> Made:
    """Bill and take money in one transaction. The bill is numbered after the money, as the last thing."""
    prepared = bills.prepare(actor=actor, order=order)
    facts = prepared.plan.facts
    taken = queries.references_taken(tenders, store_id=facts.store.id)
    refuse_known_references(tenders, taken=taken)
    refuse_excess(tenders, balance_due=prepared.plan.amounts.total)
    person = person_of(customer_id=facts.buyer.id, invoice_id=prepared.id, is_walk_in=facts.buyer.is_walk_in)
    ids = posting.take(
        actor=actor, invoice_id=prepared.id, store_id=facts.store.id, person=person, tenders=tenders
    )
    bills.number(prepared)
    return Made("sale", {"invoice": prepared.id, "ids": ids})
