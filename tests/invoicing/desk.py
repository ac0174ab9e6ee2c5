"""The billing desk for tests: what is sent, how much is written down, and whether the books agree."""

from typing import Any

from django.db import connection

from tests import cast
from tests.cast import Answer, Person, Shop, new_key
from tests.inventory import shelf

INVOICES = "/invoices/"
TABLES = (
    "invoicing_invoice", "invoicing_invoicelineitem", "invoicing_settlement", "invoicing_invoicecancellation",
    "invoicing_sequencerun", "payments_paymentrecord", "payments_emiplan", "payments_cashofday",
    "payments_cashsession", "payments_cashmovement",
    "inventory_stockentry", "inventory_serialevent", "bookings_booking", "customers_customer",
    "core_idempotencykey", "core_auditrecord",
)  # fmt: skip
STATE = {"invoicing_invoicesequence": "last_number", "inventory_stockledger": "quantity",
         "invoicing_settlement": "amount_paid", "invoicing_invoice": "version"}  # fmt: skip


def labour(**fields: Any) -> dict[str, Any]:
    """A line of service, Rs 1,500 and 18 %."""
    return {
        "description": "Labour",
        "hsn_code": "998716",
        "quantity": "1",
        "unit_price": "1500.00",
        "gst_rate": "18",
        **fields,
    }


def goods(**fields: Any) -> dict[str, Any]:
    """A line that touches no stock but is goods by its HSN."""
    return labour(description="Cable", hsn_code="85444299", **fields)


def part(variant: int, quantity: str = "1", **fields: Any) -> dict[str, Any]:
    return {"variant": variant, "quantity": quantity, **fields}


def order(*lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"line_items": list(lines) or [labour()], **fields}


def counter(shop: Shop, *lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return order(*lines, store=shop.pune, counter_sale=True, **fields)


def repair(shop: Shop, *lines: dict[str, Any], customer: int | None = None, **fields: Any) -> dict[str, Any]:
    return order(*lines, booking=shop.booking(customer=customer), **fields)


def bill(shop: Shop, *lines: dict[str, Any], customer: int | None = None, **fields: Any) -> dict[str, Any]:
    """An issued bill of Pune on a repair."""
    return made(shop.asha.post(INVOICES, repair(shop, *lines, customer=customer, **fields)))


def bill_of(amount: str, shop: Shop, **fields: Any) -> dict[str, Any]:
    """A bill whose total is `amount`."""
    return bill(shop, labour(unit_price=amount, tax_inclusive=True), **fields)


def draft(shop: Shop, *lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return made(shop.bilal.post(INVOICES, repair(shop, *lines, status="draft", **fields)))


def made(answer: Answer, status: int = 201) -> dict[str, Any]:
    assert answer.status == status, answer
    data: dict[str, Any] = answer.data
    return data


def stocked(shop: Shop, quantity: int = 10, **fields: Any) -> int:
    variant = cast.variant(**fields)
    shelf.post(shop.asha, "purchase", shop.pune, variant, quantity)
    return variant


def stocked_units(shop: Shop, *serials: str) -> int:
    variant = shelf.tracked_variant()
    shelf.post(shop.asha, "purchase", shop.pune, variant, len(serials), serials=serials)
    return variant


def pay(person: Person, invoice: int, amount: str, **fields: Any) -> Answer:
    body = {"invoice": invoice, "amount": amount, "mode": "cash", **fields}
    return person.post("/payments/", body, key=new_key())


def registered(state: str = "27", **fields: Any) -> int:
    gstin = {"27": cast.PUNE_GSTIN, "29": cast.BENGALURU_GSTIN}[state]
    return cast.customer("Firm", gstin=gstin, state_code=state, category="registered", **fields)


def written() -> dict[str, Any]:
    """How many rows there are and what the moving ones say: a refusal changes none of it."""
    counts = " UNION ALL ".join(f"SELECT '{table}', count(*)::numeric FROM {table}" for table in TABLES)
    sums = " UNION ALL ".join(
        f"SELECT '{table}.{column}', coalesce(sum({column}), 0) FROM {table}"
        for table, column in STATE.items()
    )
    return dict(shelf.fetch(f"{counts} UNION ALL {sums}"))


def execute(sql: str, *params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def numbers(series: str = "FT-INV") -> list[int]:
    sql = "SELECT number FROM invoicing_invoice WHERE series = %s ORDER BY issued_at, number"
    return [row[0] for row in shelf.fetch(sql, series)]


def faults() -> list[tuple[Any, ...]]:
    """Everything in the books that disagrees with itself: stock, sums, numbers, settlements."""
    return shelf.faults() + shelf.fetch(
        """
        SELECT 'sums', i.id FROM invoicing_invoice i LEFT JOIN LATERAL (
            SELECT sum(taxable_value) AS taxable, sum(cgst) AS cgst, sum(sgst) AS sgst, sum(igst) AS igst,
                sum(cess) AS cess, sum(discount_amount + invoice_discount_share) AS discount,
                sum(total) AS total
            FROM invoicing_invoicelineitem WHERE invoice_id = i.id) l ON true
        WHERE (i.taxable_value, i.cgst, i.sgst, i.igst, i.cess, i.discount_total, i.total_before_round_off)
            IS DISTINCT FROM (l.taxable, l.cgst, l.sgst, l.igst, l.cess, l.discount, l.total)
        UNION ALL
        SELECT 'hole', s.id FROM invoicing_invoicesequence s
        JOIN invoicing_sequencerun r ON (r.series, r.run) = (s.series, s.run)
        WHERE r.kind IN ('invoice', 'bill_of_supply') AND s.last_number - r.opening_number <>
            (SELECT count(*) FROM invoicing_invoice i WHERE (i.series, i.run) = (s.series, s.run))
        UNION ALL
        SELECT 'date', i.id FROM invoicing_invoice i WHERE EXISTS (SELECT FROM invoicing_invoice o
            WHERE (o.series, o.run) = (i.series, i.run) AND o.number < i.number
                AND (o.invoice_date > i.invoice_date OR o.issued_at > i.issued_at))
        UNION ALL
        SELECT 'settlement', i.id FROM invoicing_invoice i
        LEFT JOIN invoicing_settlement st ON st.invoice_id = i.id
        WHERE (i.issued_at IS NULL) <> (st.invoice_id IS NULL) OR st.total <> i.total
            OR st.amount_paid > st.total OR st.amount_paid <> (
                SELECT coalesce(sum(p.amount), 0) FROM payments_paymentrecord p WHERE p.invoice_id = i.id)
            OR (st.is_cancelled AND st.amount_paid > 0)
        UNION ALL
        SELECT 'stock', l.id FROM invoicing_invoicelineitem l
        JOIN invoicing_invoice i ON i.id = l.invoice_id
        LEFT JOIN invoicing_settlement st ON st.invoice_id = i.id
        WHERE l.product_variant_id IS NOT NULL AND (
            SELECT coalesce(sum(e.delta), 0) FROM inventory_stockentry e WHERE e.invoice_line_id = l.id)
            <> CASE WHEN i.issued_at IS NULL OR st.is_cancelled THEN 0 ELSE -l.quantity END
        """
    )


def refused(answer: Answer, status: int, code: str, field: str | None = None) -> None:
    assert (answer.status, answer.code) == (status, code), answer
    assert answer.headers["Content-Type"] == "application/problem+json"
    if field is not None:
        assert answer.field_codes() == {field: code}


def replays(
    person: Person, path: str, body: dict[str, Any], other: dict[str, Any], *, stranger: Person | None = None
) -> Answer:
    """What a key promises on this endpoint. The first answer."""
    key = new_key()
    first = person.post(path, body, key=key)
    assert first.status in (200, 201), first
    assert "Idempotent-Replayed" not in first.headers
    after = written()
    for spelling in (body, dict(reversed(body.items()))):
        again = person.post(path, spelling, key=key)
        assert (again.status, again.data) == (first.status, first.data)
        assert again.headers["Idempotent-Replayed"] == "true"
    refused(person.post(path, other, key=key), 422, "idempotency_key_reused")
    assert written() == after
    if stranger is not None:
        own = stranger.post(path, body, key=key)
        assert "Idempotent-Replayed" not in own.headers
        assert own.status != 422
    return first
