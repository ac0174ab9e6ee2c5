"""What customers owe, by how long it is overdue. Only read here; a bill says itself what it owes."""

from datetime import date
from typing import Any, Final, Literal

from finetune.core.caller import Caller
from finetune.core.dates import today
from finetune.core.fields import QueryId
from finetune.core.listing import (
    Listing,
    Ordering,
    Page,
    Row,
    SearchQuery,
    read_decimal,
    read_page,
    read_totals,
)
from finetune.customers.queries import phone_pattern
from finetune.invoicing.queries import BALANCE, OWED, STATUS

Age = Literal["not_due", "30", "60", "90", "older"]
AGES: Final[tuple[Age, ...]] = ("not_due", "30", "60", "90", "older")

# A bill without a due date is due on its own day. `today` is a parameter.
_DUE = "coalesce(i.due_date, i.invoice_date)"
_DAYS = f"(%(today)s - {_DUE})"
AGE = f"""CASE WHEN {_DAYS} <= 0 THEN 'not_due' WHEN {_DAYS} <= 30 THEN '30' WHEN {_DAYS} <= 60 THEN '60'
    WHEN {_DAYS} <= 90 THEN '90' ELSE 'older' END"""

DUES = Listing(
    what="bill",
    select=f"""i.id, i.invoice_number, {STATUS} AS status, i.store_id AS store, i.customer_id AS customer,
        i.buyer->>'name' AS customer_name, i.buyer->>'phone' AS phone, i.invoice_date, {_DUE} AS due_date,
        greatest(0, {_DAYS}) AS days_late, {AGE} AS age, i.total, {BALANCE} AS balance_due""",
    source="invoicing_invoice i JOIN invoicing_settlement st ON st.invoice_id = i.id",
    row_id="i.id",
    # The scope keeps to what is owed: a list of debts has no other rows.
    scope=f"(%(stores)s::bigint[] IS NULL OR i.store_id = ANY(%(stores)s)) AND {OWED}",
    filters={
        "store": "i.store_id = %(store)s",
        "customer": "i.customer_id = %(customer)s",
        "age": f"({AGE}) = %(age)s",
        "q": """i.invoice_number ILIKE %(q)s OR i.buyer->>'name' ILIKE %(q)s OR i.customer_id IN (
            SELECT c.id FROM customers_customer c WHERE c.phone LIKE %(digits)s)""",
    },
    orderings={
        "due_date": Ordering(_DUE, date.fromisoformat),
        "balance_due": Ordering(BALANCE, read_decimal),
    },
    default_ordering="due_date",
)


class DuesQuery(SearchQuery):
    store: QueryId | None = None
    customer: QueryId | None = None
    age: Age | None = None


def _given(query: Any) -> Row:
    return {"today": today(), "digits": phone_pattern(query.q)}


def dues(caller: Caller, query: Any) -> Page:
    """The oldest first, unless another order is asked for."""
    return read_page(DUES, caller, query, **_given(query))


def due_totals(caller: Caller, query: Any) -> Row:
    """What is owed, all of it and by age, in one statement."""
    ages = ", ".join(
        f"coalesce(sum({BALANCE}) FILTER (WHERE ({AGE}) = '{age}'), 0.00) AS age_{age}" for age in AGES
    )
    sums = f"count(*) AS count, coalesce(sum({BALANCE}), 0.00) AS owed, {ages}"
    return read_totals(DUES, sums, caller, query, **_given(query))
