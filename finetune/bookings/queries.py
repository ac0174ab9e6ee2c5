"""Reads of bookings, and their lock."""

from datetime import datetime

from finetune.bookings.schemas import BookingQuery
from finetune.core.caller import Caller
from finetune.core.listing import Listing, Ordering, Page, Row, read_one, read_page, rows_of
from finetune.core.refusals import not_found
from finetune.customers.queries import phone_pattern

SCOPE = "%(stores)s::bigint[] IS NULL OR b.store_id = ANY(%(stores)s)"

BOOKINGS = Listing(
    what="booking",
    select="""b.id, b.store_id AS store, b.customer_id AS customer, b.kind, b.device, b.issue, b.imei,
        b.condition, b.estimate, b.status, b.status_reason, b.created_by_id AS created_by, b.created_at,
        b.updated_at, b.version""",
    source="bookings_booking b",
    row_id="b.id",
    scope=SCOPE,
    filters={
        "store": "b.store_id = %(store)s",
        "customer": "b.customer_id = %(customer)s",
        "status": "b.status = %(status)s",
        "kind": "b.kind = %(kind)s",
        "date_from": "b.created_at >= %(date_from)s::date::timestamp AT TIME ZONE 'Asia/Kolkata'",
        "date_to": "b.created_at < (%(date_to)s::date + 1)::timestamp AT TIME ZONE 'Asia/Kolkata'",
        # Two halves, so that each can use the trigram index of its own table.
        "q": """b.id IN (
            SELECT id FROM bookings_booking WHERE device ILIKE %(q)s OR imei ILIKE %(q)s OR issue ILIKE %(q)s
            UNION
            SELECT o.id FROM bookings_booking o JOIN customers_customer c ON c.id = o.customer_id
            WHERE c.name ILIKE %(q)s OR c.phone LIKE %(digits)s
        )""",
    },
    orderings={
        "created_at": Ordering("b.created_at", datetime.fromisoformat),
        "updated_at": Ordering("b.updated_at", datetime.fromisoformat),
    },
)

_LOCK = f"""
SELECT b.id, b.store_id, b.customer_id, b.kind, b.device, b.issue, b.imei, b.status
FROM bookings_booking b WHERE b.id = %(id)s AND ({SCOPE}) FOR SHARE
"""


def booking(caller: Caller, booking_id: int) -> Row:
    return read_one(BOOKINGS, caller, booking_id)


def bookings(caller: Caller, query: BookingQuery) -> Page:
    return read_page(BOOKINGS, caller, query, digits=phone_pattern(query.q))


def lock_booking(booking_id: int, *, caller: Caller) -> Row:
    """The booking, held as it is until the transaction ends: nobody cancels it meanwhile, many may hold it.

    id, store_id, customer_id, kind, device, issue, imei, status. Refuses 404 on the field `booking`.
    """
    rows = rows_of(_LOCK, {"id": booking_id, "stores": caller.stores_param})
    if not rows:
        raise not_found("booking", field="booking")
    return rows[0]
