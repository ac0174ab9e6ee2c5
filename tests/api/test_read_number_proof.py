from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from finetune.core.postgres.location import SUPERUSER, url_for
from finetune.reports.queries import LISTED_MAX, number_proof
from tests.cast import new_key, open_shop
from tests.database_plugin import DATA

EMPTY: dict[str, Any] = {
    "run": 1,
    "first": None,
    "last": None,
    "count": 0,
    "gaps": [],
    "duplicates": [],
    "cancelled": [],
}
SERIES = ("FT-BOS", "FT-CN", "FT-INV", "FT-RF", "FT-RV")
LABOUR = {
    "description": "Labour",
    "quantity": "1",
    "unit_price": "100.00",
    "gst_rate": "18",
    "hsn_code": "998716",
}
ADDRESS = "/reports/number-proof/"


def issue(shop, **fields):
    body = {"store": shop.pune, "customer": shop.buyer, "line_items": [LABOUR], **fields}
    answer = shop.asha.post("/invoices/", body, key=new_key())
    assert answer.status == 201, answer
    return answer.data


def proof(shop, series="FT-INV"):
    rows = {row["series"]: row for row in shop.auditor.get(ADDRESS).data["series"]}
    return rows[series]


def test_a_new_shop_has_its_series_all_empty(shop):
    answer = shop.auditor.get(ADDRESS)
    assert answer.status == 200
    assert answer.data.keys() == {"checked_at", "series"}
    assert answer.data["series"] == [{"series": series, **EMPTY} for series in SERIES]


def test_issued_and_cancelled_bills(shop):
    bills = [issue(shop) for _ in range(3)]
    issue(shop, status="draft")
    shop.asha.post(f"/invoices/{bills[1]['id']}/cancel/", {"reason": "Typed twice"})
    assert proof(shop) == {
        "series": "FT-INV", "run": 1, "first": "FT-INV-0001", "last": "FT-INV-0003", "count": 3,
        "gaps": [], "duplicates": [], "cancelled": ["FT-INV-0002"],
    }  # fmt: skip


def test_cancelled_bills_stand_in_the_order_of_their_numbers(shop):
    bills = [issue(shop) for _ in range(3)]
    for bill in reversed(bills):
        shop.asha.post(f"/invoices/{bill['id']}/cancel/", {"reason": "Typed twice"})
    assert proof(shop)["cancelled"] == ["FT-INV-0001", "FT-INV-0002", "FT-INV-0003"]


def test_a_series_that_goes_on_and_one_that_was_cleared(shop):
    body = {"series": "NEW", "kind": "invoice", "last_number": 120}
    made = shop.admin.post("/invoice-sequences/", body)
    assert made.status == 201, made
    assert proof(shop, "NEW") == {"series": "NEW", **EMPTY}
    assert shop.admin.post(f"/invoice-sequences/{made.data['id']}/clear/", {"reason": "Test"}).status == 200
    runs = [row["run"] for row in shop.admin.get(ADDRESS).data["series"] if row["series"] == "NEW"]
    assert runs == [1, 2]


def test_credit_notes_count_in_a_series_of_their_own(shop):
    bill = issue(shop)
    returned = {"reason": "Not done", "line_items": [{"line": bill["line_items"][0]["id"], "quantity": "1"}]}
    note = shop.asha.post(f"/invoices/{bill['id']}/credit-notes/", returned, key=new_key())
    assert note.status == 201, note
    assert proof(shop, "FT-CN") == {
        "series": "FT-CN", "run": 1, "first": "FT-CN-0001", "last": "FT-CN-0001", "count": 1,
        "gaps": [], "duplicates": [], "cancelled": [],
    }  # fmt: skip


def test_everyone_who_reads_reports_sees_the_whole_chain(shop):
    issue(shop)
    for person in (shop.admin, shop.asha, shop.bilal, shop.chitra, shop.auditor):
        answer = person.get(ADDRESS)
        assert answer.status == 200
        assert {row["series"]: row["count"] for row in answer.data["series"]}["FT-INV"] == 1
    assert shop.admin.get(ADDRESS, Authorization="Bearer nobody").status == 401
    assert shop.admin.get(f"{ADDRESS}?store=1").code == "unknown_parameter"
    assert shop.admin.post(ADDRESS, {}).status == 405


def test_in_one_statement_after_the_caller_is_known(shop):
    with CaptureQueriesContext(connection) as queries:
        shop.auditor.get(ADDRESS)
    assert len(queries) == 2


@pytest.fixture
def tampered(own_database):
    """Somebody with the superuser's hands in the books of a shop with five bills."""
    shop = open_shop()
    for _ in range(5):
        issue(shop)

    def tamper(*statements: str) -> Any:
        with psycopg.connect(url_for(SUPERUSER, DATA, own_database)) as superuser:
            superuser.execute("SET session_replication_role = replica")
            superuser.execute("ALTER TABLE invoicing_invoice DROP CONSTRAINT IF EXISTS invoicing_number_once")
            for statement in statements:
                superuser.execute(statement)
        return {row["series"]: row for row in number_proof()["series"]}["FT-INV"]

    return tamper


def test_holes_at_the_beginning_in_the_middle_and_at_the_end(tampered):
    found = tampered("DELETE FROM invoicing_invoice WHERE number IN (1, 3, 5)")
    assert found["gaps"] == ["FT-INV-0001", "FT-INV-0003", "FT-INV-0005"]
    assert (found["first"], found["last"], found["count"]) == ("FT-INV-0002", "FT-INV-0004", 2)


def test_a_counter_far_ahead_is_told_in_part(tampered):
    found = tampered("UPDATE invoicing_invoicesequence SET last_number = 4000000000000000000")
    assert len(found["gaps"]) == LISTED_MAX
    assert found["gaps"][0] == "FT-INV-0006"


def test_the_same_number_and_the_same_text_in_other_letters(tampered):
    found = tampered(
        "UPDATE invoicing_invoice SET number = 4, invoice_number = 'ft-inv-0004' WHERE number = 5"
    )
    assert found["duplicates"] == ["FT-INV-0004", "ft-inv-0004"]
    assert found["gaps"] == ["FT-INV-0005"]


def test_the_same_text_in_another_financial_year_is_no_duplicate(tampered):
    twin = "invoice_date = invoice_date - 400, invoice_number = 'FT-INV-0002'"
    found = tampered(f"UPDATE invoicing_invoice SET {twin} WHERE number = 1")
    assert found["duplicates"] == []
