"""Reads of bookings, and their lock."""

from finetune.core.caller import Caller
from finetune.core.listing import Row, rows_of
from finetune.core.refusals import not_found

_LOCK = """
SELECT id, store_id, customer_id, kind, device, issue, imei, status
FROM bookings_booking
WHERE id = %(id)s AND (%(stores)s::bigint[] IS NULL OR store_id = ANY(%(stores)s))
FOR SHARE
"""


def lock_booking(booking_id: int, *, caller: Caller) -> Row:
    """The booking, held as it is until the transaction ends: nobody cancels it meanwhile, many may hold it.

    id, store_id, customer_id, kind, device, issue, imei, status. Refuses 404 on the field `booking`.
    """
    rows = rows_of(_LOCK, {"id": booking_id, "stores": caller.stores_param})
    if not rows:
        raise not_found("booking", field="booking")
    return rows[0]
