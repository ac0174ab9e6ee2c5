"""Corrections under real threads on real connections. What each would catch is in its name."""

from collections import Counter
from decimal import Decimal

import pytest

from tests import cast
from tests.crediting.ledger import (
    ask,
    ask_deposit,
    credit,
    credit_of,
    deposit,
    faults,
    give_back,
    look,
    pay,
    refund,
    returned,
)  # fmt: skip
from tests.inventory import shelf
from tests.invoicing import desk
from tests.races.threads import MANY, at_once, own_client

pytestmark = pytest.mark.race


def outcomes(answers) -> Counter:
    """How often each status or code of a refusal was answered. An exception is a failure of the test."""
    assert not [each for each in answers if isinstance(each, Exception)], answers
    return Counter(each.status if each.status < 400 else each.code for each in answers)


def deadlocks() -> int:
    return int(shelf.fetch("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")[0][0])


def test_the_last_unit_is_credited_once(committed_shop):
    shop = committed_shop
    variant = desk.stocked_units(shop, "A", "B")
    bill = desk.bill(shop, desk.part(variant, "2", serial_numbers=["A", "B"]))
    line = bill["line_items"][0]
    credit(shop.asha, bill, returned(line, "1", serial_numbers=["A"]))
    answers = at_once(
        MANY, lambda _: ask(own_client(shop.asha), bill, returned(line, "1", serial_numbers=["B"]))
    )
    assert outcomes(answers) == {201: 1, "exceeds_remaining_quantity": MANY - 1}
    assert shelf.quantity(shop.pune, variant) == 2
    assert faults() == []


def test_the_last_unit_without_the_lock(committed_shop, monkeypatch):
    """The twin: unlocked, all of them read one unit left, and the database refuses all but the first."""
    shop = committed_shop
    monkeypatch.setattr("finetune.invoicing.queries.SETTLEMENT_LOCK", "")
    bill = desk.bill(shop, desk.labour(quantity="4"))
    line = bill["line_items"][0]
    credit(shop.asha, bill, returned(line, "3"))
    answers = at_once(MANY, lambda _: ask(own_client(shop.asha), bill, returned(line, "1")))
    done = outcomes(answers)
    assert done[201] == 1
    assert "internal_error" not in done
    assert look(shop.asha, bill)["status"] == "credited"
    assert faults() == []


def test_notes_and_payments_of_one_bill(committed_shop):
    """However they fall, nobody pays what is credited, and what was paid too much is credit."""
    shop = committed_shop
    for _ in range(4):
        bill = desk.bill(shop, desk.labour(quantity="4", unit_price="500.00"), customer=cast.customer())
        line = bill["line_items"][0]

        def work(index, bill=bill, line=line):
            person = own_client(shop.asha)
            if index % 2:
                return ask(person, bill, returned(line, "1"))
            return desk.pay(person, bill["id"], "590.00")

        done = outcomes(at_once(8, work))
        assert done[201] + done["exceeds_balance"] == 8
        after = look(shop.asha, bill)
        assert (after["status"], after["amount_credited"]) == ("credited", "2360.00")
        assert credit_of(shop.asha, bill["customer"]) == after["amount_paid"]
        assert faults() == []
    assert deadlocks() == 0


def test_a_payment_goes_back_once(committed_shop):
    shop = committed_shop
    bill = desk.bill_of("1000.00", shop)
    payment = pay(shop.bilal, bill, "1000.00")
    answers = at_once(MANY, lambda _: refund(own_client(shop.asha), payment, "300.00"))
    assert outcomes(answers) == {201: 3, "exceeds_refundable": MANY - 3}
    assert look(shop.asha, bill)["balance_due"] == "900.00"
    assert faults() == []


def test_credit_is_spent_once(committed_shop):
    """On bills of their own in two stores, so that no settlement stands between them: only the credit does."""
    shop = committed_shop
    pay(shop.bilal, desk.bill_of("100.00", shop), "600.00", allow_credit=True)
    bills = []
    for index in range(MANY):
        person, store = (shop.asha, shop.pune) if index % 2 else (shop.chitra, shop.nagpur)
        body = desk.order(desk.labour(), booking=shop.booking(store=store))
        bills.append((person, desk.made(person.post("/invoices/", body))))

    def spend(index):
        person, bill = bills[index]
        return desk.pay(own_client(person), bill["id"], "200.00", mode="credit")

    assert outcomes(at_once(MANY, spend)) == {201: 2, "exceeds_credit": MANY - 2}
    assert credit_of(shop.asha, shop.buyer) == "100.00"
    assert faults() == []


def test_credit_is_spent_or_goes_back_never_both(committed_shop):
    shop = committed_shop
    source = desk.bill_of("1000.00", shop)
    payment = pay(shop.bilal, source, "1000.00")
    credit(shop.asha, source)
    bills = [desk.bill_of("1000.00", shop) for _ in range(MANY)]

    def work(index):
        if index % 2:
            return refund(own_client(shop.asha), payment, "1000.00")
        return desk.pay(own_client(shop.bilal), bills[index]["id"], "1000.00", mode="credit")

    done = outcomes(at_once(MANY, work))
    assert done[201] == 1, done
    assert credit_of(shop.asha, shop.buyer) == "0.00"
    assert faults() == []
    assert deadlocks() == 0


def test_one_deposit_two_bills(committed_shop):
    shop = committed_shop
    booking = shop.booking()
    for amount in ("600.00", "400.00"):
        deposit(shop.bilal, booking, amount)
    body = desk.order(desk.labour(unit_price="300.00", tax_inclusive=True), booking=booking)
    answers = at_once(6, lambda _: own_client(shop.bilal).post("/invoices/", body))
    assert outcomes(answers) == {201: 6}
    paid = sorted(Decimal(answer.data["amount_deposited"]) for answer in answers)
    assert paid == [0, 0, 100, 300, 300, 300]
    assert faults() == []
    assert deadlocks() == 0


def test_a_deposit_is_set_off_or_goes_back_never_both(committed_shop):
    shop = committed_shop
    for _ in range(4):
        booking = shop.booking()
        voucher = deposit(shop.bilal, booking, "500.00")
        body = desk.order(desk.labour(unit_price="500.00", tax_inclusive=True), booking=booking)

        def work(index, voucher=voucher, body=body):
            if index % 2:
                return give_back(own_client(shop.asha), voucher)
            return own_client(shop.bilal).post("/invoices/", body)

        answers = at_once(6, work)
        done = outcomes(answers)
        wrote = [each.data for each in answers if each.status == 201]
        set_off = sum(Decimal(each.get("amount_deposited", "0")) for each in wrote)
        went_back = sum(Decimal(each["amount"]) for each in wrote if "deposit" in each)
        assert set_off + went_back == 500, done
        assert done[201] == (3 if set_off else 4)
        assert faults() == []
    assert deadlocks() == 0


def test_one_reference_for_a_deposit_and_a_payment(committed_shop):
    shop = committed_shop
    booking, bill = shop.booking(), desk.bill(shop)

    def work(index):
        if index % 2:
            return ask_deposit(own_client(shop.bilal), booking, "10.00", mode="upi", reference="SAME")
        return desk.pay(own_client(shop.bilal), bill["id"], "10.00", mode="upi", reference="same")

    assert outcomes(at_once(MANY, work)) == {201: 1, "duplicate_reference": MANY - 1}


def test_cash_of_one_person_by_deposits_and_payments(committed_shop):
    shop = committed_shop
    buyer = cast.customer("Rich", address="1 MG Road")
    bill = desk.bill_of("500000.00", shop, customer=buyer)
    bookings = [shop.booking(customer=buyer) for _ in range(8)]

    def work(index):
        if index % 2:
            return ask_deposit(own_client(shop.bilal), bookings[index], "60000.00")
        return desk.pay(own_client(shop.bilal), bill["id"], "60000.00")

    assert outcomes(at_once(8, work)) == {201: 3, "cash_limit": 5}
    assert faults() == []


def test_an_outcome_is_recorded_once(committed_shop):
    shop = committed_shop
    bill = desk.bill_of("1000.00", shop)
    payment = pay(shop.bilal, bill, "1000.00", mode="upi", reference="U1")
    given = desk.made(refund(shop.asha, payment, "400.00"))

    def decide(index):
        return own_client(shop.asha).post(f"/refunds/{given['id']}/outcome/", {"succeeded": bool(index % 2)})

    assert outcomes(at_once(MANY, decide)) == {200: 1, "already_decided": MANY - 1}
    assert faults() == []


def test_everything_at_once(committed_shop):
    """Notes, payments, credit, refunds and sales over the same bills, stock and customer: nobody is told of a
    deadlock, and the books agree."""
    shop = committed_shop
    variants = [desk.stocked(shop, 200) for _ in range(2)]
    bills = [
        desk.bill(shop, *(desk.part(each, "6") for each in order)) for order in (variants, variants[::-1])
    ]
    payments = [pay(shop.bilal, bill, "9000.00") for bill in bills]

    def work(index):
        person, bill, payment = own_client(shop.asha), bills[index % 2], payments[index % 2]
        one, two = bill["line_items"]
        answers = [
            ask(person, bill, returned(one, "1"), returned(two, "1")),
            refund(person, payment, "150.00"),
            desk.pay(person, bills[(index + 1) % 2]["id"], "100.00", mode="credit"),
            desk.pay(person, bill["id"], "50.00", allow_credit=True),
            ask(person, bill, returned(two, "1"), returned(one, "1", restock=False)),
        ]
        order = variants if index % 2 else variants[::-1]
        sale = desk.counter(shop, *(desk.part(each) for each in order), customer=shop.buyer)
        sale["tenders"] = [{"mode": "credit", "amount": "10.00"}]
        return [*answers, person.post("/sales/", sale, key=cast.new_key())]

    results = at_once(6, work)
    assert not [each for each in results if isinstance(each, Exception)], results
    done = outcomes([answer for answers in results for answer in answers])
    assert done.keys() <= {
        201,
        "exceeds_remaining_quantity",
        "exceeds_credit",
        "exceeds_balance",
        "exceeds_refundable",
    }
    assert faults() == []
    assert deadlocks() == 0
