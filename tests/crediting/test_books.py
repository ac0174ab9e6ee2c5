"""The check of the books finds nothing wrong after corrections of every kind."""

from django.db import connection

from finetune.reports.books import findings
from tests import cast
from tests.crediting.ledger import ask_deposit, credit, deposit, faults, give_back, pay, refund, returned
from tests.inventory import shelf
from tests.invoicing import desk


def test_after_everything(shop):
    units = desk.stocked_units(shop, "A", "B", "C")
    loose, booking = desk.stocked(shop, 20), shop.booking()
    voucher = deposit(shop.bilal, booking, "700.00")
    desk.made(ask_deposit(shop.bilal, booking, "900.00", mode="upi", reference="U0", supply="goods"))
    lines = (desk.labour(quantity="3", unit_price="142.85"), desk.part(units, "2", serial_numbers=["A", "B"]))
    body = desk.order(*lines, desk.part(loose, "4"), booking=booking, discount={"percent": "3.3"})
    bill = desk.made(shop.bilal.post("/invoices/", body))
    labour, phones, cables = bill["line_items"]
    cash = pay(shop.bilal, bill, "1000.00")
    upi = pay(shop.bilal, bill, "9000.00", mode="upi", reference="U1", allow_credit=True)
    credit(shop.asha, bill, returned(labour, "1"), returned(phones, "1", serial_numbers=["B"], restock=False))
    other = desk.bill_of("500.00", shop)
    spent = pay(shop.bilal, other, "500.00", mode="credit")
    refund(shop.asha, spent, "100.00")
    for payment, amount, mode, arrived in (
        (cash, "400.00", "cash", None), (upi, "300.00", "upi", True), (upi, "8000.00", "upi", False),
        (upi, "50.00", "credit", None), ({"id": voucher["payment"]}, "600.00", "cash", None),
    ):  # fmt: skip
        given = desk.made(refund(shop.asha, payment, amount, mode=mode))
        if arrived is not None:
            assert shop.asha.post(f"/refunds/{given['id']}/outcome/", {"succeeded": arrived}).status == 200
    credit(
        shop.asha,
        bill,
        returned(cables, "4"),
        returned(labour, "2"),
        returned(phones, "1", serial_numbers=["A"]),
    )
    later = deposit(shop.bilal, shop.booking(customer=cast.customer("Other")), "333.33")
    give_back(shop.asha, later, amount="100.00")
    assert [state for state, *_ in shelf.units("A", "B", "C")] == ["available", "defective", "available"]
    assert faults() == []
    with connection.cursor() as cursor:
        assert [str(each) for each in findings(cursor) if each.count] == []
