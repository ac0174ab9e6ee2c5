"""What PostgreSQL makes of our lists: whether a page is found by an index, and how long the rollup takes."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from bench.scene import Scene
from bench.shop import Shop

# Tables that grow with every bill: a page of fifty rows must never read one of them whole.
GROWING = frozenset(
    {
        "invoicing_invoice",
        "invoicing_invoicelineitem",
        "invoicing_settlement",
        "invoicing_publiclink",
        "payments_paymentrecord",
        "inventory_stockentry",
        "core_auditrecord",
    }
)
PATHS = (
    "/api/invoices/",
    "/api/invoices/?ordering=-invoice_date",
    "/api/invoices/?number=FT-INV-0001",
    "/api/invoices/?customer={customer}",
    "/api/invoices/?booking={booking}",
    "/api/payments/",
    "/api/payments/?invoice={bill}",
    "/api/stock-ledgers/",
    "/api/stock-entries/",
    "/api/stock-entries/?product_variant={variant}",
)
ROLLUPS = {
    "first page": "/api/stock-ledgers/rollup/",
    "by SKU": "/api/stock-ledgers/rollup/?ordering=sku",
    "one variant": "/api/stock-ledgers/rollup/?product_variant={grown}",
}
REPEATS = 9


def walks(shop: Shop, scene: Scene) -> Mapping[str, str]:
    """For each list, the growing tables that its page reads from end to end; nothing where it needs none."""
    known = {
        "customer": scene.customers[0],
        "booking": scene.bookings[0],
        "bill": scene.bills[0],
        "variant": scene.variants[0],
    }
    found = {}
    for path in PATHS:
        [plan] = _explained(shop, scene.store, path.format(**known), repeats=1)
        whole = {node["Relation Name"] for node in _nodes(plan["Plan"]) if node["Node Type"] == "Seq Scan"}
        found[path] = ", ".join(f"reads all of {table}" for table in sorted(whole & GROWING))
    return found


def rollup_times(shop: Shop) -> Mapping[str, float]:
    """Milliseconds of SQL for a page of fifty, the median of some, planning not counted."""
    with shop.connect() as connection:
        row = connection.execute("SELECT id FROM catalog_variant WHERE sku = 'GROWN-77'").fetchone()
        assert row is not None, "stock is grown first"
    times = {}
    for name, path in ROLLUPS.items():
        explained = _explained(shop, None, path.format(grown=row[0]), repeats=REPEATS)
        times[name] = sorted(each["Execution Time"] for each in explained)[REPEATS // 2]
    return times


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def _explained(shop: Shop, store: int | None, path: str, *, repeats: int) -> list[dict[str, Any]]:
    """The list's own statement, caught on its way to the database by a process with the shop's code."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "bench.explain", path, json.dumps(store), str(repeats)],
        env=shop.environment(DATABASE_URL=shop.url, SECRET_KEY="of no use here", REQUEST_LOG=""),  # noqa: S106
        capture_output=True,
        text=True,
        check=False,
        cwd=os.getcwd(),
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-2000:])
    plans: list[dict[str, Any]] = json.loads(done.stdout)
    return plans
