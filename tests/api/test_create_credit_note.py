"""POST /api/invoices/{id}/credit-notes/."""

from tests import cast
from tests.invoicing.desk import *  # noqa: F403


def test_v14_in_two_notes(shop):
    bill = shop.asha.post(
        "/invoices/",
        {
            "booking": shop.booking(),
            "line_items": [
                {
                    "description": "Glass",
                    "quantity": "7",
                    "unit_price": "142.85",
                    "gst_rate": "18",
                    "discount": {"amount": "10.00"},
                }
            ],
        },
    ).data
    assert bill["total"] == "1168.00"
    line = bill["line_items"][0]["id"]
    first = shop.asha.post(
        f"/invoices/{bill['id']}/credit-notes/",
        {"reason": "three came back", "line_items": [{"line": line, "quantity": "3"}]},
    )
    assert first.status == 201, first
    assert (first.data["credit_note_number"], first.data["total"]) == ("FT-CN-0001", "500.64")
    second = shop.asha.post(
        f"/invoices/{bill['id']}/credit-notes/",
        {"reason": "the rest", "line_items": [{"line": line, "quantity": "4"}]},
    )
    assert (second.data["taxable_value"], second.data["cgst"], second.data["total"]) == (
        "565.69",
        "50.91",
        "667.36",
    )
    after = shop.asha.get(f"/invoices/{bill['id']}/").data
    assert (after["status"], after["balance_due"], after["amount_credited"]) == (
        "credited",
        "0.00",
        "1168.00",
    )
    assert [note["credit_note_number"] for note in after["credit_notes"]] == ["FT-CN-0001", "FT-CN-0002"]


def test_deposit_v15(shop):
    booking = shop.booking()
    voucher = shop.bilal.post(
        f"/bookings/{booking}/deposits/", {"amount": "2000.00", "mode": "cash"}, key=cast.new_key()
    )
    assert voucher.status == 201, voucher
    assert (voucher.data["taxable_value"], voucher.data["cgst"]) == ("1694.92", "152.54")
    bill = shop.bilal.post(
        "/invoices/",
        {
            "booking": booking,
            "line_items": [
                {"description": "Labour", "quantity": 1, "unit_price": "4500.00", "gst_rate": "18"}
            ],
        },
    )
    assert bill.status == 201, bill
    assert (bill.data["total"], bill.data["balance_due"], bill.data["status"]) == (
        "5310.00",
        "3310.00",
        "partially_paid",
    )
    more = shop.bilal.post(
        "/payments/",
        {"invoice": bill.data["id"], "amount": "4000.00", "mode": "cash", "allow_credit": True},
        key=cast.new_key(),
    )
    assert more.status == 201, more
    refund = shop.asha.post(
        f"/payments/{more.data['id']}/refund/",
        {"amount": "1000.00", "reason": "too much"},
        key=cast.new_key(),
    )
    assert refund.status == 201, refund
    assert refund.data["from_credit"] == "690.00"
    assert shop.asha.get(f"/invoices/{bill.data['id']}/").data["balance_due"] == "310.00"
