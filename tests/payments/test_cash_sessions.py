"""What the database promises of cash sessions, whoever writes."""

import pytest
from django.db import DatabaseError, transaction

from tests.inventory.shelf import fetch
from tests.invoicing import desk
from tests.invoicing.desk import execute


@pytest.fixture
def closed(shop) -> int:
    """A session of Pune with a payment and a movement, closed."""
    bill = desk.bill_of("5000.00", shop)
    desk.made(desk.pay(shop.bilal, bill["id"], "500.00"))
    [(session,)] = fetch("SELECT id FROM payments_cashsession")
    path = f"/cash-sessions/{session}"
    desk.made(shop.bilal.post(f"{path}/movements/", {"kind": "bank", "amount": "400", "reason": "bank"}))
    desk.made(shop.bilal.post(f"{path}/close/", {"notes": {"100": 1}}), 200)
    return int(session)


def refused(statement: str, why: str) -> None:
    with pytest.raises(DatabaseError, match=why), transaction.atomic():
        execute(statement)


@pytest.mark.parametrize(
    "change",
    [
        "note = 'x'",
        "cash_counted = 1",
        "z_number = 9",
        "opening_float = 1",
        "closed_at = NULL",
        "store_id = 0",
    ],
)
def test_a_closed_session_never_changes(closed, change):
    refused(f"UPDATE payments_cashsession SET {change} WHERE id = {closed}", "frozen")


def test_nothing_is_taken_away(closed):
    refused(f"DELETE FROM payments_cashsession WHERE id = {closed}", "frozen")
    refused("DELETE FROM payments_cashmovement", "frozen")
    refused("UPDATE payments_cashmovement SET amount = 1", "frozen")


def test_an_open_session_is_only_closed(shop):
    desk.made(shop.bilal.post("/cash-sessions/", {"store": shop.pune}))
    refused("UPDATE payments_cashsession SET opening_float = 7", "frozen")
    refused("UPDATE payments_cashsession SET note = 'x'", "frozen")
    refused("UPDATE payments_cashsession SET closed_at = now()", "payments_session_closed_whole")
    refused("UPDATE payments_cashsession SET store_id = 0, closed_at = now()", "frozen")


def test_no_movement_in_a_closed_one(shop, closed):
    refused(
        f"""INSERT INTO payments_cashmovement (cash_session_id, kind, amount, reason, moved_by_id)
        VALUES ({closed}, 'paid_in', 1, 'late', {shop.bilal.id})""",
        "cash_session_closed",
    )


def test_the_database_chooses_the_session(shop, closed):
    """Whatever session a writer names, money falls into the open one of its store."""
    execute(
        """INSERT INTO payments_paymentrecord (invoice_id, store_id, amount, mode, received_by_id, received_at,
            business_date, cash_session_id)
        SELECT invoice_id, store_id, 1, 'cash', received_by_id, received_at, business_date, cash_session_id
        FROM payments_paymentrecord WHERE cash_session_id = %s""",
        closed,
    )
    [(session, store, by_itself, opening)] = fetch(
        """SELECT s.id, s.store_id, s.opened_by_itself, s.opening_float FROM payments_paymentrecord p
        JOIN payments_cashsession s ON s.id = p.cash_session_id WHERE p.amount = 1"""
    )
    assert session != closed
    assert (store, by_itself, opening) == (shop.pune, True, 100)


def test_a_lost_counter_goes_on_from_the_highest(shop, closed):
    execute("DELETE FROM payments_zcounter")
    made = desk.made(shop.bilal.post("/cash-sessions/", {"store": shop.pune}))
    z = shop.bilal.post(f"/cash-sessions/{made['id']}/close/", {"notes": {"100": 1}}).data
    assert z["z_number"] == 2


@pytest.mark.parametrize(
    ("column", "why"),
    [
        ("cash_difference = 1", "payments_cash_difference_is_the_rest"),
        ("card_total = 5", "payments_card_difference_is_the_rest"),
        ("upi_difference = 0", "payments_upi_difference_is_the_rest"),
        ("cash_counted = 1, cash_difference = -99", "payments_difference_has_reason"),
    ],
)
def test_a_closing_adds_up(shop, column, why):
    desk.made(shop.bilal.post("/cash-sessions/", {"store": shop.pune, "opening_float": "100"}))
    rest = "" if "cash_counted" in column else ", cash_counted = 100"
    rest += "" if "cash_difference" in column else ", cash_difference = 0"
    refused(
        f"""UPDATE payments_cashsession SET closed_at = now() + interval '1 second', closed_by_id = opened_by_id,
            z_number = 1, counted = '{{}}', cash_expected = 100, card_expected = 0, upi_expected = 0, {column}{rest}""",
        why,
    )
