"""How deposits pay the bills of their booking: V15, several, larger than the bill, drafts, sales."""

from datetime import timedelta

import pytest

from finetune.core.dates import today
from tests import cast
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
)
from tests.inventory import shelf
from tests.invoicing import desk


@pytest.fixture
def booking(shop):
    return shop.booking()


def bill_on(shop, booking, amount, **fields):
    body = desk.order(desk.labour(unit_price=amount, tax_inclusive=True), booking=booking, **fields)
    return desk.made(shop.bilal.post("/invoices/", body))


def voucher_of(shop, voucher):
    return shop.asha.get(f"/deposits/{voucher['id']}/").data


def open_amounts(shop, *vouchers):
    return [voucher_of(shop, voucher)["amount_open"] for voucher in vouchers]


def test_v15_the_bill(shop, booking):
    voucher = deposit(shop.bilal, booking, "2000.00")
    body = desk.order(desk.labour(unit_price="4500.00"), booking=booking)
    bill = desk.made(shop.bilal.post("/invoices/", body))
    assert (bill["cgst"], bill["total"], bill["balance_due"]) == ("405.00", "5310.00", "3310.00")
    assert (bill["amount_paid"], bill["amount_deposited"], bill["status"]) == (
        "2000.00",
        "2000.00",
        "partially_paid",
    )
    after = voucher_of(shop, voucher)
    assert (after["amount_applied"], after["amount_open"]) == ("2000.00", "0.00")
    assert after["set_offs"] == [{"invoice": bill["id"], "set_off_date": str(today()), "amount": "2000.00"}]
    set_off = shelf.fetch(
        "SELECT taxable_value::text, cgst::text, sgst::text, igst::text FROM deposits_depositsetoff"
    )
    assert set_off == [("1694.92", "152.54", "152.54", "0.00")]
    pay(shop.bilal, bill, "3310.00")
    assert look(shop.asha, bill)["status"] == "paid"
    assert faults() == []


def test_the_oldest_first(shop, booking):
    vouchers = [deposit(shop.bilal, booking, amount) for amount in ("300.00", "500.00", "400.00")]
    bill = bill_on(shop, booking, "600.00")
    assert (bill["status"], open_amounts(shop, *vouchers)) == ("paid", ["0.00", "200.00", "400.00"])
    bill_on(shop, booking, "250.00")
    assert open_amounts(shop, *vouchers) == ["0.00", "0.00", "350.00"]
    assert faults() == []


def test_the_parts_of_one_deposit_add_up_with_their_tax(shop, booking):
    voucher = deposit(shop.bilal, booking, "1000.00")
    for amount in ("333.00", "333.00"):
        bill_on(shop, booking, amount)
    assert give_back(shop.asha, voucher, amount="100.00").status == 201
    assert give_back(shop.asha, voucher).data["amount"] == "234.00"
    assert open_amounts(shop, voucher) == ["0.00"]
    assert faults() == []


def test_not_of_another_booking(shop, booking):
    voucher = deposit(shop.bilal, booking, "500.00")
    assert desk.bill(shop)["amount_deposited"] == "0.00"
    assert open_amounts(shop, voucher) == ["500.00"]


def test_a_draft_takes_none_until_it_is_issued(shop, booking):
    voucher = deposit(shop.bilal, booking, "500.00")
    draft = bill_on(shop, booking, "800.00", status="draft")
    assert (draft["amount_deposited"], open_amounts(shop, voucher)) == ("0.00", ["500.00"])
    issued = shop.bilal.post(f"/invoices/{draft['id']}/issue/").data
    assert (issued["amount_deposited"], issued["balance_due"]) == ("500.00", "300.00")
    assert faults() == []


def test_a_deposit_that_came_after_the_draft(shop, booking):
    draft = bill_on(shop, booking, "800.00", status="draft")
    deposit(shop.bilal, booking, "500.00")
    assert shop.bilal.post(f"/invoices/{draft['id']}/issue/").data["balance_due"] == "300.00"


def test_a_sale_asks_for_the_rest(shop, booking):
    deposit(shop.bilal, booking, "500.00")
    body = desk.order(desk.labour(unit_price="800.00", tax_inclusive=True), booking=booking)
    before = everything()
    too_much = shop.bilal.post(
        "/sales/", body | {"tenders": [{"mode": "cash", "amount": "300.01"}]}, key=new_key()
    )
    desk.refused(too_much, 409, "exceeds_balance")
    assert too_much.data["balance_due"] == "300.00"
    assert everything() == before
    sale = shop.bilal.post(
        "/sales/", body | {"tenders": [{"mode": "cash", "amount": "300.00"}]}, key=new_key()
    )
    assert (sale.status, sale.data["invoice"]["status"]) == (201, "paid")
    assert faults() == []


def test_a_sale_that_the_deposit_covers_needs_no_tender(shop, booking):
    deposit(shop.bilal, booking, "500.00")
    body = desk.order(desk.labour(unit_price="400.00", tax_inclusive=True), booking=booking, tenders=[])
    assert shop.bilal.post("/sales/", body, key=new_key()).data["invoice"]["status"] == "paid"
    assert faults() == []


def test_a_refused_bill_takes_none(shop, booking):
    voucher = deposit(shop.bilal, booking, "500.00")
    before = everything()
    body = desk.order(desk.part(desk.stocked(shop, 1), "2"), booking=booking)
    before = everything()
    desk.refused(shop.bilal.post("/invoices/", body), 409, "insufficient_stock")
    assert (everything(), open_amounts(shop, voucher)) == (before, ["500.00"])


def test_a_bill_with_a_set_off_is_not_cancelled(shop, booking):
    voucher = deposit(shop.bilal, booking, "500.00")
    bill = bill_on(shop, booking, "800.00")
    before = everything()
    answer = shop.asha.post(f"/invoices/{bill['id']}/cancel/", {"reason": "wrong"})
    desk.refused(answer, 409, "invoice_has_payments")
    assert answer.data["amount_paid"] == "500.00"
    assert everything() == before
    credit(shop.asha, bill)
    assert (credit_of(shop.asha, shop.buyer), open_amounts(shop, voucher)) == ("500.00", ["0.00"])
    assert faults() == []


def test_what_was_given_back_pays_nothing(shop, booking):
    voucher = deposit(shop.bilal, booking, "500.00")
    assert give_back(shop.asha, voucher, amount="450.00").status == 201
    assert bill_on(shop, booking, "800.00")["amount_deposited"] == "50.00"
    assert faults() == []


def test_a_bill_dated_before_the_deposit(shop, booking):
    """The set-off stands in the return of the deposit's month or a later one, never before."""
    deposit(shop.bilal, booking, "500.00")
    bill = bill_on(shop, booking, "800.00", invoice_date=str(today() - timedelta(days=40)))
    assert bill["amount_deposited"] == "500.00"
    assert shelf.fetch("SELECT set_off_date FROM deposits_depositsetoff") == [(today(),)]


def test_reverse_charge_is_paid_without_the_tax(shop, booking):
    deposit(shop.bilal, booking, "9999.00")
    body = desk.order(desk.labour(unit_price="5000.00"), booking=booking, reverse_charge=True)
    bill = desk.made(shop.bilal.post("/invoices/", body))
    assert (bill["total"], bill["amount_deposited"], bill["status"]) == ("5000.00", "5000.00", "paid")


def test_a_free_bill_takes_none(shop, booking):
    voucher = deposit(shop.bilal, booking, "500.00")
    assert bill_on(shop, booking, "0.00")["amount_deposited"] == "0.00"
    assert open_amounts(shop, voucher) == ["500.00"]


def test_the_payment_of_a_deposit_is_not_one_of_the_bill(shop, booking):
    """It stands in the list of payments once, under its deposit."""
    voucher = deposit(shop.bilal, booking, "500.00")
    bill = bill_on(shop, booking, "800.00")
    assert shop.asha.get(f"/payments/?invoice={bill['id']}").data["results"] == []
    assert len(shop.asha.get(f"/payments/?deposit={voucher['id']}").data["results"]) == 1


def test_a_deposit_after_the_bill_stays_open(shop, booking):
    """It pays the next bill of the booking; what is owed on this one is taken as a payment."""
    bill = bill_on(shop, booking, "800.00")
    voucher = desk.made(ask_deposit(shop.bilal, booking, "100.00"))
    assert look(shop.asha, bill)["balance_due"] == "800.00"
    assert open_amounts(shop, voucher) == ["100.00"]


def test_a_deposit_never_pays_another_customers_bill(shop, booking):
    voucher = deposit(shop.bilal, booking, "500.00")
    other = {"customer": cast.customer("Another")}
    before = everything()
    desk.refused(shop.bilal.patch(f"/bookings/{booking}/", other), 409, "booking_has_deposits")
    assert everything() == before
    assert (
        shop.bilal.patch(f"/bookings/{booking}/", {"issue": "Battery", "customer": shop.buyer}).status == 200
    )
    desk.made(give_back(shop.asha, voucher))
    assert shop.bilal.patch(f"/bookings/{booking}/", other).status == 200
    assert bill_on(shop, booking, "1000.00")["amount_paid"] == "0.00"
