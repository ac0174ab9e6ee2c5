"""What the pages of repairs read: the bench, a booking with the names around it, its history and its parts."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from finetune.bookings.queries import BOOKINGS, SCOPE
from finetune.bookings.rules import BENCH, LATE_AFTER_DAYS
from finetune.bookings.schemas import BookingQuery
from finetune.core.caller import Caller
from finetune.core.dates import now
from finetune.core.listing import Flag, Page, Row, like, read_one, read_page, rows_of
from finetune.customers.queries import phone_pattern
from finetune.inventory.rules import normal_serial

CARDS_MAX = 20
HISTORY_MAX = 50

_LINK = """(SELECT l.token FROM bookings_statuslink l
    WHERE l.booking_id = b.id AND l.revoked_at IS NULL) AS token"""
REPAIRS = replace(
    BOOKINGS,
    select=f"""{BOOKINGS.select}, c.name AS customer_name, c.phone AS customer_phone, c.is_walk_in,
        s.code AS store_code""",
    source="""bookings_booking b JOIN customers_customer c ON c.id = b.customer_id
        JOIN stores_store s ON s.id = b.store_id""",
    filters={
        **BOOKINGS.filters,
        "late": f"""(b.status = ANY(%(bench)s) AND b.created_at < %(now)s - interval '{LATE_AFTER_DAYS} days')
            = %(late)s""",
    },
)
REPAIR = replace(
    REPAIRS,
    select=f"""{REPAIRS.select}, s.name AS store_name, s.phone AS store_phone, s.address AS store_address,
        s.city AS store_city, u.name AS taken_by, {_LINK}""",
    source=f"{REPAIRS.source} JOIN staff_user u ON u.id = b.created_by_id",
)


class RepairQuery(BookingQuery):
    late: Flag | None = None


def repair(caller: Caller, booking_id: int) -> Row:
    """A booking with the names around it, or 404."""
    return read_one(REPAIR, caller, booking_id)


def repairs(caller: Caller, query: RepairQuery) -> Page:
    return read_page(REPAIRS, caller, query, digits=phone_pattern(query.q), bench=list(BENCH), now=now())


_SOUGHT = """AND (b.device ILIKE %(q)s OR b.imei ILIKE %(q)s OR b.issue ILIKE %(q)s OR c.name ILIKE %(q)s
    OR c.phone LIKE %(digits)s)"""
# The statuses once more, as words: without them PostgreSQL does not know that the index of the bench holds the rows.
_ON_THE_BENCH = f"b.kind = 'repair' AND b.status IN ({', '.join(repr(status) for status in BENCH)})"
_OPEN = f"""bookings_booking b JOIN customers_customer c ON c.id = b.customer_id
    WHERE {_ON_THE_BENCH} AND b.status = st.status AND ({SCOPE})
    AND (%(store)s::bigint IS NULL OR b.store_id = %(store)s)"""
_BOARD = """
SELECT st.status, n.number, k.* FROM unnest(%(bench)s::text[]) WITH ORDINALITY AS st (status, place)
CROSS JOIN LATERAL (SELECT count(*) AS number FROM {of}) n
LEFT JOIN LATERAL (
    SELECT b.id, b.device, b.issue, b.imei, b.estimate, b.created_at, b.store_id, c.name AS customer_name
    FROM {of} ORDER BY b.created_at, b.id LIMIT %(limit)s
) k ON true ORDER BY st.place, k.created_at, k.id
"""


@dataclass(frozen=True, slots=True)
class Column:
    status: str
    number: int
    cards: list[Row]

    @property
    def more(self) -> int:
        return self.number - len(self.cards)


def board(caller: Caller, *, store: int | None, q: str) -> list[Column]:
    """The bench, in one statement: of every status how many there are, and the ones that wait longest."""
    of = f"{_OPEN} {_SOUGHT}" if q else _OPEN
    given: dict[str, Any] = {
        "bench": list(BENCH),
        "stores": caller.stores_param,
        "store": store,
        "limit": CARDS_MAX,
        "q": like(q),
        "digits": phone_pattern(q),
    }
    rows = rows_of(_BOARD.format(of=of), given)
    return [
        Column(
            status,
            next((row["number"] for row in rows if row["status"] == status), 0),
            [row for row in rows if row["status"] == status and row["id"] is not None],
        )
        for status in BENCH
    ]


_HISTORY = """
SELECT a.at, a.verb, a.reason, a.changes::json AS changes, coalesce(nullif(u.name, ''), u.username) AS who
FROM core_auditrecord a LEFT JOIN staff_user u ON u.id = a.user_id
WHERE a.kind = %(kind)s AND a.object_id = %(id)s ORDER BY a.id DESC LIMIT %(limit)s
"""


def history(kind: str, object_id: int) -> list[Row]:
    """What was done to a record, the newest first. Ask only about what the caller was shown."""
    return rows_of(_HISTORY, {"kind": kind, "id": object_id, "limit": HISTORY_MAX})


def photos(booking_id: int) -> list[Row]:
    """The pictures of a booking without their bytes. Ask only about what the caller was shown."""
    return rows_of(
        """SELECT p.id, p.width, p.height, p.created_at, coalesce(nullif(u.name, ''), u.username) AS who
        FROM bookings_bookingphoto p JOIN staff_user u ON u.id = p.taken_by_id
        WHERE p.booking_id = %s ORDER BY p.id LIMIT 100""",
        [booking_id],
    )


def photo(caller: Caller, booking_id: int, photo_id: int, *, is_small: bool) -> bytes | None:
    """A picture as JPEG; None where there is none, or its booking is in another store."""
    rows = rows_of(
        f"""SELECT p.{"preview" if is_small else "content"} AS content FROM bookings_bookingphoto p
        JOIN bookings_booking b ON b.id = p.booking_id
        WHERE p.id = %(photo)s AND b.id = %(id)s AND ({SCOPE})""",
        {"photo": photo_id, "id": booking_id, "stores": caller.stores_param},
    )
    return bytes(rows[0]["content"]) if rows else None


_PARTS = """
SELECT e.id, e.status, e.quantity, v.sku, v.variant_name, p.name AS product_name, e.created_at, e.reason,
    (SELECT coalesce(json_agg(n.serial_no ORDER BY n.serial_no), '[]') FROM inventory_serialevent h
        JOIN inventory_serialnumber n ON n.id = h.serial_id WHERE h.entry_id = e.id) AS serials,
    EXISTS (SELECT FROM inventory_stockentry r WHERE r.reversal_of_id = e.id) AS is_reversed,
    coalesce(nullif(u.name, ''), u.username) AS who
FROM inventory_stockentry e JOIN catalog_variant v ON v.id = e.product_variant_id
JOIN catalog_product p ON p.id = v.product_id JOIN staff_user u ON u.id = e.entered_by_id
WHERE e.booking_id = %s AND e.entry_type = 'consumption' ORDER BY e.id LIMIT 100
"""


def parts(booking_id: int) -> list[Row]:
    """What was taken from the shelf for a booking without a bill. Ask only about what the caller was shown."""
    return rows_of(_PARTS, [booking_id])


_CODE = """
SELECT v.id, '' AS serial FROM catalog_variant v WHERE upper(v.sku) = %(code)s
UNION ALL
SELECT v.id, '' FROM catalog_variant v WHERE v.barcode = %(typed)s AND v.barcode <> ''
UNION ALL
SELECT s.product_variant_id, s.serial_no FROM inventory_serialnumber s
WHERE s.serial_no = %(code)s AND s.store_id = %(store)s LIMIT 1
"""


def variant_of_code(code: str, *, store_id: int) -> tuple[int, str] | None:
    """The variant behind a scanned code, and the unit where the code is a serial number."""
    rows = rows_of(_CODE, {"code": normal_serial(code), "typed": code.strip(), "store": store_id})
    return (rows[0]["id"], rows[0]["serial"]) if rows else None


_SEEN = f"""
SELECT 'booking' AS what, b.id, b.created_at AS at, b.issue AS words, b.status FROM bookings_booking b
WHERE b.imei = %(imei)s AND b.id <> %(except)s AND ({SCOPE})
UNION ALL
SELECT 'serial', n.id, NULL, p.name, n.status FROM inventory_serialnumber n
JOIN catalog_variant v ON v.id = n.product_variant_id JOIN catalog_product p ON p.id = v.product_id
WHERE n.serial_no = %(imei)s AND (%(stores)s::bigint[] IS NULL OR n.store_id = ANY(%(stores)s))
ORDER BY at DESC NULLS FIRST LIMIT 6
"""


def seen_before(caller: Caller, imei: str, *, but: int = 0) -> list[Row]:
    """Where this device was met before, as far as the caller may know: sold by us, or here for repair."""
    return rows_of(_SEEN, {"imei": imei, "except": but, "stores": caller.stores_param}) if imei else []


@dataclass(frozen=True, slots=True)
class SharedRepair:
    """A repair as its public page shows it. No name, no IMEI, no street of the customer."""

    id: int
    device: str
    status: str
    estimate: Any
    created_at: datetime
    updated_at: datetime
    phone: str
    store_name: str
    store_address: str
    store_city: str
    store_phone: str


_SHARED = """
SELECT b.id, b.device, b.status, b.estimate, b.created_at, b.updated_at, c.phone, s.name AS store_name,
    s.address AS store_address, s.city AS store_city, s.phone AS store_phone
FROM bookings_statuslink l JOIN bookings_booking b ON b.id = l.booking_id
JOIN customers_customer c ON c.id = b.customer_id JOIN stores_store s ON s.id = b.store_id
WHERE l.token = %s AND l.revoked_at IS NULL
"""


def shared_repair(token: str) -> SharedRepair | None:
    """The repair behind a link; None where there is no such link, or no longer."""
    rows = rows_of(_SHARED, [token])
    return SharedRepair(**rows[0]) if rows else None
