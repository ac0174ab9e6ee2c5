"""The command that checks the books, as the shop's night job calls it."""

import json
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, transaction

from finetune.core.postgres.location import SUPERUSER, url_for
from finetune.reports.books import CHECKS, check_books
from tests.cast import customer, new_key
from tests.database_plugin import DATA

LABOUR = {"description": "Labour", "quantity": "1", "unit_price": "100.00", "gst_rate": "18"}


def tamper(database: str, statement: str) -> None:
    with psycopg.connect(url_for(SUPERUSER, DATA, database)) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute(statement)


def bill(shop) -> Any:
    body = {"store": shop.pune, "customer": shop.buyer, "line_items": [LABOUR]}
    return shop.asha.post("/invoices/", body, key=new_key()).data


def test_clean_books_end_with_nought(committed_shop, capsys):
    bill(committed_shop)
    call_command("check_books")
    assert capsys.readouterr().out == f"The books agree: {len(CHECKS)} checks, no disagreement.\n"


def test_a_disagreement_is_named_and_ends_with_one(committed_shop, own_database, capsys):
    made = bill(committed_shop)
    tamper(own_database, "UPDATE invoicing_invoicesequence SET last_number = 7 WHERE series = 'FT-INV'")
    tamper(own_database, "UPDATE invoicing_invoice SET state_tax_label = 'UTGST'")
    with pytest.raises(SystemExit) as ended:
        call_command("check_books")
    assert ended.value.code == 1
    said = capsys.readouterr().out
    assert "counter-at-highest: 1 at odds with:" in said
    assert f"invoice={made['id']} invoice_number=FT-INV-0001 state_tax_label=UTGST seller_state=27" in said
    assert said.endswith(f"The books do not agree: 2 of {len(CHECKS)} checks found 2 disagreements.\n")


def test_for_a_program(committed_shop, own_database, capsys):
    call_command("check_books", json=True)
    clean = json.loads(capsys.readouterr().out)
    assert clean["ok"] is True
    assert [each["name"] for each in clean["checks"]] == [check.name for check in CHECKS]
    made = bill(committed_shop)
    tamper(own_database, "UPDATE invoicing_invoice SET state_tax_label = 'UTGST'")
    with pytest.raises(SystemExit):
        call_command("check_books", json=True)
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] is False
    [found] = [each for each in document["checks"] if each["count"]]
    assert found["name"] == "bill-state-tax-label"
    assert found["rows"][0]["invoice"] == made["id"]


def test_a_draft_that_was_deleted_leaves_its_key_behind_in_peace(committed_shop):
    shop = committed_shop
    body = {"store": shop.pune, "customer": shop.buyer, "line_items": [LABOUR], "status": "draft"}
    draft = shop.asha.post("/invoices/", body, key=new_key()).data
    assert shop.asha.delete(f"/invoices/{draft['id']}/").status == 204
    assert not any(finding.count for finding in check_books())


def test_one_moment_that_writes_nothing(committed_shop, own_database):
    """What is committed while the check runs is not seen by half of it, and it could not write if it
    tried."""
    seen: list[str] = []

    def watch(execute, sql, params, many, context):
        if sql.startswith("WITH at_odds"):
            if not seen:
                cursor = connection.connection.cursor()
                seen.append(cursor.execute("SHOW transaction_isolation").fetchone()[0])
                seen.append(cursor.execute("SHOW transaction_read_only").fetchone()[0])
            elif len(seen) == 2:
                seen.append("tampered")
                tamper(own_database, "UPDATE invoicing_invoicesequence SET last_number = 7")
                tamper(own_database, "UPDATE bookings_booking SET store_id = store_id + 1")
        return execute(sql, params, many, context)

    bill(committed_shop)
    with connection.execute_wrapper(watch):
        found = check_books()
    assert seen == ["repeatable read", "on", "tampered"]
    assert not any(finding.count for finding in found)
    assert any(finding.count for finding in check_books())


def test_not_inside_another_transaction(db):
    """Its moment would not be its own."""
    with pytest.raises(RuntimeError), transaction.atomic():
        check_books()


def test_a_customer_changed_since_is_no_disagreement(committed_shop):
    shop = committed_shop
    booking = shop.booking()
    shop.asha.post("/invoices/", {"booking": booking, "line_items": [LABOUR]}, key=new_key())
    assert shop.asha.patch(f"/bookings/{booking}/", {"customer": customer("Another")}).status == 200
    assert (
        shop.asha.patch(f"/customers/{shop.buyer}/", {"name": "New name", "state_code": "29"}).status == 200
    )
    assert not any(finding.count for finding in check_books())
