"""POST /api/invoices/{id}/cancel/."""

import pytest

from tests.inventory import shelf
from tests.invoicing import desk
from tests.invoicing.desk import INVOICES, labour, part, refused

WHY = {"reason": "Wrong customer"}


def path(invoice) -> str:
    return f"{INVOICES}{invoice['id']}/cancel/"


def test_the_number_is_kept_and_the_rest_comes_back(shop):
    variant, units = desk.stocked(shop), desk.stocked_units(shop, "A1", "A2")
    bill = desk.bill(shop, part(variant, "2"), part(units, serial_numbers=["A1"]), part(variant), labour())
    cancelled = desk.made(shop.asha.post(path(bill), WHY), 200)
    assert (cancelled["status"], cancelled["invoice_number"], cancelled["balance_due"]) == (
        "cancelled",
        "FT-INV-0001",
        "0.00",
    )
    assert (cancelled["total"], cancelled["cancellation_reason"]) == (bill["total"], WHY["reason"])
    assert shelf.quantity(shop.pune, variant) == 10
    assert shelf.units("A1") == [("available", False, shop.pune)]
    assert desk.faults() == []
    assert desk.bill(shop, part(units, serial_numbers=["A1"]))["invoice_number"] == "FT-INV-0002"


def test_a_key(shop):
    bill = desk.bill(shop, part(desk.stocked(shop)))
    desk.replays(shop.asha, path(bill), WHY, {"reason": "Another"}, stranger=shop.admin)
    assert desk.faults() == []


def test_only_once(shop):
    bill = desk.bill(shop, part(desk.stocked(shop)))
    desk.made(shop.asha.post(path(bill), WHY), 200)
    before = desk.written()
    refused(shop.asha.post(path(bill), WHY), 409, "already_cancelled")
    assert desk.written() == before


def test_not_while_anything_is_paid(shop):
    bill = desk.bill(shop, part(desk.stocked(shop)))
    desk.made(desk.pay(shop.bilal, bill["id"], "0.01"))
    before = desk.written()
    answer = shop.asha.post(path(bill), WHY)
    refused(answer, 409, "invoice_has_payments")
    assert answer.data["amount_paid"] == "0.01"
    assert desk.written() == before


def test_a_draft_is_deleted_instead(shop):
    refused(shop.asha.post(path(desk.draft(shop)), WHY), 409, "invoice_not_issued")


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": "  "}, {"reason": None}, {"reason": "x" * 501}]
)
def test_a_reason_is_needed(shop, body):
    bill = desk.bill(shop)
    answer = shop.asha.post(path(bill), body)
    assert (answer.status, list(answer.field_codes())) == (400, ["reason"])


def test_not_when_a_unit_has_moved_on(shop):
    units = desk.stocked_units(shop, "A1")
    bill = desk.bill(shop, part(units, serial_numbers=["A1"]))
    shelf.post(shop.asha, "return_in", shop.pune, units, 1, serials=["A1"])
    before = desk.written()
    refused(shop.asha.post(path(bill), WHY), 409, "serial_not_available")
    assert desk.written() == before


def test_who_may(shop):
    bill = desk.bill(shop)
    before = desk.written()
    refused(shop.bilal.post(path(bill), WHY), 403, "forbidden")
    refused(shop.auditor.post(path(bill), WHY), 403, "forbidden")
    refused(shop.chitra.post(path(bill), WHY), 404, "not_found")
    refused(shop.asha.post(f"{INVOICES}{10**9}/cancel/", WHY), 404, "not_found")
    assert desk.written() == before
    assert shop.admin.post(path(bill), WHY).status == 200
