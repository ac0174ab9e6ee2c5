"""Cash sessions put wrong."""

from tests.reports.sabotage.kit import Sabotage

A_CLOSED_ONE = "(SELECT min(id) FROM payments_cashsession WHERE z_number IS NOT NULL)"
LAST_CLOSED = "(SELECT max(id) FROM payments_cashsession WHERE z_number IS NOT NULL)"

DRAWERS = (
    Sabotage(
        "money-in-one-session",
        (
            """UPDATE payments_paymentrecord SET cash_session_id = NULL
            WHERE cash_session_id IN (SELECT id FROM payments_cashsession WHERE closed_at IS NULL)""",
        ),
    ),
    Sabotage(
        "rows-of-one-store",
        (
            """UPDATE refunds_refund r SET cash_session_id = (SELECT max(s.id) FROM payments_cashsession s
                WHERE s.closed_at IS NULL AND s.store_id <> r.store_id) WHERE mode <> 'credit'""",
        ),
    ),
    Sabotage(
        "session-expects-its-money",
        (
            f"""UPDATE payments_cashsession SET opening_float = opening_float + 1
            WHERE id = {A_CLOSED_ONE}""",
        ),
    ),
    Sabotage(
        "session-expects-its-money",
        ("UPDATE payments_cashmovement SET amount = amount + 1 WHERE id = 1",),
    ),
    Sabotage(
        "session-difference",
        (f"UPDATE payments_cashsession SET upi_difference = 7, note = 'x' WHERE id = {A_CLOSED_ONE}",),
        (("payments_cashsession", "payments_upi_difference_is_the_rest"),),
    ),
    Sabotage(
        "session-difference",
        ("UPDATE payments_cashsession SET note = '' WHERE cash_difference <> 0",),
        (("payments_cashsession", "payments_difference_has_reason"),),
    ),
    Sabotage(
        "count-adds-up",
        (
            f"""UPDATE payments_cashsession SET counted = jsonb_set(counted, '{{coins}}', '"999.00"')
            WHERE id = {A_CLOSED_ONE}""",
        ),
    ),
    Sabotage(
        "z-numbers-without-hole",
        (f"UPDATE payments_cashsession SET z_number = z_number + 1 WHERE id = {LAST_CLOSED}",),
    ),
    Sabotage("z-numbers-without-hole", ("UPDATE payments_zcounter SET last_number = last_number + 1",)),
    Sabotage(
        "one-open-session",
        (
            """WITH second AS (
                INSERT INTO payments_cashsession (store_id, business_date, opened_at, opened_by_id, opening_float)
                SELECT store_id, business_date, opened_at, opened_by_id, 0 FROM payments_cashsession
                WHERE closed_at IS NULL LIMIT 1 RETURNING id, opened_by_id)
            INSERT INTO core_auditrecord (user_id, request_id, verb, kind, object_id)
            SELECT opened_by_id, 'by hand', 'cash_session.open', 'cash_session', id FROM second""",
        ),
        (("payments_cashsession", "payments_one_open_session"),),
    ),
)
