"""What the database refuses to the application's own role, whatever code asks."""

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from finetune.core.constraints import refusal_for
from tests.crediting.ledger import credit, deposit, faults, give_back, pay, refund, returned
from tests.invoicing import desk


@pytest.fixture
def rows(shop):
    """Every table of the three rooms has a row."""
    booking = shop.booking()
    voucher = deposit(shop.bilal, booking, "500.00")
    give_back(shop.asha, voucher, amount="50.00")
    body = desk.order(desk.labour(quantity="2", unit_price="500.00"), booking=booking)
    bill = desk.made(shop.bilal.post("/invoices/", body))
    payment = pay(shop.bilal, bill, "900.00", mode="upi", reference="U1", allow_credit=True)
    note = credit(shop.asha, bill, returned(bill["line_items"][0], "1"))
    given = desk.made(refund(shop.asha, payment, "20.00"))
    assert shop.asha.post(f"/refunds/{given['id']}/outcome/", {"succeeded": True}).status == 200
    assert faults() == []
    return {"note": note["id"], "line": bill["line_items"][0]["id"], "bill": bill["id"], "payment": payment["id"],
            "voucher": voucher["id"], "refund": given["id"], "asha": shop.asha.id, "store": shop.pune}  # fmt: skip


def refused(sql):
    """What the database says: the state, and the name of what it kept."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    cause = caught.value.__cause__
    assert isinstance(cause, psycopg.Error)
    return cause.sqlstate, cause.diag.constraint_name or cause.diag.message_primary, caught.value


FROZEN = (
    "crediting_creditnote", "crediting_creditnoteline", "crediting_customercreditentry", "refunds_refund",
    "refunds_refundoutcome", "deposits_deposit", "deposits_depositsetoff", "deposits_depositrefund",
    "payments_paymentrecord",
)  # fmt: skip
BALANCES = (
    "crediting_customercredit",
    "refunds_refundceiling",
    "deposits_depositbalance",
    "invoicing_settlement",
)


@pytest.mark.parametrize("table", FROZEN)
def test_frozen(rows, table):
    column = {"crediting_creditnoteline": "quantity", "crediting_customercreditentry": "delta",
              "refunds_refundoutcome": "to_bill"}.get(table, "amount")  # fmt: skip
    column = "total" if table == "crediting_creditnote" else column
    assert refused(f"UPDATE {table} SET {column} = {column} + 1")[:2] == ("FT001", "frozen")
    assert refused(f"DELETE FROM {table}")[:2] == ("FT001", "frozen")


@pytest.mark.parametrize("table", BALANCES)
def test_a_balance_is_not_removed(rows, table):
    assert refused(f"DELETE FROM {table}")[:2] == ("FT001", "frozen")


@pytest.mark.parametrize("table", FROZEN + BALANCES)
def test_no_table_is_emptied(rows, table):
    assert refused(f"TRUNCATE {table} CASCADE")[0] == "42501"  # the role may not; the owner meets the trigger


LINE = """INSERT INTO crediting_creditnoteline (note_id, line_id, position, quantity, restock, gross, discount_amount,
    invoice_discount_share, taxable_value, cgst, sgst, igst, cess, total)
    VALUES ({note}, {line}, 9, {quantity}, true, 0, 0, 0, 0, 0, 0, 0, 0, 0)"""


REFUND = """INSERT INTO refunds_refund (payment_id, invoice_id, store_id, amount, mode, reason, refunded_by_id,
    business_date) VALUES ({payment}, {bill}, {store}, 1, '{mode}', 'x', {asha}, current_date)"""


@pytest.mark.parametrize(("sql", "name"), [
    (LINE.replace("{note}", "-1").replace("{quantity}", "1.001"), "exceeds_remaining_quantity"),
    (LINE.replace("{quantity}", "0.5"), "crediting_line_once"),
    ("UPDATE crediting_customercredit SET balance = -0.01", "crediting_credit_not_overdrawn"),
    ("UPDATE refunds_refundceiling SET amount_refunded = amount + 0.01", "refunds_never_above_payment"),
    ("UPDATE deposits_depositbalance SET amount_applied = amount", "deposits_never_overspent"),
    ("UPDATE deposits_depositbalance SET amount = amount + 1", "frozen"),
    ("UPDATE deposits_depositbalance SET amount_applied = amount_applied - 1", "frozen"),
    ("UPDATE invoicing_settlement SET amount_credited = -1, amount_paid = amount_to_credit",
     "invoicing_settlement_not_negative"),
    ("UPDATE invoicing_settlement SET amount_paid = amount_paid + 1", "invoicing_never_overpaid"),
    ("UPDATE invoicing_settlement SET amount_to_credit = amount_to_credit + 5000", "invoicing_never_returned_more"),
    ("UPDATE invoicing_settlement SET amount_refunded = amount_refunded + 5000", "invoicing_never_returned_more"),
    ("UPDATE invoicing_settlement SET is_cancelled = true", "invoice_has_credit_notes"),
    ("INSERT INTO crediting_customercredit (customer_id, invoice_id) SELECT customer_id, NULL"
     " FROM crediting_customercredit", "crediting_credit_once"),
    (REFUND.replace("{mode}", "card"), "exceeds_money_received"),
    ("INSERT INTO refunds_refundoutcome (refund_id, succeeded, decided_by_id) VALUES ({refund}, false, {asha})",
     "refunds_refundoutcome_pkey"),
])  # fmt: skip
def test_kept(rows, sql, name):
    assert refused(sql.format(**rows))[1] == name


def test_a_tender_counts_with_the_deposit_that_was_set_off(rows):
    """The deposit of this bill came in as cash, so cash may go back on it."""
    desk.execute(REFUND.format(**rows, mode="cash"))


def test_no_line_is_added_to_a_note(shop, rows):
    bill = desk.bill(shop)
    sql = LINE.format(**(rows | {"line": bill["line_items"][0]["id"]}), quantity="1")
    assert refused(sql)[:2] == ("FT001", "frozen")


@pytest.mark.parametrize(("sql", "code"), [
    ("UPDATE crediting_customercredit SET balance = -0.01", "exceeds_credit"),
    ("UPDATE refunds_refundceiling SET amount_refunded = amount + 0.01", "exceeds_refundable"),
    ("UPDATE invoicing_settlement SET amount_refunded = amount_refunded + 5000", "exceeds_refundable"),
    ("UPDATE deposits_depositbalance SET amount_applied = amount", "exceeds_deposit"),
    ("INSERT INTO refunds_refundoutcome (refund_id, succeeded, decided_by_id) VALUES ({refund}, false, {asha})",
     "already_decided"),
])  # fmt: skip
def test_a_sentence_for_whoever_came_past_the_rules(rows, sql, code):
    refusal = refusal_for(refused(sql.format(**rows))[2])
    assert refusal is not None
    assert (refusal.status, refusal.code) == (409, code)
