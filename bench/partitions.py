"""What yearly partitions of the bills would change: python -m bench.partitions [BILLS]

On a grown shop, beside its own table, a copy of it that is parted by the bill's date. The same reads, one on each; what
has to be true of every key; what it costs to take a year away. See docs/scaling.md.
"""

import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

from psycopg import Connection, sql

from bench import grow
from bench.clients import Client
from bench.scene import Scene, set_scene
from bench.shop import Shop, as_superuser, shop_of_its_own

BILLS = 300_000
ROUNDS = 9
PARTED = """
CREATE TABLE parted_invoice (LIKE invoicing_invoice INCLUDING DEFAULTS) PARTITION BY RANGE (invoice_date);
ALTER TABLE parted_invoice ADD PRIMARY KEY (id, invoice_date);
ALTER TABLE parted_invoice ADD CONSTRAINT parted_number_once UNIQUE (series, run, number, invoice_date);
CREATE INDEX ON parted_invoice (store_id, id);
CREATE INDEX ON parted_invoice (customer_id, id);
CREATE INDEX ON parted_invoice (invoice_date, id);
CREATE INDEX ON parted_invoice (invoice_date) INCLUDE (store_id, total) WHERE issued_at IS NOT NULL;
CREATE INDEX ON parted_invoice (upper(invoice_number));
"""
# Financial years begin on the first of April.
YEARS = """
SELECT y, make_date(y, 4, 1)::text, make_date(y + 1, 4, 1)::text FROM generate_series(
    (SELECT extract(year FROM min(invoice_date) - interval '3 months')::int FROM invoicing_invoice),
    (SELECT extract(year FROM max(invoice_date) - interval '3 months')::int FROM invoicing_invoice)) AS y
"""
READS = {
    "newest 50 of a store": "SELECT * FROM {t} WHERE store_id = %(store)s ORDER BY id DESC LIMIT 50",
    "one bill by id": "SELECT * FROM {t} WHERE id = %(id)s",
    "one bill by id and date": "SELECT * FROM {t} WHERE id = %(id)s AND invoice_date = %(date)s",
    "one bill by its number": "SELECT * FROM {t} WHERE upper(invoice_number) = %(number)s",
    "billed in a month": "SELECT sum(total) FROM {t} WHERE issued_at IS NOT NULL"
    " AND invoice_date BETWEEN %(date)s::date - 30 AND %(date)s",
    "a customer's newest 50": "SELECT * FROM {t} WHERE customer_id = %(customer)s ORDER BY id DESC LIMIT 50",
}
SIZES = (
    "SELECT relname, pg_table_size(oid) / %(bills)s::numeric, pg_indexes_size(oid) / %(bills)s::numeric"
    " FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    " AND pg_total_relation_size(oid) > 20 * %(bills)s ORDER BY pg_total_relation_size(oid) DESC"
)


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else BILLS
    with shop_of_its_own() as shop:
        scene = set_scene(shop)
        _issue_patterns(shop, scene)
        began = time.monotonic()
        grow.bills(shop, scene, wanted)
        print(f"{wanted} bills made in {time.monotonic() - began:.0f} s")
        with as_superuser(shop) as connection:
            for name, table, indexes in connection.execute(SIZES, {"bills": wanted}):
                print(f"{name}: {table:.0f} bytes a bill, and {indexes:.0f} of indexes")
            for line in _compare(connection):
                print(line)


def _issue_patterns(shop: Shop, scene: Scene) -> None:
    """Bills of five lines that are then copied."""
    client = Client(shop.port, scene.tokens[0])
    lines = [{"variant": variant, "quantity": 1} for variant in scene.variants[: grow.LINES_EACH]]
    for booking in scene.bookings[:5]:
        client.call("POST", "/invoices/", {"booking": booking, "line_items": lines})
    client.close()


def _compare(connection: Connection[Any]) -> Iterator[str]:
    connection.execute(PARTED.encode())
    names = []
    for year, first, after in connection.execute(YEARS.encode()).fetchall():
        names.append(f"parted_invoice_{year}")
        part = sql.SQL("CREATE TABLE {} PARTITION OF parted_invoice FOR VALUES FROM ({}) TO ({})")
        connection.execute(part.format(sql.Identifier(names[-1]), sql.Literal(first), sql.Literal(after)))
    began = time.monotonic()
    connection.execute("INSERT INTO parted_invoice SELECT * FROM invoicing_invoice")
    connection.execute("VACUUM (ANALYZE) parted_invoice")
    yield f"copied into {len(names)} years in {time.monotonic() - began:.1f} s"
    row = connection.execute(
        "SELECT id, invoice_date::text, upper(invoice_number), store_id, customer_id FROM invoicing_invoice"
        " WHERE series = 'GROWN' ORDER BY id OFFSET 1000 LIMIT 1"
    ).fetchone()
    assert row is not None
    asked = dict(zip(("id", "date", "number", "store", "customer"), row, strict=True))
    for name, read in READS.items():
        one = _ms(connection, read.format(t="invoicing_invoice"), asked)
        many = _ms(connection, read.format(t="parted_invoice"), asked)
        yield f"{name}: one table {one:.2f} ms, by year {many:.2f} ms"
    began = time.monotonic()
    connection.execute(f"ALTER TABLE parted_invoice DETACH PARTITION {names[0]}".encode())
    yield f"the oldest year taken away in {(time.monotonic() - began) * 1000:.0f} ms"
    began = time.monotonic()
    done = connection.execute(
        f"DELETE FROM parted_invoice WHERE invoice_date < (SELECT max(invoice_date) - 365 FROM {names[-1]})".encode()
    )
    yield f"{done.rowcount} bills of another year deleted row by row in {time.monotonic() - began:.1f} s"


def _ms(connection: Connection[Any], read: str, asked: dict[str, Any]) -> float:
    """Planning and running, as PostgreSQL counts it; the median."""
    found = []
    for _ in range(ROUNDS):
        row = connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {read}".encode(), asked).fetchone()
        assert row is not None
        found.append(row[0][0]["Planning Time"] + row[0][0]["Execution Time"])
    return statistics.median(found)


if __name__ == "__main__":
    main()
