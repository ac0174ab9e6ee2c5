"""A shop that has traded for years: many rows at once, written as a restore writes them, past the triggers."""

from typing import Any

from psycopg import Connection

from bench.scene import Scene
from bench.shop import Shop, as_superuser

LINES_EACH = 5
# Copies of bills that the shop issued itself, spread over two years; a number series of their own.
_BILLS = """
WITH pattern AS (
    SELECT i.*, row_number() OVER (ORDER BY i.id) - 1 AS place, count(*) OVER () AS patterns
    FROM (SELECT * FROM invoicing_invoice i WHERE i.series = 'FT-INV'
          AND (SELECT count(*) FROM invoicing_invoicelineitem l WHERE l.invoice_id = i.id) = %(lines)s
          ORDER BY i.id LIMIT 50) i
), made AS (
    SELECT p.*, n, nextval(pg_get_serial_sequence('invoicing_invoice', 'id')) AS new_id
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n JOIN pattern p ON p.place = n %% p.patterns
), written AS (
    INSERT INTO invoicing_invoice (id, series, run, number, invoice_number, issued_at, issued_by_id, document_type,
        created_by_id, store_id, customer_id, booking_id, seller, buyer, "order", invoice_date, due_date,
        place_of_supply, supply_nature, state_tax_label, reverse_charge, with_payment_of_tax, notes, taxable_value,
        discount_total, cgst, sgst, igst, cess, total_before_round_off, round_off_amount, total, created_at)
    OVERRIDING SYSTEM VALUE
    SELECT new_id, 'GROWN', 1, n, 'G-' || n, issued_at, issued_by_id, document_type, created_by_id, store_id,
        customer_id, booking_id, seller, buyer, "order", invoice_date - (n %% 730)::int, due_date, place_of_supply,
        supply_nature, state_tax_label, reverse_charge, with_payment_of_tax, notes, taxable_value, discount_total,
        cgst, sgst, igst, cess, total_before_round_off, round_off_amount, total, created_at
    FROM made
), lines AS (
    INSERT INTO invoicing_invoicelineitem (invoice_id, position, product_variant_id, description, hsn_code, quantity,
        unit, unit_price, gst_rate, treatment, tax_inclusive, discount_percent, serial_numbers, gross,
        discount_amount, invoice_discount_share, taxable_value, cgst, sgst, igst, cess, total)
    SELECT m.new_id, l.position, l.product_variant_id, l.description, l.hsn_code, l.quantity, l.unit, l.unit_price,
        l.gst_rate, l.treatment, l.tax_inclusive, l.discount_percent, l.serial_numbers, l.gross, l.discount_amount,
        l.invoice_discount_share, l.taxable_value, l.cgst, l.sgst, l.igst, l.cess, l.total
    FROM made m JOIN invoicing_invoicelineitem l ON l.invoice_id = m.id
), settled AS (
    INSERT INTO invoicing_settlement (invoice_id, total, amount_paid) SELECT new_id, total, total FROM made
), linked AS (
    INSERT INTO invoicing_publiclink (invoice_id, token) SELECT new_id, invoicing_new_token() FROM made
), paid AS (
    INSERT INTO payments_paymentrecord (invoice_id, store_id, amount, mode, reference, received_by_id, received_at,
        business_date)
    SELECT new_id, store_id, total, 'upi', 'G' || n, issued_by_id, issued_at, invoice_date - (n %% 730)::int FROM made
)
INSERT INTO core_auditrecord (user_id, request_id, verb, kind, object_id)
SELECT issued_by_id, 'grown', 'invoice.issue', 'invoice', new_id FROM made
"""
TABLES = (
    "invoicing_invoice", "invoicing_invoicelineitem", "invoicing_settlement", "invoicing_publiclink",
    "payments_paymentrecord", "core_auditrecord", "core_idempotencykey", "inventory_stockentry",
    "inventory_stockledger", "catalog_variant", "bookings_booking", "sending_delivery", "deposits_depositbalance",
    "crediting_customercredit", "invoicing_invoicesequence",
)  # fmt: skip
STEP = 50_000


def bills(shop: Shop, scene: Scene, wanted: int) -> None:
    """Until the shop has that many bills with lines, payments, links and audit."""
    with as_superuser(shop) as connection:
        present = _count(connection, "invoicing_invoice")
        grown = _count(connection, "invoicing_invoice WHERE series = 'GROWN'")
        missing = max(0, wanted - present)
        for first in range(grown + 1, grown + missing + 1, STEP):
            last = min(first + STEP - 1, grown + missing)
            connection.execute(_BILLS, {"first": first, "last": last, "lines": LINES_EACH})
        assert _count(connection, "invoicing_invoice") >= wanted, "there was no bill to copy"
        _settle(connection)


def stock(shop: Shop, *, balances: int, movements: int) -> None:
    """That many balances, of new variants in ten new stores, and so many movements behind them."""
    with as_superuser(shop) as connection:
        connection.execute("""
            INSERT INTO stores_store (code, name, state_code)
            SELECT 'GROWN-' || n, 'Grown ' || n, '27' FROM generate_series(1, 10) n ON CONFLICT DO NOTHING""")
        connection.execute(
            """INSERT INTO catalog_variant (product_id, variant_name, sku, price)
            SELECT (SELECT min(id) FROM catalog_product), 'Grown ' || n, 'GROWN-' || n, 590
            FROM generate_series(1, %s) n ON CONFLICT DO NOTHING""",
            [balances // 10],
        )
        connection.execute("""
            INSERT INTO inventory_stockledger (store_id, product_variant_id, quantity)
            SELECT s.id, v.id, 1 + v.id % 40 FROM catalog_variant v CROSS JOIN stores_store s
            WHERE v.sku LIKE 'GROWN-%' AND s.code LIKE 'GROWN-%' ON CONFLICT DO NOTHING""")
        for first in range(0, movements, STEP * 10):
            connection.execute(
                """INSERT INTO inventory_stockentry (entry_type, status, store_id, product_variant_id, quantity, delta,
                    balance_after, entered_by_id)
                SELECT 'purchase', 'posted', l.store_id, l.product_variant_id, 1, 1, 1, (SELECT min(id) FROM staff_user)
                FROM generate_series(%s::bigint, %s::bigint) n
                JOIN (SELECT *, row_number() OVER () - 1 AS place FROM inventory_stockledger) l
                    ON l.place = n %% (SELECT count(*) FROM inventory_stockledger)""",
                [first, min(first + STEP * 10, movements) - 1],
            )
        _settle(connection)


def _count(connection: Connection[Any], source: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {source}".encode()).fetchone()
    assert row is not None
    return int(row[0])


def settle(shop: Shop) -> None:
    with as_superuser(shop) as connection:
        _settle(connection)


def _settle(connection: Connection[Any]) -> None:
    """What autovacuum and a checkpoint would do by and by, so that it does not happen while we measure."""
    for table in TABLES:
        connection.execute(f"VACUUM (ANALYZE) {table}".encode())
    connection.execute("CHECKPOINT")
