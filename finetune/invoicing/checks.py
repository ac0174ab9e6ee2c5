"""A warning for owners: stores of several GSTINs that number their bills in one series."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError

from finetune.core.listing import rows_of

_SHARED = """
SELECT kind, invoicing_series_for(kind, s.gstin) AS series,
    array_agg(DISTINCT s.gstin ORDER BY s.gstin) AS gstins
FROM stores_store s CROSS JOIN (VALUES ('invoice'), ('bill_of_supply')) AS kinds (kind)
WHERE s.gstin <> '' GROUP BY 1, 2 HAVING count(DISTINCT s.gstin) > 1
"""


@register(Tags.database)
def series_shared_by_gstins(*, databases: Sequence[str] | None = None, **given: Any) -> list[CheckMessage]:
    """Numbers are consecutive per GSTIN (Rule 46(b)): a shared series leaves each GSTIN holes to explain."""
    if not databases:
        return []
    try:
        shared = rows_of(_SHARED, None)
    except DatabaseError:  # before the first migration there is nothing to warn of
        return []
    return [
        Warning(
            f"The series {row['series']} numbers documents of several GSTINs: {', '.join(row['gstins'])}.",
            hint="Open a series for each at POST /api/invoice-sequences/ with its gstin, or explain its "
            "holes in table 13.",
            id="invoicing.W001",
        )
        for row in shared
    ]
