# ruff: noqa: E402
"""EXPLAIN ANALYZE of what a list sends: `python -m bench.explain <path> <store or null> <times>`."""

import json
import os
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "finetune.settings")
import django

django.setup(set_prefix=False)

from django.db import connection

from finetune.core.caller import Caller
from finetune.inventory import queries as stock
from finetune.inventory.schemas import EntryQuery, LedgerQuery
from finetune.invoicing import queries as bills
from finetune.invoicing.schemas import InvoiceQuery
from finetune.payments import queries as payments
from finetune.payments.schemas import PaymentQuery

LISTS: dict[str, tuple[Any, Callable[[Caller, Any], Any]]] = {
    "/api/invoices/": (InvoiceQuery, bills.invoices),
    "/api/payments/": (PaymentQuery, payments.payments),
    "/api/stock-ledgers/": (LedgerQuery, stock.ledgers),
    "/api/stock-ledgers/rollup/": (LedgerQuery, stock.rollup),
    "/api/stock-entries/": (EntryQuery, stock.entries),
}


def main() -> None:
    path, store, times = urlsplit(sys.argv[1]), json.loads(sys.argv[2]), int(sys.argv[3])
    query, read = LISTS[path.path]
    given = query.model_validate({name: values[0] for name, values in parse_qs(path.query).items()})
    stores = None if store is None else (store,)
    role = "auditor" if store is None else "branch_head"
    found: list[Any] = []

    def explain(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        for _ in range(times):
            execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params, many, context)
            found.extend(context["cursor"].fetchone()[0])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        read(Caller(0, "bench", "Bench", role, stores, True), given)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
