"""What is issued and what is taken stays, whoever asks the database."""

import pytest
from django.db import DatabaseError, connection, transaction

from tests.invoicing import desk
from tests.invoicing.desk import labour

TABLES = (
    "invoicing_invoice", "invoicing_invoicelineitem", "invoicing_settlement", "invoicing_invoicecancellation",
    "invoicing_sequencerun", "payments_paymentrecord", "payments_emiplan",
)  # fmt: skip
EMI = {
    "mode": "emi",
    "reference": "L1",
    "emi": {"provider": "Bajaj", "tenure_months": 6, "financed_amount": "10.00"},
}


@pytest.fixture
def bill(shop):
    cancelled = desk.bill(shop)
    shop.asha.post(f"{desk.INVOICES}{cancelled['id']}/cancel/", {"reason": "mistake"})
    bill = desk.bill(shop, labour(), labour())
    desk.made(desk.pay(shop.bilal, bill["id"], "10.00", **EMI))
    return bill


def refused_by_the_database(sql: str, *params) -> None:
    with pytest.raises(DatabaseError) as refusal, transaction.atomic():
        desk.execute(sql, *params)
    assert getattr(refusal.value.__cause__, "sqlstate", None) in ("FT001", "42501"), refusal.value


def test_it_is_the_applications_own_user_who_tries():
    assert connection.settings_dict["USER"] == "finetune_app"


@pytest.mark.parametrize(
    "change",
    [
        "total = 0, total_before_round_off = 0", "notes = 'x'", "buyer = '{}'", "seller = '{}'", "number = 77",
        "invoice_number = 'X'", "issued_at = NULL, issued_by_id = NULL, number = NULL, run = NULL, series = NULL,"
        " invoice_number = NULL", "invoice_date = '2020-01-01'", "version = version + 1", "id = id + 1000",
    ],
)  # fmt: skip
def test_a_bill_is_not_changed(bill, change):
    refused_by_the_database(f"UPDATE invoicing_invoice SET {change} WHERE id = %s", bill["id"])


@pytest.mark.parametrize(
    "change", ["total = 0", "position = position + 5", "serial_numbers = '[1]'", "invoice_id = {draft}"]
)
def test_its_lines_are_not_changed(shop, bill, change):
    draft = desk.draft(shop)["id"]
    desk.execute("UPDATE invoicing_invoicelineitem SET position = 9 WHERE invoice_id = %s", draft)
    change = change.format(draft=draft)
    refused_by_the_database(
        f"UPDATE invoicing_invoicelineitem SET {change} WHERE invoice_id = %s", bill["id"]
    )


def test_no_line_comes_to_it(shop, bill):
    draft = desk.draft(shop)["id"]
    refused_by_the_database(
        "UPDATE invoicing_invoicelineitem SET invoice_id = %s, position = 9 WHERE invoice_id = %s",
        bill["id"],
        draft,
    )
    columns = "product_variant_id, description, hsn_code, quantity, unit, unit_price, gst_rate, treatment,"
    columns += (
        " tax_inclusive, gross, discount_amount, invoice_discount_share, taxable_value, cgst, sgst, igst,"
    )
    columns += " cess, total"
    refused_by_the_database(
        f"INSERT INTO invoicing_invoicelineitem (invoice_id, position, {columns})"
        f" SELECT invoice_id, 9, {columns} FROM invoicing_invoicelineitem WHERE invoice_id = %s LIMIT 1",
        bill["id"],
    )


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_deleted(bill, table):
    refused_by_the_database(f"DELETE FROM {table}")
    refused_by_the_database(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE invoicing_settlement SET total = total + 1",
        "UPDATE invoicing_settlement SET is_cancelled = false WHERE is_cancelled",
        "UPDATE invoicing_invoicecancellation SET reason = 'x'",
        "UPDATE invoicing_sequencerun SET prefix = 'X-'",
        "UPDATE payments_paymentrecord SET amount = 1",
        "UPDATE payments_paymentrecord SET reference = 'x'",
        "UPDATE payments_emiplan SET tenure_months = 60",
    ],
)
def test_what_happened_to_it_is_not_changed(bill, sql):
    refused_by_the_database(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE invoicing_invoice DISABLE TRIGGER ALL",
        "DROP TRIGGER frozen_rows ON invoicing_invoice",
        "SET session_replication_role = replica",
        "DROP TABLE invoicing_invoicecancellation",
        "CREATE OR REPLACE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    ],
)
def test_the_guard_is_not_sent_away(bill, sql):
    refused_by_the_database(sql)


@pytest.mark.parametrize(
    ("sql", "constraint"),
    [
        ("UPDATE invoicing_settlement SET amount_paid = total + 1", "invoicing_never_overpaid"),
        ("UPDATE invoicing_settlement SET amount_paid = -1", "invoicing_"),
        ("UPDATE invoicing_settlement SET amount_refunded = amount_paid + 1", "invoicing_"),
        ("UPDATE invoicing_settlement SET is_cancelled = true", "invoicing_cancelled_is_unpaid"),
    ],
)
def test_what_may_change_is_bounded(bill, sql, constraint):
    with pytest.raises(DatabaseError) as refusal, transaction.atomic():
        desk.execute(f"{sql} WHERE invoice_id = %s", bill["id"])
    assert constraint in str(refusal.value)


def test_a_draft_changes_freely(shop):
    draft = desk.draft(shop)["id"]
    desk.execute("UPDATE invoicing_invoice SET notes = 'x' WHERE id = %s", draft)
    desk.execute("DELETE FROM invoicing_invoicelineitem WHERE invoice_id = %s", draft)
    desk.execute("DELETE FROM invoicing_invoice WHERE id = %s", draft)


@pytest.mark.parametrize("missing", ["series", "run", "number", "invoice_number", "issued_by_id"])
def test_nothing_is_issued_without_its_number(shop, missing):
    """A CHECK that comes to NULL lets the row pass, so each part is asked for by itself."""
    given = {"issued_at": "now()", "series": "'X'", "run": "1", "number": "1", "invoice_number": "'X1'"}
    given |= {"issued_by_id": str(shop.asha.id), missing: "NULL"}
    changes = ", ".join(f"{name} = {value}" for name, value in given.items())
    with pytest.raises(DatabaseError, match="invoicing_number_only_when_issued"), transaction.atomic():
        desk.execute(f"UPDATE invoicing_invoice SET {changes} WHERE id = %s", desk.draft(shop)["id"])
