"""How often the desk talks to the database. Every round trip is waited for, some of them by others too."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import new_key
from tests.invoicing import desk
from tests.invoicing.desk import INVOICES, counter, part, repair

# Several tenders are one statement more: their references are locked in one order.
ISSUE_MAX, SALE_MAX, PAYMENT_MAX, DRAFT_MAX = 10, 15, 8, 8


def statements(call, most: int) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        answer = call()
    assert answer.status in (200, 201), answer
    shown = [query["sql"][:90] for query in queries]
    assert len(shown) <= most, "\n".join(shown)
    return shown


@pytest.fixture
def lines(shop):
    """Five variants, one of them by serials. The walk-in is there already: it is made once in a store's life."""
    desk.made(shop.bilal.post(INVOICES, counter(shop)))
    return [
        *(part(desk.stocked(shop)) for _ in range(4)),
        part(desk.stocked_units(shop, "A1", "A2"), serial_numbers=["A1"]),
    ]


def test_a_bill_of_five_parts_on_a_repair(shop, lines):
    body = repair(shop, *lines)
    statements(lambda: shop.bilal.post(INVOICES, body, key=new_key()), ISSUE_MAX)


def test_a_bill_of_five_parts_at_the_counter(shop, lines):
    body = counter(shop, *lines)
    statements(lambda: shop.bilal.post(INVOICES, body, key=new_key()), ISSUE_MAX)


def test_the_number_is_the_last_thing_but_the_key(shop, lines):
    body = counter(shop, *lines)
    made = statements(lambda: shop.bilal.post(INVOICES, body, key=new_key()), ISSUE_MAX)
    issued = next(place for place, sql in enumerate(made) if "invoicing_issue" in sql)
    assert [sql.split()[0] for sql in made[issued:]] == ["SELECT", "INSERT", "RELEASE", "SELECT"]


def test_a_draft_and_its_issue(shop, lines):
    body = repair(shop, *lines, status="draft")
    statements(lambda: shop.bilal.post(INVOICES, body, key=new_key()), DRAFT_MAX)
    draft = desk.made(shop.bilal.post(INVOICES, body))
    statements(lambda: shop.bilal.post(f"{INVOICES}{draft['id']}/issue/", key=new_key()), ISSUE_MAX)


@pytest.mark.parametrize("mode", ["cash", "upi"])
def test_a_payment(shop, mode):
    bill = desk.bill(shop)
    body = {"invoice": bill["id"], "amount": "10.00", "mode": mode, "reference": "UTR"}
    statements(lambda: shop.bilal.post("/payments/", body, key=new_key()), PAYMENT_MAX)
    tenders = [{"mode": "cash", "amount": "1.00"}] * 10
    body = {"invoice": bill["id"], "tenders": tenders}
    statements(lambda: shop.bilal.post("/payments/", body, key=new_key()), PAYMENT_MAX)


def test_a_sale(shop, lines):
    tenders = [{"mode": "cash", "amount": "10.00"}, {"mode": "upi", "amount": "1.00", "reference": "UTR"}]
    body = counter(shop, *lines, tenders=tenders)
    statements(lambda: shop.bilal.post("/sales/", body, key=new_key()), SALE_MAX)


def test_a_replay(shop):
    body, key = repair(shop), new_key()
    shop.bilal.post(INVOICES, body, key=key)
    statements(lambda: shop.bilal.post(INVOICES, body, key=key), 5)
