"""Reads and locks of deposits."""

from datetime import date
from typing import Any

from finetune.core.caller import Caller
from finetune.core.listing import Listing, Ordering, Page, Row, read_decimal, read_one, read_page, rows_of
from finetune.core.refusals import not_found

# The money is written by the room of payments; here it is only shown with its voucher.
_MONEY = "p.id AS payment, p.mode, p.reference, p.change_due"
_PAYMENT = "JOIN payments_paymentrecord p ON p.deposit_id = d.id"
_SET_OFFS = """(SELECT coalesce(json_agg(json_build_object('invoice', o.invoice_id, 'set_off_date', o.set_off_date,
        'amount', o.amount::text) ORDER BY o.id), '[]')
    FROM deposits_depositsetoff o WHERE o.deposit_id = d.id) AS set_offs"""
_VOUCHERS = """(SELECT coalesce(json_agg(json_build_object('id', v.id, 'voucher_number', v.voucher_number,
        'voucher_date', v.voucher_date, 'amount', v.amount::text) ORDER BY v.id), '[]')
    FROM deposits_depositrefund v WHERE v.deposit_id = d.id) AS refund_vouchers"""

DEPOSITS = Listing(
    what="deposit",
    select=f"""d.id, d.voucher_number, d.voucher_date, d.booking_id AS booking, d.store_id AS store,
        d.customer_id AS customer, d.supply, d.description, trim_scale(d.gst_rate)::text AS gst_rate,
        d.place_of_supply, d.supply_nature, d.state_tax_label, d.amount, d.taxable_value, d.cgst, d.sgst, d.igst,
        s.amount_applied, s.amount_refunded, s.amount - s.amount_applied - s.amount_refunded AS amount_open,
        {_MONEY}, {_SET_OFFS}, {_VOUCHERS}, d.issued_at, d.issued_by_id AS created_by""",
    source=f"deposits_deposit d JOIN deposits_depositbalance s ON s.deposit_id = d.id {_PAYMENT}",
    row_id="d.id",
    scope="%(stores)s::bigint[] IS NULL OR d.store_id = ANY(%(stores)s)",
    filters={
        "booking": "d.booking_id = %(booking)s",
        "store": "d.store_id = %(store)s",
        "customer": "d.customer_id = %(customer)s",
        "open": "(s.amount > s.amount_applied + s.amount_refunded) = %(open)s",
        "date_from": "d.voucher_date >= %(date_from)s",
        "date_to": "d.voucher_date <= %(date_to)s",
        "q": "d.voucher_number ILIKE %(q)s OR d.buyer->>'name' ILIKE %(q)s",
    },
    orderings={
        "voucher_date": Ordering("d.voucher_date", date.fromisoformat),
        "amount": Ordering("d.amount", read_decimal),
    },
)


def deposit(caller: Caller, deposit_id: int) -> Row:
    return read_one(DEPOSITS, caller, deposit_id)


def deposits(caller: Caller, query: Any) -> Page:
    return read_page(DEPOSITS, caller, query)


_FACTS = """
SELECT b.id AS booking_id, b.status, b.store_id, b.customer_id, b.device, c.category, c.state_code AS buyer_state,
    c.is_walk_in, s.state_code AS store_state, s.gstin, s.is_composition,
    json_build_object('id', s.id, 'code', s.code, 'name', s.name, 'legal_name', s.legal_name, 'gstin', s.gstin,
        'state_code', s.state_code, 'address', s.address, 'city', s.city, 'pincode', s.pincode, 'phone', s.phone,
        'is_composition', s.is_composition) AS seller,
    json_build_object('id', c.id, 'name', c.name, 'legal_name', c.legal_name, 'phone', c.phone, 'email', c.email,
        'gstin', c.gstin, 'state_code', c.state_code, 'address', c.address, 'city', c.city, 'pincode', c.pincode,
        'country', c.country, 'category', c.category, 'is_walk_in', c.is_walk_in) AS buyer
FROM bookings_booking b JOIN stores_store s ON s.id = b.store_id JOIN customers_customer c ON c.id = b.customer_id
WHERE b.id = %(booking)s AND (%(stores)s::bigint[] IS NULL OR b.store_id = ANY(%(stores)s)) FOR SHARE OF b
"""


def lock_booking_facts(booking_id: int, *, caller: Caller) -> Row:
    """What a voucher needs of a booking, share-locked so that it is not cancelled meanwhile. 404 outside the stores."""
    given = {"booking": booking_id, "stores": caller.stores_param}
    # Once more: a booking that went to another customer while we waited for it joins no longer with the one that the
    # first look began with. Its lock is held since then.
    rows = rows_of(_FACTS, given) or rows_of(_FACTS, given)
    if not rows:
        raise not_found("booking")
    return rows[0]


_LOCK = f"""
SELECT d.store_id, d.amount, d.taxable_value, d.cgst, d.sgst, d.igst, d.seller->>'gstin' AS gstin,
    s.amount_applied, s.amount_refunded, p.mode
FROM deposits_depositbalance s JOIN deposits_deposit d ON d.id = s.deposit_id {_PAYMENT}
WHERE d.id = %(id)s AND (%(stores)s::bigint[] IS NULL OR d.store_id = ANY(%(stores)s)) FOR UPDATE OF s
"""


def lock_deposit(deposit_id: int, *, caller: Caller) -> Row:
    """A deposit with what became of it, locked. 404 outside the caller's stores."""
    rows = rows_of(_LOCK, {"id": deposit_id, "stores": caller.stores_param})
    if not rows:
        raise not_found("deposit")
    return rows[0]


REFUNDS = Listing(
    what="refund voucher",
    select="""r.id, r.voucher_number, r.voucher_date, r.deposit_id AS deposit, d.voucher_number AS deposit_number,
        r.store_id AS store, r.mode, r.reference, r.reason, r.amount, r.taxable_value, r.cgst, r.sgst, r.igst,
        r.issued_at, r.issued_by_id AS created_by""",
    source="deposits_depositrefund r JOIN deposits_deposit d ON d.id = r.deposit_id",
    row_id="r.id",
    scope="%(stores)s::bigint[] IS NULL OR r.store_id = ANY(%(stores)s)",
)


def refund(caller: Caller, refund_id: int) -> Row:
    return read_one(REFUNDS, caller, refund_id)
