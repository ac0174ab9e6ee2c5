"""What a code means: whatever a scanner reads or a person types, found in every room at once."""

import re
from typing import Any, Final

from finetune.core.caller import Caller
from finetune.core.dates import today
from finetune.core.listing import Row, like, rows_of
from finetune.core.money import PAISA
from finetune.customers.rules import digits_sought
from finetune.inventory.rules import normal_serial
from finetune.invoicing.queries import SOURCE as BILLS
from finetune.invoicing.queries import STATUS

CODE_MAX: Final = 200  # the code on a paper is an address
SIMILAR_MAX: Final = 8
SIMILAR_FROM: Final = 3  # signs: fewer would match half of the catalogue
# The address in the code of a bill's paper (/i/), and of a repair's (/r/).
_LINK = re.compile(r"/([ir])/([A-Za-z0-9_-]{32})(?:/|$)")
_BOOKING = re.compile(r"(?:[Bb]-?|#)?([0-9]{1,18})")
PHONE_DIGITS_MIN: Final = 10

_MINE = "(%(stores)s::bigint[] IS NULL OR {}.store_id = ANY(%(stores)s))"
_NAME = "CASE WHEN v.variant_name IN ('', p.name) THEN p.name ELSE p.name || ' ' || v.variant_name END"
_TRACKED = "(SELECT s.track_serials FROM inventory_settings_of(p.category_id) s)"
_PLACES = """(SELECT json_agg(json_build_object('store', l.store_id, 'store_name', o.name,
        'available', l.quantity - l.reserved) ORDER BY o.name)
    FROM inventory_stockledger l JOIN stores_store o ON o.id = l.store_id
    WHERE l.product_variant_id = v.id AND l.quantity > 0
      AND (%(stores)s::bigint[] IS NULL OR l.store_id = ANY(%(stores)s)))"""

# The bill that sold a unit which is sold now: each step by its own index, the last event first.
_SOLD_BY = """CASE WHEN u.status = 'sold' THEN (
    SELECT (SELECT x.invoice_id FROM invoicing_invoicelineitem x JOIN inventory_stockentry e
            ON e.invoice_line_id = x.id WHERE e.id = h.entry_id)
    FROM inventory_serialevent h WHERE h.serial_id = u.id AND h.to_status = 'sold' ORDER BY h.id DESC LIMIT 1) END"""

_SERIAL = f"""
SELECT 1 AS rank, 'serial' AS kind, u.id, u.serial_no AS code, {_NAME} AS label, u.store_id AS store,
    u.status::text AS state, v.id AS variant, v.price, {_TRACKED} AS tracks_serials, NULL::json AS places,
    {_SOLD_BY} AS invoice, NULL::bigint AS customer
FROM inventory_serialnumber u JOIN catalog_variant v ON v.id = u.product_variant_id
JOIN catalog_product p ON p.id = v.product_id
WHERE u.serial_no = %(serial)s AND NOT u.is_void AND {_MINE.format("u")}"""

_VARIANT_ROW = f"""'variant', v.id, v.sku, {_NAME}, NULL::bigint, NULL, v.id, v.price, {_TRACKED}, {_PLACES},
    NULL::bigint, NULL::bigint
FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id"""

_BILL_ROW = f"""'invoice', i.id, i.invoice_number, i.buyer->>'name', i.store_id, {STATUS}, NULL::bigint, i.total,
    NULL::boolean, NULL::json, i.id, i.customer_id
FROM {BILLS}"""

_BOOKING_ROW = """'booking', b.id, b.id::text,
    CASE WHEN b.device = '' THEN c.name ELSE b.device || ' · ' || c.name END,
    b.store_id, b.status::text, NULL::bigint, b.estimate, NULL::boolean, NULL::json, NULL::bigint, b.customer_id
FROM bookings_booking b JOIN customers_customer c ON c.id = b.customer_id"""

_CUSTOMER_ROW = """'customer', c.id, c.phone, c.name, NULL::bigint, c.category::text, NULL::bigint, NULL::numeric,
    NULL::boolean, NULL::json, NULL::bigint, c.id
FROM customers_customer c"""

_EXACT = f"""
{_SERIAL}
UNION ALL (SELECT 2, {_VARIANT_ROW} WHERE upper(v.sku) = upper(%(code)s))
UNION ALL (SELECT 3, {_VARIANT_ROW} WHERE v.barcode = %(code)s AND v.barcode <> ''
    AND upper(v.sku) <> upper(%(code)s))
UNION ALL (SELECT 4, {_BILL_ROW} WHERE upper(i.invoice_number) = upper(%(code)s) AND {_MINE.format("i")}
    ORDER BY i.id DESC LIMIT 5)
UNION ALL (SELECT 5, {_BILL_ROW} WHERE i.id = (SELECT k.invoice_id FROM invoicing_publiclink k
    WHERE k.token = %(token)s) AND {_MINE.format("i")})
UNION ALL (SELECT 6, 'credit_note', n.id, n.credit_note_number, i.buyer->>'name', n.store_id, 'issued',
    NULL::bigint, n.total, NULL::boolean, NULL::json, n.invoice_id, n.customer_id
    FROM crediting_creditnote n JOIN invoicing_invoice i ON i.id = n.invoice_id
    WHERE upper(n.credit_note_number) = upper(%(code)s) AND {_MINE.format("n")} ORDER BY n.id DESC LIMIT 5)
UNION ALL (SELECT 7, {_BOOKING_ROW} WHERE b.id = %(booking)s AND b.kind = 'repair' AND {_MINE.format("b")})
UNION ALL (SELECT 7, {_BOOKING_ROW} WHERE b.id = (SELECT k.booking_id FROM bookings_statuslink k
    WHERE k.token = %(repair_token)s) AND {_MINE.format("b")})
UNION ALL (SELECT 8, {_BOOKING_ROW} WHERE b.imei = %(serial)s AND b.imei <> '' AND {_MINE.format("b")}
    ORDER BY b.id DESC LIMIT 5)
UNION ALL (SELECT 9, {_CUSTOMER_ROW} WHERE c.phone LIKE %(phone)s AND NOT c.is_walk_in ORDER BY c.id LIMIT 5)
ORDER BY 1, 3 DESC
"""

# Two halves for a variant, so that each can use the trigram index of its own table.
_SIMILAR = f"""
(SELECT 10 AS rank, 'variant' AS kind, v.id, v.sku AS code, {_NAME} AS label, NULL::bigint AS store,
    NULL::text AS state, v.id AS variant, v.price, {_TRACKED} AS tracks_serials, {_PLACES} AS places,
    NULL::bigint AS invoice, NULL::bigint AS customer
FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id
WHERE v.id IN (
    SELECT w.id FROM catalog_variant w WHERE w.sku ILIKE %(q)s OR w.barcode ILIKE %(q)s OR w.variant_name ILIKE %(q)s
    UNION SELECT w.id FROM catalog_variant w JOIN catalog_product o ON o.id = w.product_id
        WHERE o.name ILIKE %(q)s OR o.brand ILIKE %(q)s)
ORDER BY {_NAME}, v.id LIMIT %(limit)s)
UNION ALL (SELECT 11, {_CUSTOMER_ROW} WHERE (c.name ILIKE %(q)s OR c.legal_name ILIKE %(q)s OR c.gstin ILIKE %(q)s
    OR c.phone LIKE %(digits)s) AND NOT c.is_walk_in ORDER BY c.name, c.id LIMIT %(limit)s)
ORDER BY 1, 5, 3
"""
_STORES = "SELECT id, name FROM stores_store WHERE id = ANY(%s)"


def resolve(caller: Caller, code: str) -> list[Row]:
    """What this code is, best match first; what is only alike follows where nothing is exact.

    A unit, a bill, a note and a booking are there for who may see their store; in three statements at most.
    """
    text = code.strip()
    rows = rows_of(_EXACT, _sought(caller, text))
    for row in rows:
        row["exact"] = True
    if not rows and len(text) >= SIMILAR_FROM:
        rows = _similar(caller, text)
    return _with_places(rows)


def _sought(caller: Caller, text: str) -> dict[str, Any]:
    link, booking = _LINK.search(text), _BOOKING.fullmatch(text)
    digits = digits_sought(text) or ""
    return {
        "stores": caller.stores_param,
        "today": today(),
        "code": text,
        "serial": re.sub(r"\s", "", normal_serial(text)),
        "token": link[2] if link and link[1] == "i" else None,
        "repair_token": link[2] if link and link[1] == "r" else None,
        "booking": int(booking[1]) if booking else None,
        "phone": f"%{digits}" if len(digits) >= PHONE_DIGITS_MIN else None,
    }


def _similar(caller: Caller, text: str) -> list[Row]:
    digits = digits_sought(text)
    given = {"stores": caller.stores_param, "q": like(text), "limit": SIMILAR_MAX}
    rows = rows_of(_SIMILAR, {**given, "digits": None if digits is None else f"%{digits}%"})
    for row in rows:
        row["exact"] = False
    return rows


def _with_places(rows: list[Row]) -> list[Row]:
    """The names of stores, and of a variant whether any store that one may see has it."""
    wanted = sorted({row["store"] for row in rows if row["store"] is not None})
    names = {each["id"]: each["name"] for each in rows_of(_STORES, [wanted])} if wanted else {}
    for row in rows:
        row["store_name"] = names.get(row["store"])
        row["places"] = row["places"] or []
        if row["kind"] == "variant":
            has_some = any(each["available"] > 0 for each in row["places"])
            row["state"] = "available" if has_some else "out_of_stock"
        if row["price"] is not None:
            row["price"] = row["price"].quantize(PAISA)
    return rows
