"""Many who pay, cancel and sell at once: never overpaid, never paid and cancelled."""

import pytest

from finetune.core.observing import TRIED_AGAIN
from finetune.invoicing import queries
from tests import cast
from tests.cast import new_key
from tests.invoicing import desk
from tests.invoicing.desk import INVOICES, counter, labour, part
from tests.races.threads import MANY, at_once, own_client

pytestmark = pytest.mark.race


def pay(shop, bill, amount, **fields):
    body = {"invoice": bill["id"], "amount": amount, "mode": "cash", **fields}
    return own_client(shop.bilal).post("/payments/", body, key=new_key())


def outcome(results) -> dict[tuple[int, str], int]:
    counted: dict[tuple[int, str], int] = {}
    for result in results:
        if isinstance(result, Exception):
            raise result
        name = (result.status, "" if result.status < 400 else result.code)
        counted[name] = counted.get(name, 0) + 1
    return counted


def owed(shop, bill) -> tuple[str, str, str]:
    now = shop.admin.get(f"{INVOICES}{bill['id']}/").data
    return now["status"], now["amount_paid"], now["balance_due"]


def test_many_pay_one_bill(committed_shop):
    shop = committed_shop
    bill = desk.bill_of("1000.00", shop)
    results = at_once(MANY, lambda index: pay(shop, bill, "100.00"))
    assert outcome(results) == {(201, ""): 10, (409, "exceeds_balance"): 22}
    assert owed(shop, bill) == ("paid", "1000.00", "0.00")
    assert {result.data["balance_due"] for result in results if result.status == 409} == {"0.00"}
    assert desk.faults() == []


def test_without_the_lock_a_bill_is_still_not_overpaid(committed_shop, monkeypatch):
    """The twin: payers read what is owed without locking it. The settlement's CHECK refuses the excess."""
    shop = committed_shop
    bill = desk.bill_of("1000.00", shop)
    monkeypatch.setattr(queries, "SETTLEMENT_LOCK", "")
    results = at_once(MANY, lambda index: pay(shop, bill, "300.00"))
    assert outcome(results) == {(201, ""): 3, (409, "exceeds_balance"): MANY - 3}
    assert owed(shop, bill) == ("partially_paid", "900.00", "100.00")
    assert desk.faults() == []


def test_one_upi_reference_on_many_bills(committed_shop):
    shop = committed_shop
    bills = [desk.bill(shop) for _ in range(4)]

    def take(index):
        spelling = "UTR 42" if index % 2 else "utr42"
        return pay(shop, bills[index % 4], "10.00", mode="upi", reference=spelling)

    results = at_once(MANY, take)
    assert outcome(results) == {(201, ""): 1, (409, "duplicate_reference"): MANY - 1}
    assert desk.faults() == []


def test_references_in_opposite_orders(committed_shop):
    """Two requests that offer the same references, with the cash of one person among them: without one order each
    would hold a reference and wait for the other's, and nobody may be told of that."""
    shop = committed_shop
    buyer = cast.customer("Rich", address="1 MG Road")
    bills = [desk.bill(shop, customer=buyer) for _ in range(MANY)]
    tenders = [{"mode": "upi", "amount": "1.00", "reference": name} for name in ("A", "B")]
    tenders.insert(1, {"mode": "cash", "amount": "1.00"})

    def take(index):
        given = tenders if index % 2 else tenders[::-1]
        return own_client(shop.bilal).post(
            "/payments/", {"invoice": bills[index]["id"], "tenders": given}, key=new_key()
        )

    before = tried_again()
    results = at_once(MANY, take)
    assert outcome(results) == {(201, ""): 1, (409, "duplicate_reference"): MANY - 1}
    assert tried_again() == before
    assert desk.faults() == []


def tried_again() -> float:
    """How often a transaction began anew because of a deadlock."""
    return float(TRIED_AGAIN.labels("40P01")._value.get())


def test_cash_of_one_person_on_many_bills(committed_shop):
    shop = committed_shop
    buyer = cast.customer("Rich", address="1 MG Road")
    bills = [desk.bill_of("50000.00", shop, customer=buyer) for _ in range(8)]
    results = at_once(16, lambda index: pay(shop, bills[index % 8], "25000.00"))
    assert outcome(results) == {(201, ""): 7, (409, "cash_limit"): 9}
    assert desk.faults() == []


def test_cancelling_against_paying(committed_shop):
    """Either cancelled or paid, never both, and the stock agrees."""
    shop = committed_shop
    variant = desk.stocked(shop, 20)
    bills = [desk.bill(shop, part(variant)) for _ in range(8)]

    def work(index):
        bill = bills[index % 8]
        if index < 8:
            return own_client(shop.asha).post(f"{INVOICES}{bill['id']}/cancel/", {"reason": "mistake"})
        return pay(shop, bill, "1180.00")

    results = at_once(MANY, work)
    for place in range(8):
        cancel, *payments = results[place::8]
        done = {each.status for each in (cancel, *payments)}
        assert done in ({200, 409}, {201, 409})
        paid = [each for each in payments if each.status == 201]
        assert len(paid) == (cancel.status == 409)
        code = "invoice_has_payments" if paid else "invoice_not_payable"
        refused = {each.code for each in (cancel, *payments) if each.status == 409}
        assert refused <= {code, "exceeds_balance"}
    assert desk.faults() == []


def test_a_bill_is_cancelled_once(committed_shop):
    shop = committed_shop
    bill = desk.bill(shop, part(desk.stocked(shop)))

    def cancel(index):
        return own_client(shop.asha).post(f"{INVOICES}{bill['id']}/cancel/", {"reason": "mistake"})

    assert outcome(at_once(MANY, cancel)) == {(200, ""): 1, (409, "already_cancelled"): MANY - 1}
    assert desk.faults() == []


def test_paying_a_draft_while_it_is_issued(committed_shop):
    shop = committed_shop
    draft = desk.draft(shop)

    def work(index):
        if index == 0:
            return own_client(shop.bilal).post(f"{INVOICES}{draft['id']}/issue/")
        return pay(shop, draft, "1.00")

    results = at_once(MANY, work)
    assert results[0].status == 200
    assert {status for status, _ in outcome(results[1:])} <= {201, 409}
    assert desk.faults() == []


def test_sales_of_the_last_units(committed_shop):
    shop = committed_shop
    variant = desk.stocked(shop, 5)

    def sell(index):
        paid = [{"mode": "cash", "amount": "1180.00"}]
        body = counter(shop, part(variant), labour(unit_price="0"), tenders=paid)
        return own_client(shop.bilal).post("/sales/", body, key=new_key())

    assert outcome(at_once(MANY, sell)) == {(201, ""): 5, (409, "insufficient_stock"): MANY - 5}
    assert desk.numbers() == [1, 2, 3, 4, 5]
    assert desk.faults() == []
