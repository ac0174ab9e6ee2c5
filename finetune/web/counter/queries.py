"""What the counter reads beside the rooms' own queries."""

import json
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db import connection

from finetune.core.caller import Actor, Caller
from finetune.core.listing import Row, rows_of
from finetune.core.refusals import not_found
from finetune.invoicing.queries import BALANCE, KEPT, SCOPE

SERIALS_OFFERED = 8
HELD_SHOWN = 40

_BOOKING = """
SELECT b.id, b.store_id AS store, b.customer_id AS customer, b.kind, b.device, b.issue, b.status, b.estimate,
    c.name AS customer_name, c.phone AS customer_phone, c.is_walk_in
FROM bookings_booking b JOIN customers_customer c ON c.id = b.customer_id
WHERE b.id = %(id)s AND (%(stores)s::bigint[] IS NULL OR b.store_id = ANY(%(stores)s))
"""

_OWES = f"""
SELECT c.id, c.name, c.phone, c.is_walk_in, c.gstin, c.address <> '' AS has_address,
    coalesce(o.bills, 0) AS bills, coalesce(o.owed, 0.00) AS owed,
    coalesce((SELECT k.balance FROM crediting_customercredit k
        WHERE k.customer_id = c.id AND k.invoice_id IS NULL), 0.00) AS credit
FROM customers_customer c LEFT JOIN LATERAL (
    SELECT count(*) AS bills, sum({BALANCE}) AS owed
    FROM invoicing_invoice i JOIN invoicing_settlement st ON st.invoice_id = i.id
    WHERE i.customer_id = c.id AND NOT st.is_cancelled AND ({SCOPE})
      AND st.total > st.amount_credited + {KEPT}) o ON true
WHERE c.id = %(id)s
"""

_UNITS_HERE = """
SELECT u.serial_no FROM inventory_serialnumber u
WHERE u.product_variant_id = %s AND u.store_id = %s AND u.status = 'available' ORDER BY u.serial_no LIMIT %s
"""

_DEPOSITED = """
SELECT coalesce(sum(o.amount - o.amount_applied - o.amount_refunded), 0.00) AS open
FROM deposits_depositbalance o WHERE o.booking_id = %s
"""

# A bill put aside at the counter: a draft of a counter sale. Any other draft belongs to the list of bills.
_IS_HELD = """i.issued_at IS NULL AND (i."order"->>'counter_sale')::boolean"""
_HELD = f"""
SELECT i.id, i.version, i.total, i.buyer->>'name' AS buyer, (i.buyer->>'is_walk_in')::boolean AS is_walk_in,
    i.created_at, u.name AS by_name, u.username AS by_username,
    (SELECT count(*) FROM invoicing_invoicelineitem l WHERE l.invoice_id = i.id) AS lines,
    (SELECT l.description FROM invoicing_invoicelineitem l WHERE l.invoice_id = i.id ORDER BY l.position LIMIT 1)
        AS first_line
FROM invoicing_invoice i JOIN staff_user u ON u.id = i.created_by_id
WHERE {_IS_HELD} AND i.store_id = %(store)s AND ({SCOPE})
ORDER BY i.id DESC LIMIT %(limit)s
"""
_HELD_NUMBER = f"""
SELECT count(*) AS number FROM invoicing_invoice i
WHERE {_IS_HELD} AND i.store_id = %(store)s AND ({SCOPE})
"""

_HELD_ONE = f"""
SELECT i.id, i.version, i.issued_at, i.store_id, i."order"::json AS "order", i.customer_id,
    i.buyer->>'name' AS buyer, i.buyer->>'phone' AS phone, (i.buyer->>'is_walk_in')::boolean AS is_walk_in
FROM invoicing_invoice i
WHERE i.id = %(id)s AND (i."order"->>'counter_sale')::boolean AND ({SCOPE})
"""

_GOODS = """
SELECT v.id, v.sku, v.price, CASE WHEN v.variant_name IN ('', p.name) THEN p.name
    ELSE p.name || ' ' || v.variant_name END AS name,
    (SELECT s.track_serials FROM inventory_settings_of(p.category_id) s) AS tracks_serials
FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id WHERE v.id = ANY(%s)
"""

# What can still come back of a bill, with the units that are out by it and not back again.
_RETURNABLE = """
SELECT l.id, l.description, l.unit, l.total, trim_scale(l.quantity) AS quantity, l.product_variant_id AS variant,
    trim_scale(l.quantity - coalesce((SELECT sum(c.quantity) FROM crediting_creditnoteline c
        WHERE c.line_id = l.id), 0)) AS remaining,
    ARRAY(SELECT jsonb_array_elements_text(l.serial_numbers) EXCEPT
        SELECT jsonb_array_elements_text(c.serial_numbers) FROM crediting_creditnoteline c WHERE c.line_id = l.id
        ORDER BY 1) AS serials
FROM invoicing_invoicelineitem l WHERE l.invoice_id = %s ORDER BY l.position
"""


def booking_to_bill(caller: Caller, booking_id: int) -> Row:
    """Refuses 404 outside the caller's stores."""
    rows = rows_of(_BOOKING, {"id": booking_id, "stores": caller.stores_param})
    if not rows:
        raise not_found("booking")
    return rows[0]


def customer_at_counter(caller: Caller, customer_id: int) -> Row:
    """Who buys, what they owe on other bills of the caller's stores, and what the shop owes them."""
    rows = rows_of(_OWES, {"id": customer_id, "stores": caller.stores_param})
    if not rows:
        raise not_found("customer")
    return rows[0]


def units_here(*, variant_id: int, store_id: int) -> list[str]:
    return [row["serial_no"] for row in rows_of(_UNITS_HERE, [variant_id, store_id, SERIALS_OFFERED])]


def open_deposits(booking_id: int) -> Decimal:
    return Decimal(rows_of(_DEPOSITED, [booking_id])[0]["open"])


def held_bills(caller: Caller, store_id: int) -> list[Row]:
    given = {"store": store_id, "stores": caller.stores_param, "limit": HELD_SHOWN}
    return rows_of(_HELD, given)


def held_number(caller: Caller, store_id: int) -> int:
    return int(rows_of(_HELD_NUMBER, {"store": store_id, "stores": caller.stores_param})[0]["number"])


def held_bill(caller: Caller, invoice_id: int) -> Row:
    """A draft of the counter with what was asked for. Refuses 404, also where it is a repair's."""
    rows = rows_of(_HELD_ONE, {"id": invoice_id, "stores": caller.stores_param})
    if not rows:
        raise not_found("held bill")
    return rows[0]


def goods(variant_ids: Collection[int]) -> dict[int, Row]:
    return {row["id"]: row for row in rows_of(_GOODS, [list(variant_ids)])} if variant_ids else {}


def returnable_lines(invoice_id: int) -> list[Row]:
    return rows_of(_RETURNABLE, [invoice_id])


def upi_address(store_id: int) -> tuple[str, str]:
    """Where money by UPI goes, empty where the store has no address, and what the payee is called."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT upi_vpa, legal_name, name FROM stores_store WHERE id = %s", [store_id])
        vpa, legal_name, name = cursor.fetchone()
    return vpa, legal_name or name


def shown_customer(row: Row) -> dict[str, Any]:
    """A customer as the till keeps it: no amounts that could grow old."""
    return {"id": row["id"], "name": row["name"], "phone": row["phone"]}


def made_by_key(actor: Actor) -> dict[str, Any] | None:
    """What the cart with this key became, where it was sold already."""
    rows = rows_of(
        "SELECT ref FROM core_idempotencykey WHERE user_id = %s AND key = %s AND kind = 'sale'",
        [actor.user_id, actor.key],
    )
    if not rows:
        return None
    ref = rows[0]["ref"]
    return dict(json.loads(ref) if isinstance(ref, str) else ref)
