"""What the database refuses to the application's own role, whatever code asks."""

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from tests.inventory import shelf


@pytest.fixture
def stock(shop):
    """Every table of the room has a row: a posted entry, one that waits, a unit, its event, a price
    change."""
    variant = shelf.tracked_variant()
    entry = shelf.post(shop.asha, "purchase", shop.pune, variant, 1, serials=["A"])
    waiting = shelf.post(shop.asha, "purchase", shop.pune, shelf.guarded_variant(), 1)
    shop.asha.patch(f"/variants/{variant}/", {"price": "1.00"})
    return {"entry": entry, "waiting": waiting, "approver": shop.admin.id, "maker": shop.asha.id}


def sqlstate_of(sql: str) -> tuple[str, str]:
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    cause = caught.value.__cause__
    assert isinstance(cause, psycopg.Error)
    return cause.sqlstate or "", cause.diag.message_primary or ""


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE inventory_stockentry SET quantity = 9 WHERE id = {entry}",
        "UPDATE inventory_stockentry SET reason = 'other' WHERE id = {entry}",
        "UPDATE inventory_stockentry SET status = 'rejected', balance_after = NULL WHERE id = {entry}",
        "UPDATE inventory_stockentry SET id = id",
        "UPDATE inventory_stockentry SET delta = 5, status = 'posted' WHERE id = {waiting}",
        "UPDATE inventory_stockentry SET entered_by_id = 1, status = 'rejected' WHERE id = {waiting}",
        "UPDATE inventory_stockentry SET reason = 'other' WHERE id = {waiting}",
        "DELETE FROM inventory_stockentry WHERE id = {waiting}",
        "DELETE FROM inventory_stockledger",
        "UPDATE inventory_stockledger SET store_id = store_id + 1",
        "UPDATE inventory_stockledger SET product_variant_id = product_variant_id + 1",
        "DELETE FROM inventory_serialnumber",
        "UPDATE inventory_serialnumber SET serial_no = 'B'",
        "UPDATE inventory_serialevent SET to_status = 'sold'",
        "DELETE FROM inventory_serialevent",
        "UPDATE inventory_pricelog SET new_price = 1",
        "DELETE FROM inventory_pricelog",
    ],
)
def test_frozen(stock, sql):
    assert sqlstate_of(sql.format(**stock)) == ("FT001", "frozen")


@pytest.mark.parametrize(
    "table", ["stockentry", "stockledger", "serialnumber", "serialevent", "pricelog", "inventoryconfig"]
)
def test_no_table_is_emptied(stock, table):
    state, _ = sqlstate_of(f"TRUNCATE inventory_{table} CASCADE")
    assert state == "42501"  # the role may not; the owner meets the trigger


@pytest.mark.parametrize("table", ["stockentry", "stockledger", "serialnumber", "serialevent", "pricelog"])
def test_nor_by_the_owner(db, table):
    [(count,)] = shelf.fetch(
        "SELECT count(*) FROM pg_trigger"
        " WHERE tgrelid = %s::regclass AND tgname = 'frozen_table' AND tgenabled = 'O'",
        f"inventory_{table}",
    )
    assert count == 1


def test_a_waiting_entry_may_be_decided_once(stock):
    decide = (
        "UPDATE inventory_stockentry SET status = 'posted', balance_after = 1, approved_by_id = {approver},"
        " decided_at = now() WHERE id = {waiting}"
    ).format(**stock)
    with connection.cursor() as cursor:
        cursor.execute(decide)
        assert cursor.rowcount == 1
    assert sqlstate_of(decide) == ("FT001", "frozen")


def test_never_by_its_maker(stock):
    state, _ = sqlstate_of(
        "UPDATE inventory_stockentry SET status = 'posted', balance_after = 1, approved_by_id = {maker},"
        " decided_at = now() WHERE id = {waiting}".format(**stock)
    )
    assert state == "23514"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE inventory_stockledger SET quantity = -1",
        "UPDATE inventory_stockledger SET reserved = quantity + 1",
        "UPDATE inventory_serialnumber SET status = 'lost'",
    ],
)
def test_never_negative_never_unknown(stock, sql):
    assert sqlstate_of(sql)[0] == "23514"


def test_a_serial_stands_once(stock):
    state, _ = sqlstate_of(
        "INSERT INTO inventory_serialnumber (serial_no, product_variant_id, store_id, status)"
        " SELECT serial_no, product_variant_id, store_id, status FROM inventory_serialnumber"
    )
    assert state == "23505"


def test_what_is_posted_says_what_it_left(stock):
    """A CHECK that comes to NULL lets the row pass."""
    columns = "entry_type, status, store_id, product_variant_id, quantity, delta, entered_by_id"
    state, _ = sqlstate_of(
        f"INSERT INTO inventory_stockentry ({columns}) SELECT {columns} FROM inventory_stockentry"
        f" WHERE id = {stock['entry']}"
    )
    assert state == "23514"


@pytest.mark.parametrize("missing", ["approved_by_id", "decided_at"])
def test_nobody_is_no_approver(stock, missing):
    given = {"approved_by_id": str(stock["approver"]), "decided_at": "now()", missing: "NULL"}
    changes = ", ".join(f"{name} = {value}" for name, value in given.items())
    assert sqlstate_of(
        f"UPDATE inventory_stockentry SET status = 'posted', balance_after = 1, {changes} WHERE id = {stock['waiting']}"
    ) == ("FT001", "frozen")
