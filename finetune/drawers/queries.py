"""Reads and locks of cash sessions."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from finetune.core.caller import Caller
from finetune.core.listing import Listing, Ordering, Page, Row, read_one, read_page, rows_of
from finetune.core.refusals import not_found
from finetune.drawers.rules import Takings

# Money of the session `s`, either way. A refund that a bank turned down later is no less a part of it: what became of
# the money then is the customer's credit.
_MONEY: Final = """(
    SELECT p.mode, p.amount AS came, 0.00 AS went FROM payments_paymentrecord p WHERE p.cash_session_id = s.id{0}
    UNION ALL
    SELECT r.mode, 0.00, r.amount FROM refunds_refund r WHERE r.cash_session_id = s.id{0}
    UNION ALL
    SELECT d.mode, 0.00, d.amount FROM deposits_depositrefund d WHERE d.cash_session_id = s.id{0}
)"""
_STILL_OPEN: Final = " AND s.closed_at IS NULL"


def _takings(condition: str) -> str:
    return f"""SELECT s.opening_float + moved.amount + money.cash AS cash, money.card, money.upi
    FROM (
        SELECT coalesce(sum(m.came - m.went) FILTER (WHERE m.mode = 'cash'), 0.00) AS cash,
            coalesce(sum(m.came - m.went) FILTER (WHERE m.mode = 'card'), 0.00) AS card,
            coalesce(sum(m.came - m.went) FILTER (WHERE m.mode = 'upi'), 0.00) AS upi
        FROM {_MONEY.format(condition)} m
    ) money, (
        SELECT coalesce(sum(CASE c.kind WHEN 'paid_in' THEN c.amount ELSE -c.amount END), 0.00) AS amount
        FROM payments_cashmovement c WHERE c.cash_session_id = s.id{condition}
    ) moved"""


SESSIONS = Listing(
    what="cash session",
    select="""s.id, s.store_id AS store, s.business_date, s.z_number, s.opened_at, s.opened_by_id AS opened_by,
        s.opened_by_itself, s.opening_float, s.closed_at, s.closed_by_id AS closed_by,
        coalesce(s.cash_expected, now.cash) AS cash_expected, s.cash_counted, s.cash_difference,
        coalesce(s.card_expected, now.card) AS card_expected, s.card_total, s.card_difference,
        coalesce(s.upi_expected, now.upi) AS upi_expected, s.upi_total, s.upi_difference,
        s.counted::json AS counted, s.note""",
    # What an open session should hold is added up when it is read; a closed one says it.
    source=f"payments_cashsession s LEFT JOIN LATERAL ({_takings(_STILL_OPEN)}) now ON true",
    row_id="s.id",
    scope="%(stores)s::bigint[] IS NULL OR s.store_id = ANY(%(stores)s)",
    filters={
        "store": "s.store_id = %(store)s",
        "open": "(s.closed_at IS NULL) = %(open)s",
        "differs": "(coalesce(s.cash_difference, 0) <> 0 OR coalesce(s.card_difference, 0) <> 0"
        " OR coalesce(s.upi_difference, 0) <> 0) = %(differs)s",
        "date_from": "s.business_date >= %(date_from)s",
        "date_to": "s.business_date <= %(date_to)s",
    },
    orderings={"business_date": Ordering("s.business_date", date.fromisoformat)},
)

_BY_MODE: Final = f"""SELECT m.mode, sum(m.came) AS received, count(*) FILTER (WHERE m.came > 0) AS payments,
    sum(m.went) AS refunded, count(*) FILTER (WHERE m.went > 0) AS refunds, sum(m.came - m.went) AS net
FROM payments_cashsession s CROSS JOIN LATERAL {_MONEY.format("")} m WHERE s.id = %(id)s
GROUP BY m.mode ORDER BY array_position(ARRAY['cash', 'upi', 'card', 'emi'], m.mode::text)"""

_MOVEMENTS: Final = """SELECT c.id, c.kind, c.amount, c.reason, c.moved_by_id AS moved_by, c.created_at
FROM payments_cashmovement c WHERE c.cash_session_id = %(id)s ORDER BY c.id"""


def cash_session(caller: Caller, session_id: int) -> Row:
    """A session with its money by mode and what was moved. 404 outside the caller's stores."""
    row = read_one(SESSIONS, caller, session_id)
    by_mode = rows_of(_BY_MODE, {"id": session_id})
    return {**row, "by_mode": by_mode, "movements": rows_of(_MOVEMENTS, {"id": session_id})}


def cash_sessions(caller: Caller, query: Any) -> Page:
    return read_page(SESSIONS, caller, query)


def open_session_id(store_id: int, *, caller: Caller) -> int | None:
    rows = rows_of(
        """SELECT s.id FROM payments_cashsession s WHERE s.store_id = %(store)s AND s.closed_at IS NULL
        AND (%(stores)s::bigint[] IS NULL OR s.store_id = ANY(%(stores)s))""",
        {"store": store_id, "stores": caller.stores_param},
    )
    return int(rows[0]["id"]) if rows else None


def last_counted(store_id: int) -> Decimal | None:
    """What lay in the store's drawer when it was closed last."""
    rows = rows_of(
        """SELECT cash_counted FROM payments_cashsession WHERE store_id = %(store)s AND z_number IS NOT NULL
        ORDER BY z_number DESC LIMIT 1""",
        {"store": store_id},
    )
    return Decimal(rows[0]["cash_counted"]) if rows else None


SESSION_LOCK = "FOR UPDATE"


def lock_session(session_id: int, *, caller: Caller) -> Row:
    """A session, locked against whoever takes money into it. 404 outside the caller's stores."""
    rows = rows_of(
        f"""SELECT s.id, s.store_id, s.closed_at FROM payments_cashsession s
        WHERE s.id = %(id)s AND (%(stores)s::bigint[] IS NULL OR s.store_id = ANY(%(stores)s)) {SESSION_LOCK}""",
        {"id": session_id, "stores": caller.stores_param},
    )
    if not rows:
        raise not_found("cash session")
    return rows[0]


def takings(session_id: int) -> Takings:
    """What a session came to. A statement of its own after the lock, so that it sees what was waited for."""
    sql = f"SELECT t.* FROM payments_cashsession s CROSS JOIN LATERAL ({_takings('')}) t WHERE s.id = %(id)s"
    row = rows_of(sql, {"id": session_id})[0]
    return Takings(cash=row["cash"], card=row["card"], upi=row["upi"])
