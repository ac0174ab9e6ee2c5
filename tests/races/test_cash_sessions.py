"""Closing a drawer while money comes: nothing falls between two sessions, nothing lands in a closed one."""

from typing import Any

import pytest

from finetune.drawers import queries
from finetune.reports.books import check_books
from tests.cast import new_key
from tests.inventory.shelf import fetch
from tests.invoicing import desk
from tests.races.test_lock_order import deadlocks
from tests.races.threads import at_once, own_client

pytestmark = pytest.mark.race
SESSIONS = "/cash-sessions/"
PROMISES = {
    "money-in-one-session", "session-expects-its-money", "session-difference", "z-numbers-without-hole",
    "one-open-session", "session-in-audit", "rows-of-one-store",
}  # fmt: skip


def wrong() -> list[str]:
    return [str(each) for each in check_books() if each.count and each.check.name in PROMISES]


def pay(shop, bill, amount="1.00", **fields: Any):
    body = {"invoice": bill["id"], "amount": amount, "mode": "cash", **fields}
    return own_client(shop.bilal).post("/payments/", body, key=new_key())


def close(shop, session):
    return own_client(shop.asha).post(f"{SESSIONS}{session}/close/", {"note": "in a hurry"})


def opened(shop) -> int:
    return int(desk.made(shop.bilal.post(SESSIONS, {"store": shop.pune}))["id"])


def test_first_payments_make_one_session(committed_shop):
    shop = committed_shop
    bills = [desk.bill_of("100.00", shop) for _ in range(4)]
    before = deadlocks()
    results = at_once(12, lambda index: pay(shop, bills[index % 4]))
    assert [each.status for each in results] == [201] * 12
    [(number, opener)] = fetch("SELECT count(*), min(opened_by_id) FROM payments_cashsession")
    assert (number, opener) == (1, shop.bilal.id)
    assert deadlocks() == before
    assert wrong() == []


def test_a_first_payment_against_one_who_opens(committed_shop):
    shop = committed_shop
    bill = desk.bill_of("100.00", shop)

    def work(index):
        if index % 2:
            return own_client(shop.asha).post(SESSIONS, {"store": shop.pune})
        return pay(shop, bill)

    results = at_once(8, work)
    assert [each.status for each in results[::2]] == [201] * 4
    assert {each.status for each in results[1::2]} <= {201, 409}
    assert fetch("SELECT count(*) FROM payments_cashsession") == [(1,)]
    assert wrong() == []


def test_closing_against_paying(committed_shop):
    """Every payment is in one session, and each closed one expects exactly what is in it."""
    shop = committed_shop
    session = opened(shop)
    bills = [desk.bill_of("1000.00", shop) for _ in range(4)]

    def work(index):
        if index == 7:
            return close(shop, session)
        return pay(shop, bills[index % 4], "10.00")

    results = at_once(16, work)
    assert [each.status for each in results] == [200 if index == 7 else 201 for index in range(16)]
    closed = results[7].data
    sums = dict(fetch("SELECT cash_session_id, sum(amount) FROM payments_paymentrecord GROUP BY 1"))
    assert sums.get(session, 0) == int(closed["cash_expected"].removesuffix(".00"))
    assert sum(sums.values()) == 150
    assert wrong() == []


def test_a_count_without_the_lock_misses_money(committed_shop, monkeypatch):
    """The twin: who closes does not wait for who pays. The check of the books tells, where the sum was too early."""
    shop = committed_shop
    monkeypatch.setattr(queries, "SESSION_LOCK", "")
    bills = [desk.bill_of("1000.00", shop) for _ in range(4)]
    for _ in range(5):
        session = opened(shop) if not fetch("SELECT 1 FROM payments_cashsession WHERE closed_at IS NULL") else (
            fetch("SELECT id FROM payments_cashsession WHERE closed_at IS NULL")[0][0]
        )  # fmt: skip
        at_once(16, lambda index: close(shop, session) if index == 7 else pay(shop, bills[index % 4], "1.00"))  # noqa: B023
    # The row of a closed session is frozen and its money is chosen by the database all the same.
    late = fetch(
        """SELECT count(*) FROM payments_paymentrecord p JOIN payments_cashsession s ON s.id = p.cash_session_id
        WHERE s.store_id <> p.store_id"""
    )
    assert late == [(0,)]
    assert {each.check.name for each in check_books() if each.count} <= {"session-expects-its-money"}


def test_two_who_close(committed_shop):
    shop = committed_shop
    session = opened(shop)
    results = at_once(8, lambda index: close(shop, session))
    assert sorted(each.status for each in results) == [200] + [409] * 7
    assert {each.code for each in results if each.status == 409} == {"cash_session_closed"}
    assert fetch("SELECT last_number FROM payments_zcounter") == [(1,)]
    assert wrong() == []


def test_days_of_paying_refunding_selling_and_closing(committed_shop):
    """Whoever gets in whose way, no Z number is missing and no deadlock is met."""
    shop = committed_shop
    bills = [desk.bill_of("5000.00", shop) for _ in range(4)]
    paid = [desk.made(desk.pay(shop.bilal, bill["id"], "1000.00")) for bill in bills]
    tenders = [{"mode": "cash", "amount": "1.00"}, {"mode": "upi", "amount": "1.00"}]
    before = deadlocks()

    def work(index):
        if index % 5 == 0:
            found = own_client(shop.asha).get(f"{SESSIONS}?open=true&store={shop.pune}").data["results"]
            return close(shop, found[0]["id"]) if found else own_client(shop.asha).get(SESSIONS)
        if index % 5 == 1:
            body = {"amount": "1.00", "reason": "too much"}
            path = f"/payments/{paid[index % 4]['id']}/refund/"
            return own_client(shop.asha).post(path, body, key=new_key())
        if index % 5 == 2:
            given = [tenders[0], tenders[1] | {"reference": new_key()}]
            body = desk.counter(shop, desk.labour(unit_price="2.00", tax_inclusive=True), tenders=given)
            return own_client(shop.bilal).post("/sales/", body, key=new_key())
        if index % 5 == 3:
            body = {"amount": "5.00", "mode": "cash"}
            path = f"/bookings/{shop.booking()}/deposits/"
            return own_client(shop.bilal).post(path, body, key=new_key())
        return pay(shop, bills[index % 4])

    for _ in range(3):
        results = at_once(20, work)
        assert {each.status for each in results} <= {200, 201, 409}, [str(each) for each in results]
        refused = [each.code for each in results if each.status == 409]
        assert set(refused) <= {"cash_session_closed"}
    assert deadlocks() == before
    assert wrong() == []
