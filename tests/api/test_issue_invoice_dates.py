"""POST /api/invoices/: dates, what was in force on them, and the order they stand in."""

from datetime import timedelta

import pytest

from finetune.core.dates import today
from tests.invoicing import desk
from tests.invoicing.desk import INVOICES, labour, refused, repair


def test_a_bill_is_dated_today(shop):
    bill = desk.bill(shop)
    assert (bill["invoice_date"], bill["due_date"]) == (str(today()), None)
    assert desk.bill(shop, invoice_date=str(today()))["invoice_number"] == "FT-INV-0002"


@pytest.mark.parametrize(
    ("rate", "on", "in_force"),
    [
        ("12", "2025-09-21", True), ("12", "2025-09-22", False), ("28", "2025-09-21", True),
        ("28", "2026-01-31", True), ("28", "2026-02-01", False), ("40", "2025-09-21", False),
        ("40", "2025-09-22", True), ("18", "2017-06-30", False), ("18", "2017-07-01", True),
        ("0.25", "2026-02-01", True),
    ],
)  # fmt: skip
def test_the_rates_of_the_day(shop, rate, on, in_force):
    answer = shop.asha.post(INVOICES, repair(shop, labour(gst_rate=rate), invoice_date=on))
    if in_force:
        assert desk.made(answer)["invoice_date"] == on
    else:
        refused(answer, 400, "rate_not_in_force", "line_items.0.gst_rate")


def test_a_rate_of_the_catalogue_that_is_no_longer_in_force(shop):
    variant = desk.stocked(shop)
    desk.execute("UPDATE catalog_product SET gst_rate = 28")
    body = repair(shop, desk.part(variant))
    refused(shop.asha.post(INVOICES, body), 400, "rate_not_in_force", "line_items.0.gst_rate")
    assert shop.asha.post(INVOICES, {**body, "invoice_date": "2025-09-01"}).status == 201


def test_no_date_before_the_last_number(shop):
    desk.bill(shop, invoice_date="2025-09-21")
    desk.bill(shop, invoice_date="2025-09-21")
    before = desk.written()
    answer = shop.asha.post(INVOICES, repair(shop, invoice_date="2025-09-20"))
    refused(answer, 409, "date_before_last_number")
    assert (answer.data["series"], answer.data["last_date"]) == ("FT-INV", "2025-09-21")
    changed = {name for name, value in desk.written().items() if value != before[name]}
    assert changed == {"bookings_booking", "core_auditrecord"}  # of the booking that was opened to bill on
    desk.bill(shop)
    refused(shop.asha.post(INVOICES, repair(shop, invoice_date="2025-09-21")), 409, "date_before_last_number")


def test_each_series_has_its_own_last_date(shop):
    desk.bill(shop)
    untaxed = desk.bill(shop, labour(treatment="exempt"), invoice_date="2025-01-01")
    assert (untaxed["invoice_number"], untaxed["invoice_date"]) == ("FT-BOS-0001", "2025-01-01")


def test_a_bill_past_its_due_date_is_overdue(shop):
    yesterday = str(today() - timedelta(days=1))
    late = desk.bill(shop, due_date=yesterday)
    assert (late["status"], late["due_date"]) == ("overdue", yesterday)
    assert desk.bill(shop, due_date=str(today()))["status"] == "issued"
    desk.made(desk.pay(shop.bilal, late["id"], "1.00"))
    assert shop.bilal.get(f"{INVOICES}{late['id']}/").data["status"] == "overdue"
    desk.made(desk.pay(shop.bilal, late["id"], "1769.00"))
    assert shop.bilal.get(f"{INVOICES}{late['id']}/").data["status"] == "paid"
