"""Cash sessions: all money in one, and each closed as its money says."""

from typing import Final

from finetune.reports.checks.check import Check

CLOSED: Final = (
    "payments_cashsession.closed_once", "payments_cashsession.kept_rows", "payments_cashsession.frozen_table",
    "payments_session_closed_whole",
)  # fmt: skip
INTO: Final = (
    "payments_paymentrecord.into_session", "refunds_refund.into_session", "deposits_depositrefund.into_session",
)  # fmt: skip
# All money that came in or went back, but for customer's credit.
MONEY: Final = """(
    SELECT 'payment' AS what, id, store_id, mode, amount, cash_session_id, created_at
    FROM payments_paymentrecord WHERE mode <> 'credit'
    UNION ALL
    SELECT 'refund', id, store_id, mode, -amount, cash_session_id, created_at
    FROM refunds_refund WHERE mode <> 'credit'
    UNION ALL
    SELECT 'deposit_refund', id, store_id, mode, -amount, cash_session_id, issued_at FROM deposits_depositrefund
)"""

IN_ONE = Check(
    "money-in-one-session",
    "Since sessions began, all money that came in or went back is in one.",
    INTO,
    f"""SELECT m.what, m.id, m.store_id AS store, m.mode, m.amount, m.cash_session_id AS session FROM {MONEY} m
    WHERE NOT EXISTS (SELECT FROM payments_cashsession s WHERE s.id = m.cash_session_id)
        AND (m.cash_session_id IS NOT NULL
            OR m.created_at >= (SELECT min(s.created_at) FROM payments_cashsession s))""",
)

EXPECTED = Check(
    "session-expects-its-money",
    "A closed session expects its float and cash less what went back or was taken out, and its cards and UPI.",
    (*CLOSED, *INTO, "payments_cashmovement.into_session", "payments_cashmovement.frozen_rows"),
    f"""SELECT s.id AS session, s.z_number, s.cash_expected,
        s.opening_float + coalesce(m.cash, 0) + coalesce(c.amount, 0) AS cash, s.card_expected,
        coalesce(m.card, 0) AS card, s.upi_expected, coalesce(m.upi, 0) AS upi
    FROM payments_cashsession s LEFT JOIN (
        SELECT cash_session_id, sum(amount) FILTER (WHERE mode = 'cash') AS cash,
            sum(amount) FILTER (WHERE mode = 'card') AS card, sum(amount) FILTER (WHERE mode = 'upi') AS upi
        FROM {MONEY} money GROUP BY 1
    ) m ON m.cash_session_id = s.id LEFT JOIN (
        SELECT cash_session_id, sum(CASE kind WHEN 'paid_in' THEN amount ELSE -amount END) AS amount
        FROM payments_cashmovement GROUP BY 1
    ) c ON c.cash_session_id = s.id
    WHERE s.closed_at IS NOT NULL AND (s.cash_expected, s.card_expected, s.upi_expected) IS DISTINCT FROM
        (s.opening_float + coalesce(m.cash, 0) + coalesce(c.amount, 0), coalesce(m.card, 0), coalesce(m.upi, 0))""",
)

DIFFERENCE = Check(
    "session-difference",
    "A difference is what was counted or read off less what was expected, and never without a reason.",
    (
        "payments_cash_difference_is_the_rest", "payments_card_difference_is_the_rest",
        "payments_upi_difference_is_the_rest", "payments_difference_has_reason", *CLOSED,
    ),
    """SELECT id AS session, z_number, cash_difference, card_difference, upi_difference, note
    FROM payments_cashsession
    WHERE cash_difference IS DISTINCT FROM cash_counted - cash_expected
        OR card_difference IS DISTINCT FROM card_total - card_expected
        OR upi_difference IS DISTINCT FROM upi_total - upi_expected
        OR (note = '' AND (cash_difference <> 0 OR card_difference <> 0 OR upi_difference <> 0))""",
)  # fmt: skip

COUNTED = Check(
    "count-adds-up",
    "What was counted is so many of each note and the coins.",
    CLOSED,
    """SELECT s.id AS session, s.z_number, s.cash_counted, s.counted FROM payments_cashsession s
    WHERE s.closed_at IS NOT NULL AND s.cash_counted <> (s.counted->>'coins')::numeric + (
        SELECT coalesce(sum(n.key::numeric * n.value::numeric), 0) FROM jsonb_each_text(s.counted->'notes') n)""",
)

Z_NUMBERS = Check(
    "z-numbers-without-hole",
    "A closed session has a Z number, an open one has none; in a store they count from 1 without a hole, in order.",
    ("payments_z_number_once", *CLOSED),
    """SELECT id AS session, store_id AS store, z_number, place, highest, last_number FROM (
        SELECT s.id, s.store_id, s.z_number, s.closed_at, c.last_number,
            row_number() OVER (PARTITION BY s.store_id, s.closed_at IS NULL ORDER BY s.id) AS place,
            max(s.z_number) OVER (PARTITION BY s.store_id) AS highest
        FROM payments_cashsession s LEFT JOIN payments_zcounter c ON c.store_id = s.store_id
    ) n WHERE (closed_at IS NULL) <> (z_number IS NULL) OR (closed_at IS NOT NULL AND z_number <> place)
        OR highest <> last_number""",
)

ONE_OPEN = Check(
    "one-open-session",
    "A store has one open session at most.",
    ("payments_one_open_session",),
    """SELECT store_id AS store, array_agg(id ORDER BY id) AS sessions FROM payments_cashsession
    WHERE closed_at IS NULL GROUP BY store_id HAVING count(*) > 1""",
)

CHECKS: Final = (IN_ONE, EXPECTED, DIFFERENCE, COUNTED, Z_NUMBERS, ONE_OPEN)
