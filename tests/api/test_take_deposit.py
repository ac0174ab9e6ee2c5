"""POST /api/bookings/{id}/deposits/, GET /api/deposits/ and one of them."""

import pytest

from finetune.core.dates import today
from tests import cast
from tests.crediting.ledger import ask_deposit, deposit, everything, faults, figures, give_back
from tests.invoicing import desk


@pytest.fixture
def booking(shop):
    return shop.booking()


def test_v15_the_voucher(shop, booking):
    voucher = deposit(shop.bilal, booking, "2000.00")
    assert voucher["voucher_number"] == "FT-RV-0001"
    assert figures(voucher, "amount", "taxable_value", "cgst", "sgst", "igst") == (
        "2000.00", "1694.92", "152.54", "152.54", "0.00",
    )  # fmt: skip
    expected = {
        "voucher_date": str(today()), "booking": booking, "store": shop.pune, "customer": shop.buyer,
        "supply": "service", "gst_rate": "18", "place_of_supply": "27", "supply_nature": "intra",
        "state_tax_label": "SGST", "amount_applied": "0.00", "amount_refunded": "0.00", "amount_open": "2000.00",
        "mode": "cash", "reference": "", "change_due": "0.00", "set_offs": [], "refund_vouchers": [],
        "description": "Advance for the repair of Phone", "created_by": shop.bilal.id,
    }  # fmt: skip
    assert {name: voucher[name] for name in expected} == expected
    payment = shop.bilal.get(f"/payments/{voucher['payment']}/").data
    assert (payment["deposit"], payment["invoice"], payment["amount"]) == (voucher["id"], None, "2000.00")
    assert faults() == []


def test_goods_are_not_taxed_in_advance(shop, booking):
    voucher = deposit(shop.bilal, booking, "2000.00", supply="goods", gst_rate="5")
    assert figures(voucher, "taxable_value", "cgst", "igst", "gst_rate") == ("2000.00", "0.00", "0.00", "0")
    assert voucher["description"] == "Advance for goods"


def test_a_known_rate(shop, booking):
    voucher = deposit(shop.bilal, booking, "1050.00", gst_rate="5", description="Screen guard, fitted")
    assert figures(voucher, "taxable_value", "cgst", "sgst") == ("1000.00", "25.00", "25.00")
    assert voucher["description"] == "Screen guard, fitted"


def test_no_tax_from_a_composition_store(shop):
    store = cast.store("27", is_composition=True)
    voucher = deposit(shop.admin, shop.booking(store=store), "1180.00")
    assert figures(voucher, "taxable_value", "cgst", "gst_rate") == ("1180.00", "0.00", "0")


def test_from_another_state(shop):
    buyer = cast.customer("Far away", state_code="29")
    voucher = deposit(shop.bilal, shop.booking(customer=buyer), "1180.00")
    assert (voucher["place_of_supply"], voucher["supply_nature"]) == ("29", "inter")
    assert figures(voucher, "taxable_value", "cgst", "igst") == ("1000.00", "0.00", "180.00")


def test_from_an_sez_unit(shop):
    """Between States in law, and without tax under LUT."""
    buyer = desk.registered("27")
    assert shop.admin.patch(f"/customers/{buyer}/", {"category": "sez"}).status == 200
    voucher = deposit(shop.bilal, shop.booking(customer=buyer), "1180.00")
    assert (voucher["supply_nature"], voucher["taxable_value"], voucher["igst"]) == (
        "inter",
        "1180.00",
        "0.00",
    )


def test_change_is_given(shop, booking):
    assert deposit(shop.bilal, booking, "1500.00", tendered="2000.00")["change_due"] == "500.00"


def test_several_on_one_booking(shop, booking):
    numbers = [deposit(shop.bilal, booking, "100.00")["voucher_number"] for _ in range(3)]
    assert numbers == ["FT-RV-0001", "FT-RV-0002", "FT-RV-0003"]


@pytest.mark.parametrize(("change", "field", "code"), [
    ({"amount": "0"}, "amount", "invalid"),
    ({"amount": "1.001"}, "amount", "invalid"),
    ({"mode": "credit"}, "mode", "invalid"),
    ({"mode": "emi"}, "mode", "invalid"),
    ({"mode": "upi"}, "reference", "required"),
    ({"mode": "card", "reference": ""}, "reference", "required"),
    ({"mode": "upi", "reference": "R", "tendered": "9.00"}, "tendered", "invalid"),
    ({"tendered": "1.00"}, "tendered", "invalid"),
    ({"supply": "both"}, "supply", "invalid"),
    ({"gst_rate": "17"}, "gst_rate", "rate_not_in_force"),
    ({"gst_rate": "28"}, "gst_rate", "rate_not_in_force"),
    ({"received_at": "2099-01-01T00:00:00Z"}, "received_at", "date_in_future"),
    ({"voucher_number": "1"}, "voucher_number", "unknown_field"),
])  # fmt: skip
def test_refused_fields(shop, booking, change, field, code):
    before = everything()
    answer = ask_deposit(shop.bilal, booking, **({"amount": "5.00"} | change))
    assert (answer.status, answer.field_codes()) == (400, {field: code}), answer
    assert everything() == before


def test_the_key_is_required_and_kept(shop, booking):
    path, body = f"/bookings/{booking}/deposits/", {"amount": "100.00", "mode": "cash"}
    desk.refused(shop.bilal.post(path, body), 400, "idempotency_key_missing")
    desk.replays(shop.bilal, path, body, body | {"amount": "200.00"}, stranger=shop.asha)


def test_not_on_a_cancelled_booking(shop, booking):
    moved = shop.bilal.post(f"/bookings/{booking}/transition/", {"to": "cancelled", "reason": "gone"})
    assert moved.status == 200
    before = everything()
    desk.refused(ask_deposit(shop.bilal, booking, "100.00"), 409, "booking_cancelled")
    assert everything() == before


def test_a_cancelled_bookings_deposit_goes_back(shop, booking):
    voucher = deposit(shop.bilal, booking, "500.00")
    assert (
        shop.bilal.post(f"/bookings/{booking}/transition/", {"to": "cancelled", "reason": "gone"}).status
        == 200
    )
    assert give_back(shop.asha, voucher).data["amount"] == "500.00"
    assert faults() == []


def test_a_upi_reference_is_once_for_deposits_and_payments(shop, booking):
    bill = desk.bill(shop)
    assert ask_deposit(shop.bilal, booking, "100.00", mode="upi", reference="utr 1").status == 201
    desk.refused(
        desk.pay(shop.bilal, bill["id"], "1.00", mode="upi", reference="UTR1"), 409, "duplicate_reference"
    )
    assert desk.pay(shop.bilal, bill["id"], "1.00", mode="upi", reference="UTR2").status == 201
    again = ask_deposit(shop.bilal, booking, "100.00", mode="upi", reference="utr2")
    desk.refused(again, 409, "duplicate_reference", "reference")
    assert ask_deposit(shop.bilal, booking, "100.00", mode="card", reference="C1").status == 201
    desk.refused(
        ask_deposit(shop.bilal, booking, "1.00", mode="card", reference="c1"), 409, "duplicate_reference"
    )


def test_deposits_count_for_the_cash_of_the_day(shop, booking):
    deposit(shop.bilal, booking, "150000.00")
    bill = desk.bill_of("60000.00", shop, customer=cast.customer("Other", address="1 MG Road"))
    own = desk.bill(shop, desk.labour(unit_price="40000.00"))
    assert desk.pay(shop.bilal, bill["id"], "60000.00").status == 201
    answer = desk.pay(shop.bilal, own["id"], "47200.00", allow_credit=True)
    assert answer.status == 201
    later = shop.booking()
    before = everything()
    answer = ask_deposit(shop.bilal, later, "2800.00")
    desk.refused(answer, 409, "cash_limit")
    assert answer.data["taken_today"] == "197200.00"
    assert everything() == before


def test_who_may(shop, booking):
    desk.refused(ask_deposit(shop.auditor, booking, "1.00"), 403, "forbidden")
    desk.refused(ask_deposit(shop.chitra, booking, "1.00"), 404, "not_found")
    desk.refused(ask_deposit(shop.bilal, 999999, "1.00"), 404, "not_found")
    assert ask_deposit(shop.admin, booking, "1.00").status == 201


def test_lists(shop, booking):
    first = deposit(shop.bilal, booking, "100.00")
    second = deposit(shop.bilal, shop.booking(customer=cast.customer("Zubin")), "300.00")
    third = deposit(shop.bilal, booking, "200.00")
    assert give_back(shop.asha, third).status == 201

    def listed(person, query=""):
        answer = person.get(f"/deposits/{query}")
        assert answer.status == 200, answer
        return [row["id"] for row in answer.data["results"]]

    everyone = [third["id"], second["id"], first["id"]]
    assert listed(shop.bilal) == listed(shop.auditor) == listed(shop.asha, f"?store={shop.pune}") == everyone
    assert listed(shop.asha, f"?booking={booking}") == [third["id"], first["id"]]
    assert listed(shop.asha, f"?booking={booking}&open=true") == [first["id"]]
    assert listed(shop.asha, "?open=false") == [third["id"]]
    assert (
        listed(shop.asha, f"?customer={second['customer']}")
        == listed(shop.asha, "?q=zubin")
        == [second["id"]]
    )
    assert listed(shop.asha, "?q=rv-0001") == [first["id"]]
    assert listed(shop.asha, "?ordering=amount") == [first["id"], third["id"], second["id"]]
    assert listed(shop.asha, f"?date_from={today()}&date_to={today()}&ordering=-voucher_date") == everyone
    assert listed(shop.chitra) == listed(shop.asha, "?date_to=2020-01-01") == []
    desk.refused(shop.asha.get("/deposits/?open=yes"), 400, "invalid")
    desk.refused(shop.asha.get("/deposits/?status=open"), 400, "unknown_parameter")
    assert shop.asha.get(f"/deposits/{first['id']}/").data == first
    assert shop.chitra.get(f"/deposits/{first['id']}/").status == 404
    assert shop.asha.get("/deposits/999999/").status == 404
