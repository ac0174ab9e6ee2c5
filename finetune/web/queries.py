"""What the front page tells: each figure of the caller's stores by store, a few statements for all of them.

Days are bounded, and every statement reads an index: what was billed in thirty days from `invoicing_billed_by_day`,
what is owed from `invoicing_owed`, what is on the bench and what waits from theirs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.conf import settings

from finetune.bookings.rules import BENCH, LATE_AFTER_DAYS
from finetune.core.caller import Caller
from finetune.core.listing import Row, rows_of
from finetune.core.money import ZERO
from finetune.web.day.queries import open_sessions

DAYS_SHOWN: Final = 30
MODES: Final = ("upi", "cash", "card", "emi")
_HERE: Final = "(%(stores)s::bigint[] IS NULL OR {0}store_id = ANY(%(stores)s))"

# A bill is cancelled on its day or later, so the cancellations of these days are those written since.
_BILLED: Final = f"""
SELECT day, store_id AS store, sum(number)::bigint AS number, sum(total) AS total FROM (
    SELECT i.invoice_date AS day, i.store_id, count(*) AS number, sum(i.total) AS total
    FROM invoicing_invoice i
    WHERE i.invoice_date BETWEEN %(first)s AND %(today)s AND i.issued_at IS NOT NULL AND {_HERE.format("i.")}
    GROUP BY 1, 2
    UNION ALL
    SELECT i.invoice_date, i.store_id, -count(*), -sum(i.total)
    FROM invoicing_invoicecancellation c JOIN invoicing_invoice i ON i.id = c.invoice_id
    WHERE c.cancelled_at >= %(first)s::timestamp AT TIME ZONE 'Asia/Kolkata'
        AND i.invoice_date BETWEEN %(first)s AND %(today)s AND {_HERE.format("i.")}
    GROUP BY 1, 2
) billed GROUP BY 1, 2"""

_RECEIVED: Final = f"""
SELECT p.mode, sum(p.amount) AS total, count(*) AS number,
    coalesce(sum(p.amount) FILTER (WHERE p.business_date = %(today)s), 0.00) AS today
FROM payments_paymentrecord p
WHERE p.business_date BETWEEN %(first)s AND %(today)s AND p.mode <> 'credit' AND p.is_live AND {_HERE.format("p.")}
GROUP BY p.mode"""

# The condition is that of the index, or it would not be used. How few bills it leaves is not in the statistics: LIMIT
# keeps the bills from being joined any other way than one by one.
_OWED: Final = f"""
SELECT i.store_id AS store, count(*) AS number, sum(st.owed) AS total,
    count(*) FILTER (WHERE i.due_date < %(today)s) AS overdue,
    coalesce(sum(st.owed) FILTER (WHERE i.due_date < %(today)s), 0.00) AS overdue_total
FROM (
    SELECT invoice_id, total - amount_credited - amount_paid - amount_deposited + amount_to_credit + amount_refunded
        AS owed
    FROM invoicing_settlement
    WHERE NOT is_cancelled
        AND total > amount_credited + amount_paid + amount_deposited - amount_to_credit - amount_refunded
) st CROSS JOIN LATERAL (SELECT store_id, due_date FROM invoicing_invoice WHERE id = st.invoice_id LIMIT 1) i
WHERE {_HERE.format("i.")} GROUP BY i.store_id"""

_BENCH: Final = f"""
SELECT b.store_id AS store, count(*) AS number, count(*) FILTER (WHERE b.status = 'ready') AS ready,
    count(*) FILTER (WHERE b.created_at < %(late)s) AS late
FROM bookings_booking b
WHERE b.kind = 'repair' AND b.status IN {BENCH} AND {_HERE.format("b.")} GROUP BY b.store_id"""

_LOW: Final = f"""
SELECT l.store_id AS store, count(*) AS number
FROM inventory_stockledger l JOIN catalog_variant v ON v.id = l.product_variant_id
WHERE l.quantity - l.reserved <= coalesce(v.reorder_level, %(low_at)s) AND {_HERE.format("l.")}
GROUP BY l.store_id"""

_WAITING: Final = f"""
SELECT e.store_id AS store, count(*) AS number FROM inventory_stockentry e
WHERE e.status = 'pending_approval' AND {_HERE.format("e.")} GROUP BY e.store_id"""


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    number: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class Mode:
    """Money in one mode over the days that are shown."""

    mode: str
    number: int
    total: Decimal
    today: Decimal


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one store, or of several together. `cash` is None where no drawer is open."""

    billed: Decimal = ZERO
    bills: int = 0
    yesterday: Decimal = ZERO
    cash: Decimal | None = None
    owed: Decimal = ZERO
    owed_bills: int = 0
    overdue: Decimal = ZERO
    overdue_bills: int = 0
    on_bench: int = 0
    ready: int = 0
    late: int = 0
    low: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Dashboard:
    figures: Figures
    by_store: dict[int, Figures]
    days: list[Day]
    modes: list[Mode]

    @property
    def received_today(self) -> Decimal:
        return sum((each.today for each in self.modes), ZERO)


def dashboard(caller: Caller, store_ids: list[int] | None, *, today: date, now: datetime) -> Dashboard:
    """All figures of these stores; None is every store. The caller must see them."""
    first = today - timedelta(days=DAYS_SHOWN - 1)
    given = {
        "stores": store_ids,
        "today": today,
        "first": first,
        "late": now - timedelta(days=LATE_AFTER_DAYS),
        "low_at": settings.LOW_STOCK_AT,
    }
    billed = rows_of(_BILLED, given)
    sessions = open_sessions(caller)
    by_store = {
        "today": _of(row for row in billed if row["day"] == today),
        "yesterday": _of(row for row in billed if row["day"] == today - timedelta(days=1)),
        "session": {id: row for id, row in sessions.items() if store_ids is None or id in store_ids},
        "owed": _of(rows_of(_OWED, given)),
        "bench": _of(rows_of(_BENCH, given)),
        "low": _of(rows_of(_LOW, given)),
        "waiting": _of(rows_of(_WAITING, given)),
    }
    stores = sorted({store for rows in by_store.values() for store in rows})
    figures = {store: _figures(store, by_store) for store in stores}
    return Dashboard(
        figures=_together(figures.values()),
        by_store=figures,
        days=_days(billed, first),
        modes=_modes(rows_of(_RECEIVED, given)),
    )


def _of(rows: Iterable[Row]) -> dict[int, Row]:
    return {row["store"]: row for row in rows}


def _figures(store: int, by_store: dict[str, dict[int, Row]]) -> Figures:
    today, yesterday, session, owed, bench, low, waiting = (
        by_store[name].get(store, {})
        for name in ("today", "yesterday", "session", "owed", "bench", "low", "waiting")
    )
    return Figures(
        billed=today.get("total", ZERO),
        bills=today.get("number", 0),
        yesterday=yesterday.get("total", ZERO),
        cash=session.get("cash_expected"),
        owed=owed.get("total", ZERO),
        owed_bills=owed.get("number", 0),
        overdue=owed.get("overdue_total", ZERO),
        overdue_bills=owed.get("overdue", 0),
        on_bench=bench.get("number", 0),
        ready=bench.get("ready", 0),
        late=bench.get("late", 0),
        low=low.get("number", 0),
        waiting=waiting.get("number", 0),
    )


def _together(all_figures: Iterable[Figures]) -> Figures:
    each = list(all_figures)
    drawers = [one.cash for one in each if one.cash is not None]
    return Figures(
        billed=sum((one.billed for one in each), ZERO),
        bills=sum(one.bills for one in each),
        yesterday=sum((one.yesterday for one in each), ZERO),
        cash=sum(drawers, ZERO) if drawers else None,
        owed=sum((one.owed for one in each), ZERO),
        owed_bills=sum(one.owed_bills for one in each),
        overdue=sum((one.overdue for one in each), ZERO),
        overdue_bills=sum(one.overdue_bills for one in each),
        on_bench=sum(one.on_bench for one in each),
        ready=sum(one.ready for one in each),
        late=sum(one.late for one in each),
        low=sum(one.low for one in each),
        waiting=sum(one.waiting for one in each),
    )


def _days(billed: list[Row], first: date) -> list[Day]:
    """Every day, those without a bill included."""
    days = []
    for number in range(DAYS_SHOWN):
        on = first + timedelta(days=number)
        rows = [row for row in billed if row["day"] == on]
        days.append(Day(on, sum(row["number"] for row in rows), sum((row["total"] for row in rows), ZERO)))
    return days


def _modes(rows: list[Row]) -> list[Mode]:
    found = {row["mode"]: row for row in rows}
    return [
        Mode(mode, found[mode]["number"], found[mode]["total"], found[mode]["today"])
        if mode in found
        else Mode(mode, 0, ZERO, ZERO)
        for mode in MODES
    ]
