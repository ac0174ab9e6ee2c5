"""Bookings that come about within a sale. All of it joins the caller's transaction."""

from django.db import connection

from finetune.bookings.models import WalkIn
from finetune.core.caller import Actor
from finetune.core.masters import create_row
from finetune.core.statements import prepared_cursor
from finetune.customers.models import Customer
from finetune.customers.queries import require_customer
from finetune.stores.queries import require_store

WALK_IN_NAME = "Walk-in customer"

_COUNTER_SALE = """
WITH made AS (
    INSERT INTO bookings_booking (store_id, customer_id, kind, status, created_by_id)
    VALUES (%(store)s, %(customer)s, 'counter', 'delivered', %(actor)s) RETURNING id
)
INSERT INTO core_auditrecord (user_id, request_id, verb, kind, object_id)
SELECT %(actor)s, %(request)s, 'booking.write', 'booking', id FROM made RETURNING object_id
"""


def open_counter_booking(*, actor: Actor, store_id: int, customer_id: int | None) -> int:
    """A booking of kind `counter`, delivered at once, for the customer or the store's walk-in.

    Refuses 404 on the field `store` or `customer`.
    """
    require_store(store_id, caller=actor.caller)
    if customer_id is None:
        customer_id = walk_in_of(store_id, actor=actor)
    else:
        require_customer(customer_id)
    return record_counter_sale(actor=actor, store_id=store_id, customer_id=customer_id)


def record_counter_sale(*, actor: Actor, store_id: int, customer_id: int) -> int:
    """A delivered counter booking in one statement, for a store and a customer that are known to be there."""
    with prepared_cursor() as cursor:
        cursor.execute(
            _COUNTER_SALE,
            {"store": store_id, "customer": customer_id, "actor": actor.user_id, "request": actor.request_id},
        )
        return int(cursor.fetchone()[0])


def walk_in_of(store_id: int, *, actor: Actor) -> int:
    """The customer that stands for everybody without a name in this store; made on first use."""
    known = _known_walk_in(store_id)
    if known is not None:
        return known
    with connection.cursor() as cursor:
        # Two first sales at once: the second waits here and then finds what the first made.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('walk-in:' || %s::text, 21))", [store_id]
        )
    known = _known_walk_in(store_id)
    if known is not None:
        return known
    fields = {"name": WALK_IN_NAME, "is_walk_in": True}
    customer = create_row(Customer, actor=actor, verb="customer.write", kind="customer", fields=fields)
    WalkIn.objects.create(store_id=store_id, customer=customer)
    return customer.pk


def new_token() -> str:
    """What a link to a status page is known by."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT bookings_new_token()")
        return str(cursor.fetchone()[0])


def _known_walk_in(store_id: int) -> int | None:
    return WalkIn.objects.filter(store_id=store_id).values_list("customer_id", flat=True).first()
