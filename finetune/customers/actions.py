"""Write down a customer and change what is known of them."""

from collections.abc import Mapping
from typing import Any

from finetune.core.caller import Actor
from finetune.core.masters import change_row, create_row, lock_row
from finetune.core.refusals import conflict, invalid
from finetune.core.transactions import Made, one_transaction
from finetune.customers.models import Customer
from finetune.customers.rules import completed, customer_problems

# What the rules look at. A walk-in keeps all of it, or sales without a name would be billed as somebody's.
DECIDING = ("name", "gstin", "state_code", "country", "category", "pincode")


@one_transaction
def create_customer(*, actor: Actor, fields: Mapping[str, Any]) -> Made:
    """Category and State follow from the GSTIN where not given. Refuses 400 for a contradiction."""
    record = completed(fields)
    refuse_contradictions(record)
    row = create_row(Customer, actor=actor, verb="customer.write", kind="customer", fields=record)
    return Made("customer", {"id": row.pk})


@one_transaction
def change_customer(
    *, actor: Actor, customer_id: int, version: str | None, changes: Mapping[str, Any]
) -> Made:
    """As `create_customer`, asked of the record as it would become. Refuses 409 for the counter's walk-in."""
    customer = lock_row(Customer, customer_id, what="customer", version=version)
    stored = {name: getattr(customer, name) for name in DECIDING}
    completed_changes = completed(changes, stored)
    record = stored | completed_changes
    refuse_contradictions(record)
    if customer.is_walk_in and any(record[name] != stored[name] for name in DECIDING):
        raise conflict(
            "walk_in_customer",
            "The walk-in stands for every buyer without a name. Write down a new customer.",
        )
    change_row(customer, actor=actor, verb="customer.write", kind="customer", changes=completed_changes)
    return Made("customer", {"id": customer.pk})


def refuse_contradictions(record: Mapping[str, Any]) -> None:
    if problems := customer_problems(record):
        raise invalid(problems)
