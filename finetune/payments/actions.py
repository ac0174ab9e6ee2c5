"""Take a payment; sell: bill and money at once; take a deposit and give it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from finetune.core import audit
from finetune.core.caller import Actor
from finetune.core.masters import refuse_stale
from finetune.core.refusals import not_found
from finetune.core.transactions import Made, one_transaction
from finetune.deposits import queries as deposit_queries
from finetune.deposits.rules import (
    Part,
    part_of,
    plan_advance,
    refundable,
    refuse_cancelled_booking,
    refuse_other_way,
)
from finetune.gst.supply import BuyerClass, charges_tax
from finetune.invoicing import posting as bills
from finetune.invoicing.queries import lock_draft
from finetune.invoicing.records import Order
from finetune.invoicing.rules import refuse_issued
from finetune.payments import deposit_posting, posting, queries
from finetune.payments.posting import Till
from finetune.payments.rules import (
    Tender,
    excess_of,
    person_of,
    person_of_deposit,
    refuse_excess,
    refuse_known_references,
    refuse_unpayable,
)


@one_transaction
def take_payment(
    *, actor: Actor, invoice_id: int, tenders: Sequence[Tender], allow_credit: bool = False
) -> Made:
    """Record money on a bill, all tenders or none, under the lock of what is owed.

    Never more than that, unless the excess is to be kept as the customer's credit.
    """
    facts = queries.lock_bill(invoice_id, caller=actor.caller, tenders=tenders)
    refuse_unpayable(facts)
    refuse_known_references(tenders, taken=facts["references_taken"])
    refuse_excess(tenders, balance_due=facts["balance_due"], allow_credit=allow_credit)
    till = Till(
        store_id=facts["store_id"],
        customer_id=facts["customer_id"],
        person=person_of(
            customer_id=facts["customer_id"], invoice_id=invoice_id, is_walk_in=facts["is_walk_in"]
        ),
        invoice_id=invoice_id,
        credit_invoice_id=invoice_id if facts["is_walk_in"] else None,
        excess=excess_of(tenders, balance_due=facts["balance_due"]),
    )
    ids = posting.take(actor=actor, till=till, tenders=tenders)
    return Made("payments", {"invoice": invoice_id, "ids": ids})


@dataclass(frozen=True, slots=True)
class Held:
    """A draft that is sold: the bill that was put aside, with the version that the seller saw."""

    invoice_id: int
    version: str | None = None


@one_transaction
def sell(
    *, actor: Actor, order: Order, tenders: Sequence[Tender], held: Held | None = None, reason: str = ""
) -> Made:
    """Bill and take money in one transaction. The bill is numbered after the money, as the last thing.

    A `held` draft becomes the bill, so that it is billed once, whoever took it up; `reason` says for the audit why
    prices differ from the catalogue's.
    """
    if held is not None:
        draft = lock_draft(held.invoice_id, caller=actor.caller)
        if not draft["order"].get("counter_sale"):
            raise not_found("held bill")  # a repair's draft stays with its booking
        refuse_issued(draft["issued_at"])
        refuse_stale(draft["version"], held.version)
    draft_id = None if held is None else held.invoice_id
    prepared = bills.prepare(actor=actor, order=order, draft_id=draft_id)
    facts = prepared.plan.facts
    taken = queries.references_taken(tenders, store_id=facts.store.id)
    refuse_known_references(tenders, taken=taken)
    owed = prepared.plan.amounts.total
    if facts.has_deposits:
        owed -= queries.amount_deposited(prepared.id)
    refuse_excess(tenders, balance_due=owed)
    till = Till(
        store_id=facts.store.id,
        customer_id=facts.buyer.id,
        person=person_of(
            customer_id=facts.buyer.id, invoice_id=prepared.id, is_walk_in=facts.buyer.is_walk_in
        ),
        invoice_id=prepared.id,
        credit_invoice_id=prepared.id if facts.buyer.is_walk_in else None,
    )
    ids = posting.take(actor=actor, till=till, tenders=tenders)
    if reason:
        audit.record(actor=actor, verb="sale.make", kind="invoice", object_id=prepared.id, reason=reason)
    bills.number(prepared)
    return Made("sale", {"invoice": prepared.id, "ids": ids})


@one_transaction
def take_deposit(
    *, actor: Actor, booking_id: int, tender: Tender, supply: str, gst_rate: Decimal, description: str
) -> Made:
    """Take money on a booking before it is billed, and write a receipt voucher with the tax inside it."""
    facts = deposit_queries.lock_booking_facts(booking_id, caller=actor.caller)
    refuse_cancelled_booking(facts["status"])
    refuse_known_references([tender], taken=queries.references_taken([tender], store_id=facts["store_id"]))
    buyer_class = BuyerClass(facts["category"])
    advance = plan_advance(
        amount=tender.amount,
        supply=supply,
        gst_rate=gst_rate,
        store_state=facts["store_state"],
        buyer_class=buyer_class,
        buyer_state=facts["buyer_state"] or None,
        charges_tax=charges_tax(
            buyer_class=buyer_class, with_payment_of_tax=False, is_composition=facts["is_composition"]
        ),
    )
    deposit_id = deposit_posting.new_deposit_id()
    till = Till(
        store_id=facts["store_id"],
        customer_id=facts["customer_id"],
        person=person_of_deposit(
            customer_id=facts["customer_id"], booking_id=booking_id, is_walk_in=facts["is_walk_in"]
        ),
        deposit_id=deposit_id,
    )
    posting.take(actor=actor, till=till, tenders=[tender])
    deposit_posting.issue_deposit(
        actor=actor, deposit_id=deposit_id, facts=facts, advance=advance, description=description
    )
    return Made("deposit", {"id": deposit_id})


@one_transaction
def refund_deposit(
    *, actor: Actor, deposit_id: int, amount: Decimal | None, mode: str | None, reference: str, reason: str
) -> Made:
    """Give a deposit back where no supply followed, all that is left of it unless less is named."""
    held = deposit_queries.lock_deposit(deposit_id, caller=actor.caller)
    back = refundable(
        amount=held["amount"], applied=held["amount_applied"], refunded=held["amount_refunded"], wanted=amount
    )
    way = mode or held["mode"]
    refuse_other_way(came_by=held["mode"], wanted=way)
    part = part_of(
        Part(held["amount"], held["taxable_value"], held["cgst"], held["sgst"], held["igst"]),
        used_before=held["amount_applied"] + held["amount_refunded"],
        used_now=back,
    )
    refund_id = deposit_posting.issue_refund(
        actor=actor,
        deposit_id=deposit_id,
        held=held,
        part=part,
        mode=way,
        reference=reference,
        reason=reason,
    )
    return Made("deposit_refund", {"id": refund_id})
