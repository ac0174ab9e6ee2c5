"""Reads and locks of bills. Lines are put together as JSON by the database: the quickest way measured."""

import re
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from django.conf import settings

from finetune.core.caller import Caller
from finetune.core.dates import today
from finetune.core.listing import (
    Listing,
    Ordering,
    Page,
    Row,
    read_decimal,
    read_one,
    read_page,
    read_whole,
    rows_of,
    rows_of_known,
)
from finetune.core.refusals import FieldError, Refusal, not_found
from finetune.core.statements import prepared_cursor
from finetune.customers.queries import phone_pattern
from finetune.invoicing.records import BuyerFacts, Facts, LastNumber, Order, StoreFacts, VariantFacts

# What was kept of the money, and what is still owed. A draft has no settlement: all of it would be owed.
KEPT = "(st.amount_paid + st.amount_deposited - st.amount_to_credit - st.amount_refunded)"
BALANCE = f"greatest(0.00, i.total - coalesce(st.amount_credited + {KEPT}, 0))"
# The condition of the index `invoicing_owed`, word by word, or it would not be used.
OWED = """NOT st.is_cancelled AND st.total > st.amount_credited + st.amount_paid + st.amount_deposited
    - st.amount_to_credit - st.amount_refunded"""
BALANCE_DUE = f"CASE WHEN st.is_cancelled THEN 0.00 ELSE {BALANCE} END"

# The first that holds, as the contract lists them. `today` is a parameter: overdue is about dates in India.
STATUS = f"""CASE
    WHEN st.is_cancelled THEN 'cancelled'
    WHEN i.issued_at IS NULL THEN 'draft'
    WHEN st.amount_credited >= i.total AND st.amount_credited > 0 THEN 'credited'
    WHEN {BALANCE} = 0 THEN 'paid'
    WHEN i.due_date < %(today)s THEN 'overdue'
    WHEN {KEPT} > 0 THEN 'partially_paid'
    ELSE 'issued' END"""

# A line as JSON, each <expression> put in as text. Put together so, the lines of a page take half of what
# json_build_object takes; whatever is not a number or one of our own codes is still quoted by PostgreSQL.
_LINE = """{"id":<l.id>,"variant":<coalesce(l.product_variant_id::text, 'null')>,"description":<to_json(l.description)>,
"hsn_code":<to_json(l.hsn_code)>,"quantity":"<trim_scale(l.quantity)>","unit":<to_json(l.unit)>,
"unit_price":"<round(l.unit_price, greatest(2, scale(trim_scale(l.unit_price))))>",
"gst_rate":"<trim_scale(l.gst_rate)>","treatment":"<l.treatment>",
"tax_inclusive":<CASE WHEN l.tax_inclusive THEN 'true' ELSE 'false' END>,
"discount_percent":<coalesce(to_json(trim_scale(l.discount_percent)::text)::text, 'null')>,
"serial_numbers":<l.serial_numbers>,"gross":"<l.gross>","discount_amount":"<l.discount_amount>",
"invoice_discount_share":"<l.invoice_discount_share>","taxable_value":"<l.taxable_value>",
"cgst":"<l.cgst>","sgst":"<l.sgst>","igst":"<l.igst>","cess":"<l.cess>","total":"<l.total>"}"""


def _concatenated(template: str) -> str:
    """SQL that puts a template together: its text and its expressions in turns."""
    pieces = re.split("<([^>]+)>", template.replace("\n", ""))
    parts = [piece if place % 2 else f"'{piece}'" for place, piece in enumerate(pieces)]
    return f"concat({', '.join(parts)})"


LINES = f"""(SELECT '[' || coalesce(string_agg({_concatenated(_LINE)}, ',' ORDER BY l.position), '') || ']'
    FROM invoicing_invoicelineitem l WHERE l.invoice_id = i.id) AS line_items"""

LIVE_LINK = """(SELECT pl.token FROM invoicing_publiclink pl
    WHERE pl.invoice_id = i.id AND pl.revoked_at IS NULL)"""

ROW = f"""i.id, i.invoice_number, {STATUS} AS status, i.document_type, i.booking_id AS booking,
    i.store_id AS store, i.customer_id AS customer, i.buyer->>'name' AS customer_name, i.invoice_date,
    i.due_date, i.place_of_supply, i.supply_nature, i.state_tax_label, i.reverse_charge,
    i.with_payment_of_tax, i.notes, {LINES},
    i.taxable_value, i.discount_total, i.cgst, i.sgst, i.igst, i.cess,
    i.cgst + i.sgst + i.igst + i.cess AS total_tax, i.total_before_round_off, i.round_off_amount, i.total,
    coalesce(st.amount_paid + st.amount_deposited, 0.00) AS amount_paid,
    coalesce(st.amount_deposited, 0.00) AS amount_deposited,
    coalesce(st.amount_credited, 0.00) AS amount_credited,
    {BALANCE_DUE} AS balance_due, NULL::text AS pdf_url, {LIVE_LINK} AS public_url,
    ca.reason AS cancellation_reason, i.created_at, i.issued_at, i.created_by_id AS created_by"""

SOURCE = """invoicing_invoice i LEFT JOIN invoicing_settlement st ON st.invoice_id = i.id
    LEFT JOIN invoicing_invoicecancellation ca ON ca.invoice_id = i.id"""
SCOPE = "%(stores)s::bigint[] IS NULL OR i.store_id = ANY(%(stores)s)"

# What waits for money is a small part of a shop that has traded for years: its ids are read from their own index first,
# and no status is worked out for all bills there ever were.
_AMONG_THE_OWED = f"""(%(status)s NOT IN ('issued', 'partially_paid', 'overdue')
    OR i.id = ANY(ARRAY(SELECT st.invoice_id FROM invoicing_settlement st WHERE {OWED})))"""

INVOICES = Listing(
    what="invoice",
    select=ROW,
    source=SOURCE,
    row_id="i.id",
    scope=SCOPE,
    filters={
        "status": f"({STATUS}) = %(status)s AND {_AMONG_THE_OWED}",
        "store": "i.store_id = %(store)s",
        "customer": "i.customer_id = %(customer)s",
        "booking": "i.booking_id = %(booking)s",
        "date_from": "i.invoice_date >= %(date_from)s",
        "date_to": "i.invoice_date <= %(date_to)s",
        "number": "upper(i.invoice_number) = upper(%(number)s)",
        "q": """i.invoice_number ILIKE %(q)s OR i.buyer->>'name' ILIKE %(q)s OR i.customer_id IN (
            SELECT c.id FROM customers_customer c WHERE c.name ILIKE %(q)s OR c.phone LIKE %(digits)s)""",
    },
    orderings={
        "invoice_date": Ordering("i.invoice_date", date.fromisoformat),
        "number": Ordering("i.number", read_whole, nullable=True),
        "total": Ordering("i.total", read_decimal),
    },
)
# Notes are written by the room above; here they are only shown with their bill.
NOTES = """(SELECT coalesce(json_agg(json_build_object('id', n.id, 'credit_note_number', n.credit_note_number,
        'note_date', n.note_date, 'reason', n.reason, 'total', n.total::text) ORDER BY n.id), '[]')
    FROM crediting_creditnote n WHERE n.invoice_id = i.id) AS credit_notes"""
WHOLE = Listing(
    what="invoice",
    select=f"{ROW}, i.seller::json AS seller, i.buyer::json AS buyer, i.version, {NOTES}",
    source=SOURCE,
    row_id="i.id",
    scope=SCOPE,
)


def _shown(row: Row) -> Row:
    row["line_items"] = msgspec.Raw(row["line_items"].encode())
    if row["issued_at"] is not None:
        row["pdf_url"] = f"{settings.PUBLIC_URL}/api/invoices/{row['id']}/pdf/"
    if row["public_url"] is not None:
        row["public_url"] = f"{settings.PUBLIC_URL}/i/{row['public_url']}/"
    return row


def invoice(caller: Caller, invoice_id: int) -> Row:
    """A whole invoice in one statement, with its `version`."""
    return _shown(read_one(WHOLE, caller, invoice_id, today=today()))


def invoices(caller: Caller, query: Any) -> Page:
    page = read_page(INVOICES, caller, query, today=today(), digits=phone_pattern(query.q))
    for row in page.rows:
        _shown(row)
    return page


_STORE = """s.id, s.code, s.name, s.legal_name, s.gstin, s.state_code, s.address, s.city, s.pincode, s.phone,
    s.is_composition, s.discount_ceiling_percent"""
_BUYER = """c.id, c.name, c.legal_name, c.phone, c.email, c.gstin, c.state_code, c.address, c.city, c.pincode,
    c.country, c.category, c.is_walk_in"""
_VARIANTS = """(SELECT json_agg(json_build_array(v.id,
        CASE WHEN v.variant_name IN ('', p.name) THEN p.name ELSE p.name || ' ' || v.variant_name END,
        p.hsn_code, trim_scale(p.gst_rate)::text, p.treatment, p.unit, v.price::text))
    FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id WHERE v.id = ANY(%(variants)s))"""

# The booking is locked so that it cannot be cancelled under the bill; store and buyer are copied, not locked.
_OPEN_DEPOSITS = """EXISTS (SELECT FROM deposits_depositbalance o
    WHERE o.booking_id = b.id AND o.amount > o.amount_applied + o.amount_refunded)"""
_BY_BOOKING = f"""SELECT b.id, b.status, {_OPEN_DEPOSITS}, {_STORE}, {_BUYER}, {_VARIANTS}
FROM bookings_booking b JOIN stores_store s ON s.id = b.store_id
JOIN customers_customer c ON c.id = b.customer_id
WHERE b.id = %(booking)s AND (%(stores)s::bigint[] IS NULL OR b.store_id = ANY(%(stores)s)) FOR SHARE OF b"""
_BY_STORE = f"""SELECT NULL::bigint, NULL::text, false, {_STORE}, {_BUYER}, {_VARIANTS}
FROM stores_store s LEFT JOIN bookings_walkin w ON w.store_id = s.id
LEFT JOIN customers_customer c ON c.id = coalesce(%(customer)s, w.customer_id)
WHERE s.id = %(store)s AND (%(stores)s::bigint[] IS NULL OR s.id = ANY(%(stores)s))"""

_STORE_WIDTH = len(fields(StoreFacts))
_BUYER_WIDTH = len(fields(BuyerFacts))


def lock_facts(order: Order, *, caller: Caller, may_exceed_ceiling: bool) -> Facts | None:
    """Everything that drawing up needs, in one statement; the booking is share-locked.

    None where a counter sale has no buyer and its store no walk-in yet. Refuses 404 naming each field.
    """
    given = {
        "booking": order.booking_id,
        "store": order.store_id,
        "customer": order.customer_id,
        "stores": caller.stores_param,
        "variants": order.variant_ids,
    }
    # Once more: a booking that went to another customer while we waited for it joins no longer with the one that the
    # first look began with. Its lock is held since then.
    row = _facts_row(order, given) or _facts_row(order, given)
    if row is None:
        what = "store" if order.booking_id is None else "booking"
        raise not_found(what, field=what)
    booking_id, booking_status, has_deposits, *rest = row
    store = StoreFacts(*rest[:_STORE_WIDTH])
    buyer = rest[_STORE_WIDTH : _STORE_WIDTH + _BUYER_WIDTH]
    if buyer[0] is None:
        if order.customer_id is not None:
            raise not_found("customer", field="customer")
        return None
    return Facts(
        store=store,
        buyer=BuyerFacts(*buyer),
        variants=_variants(order, rest[-1] or []),
        booking_id=booking_id,
        booking_status=booking_status,
        has_deposits=has_deposits,
        today=today(),
        ceiling_percent=None if may_exceed_ceiling else store.discount_ceiling_percent,
    )


def _facts_row(order: Order, given: Row) -> Any:
    with prepared_cursor() as cursor:
        cursor.execute(_BY_STORE if order.booking_id is None else _BY_BOOKING, given)
        return cursor.fetchone()


def _variants(order: Order, found: list[Any]) -> dict[int, VariantFacts]:
    variants = {
        each[0]: VariantFacts(each[0], each[1], each[2], Decimal(each[3]), each[4], each[5], Decimal(each[6]))
        for each in found
    }
    missing = [
        FieldError(f"line_items.{place}.variant", "not_found", f"There is no variant {line.variant_id}.")
        for place, line in enumerate(order.lines)
        if line.variant_id is not None and line.variant_id not in variants
    ]
    if missing:
        raise Refusal(404, "not_found", missing[0].message, errors=missing)
    return variants


def lock_draft(invoice_id: int, *, caller: Caller) -> Row:
    """A bill's state with what was asked for, locked. 404 outside the caller's stores."""
    rows = rows_of(
        f"""SELECT i.id, i.version, i.issued_at, i."order"::json AS "order"
        FROM invoicing_invoice i WHERE i.id = %(id)s AND ({SCOPE}) FOR UPDATE""",
        {"id": invoice_id, "stores": caller.stores_param},
    )
    if not rows:
        raise not_found("invoice")
    return rows[0]


_OWED = f"""SELECT i.id, i.issued_at, i.store_id, i.customer_id, i.invoice_date, st.is_cancelled, st.total,
    st.amount_paid, st.amount_credited, st.amount_refunded, st.amount_deposited, st.amount_to_credit,
    {KEPT} AS amount_kept, {BALANCE} AS balance_due,
    (i.buyer->>'is_walk_in')::boolean AS is_walk_in"""
_OF_BILL = f"""FROM invoicing_invoice i JOIN invoicing_settlement st ON st.invoice_id = i.id
WHERE i.id = %(id)s AND ({SCOPE})"""
SETTLEMENT_LOCK = "FOR UPDATE OF st"
_DRAFT = f"""SELECT i.id, i.issued_at, i.invoice_date FROM invoicing_invoice i
WHERE i.id = %(id)s AND i.issued_at IS NULL AND ({SCOPE})"""


def lock_settlement(
    invoice_id: int, *, caller: Caller, field: str | None = None, further: str = "", **params: Any
) -> Row:
    """What is owed on a bill, its settlement locked. A draft has none: of it `issued_at` alone is answered.

    404 outside the caller's stores, on `field` where the bill was named in a body. `further` are columns that
    a higher room reads in the same statement, of `i` and `st` and of `params`.
    """
    given = {"id": invoice_id, "stores": caller.stores_param, **params}
    owed = f"{_OWED}{further and ', '}{further} {_OF_BILL} {SETTLEMENT_LOCK}"
    # Once more at the end: the draft may have been issued between the first two looks.
    rows = rows_of_known(owed, given) or rows_of(_DRAFT, given) or rows_of_known(owed, given)
    if not rows:
        raise not_found("invoice", field=field)
    return rows[0]


def read_settlement(invoice_id: int, *, caller: Caller) -> Row:
    """What is owed on a bill, without a lock: to show, not to decide. 404 outside the caller's stores."""
    given = {"id": invoice_id, "stores": caller.stores_param}
    rows = rows_of(f"{_OWED} {_OF_BILL}", given) or rows_of(_DRAFT, given)
    if not rows:
        raise not_found("invoice")
    return rows[0]


def last_numbers(*, gstin: str) -> dict[str, LastNumber]:
    """For each kind of bill, the series that numbers it for this GSTIN, and the date it has come to."""
    rows = rows_of(
        """SELECT kind, s.series, s.last_date FROM unnest(ARRAY['invoice', 'bill_of_supply']) AS kinds (kind)
        JOIN invoicing_invoicesequence s ON s.series = invoicing_series_for(kind, %s)""",
        [gstin],
    )
    return {row["kind"]: LastNumber(row["series"], row["last_date"]) for row in rows}


def lock_counter(series: str) -> LastNumber:
    """The counter of a series, locked until the transaction ends, and made anew where its row was lost."""
    (row,) = rows_of("SELECT last_date FROM invoicing_lock_counter(%s)", [series])
    return LastNumber(series, row["last_date"])


def series_issued_since(series: str, day: date) -> bool:
    """Whether the series numbered any document of that day or later. Its counter must be locked."""
    rows = rows_of(
        "SELECT last_date >= %(day)s AS issued FROM invoicing_counter_from_books(%(series)s)",
        {"series": series, "day": day},
    )
    return bool(rows and rows[0]["issued"])


SEQUENCES = Listing(
    what="series",
    select="r.id, r.series, r.kind, r.gstin, r.prefix, c.last_number, c.run, c.last_date",
    source="""invoicing_sequencerun r CROSS JOIN LATERAL (
        SELECT s.run, s.last_number, s.last_date FROM invoicing_invoicesequence s WHERE s.series = r.series
        UNION ALL SELECT b.* FROM invoicing_counter_from_books(r.series) b LIMIT 1) c""",
    row_id="r.id",
    scope="r.id = (SELECT min(f.id) FROM invoicing_sequencerun f WHERE f.series = r.series)",
    filters={
        "kind": "r.kind = %(kind)s",
        "gstin": "r.gstin = upper(%(gstin)s)",
        "q": "r.series ILIKE %(q)s OR r.prefix ILIKE %(q)s",
    },
    orderings={"series": Ordering("r.series", str)},
)


def sequences(caller: Caller, query: Any) -> Page:
    return read_page(SEQUENCES, caller, query)


def sequence(caller: Caller, sequence_id: int) -> Row:
    return read_one(SEQUENCES, caller, sequence_id)
