"""What is paid too much and kept as credit, and how it is spent."""

import pytest

from tests import cast
from tests.crediting.ledger import credit, credit_of, everything, faults, look, pay
from tests.invoicing import desk


def test_the_excess_is_kept(shop):
    bill = desk.bill_of("1000.00", shop)
    payment = pay(shop.bilal, bill, "1500.00", allow_credit=True)
    assert (payment["amount"], payment["invoice_status"], payment["invoice_balance_due"]) == (
        "1500.00",
        "paid",
        "0.00",
    )
    assert credit_of(shop.asha, shop.buyer) == "500.00"
    after = look(shop.asha, bill)
    assert (after["amount_paid"], after["balance_due"]) == ("1500.00", "0.00")
    assert faults() == []


def test_only_where_it_is_asked_for(shop):
    bill = desk.bill_of("1000.00", shop)
    before = everything()
    answer = desk.pay(shop.bilal, bill["id"], "1000.01")
    desk.refused(answer, 409, "exceeds_balance")
    assert answer.data["balance_due"] == "1000.00"
    assert everything() == before
    assert desk.pay(shop.bilal, bill["id"], "1.00", allow_credit="yes").status == 400


def test_no_excess_no_credit(shop):
    bill = desk.bill_of("1000.00", shop)
    pay(shop.bilal, bill, "1000.00", allow_credit=True)
    assert shop.asha.get("/customer-credits/").data["results"] == []


def test_on_a_paid_bill_all_of_it_is_excess(shop):
    bill = desk.bill_of("1000.00", shop)
    pay(shop.bilal, bill, "1000.00")
    pay(shop.bilal, bill, "250.00", allow_credit=True)
    assert credit_of(shop.asha, shop.buyer) == "250.00"
    assert faults() == []


def test_excess_of_several_tenders(shop):
    bill = desk.bill_of("1000.00", shop)
    tenders = [
        {"mode": "cash", "amount": "800.00", "tendered": "1000.00"},
        {"mode": "upi", "amount": "300.00", "reference": "R1"},
    ]
    body = {"invoice": bill["id"], "tenders": tenders, "allow_credit": True}
    answer = shop.bilal.post("/payments/", body, key=cast.new_key())
    assert (answer.status, answer.data["invoice_status"]) == (201, "paid")
    assert credit_of(shop.asha, shop.buyer) == "100.00"
    assert faults() == []


def kept(shop, amount, customer=None):
    """A customer with this much credit, and the bill that it came from."""
    bill = desk.bill_of("100.00", shop, customer=customer)
    pay(shop.bilal, bill, f"{100 + int(amount)}.00", allow_credit=True)
    return bill


def test_credit_pays_another_bill(shop):
    kept(shop, "500")
    bill = desk.bill_of("800.00", shop)
    payment = pay(shop.bilal, bill, "300.00", mode="credit")
    assert (payment["mode"], payment["reference"], payment["invoice_balance_due"]) == ("credit", "", "500.00")
    assert credit_of(shop.asha, shop.buyer) == "200.00"
    body = {"invoice": bill["id"], "tenders": [
        {"mode": "credit", "amount": "200.00"}, {"mode": "cash", "amount": "300.00"}]}  # fmt: skip
    assert shop.bilal.post("/payments/", body, key=cast.new_key()).data["invoice_status"] == "paid"
    assert credit_of(shop.asha, shop.buyer) == "0.00"
    assert faults() == []


def test_not_more_than_there_is(shop):
    kept(shop, "500")
    bill = desk.bill_of("800.00", shop)
    before = everything()
    answer = desk.pay(shop.bilal, bill["id"], "500.01", mode="credit")
    desk.refused(answer, 409, "exceeds_credit")
    assert answer.data["credit_balance"] == "500.00"
    body = {"invoice": bill["id"], "tenders": [{"mode": "credit", "amount": "300.00"}] * 2}
    assert shop.bilal.post("/payments/", body, key=cast.new_key()).data["credit_balance"] == "200.00"
    assert everything() == before


def test_not_somebody_elses(shop):
    kept(shop, "500")
    bill = desk.bill_of("800.00", shop, customer=cast.customer("Another"))
    answer = desk.pay(shop.bilal, bill["id"], "1.00", mode="credit")
    desk.refused(answer, 409, "exceeds_credit")
    assert answer.data["credit_balance"] == "0.00"


def test_in_every_store_of_the_chain(shop):
    kept(shop, "500")
    body = desk.order(desk.labour(), booking=shop.booking(store=shop.nagpur))
    bill = desk.made(shop.chitra.post("/invoices/", body))
    assert desk.pay(shop.chitra, bill["id"], "500.00", mode="credit").status == 201
    assert faults() == []


def test_credit_does_not_become_credit(shop):
    kept(shop, "500")
    bill = desk.bill_of("100.00", shop)
    desk.refused(
        desk.pay(shop.bilal, bill["id"], "200.00", mode="credit", allow_credit=True), 409, "exceeds_balance"
    )


def test_a_sale_is_paid_from_credit(shop):
    kept(shop, "500")
    body = desk.order(
        desk.labour(unit_price="118.00", tax_inclusive=True), store=shop.pune, customer=shop.buyer
    )
    body["tenders"] = [{"mode": "credit", "amount": "118.00"}]
    answer = shop.bilal.post("/sales/", body, key=cast.new_key())
    assert (answer.status, answer.data["invoice"]["status"]) == (201, "paid")
    assert credit_of(shop.asha, shop.buyer) == "382.00"
    for _ in range(3):
        assert shop.bilal.post("/sales/", body, key=cast.new_key()).status == 201
    before = everything()
    desk.refused(shop.bilal.post("/sales/", body, key=cast.new_key()), 409, "exceeds_credit")
    assert everything() == before
    assert faults() == []


@pytest.mark.parametrize(
    "fields", [{"reference": "x" * 36}, {"tendered": "500.00"}, {"emi": {"provider": "x"}}]
)
def test_credit_has_no_bank_and_no_change(shop, fields):
    kept(shop, "500")
    bill = desk.bill_of("100.00", shop)
    assert desk.pay(shop.bilal, bill["id"], "100.00", mode="credit", **fields).status == 400


def test_a_walk_ins_credit_stays_with_the_bill(shop):
    variant = desk.stocked(shop)
    one, two = (
        desk.made(shop.bilal.post("/invoices/", desk.counter(shop, desk.part(variant)))) for _ in range(2)
    )
    pay(shop.bilal, one, "1200.00", allow_credit=True)
    desk.refused(desk.pay(shop.bilal, two["id"], "20.00", mode="credit"), 409, "exceeds_credit")
    assert faults() == []


def test_what_was_paid_from_credit_and_came_back(shop):
    """A note on a bill that credit paid gives the credit back."""
    kept(shop, "500")
    bill = desk.bill_of("500.00", shop)
    pay(shop.bilal, bill, "500.00", mode="credit")
    credit(shop.asha, bill)
    assert credit_of(shop.asha, shop.buyer) == "500.00"
    assert faults() == []


def test_cash_kept_as_credit_counts_for_the_day(shop):
    bill = desk.bill_of("100.00", shop)
    answer = desk.pay(shop.bilal, bill["id"], "200000.00", allow_credit=True)
    desk.refused(answer, 409, "cash_limit")


def test_replays(shop):
    bill = desk.bill_of("1000.00", shop)
    body = {"invoice": bill["id"], "amount": "1500.00", "mode": "cash", "allow_credit": True}
    desk.replays(shop.bilal, "/payments/", body, body | {"amount": "1501.00"})
    assert credit_of(shop.asha, shop.buyer) == "500.00"
