"""What must not change by an upgrade: the figures of the business, the rows, and where they lie."""

from typing import Any

import psycopg

FIGURES = {
    "bills of each series": """SELECT series, run, count(*), sum(total), sum(taxable_value), max(number)
        FROM invoicing_invoice WHERE number IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2""",
    "where each series stands": "SELECT series, run, last_number FROM invoicing_invoicesequence ORDER BY 1",
    "cancelled bills": "SELECT count(*) FROM invoicing_invoicecancellation",
    "notes": "SELECT count(*), sum(total) FROM crediting_creditnote",
    "payments by way and day": """SELECT business_date, mode, is_live, count(*), sum(amount) FROM payments_paymentrecord
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""",
    "what is owed": """SELECT count(*), sum(total), sum(amount_paid), sum(amount_credited), sum(amount_refunded),
        sum(amount_deposited), sum(amount_to_credit) FROM invoicing_settlement""",
    "stock of each store": """SELECT store_id, count(*), sum(quantity), sum(reserved) FROM inventory_stockledger
        GROUP BY 1 ORDER BY 1""",
    "units": "SELECT status, count(*) FROM inventory_serialnumber GROUP BY 1 ORDER BY 1",
    "movements": "SELECT entry_type, status, count(*) FROM inventory_stockentry GROUP BY 1, 2 ORDER BY 1, 2",
    "cash sessions": "SELECT count(*), max(z_number) FROM payments_cashsession",
}
_TABLES = """
SELECT c.relname, pg_relation_filenode(c.oid),
    array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE a.attnum > 0 AND NOT a.attisdropped)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'django_migrations'
GROUP BY 1, 2 ORDER BY 1
"""
# These grow by what an upgrade adds.
OF_DJANGO = {"auth_permission", "django_content_type"}
Tables = dict[str, tuple[int, list[str]]]


def figures(url: str) -> dict[str, Any]:
    with psycopg.connect(url) as connection:
        return {name: connection.execute(query).fetchall() for name, query in FIGURES.items()}


def tables(url: str) -> Tables:
    """Each table with the file that it lies in, and its columns."""
    with psycopg.connect(url) as connection:
        return {name: (file, columns) for name, file, columns in connection.execute(_TABLES).fetchall()}


def contents(url: str, known: Tables) -> dict[str, Any]:
    """A checksum of every row of each of those tables, of the columns that it had."""
    found = {}
    with psycopg.connect(url) as connection:
        for name, (_, columns) in known.items():
            if name not in OF_DJANGO:
                listed = ", ".join(f'"{column}"' for column in columns)
                found[name] = connection.execute(
                    f"SELECT count(*), md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) FROM"
                    f' (SELECT {listed} FROM "{name}") t'
                ).fetchone()
    return found
