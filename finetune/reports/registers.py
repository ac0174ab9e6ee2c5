"""The sales register, the day book and the value of the stock: rows that are added up, never computed again.

In the register and its totals a credit note counts negative and a cancelled bill nothing, so that every
column adds up to its total.
"""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from finetune.core.caller import Caller
from finetune.core.listing import (
    Listing,
    ListQuery,
    Ordering,
    Row,
    like,
    read_decimal,
    read_page,
    rows_of,
)

PORTION = 1000
_MONEY = (
    "taxable_value", "cgst", "sgst", "igst", "cess", "total_tax", "round_off_amount", "total",
)  # fmt: skip

_BILLS = """SELECT i.id * 2 AS row_id, 'invoice' AS kind, i.id, i.invoice_number AS number, i.number AS place,
    i.invoice_date AS date, i.document_type, NULL::text AS of_number, i.store_id, i.customer_id,
    i.seller->>'gstin' AS gstin, i.buyer->>'name' AS customer_name, i.buyer->>'category' AS buyer_category,
    coalesce(i.buyer->>'gstin', '') AS buyer_gstin, i.place_of_supply, i.supply_nature, i.reverse_charge,
    st.is_cancelled, CASE WHEN st.is_cancelled THEN 0 ELSE 1 END AS sign, i.taxable_value,
    i.cgst, i.sgst, i.igst, i.cess, i.cgst + i.sgst + i.igst + i.cess AS total_tax,
    i.round_off_amount, i.total
FROM invoicing_invoice i JOIN invoicing_settlement st ON st.invoice_id = i.id WHERE i.issued_at IS NOT NULL"""

_NOTES = """SELECT n.id * 2 + 1, 'credit_note', n.id, n.credit_note_number, n.number, n.note_date, 'credit_note',
    i.invoice_number, n.store_id, n.customer_id, i.seller->>'gstin', i.buyer->>'name', i.buyer->>'category',
    coalesce(i.buyer->>'gstin', ''), i.place_of_supply, i.supply_nature, i.reverse_charge, false, -1,
    n.taxable_value, n.cgst, n.sgst, n.igst, n.cess, n.cgst + n.sgst + n.igst + n.cess, n.round_off_amount, n.total
FROM crediting_creditnote n JOIN invoicing_invoice i ON i.id = n.invoice_id"""

_REGISTERED = f"{_BILLS}\nUNION ALL {_NOTES}"
_SIGNED = ", ".join(f"d.{each} * d.sign AS {each}" for each in _MONEY)
_SCOPE = "%(stores)s::bigint[] IS NULL OR d.store_id = ANY(%(stores)s)"

SALES = Listing(
    what="document",
    select=f"""d.kind, d.id, d.number, d.date, d.document_type, d.of_number, d.store_id AS store,
        d.customer_id AS customer, d.gstin, d.customer_name, d.buyer_category, d.buyer_gstin,
        d.place_of_supply, d.supply_nature, d.reverse_charge, d.is_cancelled, {_SIGNED}""",
    source=f"({_REGISTERED}) d",
    row_id="d.row_id",
    scope=_SCOPE,
    filters={
        "store": "d.store_id = %(store)s",
        "gstin": "d.gstin = %(gstin)s",
        "customer": "d.customer_id = %(customer)s",
        "kind": "d.kind = %(kind)s",
        "date_from": "d.date >= %(date_from)s",
        "date_to": "d.date <= %(date_to)s",
        "q": "d.number ILIKE %(q)s OR d.customer_name ILIKE %(q)s OR d.buyer_gstin ILIKE %(q)s",
    },
    orderings={
        "date": Ordering("d.date", date.fromisoformat),
        "total": Ordering("d.total * d.sign", read_decimal),
    },
    default_ordering="-date",
)

# What happened on a day: bills, cancellations, notes, money in and out. `row_id` keeps the kinds apart.
_DAY = """SELECT i.id * 8 AS row_id, 'invoice' AS kind, i.id, i.issued_at AS at, i.invoice_date AS date,
        i.invoice_number AS number, i.store_id, i.buyer->>'name' AS customer_name, ''::text AS mode,
        ''::text AS reference, i.total AS amount, i.issued_by_id AS entered_by, i.taxable_value,
        i.cgst + i.sgst + i.igst + i.cess AS tax
    FROM invoicing_invoice i WHERE i.issued_at IS NOT NULL
UNION ALL SELECT i.id * 8 + 1, 'cancellation', i.id, ca.cancelled_at,
        (ca.cancelled_at AT TIME ZONE 'Asia/Kolkata')::date, i.invoice_number, i.store_id, i.buyer->>'name',
        '', '', -i.total, ca.cancelled_by_id, -i.taxable_value, -(i.cgst + i.sgst + i.igst + i.cess)
    FROM invoicing_invoicecancellation ca JOIN invoicing_invoice i ON i.id = ca.invoice_id
UNION ALL SELECT n.id * 8 + 2, 'credit_note', n.id, n.issued_at, n.note_date, n.credit_note_number, n.store_id,
        i.buyer->>'name', '', '', -n.total, n.issued_by_id, -n.taxable_value, -(n.cgst + n.sgst + n.igst + n.cess)
    FROM crediting_creditnote n JOIN invoicing_invoice i ON i.id = n.invoice_id
UNION ALL SELECT p.id * 8 + 3, CASE WHEN p.invoice_id IS NULL THEN 'deposit' ELSE 'payment' END, p.id, p.received_at,
        p.business_date, coalesce(i.invoice_number, d.voucher_number), p.store_id,
        coalesce(i.buyer, d.buyer)->>'name', p.mode, p.reference, p.amount, p.received_by_id, NULL, NULL
    FROM payments_paymentrecord p LEFT JOIN invoicing_invoice i ON i.id = p.invoice_id
    LEFT JOIN deposits_deposit d ON d.id = p.deposit_id
UNION ALL SELECT r.id * 8 + 4, 'refund', r.id, r.created_at, r.business_date, i.invoice_number, r.store_id,
        i.buyer->>'name', CASE WHEN o.succeeded = false THEN 'credit' ELSE r.mode END, r.reference, -r.amount,
        r.refunded_by_id, NULL, NULL
    FROM refunds_refund r JOIN invoicing_invoice i ON i.id = r.invoice_id
    LEFT JOIN refunds_refundoutcome o ON o.refund_id = r.id
UNION ALL SELECT r.id * 8 + 5, 'deposit_refund', r.id, r.issued_at, r.voucher_date, r.voucher_number, r.store_id,
        d.buyer->>'name', r.mode, r.reference, -r.amount, r.issued_by_id, NULL, NULL
    FROM deposits_depositrefund r JOIN deposits_deposit d ON d.id = r.deposit_id"""

_MODES = ("cash", "card", "upi", "emi")
_MONEY_IN, _MONEY_OUT = ("payment", "deposit"), ("refund", "deposit_refund")

DAY_BOOK = Listing(
    what="entry",
    select="""d.kind, d.id, d.at, d.number, d.store_id AS store, d.customer_name, d.mode, d.reference,
        d.amount, d.entered_by""",
    source=f"({_DAY}) d",
    row_id="d.row_id",
    scope=_SCOPE,
    filters={"date": "d.date = %(date)s", "store": "d.store_id = %(store)s"},
    orderings={
        "at": Ordering("d.at", datetime.fromisoformat),
        "amount": Ordering("d.amount", read_decimal),
    },
    default_ordering="-at",
)

# What the units on the shelf cost: the average of what was bought since the shelf was last empty, weighted
# by quantity; where nothing was bought at a price since then, the variant's cost. Goods bought before then
# cannot lie on the shelf.
_AVERAGE = """(SELECT sum(e.quantity * e.unit_price) / sum(e.quantity) FROM inventory_stockentry e
    WHERE e.product_variant_id = l.product_variant_id AND e.store_id = l.store_id
        AND e.entry_type = 'purchase' AND e.status = 'posted' AND e.delta > 0 AND e.unit_price IS NOT NULL
        AND NOT EXISTS (SELECT FROM inventory_stockentry r WHERE r.reversal_of_id = e.id)
        AND e.id > coalesce((SELECT max(z.id) FROM inventory_stockentry z
            WHERE z.product_variant_id = l.product_variant_id AND z.store_id = l.store_id
                AND z.balance_after = 0), 0)) AS bought_at"""

_SHELF = f"""SELECT l.id, l.store_id, l.product_variant_id, l.quantity, v.sku, v.cost, p.hsn_code,
        CASE WHEN v.variant_name = '' OR v.variant_name = p.name THEN p.name
            ELSE p.name || ' ' || v.variant_name END AS name, {_AVERAGE}
    FROM inventory_stockledger l JOIN catalog_variant v ON v.id = l.product_variant_id
    JOIN catalog_product p ON p.id = v.product_id WHERE l.quantity > 0"""

VALUATION = Listing(
    what="stock",
    select="""d.store_id AS store, d.product_variant_id AS product_variant, d.sku, d.name, d.hsn_code,
        d.quantity,
        round(coalesce(d.bought_at, d.cost), 3) AS unit_cost,
        CASE WHEN d.bought_at IS NOT NULL THEN 'purchases' WHEN d.cost IS NOT NULL THEN 'cost'
            ELSE 'unknown' END AS basis,
        round(d.quantity * coalesce(d.bought_at, d.cost), 2) AS value""",
    source=f"({_SHELF}) d",
    row_id="d.id",
    scope=_SCOPE,
    filters={"store": "d.store_id = %(store)s", "q": "d.sku ILIKE %(q)s OR d.name ILIKE %(q)s"},
    orderings={"quantity": Ordering("d.quantity", int), "sku": Ordering("d.sku", str)},
)


def every_row(listing: Listing, caller: Caller, query: ListQuery) -> Iterator[Row]:
    """All rows that the filters leave, in the query's order, read in portions."""
    portion = query.model_copy(update={"page_size": PORTION, "cursor": None})
    while True:
        page = read_page(listing, caller, portion)
        yield from page.rows
        if page.next is None:
            return
        portion = portion.model_copy(update={"cursor": page.next})


def sales_totals(caller: Caller, query: ListQuery) -> Row:
    """The columns of the register added up, over all pages."""
    sums = ", ".join(f"coalesce(sum(d.{each} * d.sign), 0.00) AS {each}" for each in _MONEY)
    return _summed(SALES, f"count(*) AS count, {sums}", caller, query)


def day_totals(caller: Caller, query: ListQuery) -> Row:
    """What was billed, taken and given back on the day, money by mode. Customer credit is no money that moves."""
    row = _summed(
        DAY_BOOK,
        f"""count(*) FILTER (WHERE d.kind = 'invoice') AS invoices,
        count(*) FILTER (WHERE d.kind = 'cancellation') AS cancellations,
        count(*) FILTER (WHERE d.kind = 'credit_note') AS credit_notes,
        coalesce(sum(d.taxable_value), 0.00) AS taxable_value, coalesce(sum(d.tax), 0.00) AS total_tax,
        coalesce(sum(d.amount) FILTER (WHERE d.mode = ''), 0.00) AS billed,
        {", ".join(_by_mode(_MONEY_IN, "in", "") + _by_mode(_MONEY_OUT, "out", "-"))}""",
        caller,
        query,
    )
    for name, way in (("received", "in"), ("given_back", "out")):
        modes = {mode: row.pop(f"{way}_{mode}") for mode in _MODES}
        row[name] = modes | {"total": sum(modes.values(), Decimal("0.00"))}
    return row


def _by_mode(kinds: tuple[str, ...], way: str, sign: str) -> list[str]:
    named = ", ".join(f"'{kind}'" for kind in kinds)
    return [
        f"coalesce(sum({sign}d.amount) FILTER (WHERE d.mode = '{mode}' AND d.kind IN ({named})), 0.00) AS {way}_{mode}"
        for mode in _MODES
    ]


def stock_totals(caller: Caller, query: ListQuery) -> Row:
    """Units, their value, and how many of them nobody knows a price of."""
    return _summed(
        VALUATION,
        """coalesce(sum(d.quantity), 0) AS quantity,
        coalesce(sum(round(d.quantity * coalesce(d.bought_at, d.cost), 2)), 0.00) AS value,
        coalesce(sum(d.quantity) FILTER (WHERE coalesce(d.bought_at, d.cost) IS NULL), 0)
            AS quantity_without_price""",
        caller,
        query,
    )


def _summed(listing: Listing, select: str, caller: Caller, query: Any) -> Row:
    given = {name: getattr(query, name) for name in listing.filters if getattr(query, name) not in (None, "")}
    conditions = [f"({listing.scope})", *(f"({listing.filters[name]})" for name in given)]
    values = {name: like(value) if name == "q" else value for name, value in given.items()}
    sql = f"SELECT {select} FROM {listing.source} WHERE {' AND '.join(conditions)}"
    return rows_of(sql, {"stores": caller.stores_param, **values})[0]
