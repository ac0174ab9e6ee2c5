"""POST /api/payments/{id}/refund/: never above what was paid, by the tender it came in, credit first."""

import pytest

from tests.cast import new_key
from tests.crediting.ledger import (
    ask_deposit,
    credit,
    credit_of,
    deposit,
    everything,
    faults,
    give_back,
    look,
    pay,
    refund,
    returned,
)  # fmt: skip
from tests.invoicing import desk


@pytest.fixture
def bill(shop):
    return desk.bill_of("1000.00", shop)


def exceeds(answer, refundable):
    desk.refused(answer, 409, "exceeds_refundable")
    assert answer.data["refundable"] == refundable


def test_what_is_not_credited_is_owed_again(shop, bill):
    payment = pay(shop.bilal, bill, "1000.00")
    answer = refund(shop.asha, payment, "400.00")
    assert answer.status == 201, answer
    expected = {
        "payment": payment["id"], "invoice": bill["id"], "invoice_number": bill["invoice_number"],
        "store": shop.pune, "amount": "400.00", "from_credit": "0.00", "mode": "cash", "reason": "too much",
        "reference": "", "status": "succeeded", "refunded_by": shop.asha.id, "decided_at": None,
    }  # fmt: skip
    assert {name: answer.data[name] for name in expected} == expected
    after = look(shop.asha, bill)
    assert (after["status"], after["balance_due"], after["amount_paid"]) == (
        "partially_paid",
        "400.00",
        "1000.00",
    )
    pay(shop.bilal, bill, "400.00")
    assert look(shop.asha, bill)["status"] == "paid"
    assert faults() == []


def test_the_customers_credit_is_drawn_on_first(shop, bill):
    payment = pay(shop.bilal, bill, "1200.00", allow_credit=True)
    answer = refund(shop.asha, payment, "500.00")
    assert (answer.data["from_credit"], credit_of(shop.asha, shop.buyer)) == ("200.00", "0.00")
    assert look(shop.asha, bill)["balance_due"] == "300.00"
    assert faults() == []


def test_what_came_back_is_paid_back(shop):
    """Return of one of two: its price goes back, the bill stays paid."""
    bill = desk.bill(shop, desk.labour(quantity="2"))
    payment = pay(shop.bilal, bill, "3540.00")
    credit(shop.asha, bill, returned(bill["line_items"][0], "1"))
    assert refund(shop.asha, payment, "1770.00").data["from_credit"] == "1770.00"
    after = look(shop.asha, bill)
    assert (after["status"], after["balance_due"]) == ("paid", "0.00")
    assert faults() == []


def test_never_more_than_the_payment(shop, bill):
    first, second = pay(shop.bilal, bill, "600.00"), pay(shop.bilal, bill, "400.00")
    before = everything()
    exceeds(refund(shop.asha, first, "600.01"), "600.00")
    assert everything() == before
    assert refund(shop.asha, first, "500.00").status == 201
    exceeds(refund(shop.asha, first, "100.01"), "100.00")
    assert refund(shop.asha, first, "100.00").status == 201
    exceeds(refund(shop.asha, first, "0.01"), "0.00")
    assert refund(shop.asha, second, "400.00").status == 201
    assert look(shop.asha, bill)["status"] == "issued"
    assert faults() == []


def test_an_unpaid_return_pays_nothing_out(shop):
    """A note on an unpaid bill lowers what is owed; there is no payment that could go back."""
    bill = desk.bill(shop, desk.labour(quantity="2"))
    credit(shop.asha, bill, returned(bill["line_items"][0], "1"))
    payment = pay(shop.bilal, bill, "1770.00")
    assert refund(shop.asha, payment, "1770.00").data["from_credit"] == "0.00"
    assert look(shop.asha, bill)["balance_due"] == "1770.00"


def test_not_twice_by_way_of_credit(shop, bill):
    """The money became credit, and the credit was spent: then it does not go back as well."""
    payment = pay(shop.bilal, bill, "1000.00")
    credit(shop.asha, bill)
    other = desk.bill_of("700.00", shop)
    spent = pay(shop.bilal, other, "700.00", mode="credit")
    before = everything()
    exceeds(refund(shop.asha, payment, "300.01"), "300.00")
    exceeds(refund(shop.asha, payment, "1.00", mode="credit"), "0.00")
    assert everything() == before
    assert refund(shop.asha, payment, "300.00").data["from_credit"] == "300.00"
    exceeds(refund(shop.asha, spent, "1.00", mode="cash"), "0.00")
    assert refund(shop.asha, spent, "700.00").data["mode"] == "credit"
    assert (credit_of(shop.asha, shop.buyer), look(shop.asha, other)["balance_due"]) == ("700.00", "700.00")
    assert refund(shop.asha, payment, "700.00").data["from_credit"] == "700.00"
    assert faults() == []


def test_to_credit(shop, bill):
    payment = pay(shop.bilal, bill, "1000.00", mode="upi", reference="U1")
    answer = refund(shop.asha, payment, "250.00", mode="credit")
    assert (answer.data["status"], answer.data["from_credit"]) == ("succeeded", "0.00")
    assert (look(shop.asha, bill)["balance_due"], credit_of(shop.asha, shop.buyer)) == ("250.00", "250.00")
    pay(shop.bilal, bill, "250.00", mode="credit")
    assert look(shop.asha, bill)["status"] == "paid"
    assert faults() == []


def test_no_cash_for_what_did_not_come_in_as_cash(shop, bill):
    cash = pay(shop.bilal, bill, "300.00")
    upi = pay(shop.bilal, bill, "700.00", mode="upi", reference="U1")
    exceeds(refund(shop.asha, upi, "300.01", mode="cash"), "300.00")
    assert refund(shop.asha, upi, "100.00", mode="cash").status == 201
    exceeds(refund(shop.asha, cash, "200.01"), "200.00")
    assert refund(shop.asha, cash, "200.00").status == 201
    # UPI reaches anybody.
    assert refund(shop.asha, cash, "100.00", mode="upi").data["status"] == "initiated"
    assert faults() == []


def test_a_card_takes_back_only_what_it_paid(shop, bill):
    card = pay(shop.bilal, bill, "600.00", mode="card", reference="C1")
    emi = {"provider": "Bank", "tenure_months": 3, "financed_amount": "400.00"}
    lent = pay(shop.bilal, bill, "400.00", mode="emi", reference="E1", emi=emi)
    exceeds(refund(shop.asha, lent, "400.00", mode="cash"), "0.00")
    assert refund(shop.asha, card, "600.00").data["mode"] == "card"
    exceeds(refund(shop.asha, lent, "1.00", mode="card"), "0.00")
    assert refund(shop.asha, lent, "400.00").data["status"] == "initiated"
    assert faults() == []


@pytest.mark.parametrize("change", [
    {"amount": "0"}, {"amount": "-1"}, {"amount": "1.001"}, {"amount": None}, {"reason": ""}, {"mode": "barter"},
    {"reference": "x" * 36}, {"refunded_at": "now"},
])  # fmt: skip
def test_refused_fields(shop, bill, change):
    payment, before = pay(shop.bilal, bill, "1000.00"), everything()
    answer = refund(shop.asha, payment, **({"amount": "1.00"} | change))
    assert answer.status == 400
    assert list(answer.field_codes()) == list(change)
    assert everything() == before


def test_the_key_is_required_and_kept(shop, bill):
    payment = pay(shop.bilal, bill, "1000.00")
    body, path = (
        {"amount": "100.00", "reason": "too much", "mode": "cash"},
        f"/payments/{payment['id']}/refund/",
    )
    desk.refused(shop.asha.post(path, body), 400, "idempotency_key_missing")
    desk.replays(shop.asha, path, body, body | {"amount": "200.00"}, stranger=shop.admin)
    assert look(shop.asha, bill)["balance_due"] == "200.00"


def test_who_may(shop, bill):
    payment = pay(shop.bilal, bill, "1000.00")
    desk.refused(refund(shop.bilal, payment, "1.00"), 403, "forbidden")
    desk.refused(refund(shop.auditor, payment, "1.00"), 403, "forbidden")
    desk.refused(refund(shop.chitra, payment, "1.00"), 404, "not_found")
    desk.refused(refund(shop.asha, {"id": 999999}, "1.00"), 404, "not_found")
    assert refund(shop.admin, payment, "1.00").status == 201


def test_a_refunded_bill_can_be_cancelled(shop, bill):
    payment = pay(shop.bilal, bill, "1000.00")
    cancel = f"/invoices/{bill['id']}/cancel/"
    desk.refused(shop.asha.post(cancel, {"reason": "x"}), 409, "invoice_has_payments")
    assert refund(shop.asha, payment, "1000.00").status == 201
    assert shop.asha.post(cancel, {"reason": "x"}).data["status"] == "cancelled"
    assert faults() == []


def test_one_that_was_overpaid_as_well(shop, bill):
    payment = pay(shop.bilal, bill, "1200.00", allow_credit=True)
    assert refund(shop.asha, payment, "1200.00").data["from_credit"] == "200.00"
    assert shop.asha.post(f"/invoices/{bill['id']}/cancel/", {"reason": "x"}).data["status"] == "cancelled"


def test_a_walk_ins_credit_goes_back(shop):
    variant = desk.stocked(shop)
    bill = desk.made(shop.bilal.post("/invoices/", desk.counter(shop, desk.part(variant))))
    payment = pay(shop.bilal, bill, "1180.00")
    credit(shop.asha, bill)
    assert refund(shop.asha, payment, "1180.00").data["from_credit"] == "1180.00"
    assert shop.asha.get("/customer-credits/").data["results"][0]["balance"] == "0.00"
    assert faults() == []


def test_a_deposit_that_no_bill_used_goes_back_by_a_voucher(shop):
    voucher = deposit(shop.bilal, shop.booking(), "500.00")
    exceeds(refund(shop.asha, {"id": voucher["payment"]}, "500.00"), "0.00")
    assert give_back(shop.asha, voucher).status == 201


def test_a_deposit_that_paid_a_bill_goes_back_as_its_payment(shop):
    """The repair was billed and then credited: what the deposit had paid is the customer's credit."""
    booking = shop.booking()
    voucher = deposit(shop.bilal, booking, "2000.00")
    bill = desk.made(shop.bilal.post("/invoices/", desk.order(desk.labour(), booking=booking)))
    assert (bill["total"], bill["status"]) == ("1770.00", "paid")
    credit(shop.asha, bill)
    assert credit_of(shop.asha, shop.buyer) == "1770.00"
    money = {"id": voucher["payment"]}
    exceeds(refund(shop.asha, money, "2000.00"), "1770.00")
    assert refund(shop.asha, money, "1770.00").data["from_credit"] == "1770.00"
    exceeds(refund(shop.asha, money, "0.01"), "0.00")
    assert give_back(shop.asha, voucher).data["amount"] == "230.00"
    assert faults() == []


def test_a_deposit_by_upi_gives_no_cash(shop):
    booking = shop.booking()
    voucher = desk.made(ask_deposit(shop.bilal, booking, "1770.00", mode="upi", reference="U1"))
    bill = desk.made(shop.bilal.post("/invoices/", desk.order(desk.labour(), booking=booking)))
    exceeds(refund(shop.asha, {"id": voucher["payment"]}, "10.00", mode="cash"), "0.00")
    assert refund(shop.asha, {"id": voucher["payment"]}, "10.00").status == 201
    assert look(shop.asha, bill)["balance_due"] == "10.00"
    assert faults() == []


def test_credit_from_elsewhere_is_drawn_on_as_well(shop, bill):
    other = desk.bill_of("100.00", shop)
    pay(shop.bilal, other, "400.00", allow_credit=True)
    payment = pay(shop.bilal, bill, "1000.00")
    assert refund(shop.asha, payment, "500.00").data["from_credit"] == "300.00"
    assert look(shop.asha, bill)["balance_due"] == "200.00"
    exceeds(refund(shop.asha, payment, "500.01"), "500.00")
    assert faults() == []


def test_on_a_replay_the_state_of_now(shop, bill):
    payment = pay(shop.bilal, bill, "1000.00", mode="upi", reference="U1")
    path, body, key = f"/payments/{payment['id']}/refund/", {"amount": "1.00", "reason": "x"}, new_key()
    first = shop.asha.post(path, body, key=key)
    assert first.data["status"] == "initiated"
    assert shop.asha.post(f"/refunds/{first.data['id']}/outcome/", {"succeeded": True}).status == 200
    assert shop.asha.post(path, body, key=key).data["status"] == "succeeded"


def test_a_customer_of_two_stores(shop):
    """Asha gives back what Pune took; Nagpur's payments are not hers."""
    body = desk.order(desk.labour(), booking=shop.booking(store=shop.nagpur))
    bill = desk.made(shop.chitra.post("/invoices/", body))
    payment = pay(shop.chitra, bill, "10.00")
    assert refund(shop.asha, payment, "1.00").status == 404
    assert refund(shop.chitra, payment, "1.00").status == 201
