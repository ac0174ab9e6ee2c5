"""What a bill's page shows beside the bill itself: one statement for all of it."""

from typing import Any

from finetune.core.caller import Caller
from finetune.core.dates import today
from finetune.core.listing import Row, read_totals, rows_of, rows_of_known
from finetune.core.refusals import not_found
from finetune.customers.queries import phone_pattern
from finetune.invoicing.queries import BALANCE_DUE, INVOICES

# A cancelled bill counts as nothing and a draft is no bill yet, unless drafts are what is asked for.
_COUNTS = "NOT coalesce(st.is_cancelled, %(drafts)s::text IS NULL)"
_TOTALS = f"""count(*) AS count,
    coalesce(sum(i.taxable_value) FILTER (WHERE {_COUNTS}), 0.00) AS taxable_value,
    coalesce(sum(i.cgst + i.sgst + i.igst + i.cess) FILTER (WHERE {_COUNTS}), 0.00) AS total_tax,
    coalesce(sum(i.total) FILTER (WHERE {_COUNTS}), 0.00) AS total,
    coalesce(sum({BALANCE_DUE}) FILTER (WHERE i.issued_at IS NOT NULL), 0.00) AS owed"""


def bill_totals(caller: Caller, query: Any) -> Row:
    drafts = "drafts" if query.status == "draft" else None
    given = {"today": today(), "digits": phone_pattern(query.q), "drafts": drafts}
    return read_totals(INVOICES, _TOTALS, caller, query, **given)


def _listed(columns: str, source: str) -> str:
    """Rows as a JSON list, in the order they were written. Amounts are text, so that they stay exact."""
    return f"(SELECT coalesce(json_agg(row_to_json(r)), '[]') FROM (SELECT {columns} FROM {source}) r)"


_WHO = "coalesce(nullif({0}.name, ''), {0}.username)"
_PAYMENTS = _listed(
    f"""p.id, p.mode, p.amount::text, p.reference, p.received_at, p.tendered::text, p.change_due::text,
    {_WHO.format("u")} AS by""",
    """payments_paymentrecord p LEFT JOIN staff_user u ON u.id = p.received_by_id
    WHERE p.invoice_id = %(id)s ORDER BY p.id""",
)
_SET_OFFS = _listed(
    "o.deposit_id, d.voucher_number, o.set_off_date, o.amount::text",
    """deposits_depositsetoff o JOIN deposits_deposit d ON d.id = o.deposit_id
    WHERE o.invoice_id = %(id)s ORDER BY o.id""",
)
_REFUNDS = _listed(
    """r.id, r.mode, r.amount::text, r.reason, r.created_at,
    CASE WHEN r.mode IN ('cash', 'credit') OR o.succeeded THEN 'succeeded' WHEN o.succeeded IS NULL THEN 'initiated'
        ELSE 'failed' END AS status""",
    """refunds_refund r LEFT JOIN refunds_refundoutcome o ON o.refund_id = r.id
    WHERE r.invoice_id = %(id)s ORDER BY r.id""",
)
# What is in the audit of a bill: one look into its index for each of these, however long the audit is. OFFSET keeps the
# planner from reading all that was ever written of a kind.
_OF_THE_BILL = """(SELECT 'invoice' AS kind, %(id)s::bigint AS object_id
    UNION ALL SELECT 'public_link', %(id)s
    UNION ALL SELECT 'payment', p.id FROM payments_paymentrecord p WHERE p.invoice_id = %(id)s
    UNION ALL SELECT 'credit_note', n.id FROM crediting_creditnote n WHERE n.invoice_id = %(id)s
    UNION ALL SELECT 'refund', r.id FROM refunds_refund r WHERE r.invoice_id = %(id)s
    UNION ALL SELECT 'delivery', d.id FROM sending_delivery d
        WHERE d.event = 'invoice.mail' AND d.object_id = %(id)s)"""
_HISTORY = _listed(
    f"a.at, a.verb, a.reason, a.request_id, {_WHO.format('u')} AS by",
    f"""{_OF_THE_BILL} o CROSS JOIN LATERAL (SELECT h.id, h.at, h.verb, h.reason, h.request_id, h.user_id
        FROM core_auditrecord h WHERE h.kind = o.kind AND h.object_id = o.object_id OFFSET 0) a
    LEFT JOIN staff_user u ON u.id = a.user_id ORDER BY a.id""",
)
_RETURNED = """(SELECT coalesce(json_object_agg(c.line_id, c.quantity), '{}') FROM (
        SELECT line_id, trim_scale(sum(quantity))::text AS quantity FROM crediting_creditnoteline
        WHERE line_id IN (SELECT l.id FROM invoicing_invoicelineitem l WHERE l.invoice_id = %(id)s)
        GROUP BY line_id) c)"""
_RETURNED_SERIALS = """(SELECT coalesce(json_agg(s.serial), '[]') FROM crediting_creditnoteline c
    JOIN invoicing_invoicelineitem l ON l.id = c.line_id
    CROSS JOIN LATERAL jsonb_array_elements_text(c.serial_numbers) s (serial) WHERE l.invoice_id = %(id)s)"""
_AROUND = f"""SELECT s.upi_vpa, s.code AS store_code, s.name AS store_name, ca.cancelled_at,
    st.amount_paid, st.amount_deposited, st.amount_credited, st.amount_to_credit, st.amount_refunded,
    st.is_cancelled, b.device, b.kind AS booking_kind,
    coalesce((SELECT k.balance FROM crediting_customercredit k WHERE k.customer_id = i.customer_id
        AND k.invoice_id IS NOT DISTINCT FROM
            CASE WHEN (i.buyer->>'is_walk_in')::boolean THEN i.id END), 0.00) AS credit,
    (SELECT row_to_json(e) FROM (SELECT ea.irn, ea.ack_no, ea.ack_date FROM einvoicing_answer ea
        WHERE ea.invoice_id = i.id) e) AS einvoice,
    (SELECT max(es.submitted_at) FROM einvoicing_submission es WHERE es.invoice_id = i.id) AS submitted_at,
    {_PAYMENTS} AS payments, {_SET_OFFS} AS set_offs, {_REFUNDS} AS refunds, {_HISTORY} AS history,
    {_RETURNED} AS returned, {_RETURNED_SERIALS} AS returned_serials
FROM invoicing_invoice i JOIN stores_store s ON s.id = i.store_id
LEFT JOIN invoicing_settlement st ON st.invoice_id = i.id
LEFT JOIN invoicing_invoicecancellation ca ON ca.invoice_id = i.id
LEFT JOIN bookings_booking b ON b.id = i.booking_id
WHERE i.id = %(id)s"""


def around(invoice_id: int) -> Row:
    """All that happened to a bill, and what its page links to. Whether the caller may see it was asked before."""
    return rows_of_known(_AROUND, {"id": invoice_id})[0]


_BOOKINGS = """SELECT b.id, b.device, b.status, c.name AS customer_name, c.phone, s.code AS store_code
FROM bookings_booking b JOIN customers_customer c ON c.id = b.customer_id JOIN stores_store s ON s.id = b.store_id
WHERE (%(stores)s::bigint[] IS NULL OR b.store_id = ANY(%(stores)s))"""


def bookings_to_bill(caller: Caller, store_id: int | None, limit: int = 50) -> list[Row]:
    """Repairs that stand and have no bill yet, the latest first."""
    return rows_of(
        f"""{_BOOKINGS} AND b.kind = 'repair' AND b.status <> 'cancelled'
            AND (%(store)s::bigint IS NULL OR b.store_id = %(store)s)
            AND NOT EXISTS (SELECT FROM invoicing_invoice i WHERE i.booking_id = b.id)
        ORDER BY b.id DESC LIMIT %(limit)s""",
        {"stores": caller.stores_param, "store": store_id, "limit": limit},
    )


def booking_to_bill(caller: Caller, booking_id: int) -> Row:
    """A booking as the form of its bill names it. 404 outside the caller's stores."""
    rows = rows_of(f"{_BOOKINGS} AND b.id = %(id)s", {"stores": caller.stores_param, "id": booking_id})
    if not rows:
        raise not_found("booking")
    return rows[0]


def order_of_draft(invoice_id: int) -> Row:
    """What was asked for when the draft was kept."""
    rows = rows_of('SELECT i."order"::json AS "order" FROM invoicing_invoice i WHERE i.id = %s', [invoice_id])
    order: Row = rows[0]["order"]
    return order


def named_variants(ids: list[int]) -> dict[int, Row]:
    rows = rows_of(
        """SELECT v.id, v.sku, CASE WHEN v.variant_name IN ('', p.name) THEN p.name
            ELSE p.name || ' ' || v.variant_name END AS name
        FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id WHERE v.id = ANY(%s)""",
        [ids],
    )
    return {row["id"]: row for row in rows}


def variants_by_code(codes: list[str]) -> dict[str, int]:
    """The variant of each SKU or barcode, by the code in capitals. A SKU goes before somebody else's barcode."""
    rows = rows_of(
        """SELECT DISTINCT ON (1) upper(asked.code) AS code, v.id FROM unnest(%s::text[]) asked (code)
        JOIN catalog_variant v ON upper(v.sku) = upper(asked.code) OR v.barcode = asked.code
        ORDER BY 1, upper(v.sku) <> upper(asked.code)""",
        [codes],
    )
    return {row["code"]: row["id"] for row in rows}
