"""POST /api/deposits/{id}/refund/: a refund voucher where no supply followed."""

import pytest

from finetune.core.dates import today
from tests.crediting.ledger import ask_deposit, deposit, everything, faults, figures, give_back
from tests.invoicing import desk


@pytest.fixture
def voucher(shop):
    return deposit(shop.bilal, shop.booking(), "2000.00")


def exceeds(answer, refundable):
    desk.refused(answer, 409, "exceeds_refundable")
    assert answer.data["refundable"] == refundable


def test_all_of_it(shop, voucher):
    answer = give_back(shop.asha, voucher)
    assert answer.status == 201, answer
    expected = {
        "voucher_number": "FT-RF-0001", "voucher_date": str(today()), "deposit": voucher["id"],
        "deposit_number": "FT-RV-0001", "store": shop.pune, "mode": "cash", "reference": "", "reason": "no repair",
        "created_by": shop.asha.id,
    }  # fmt: skip
    assert {name: answer.data[name] for name in expected} == expected
    assert figures(answer.data, "amount", "taxable_value", "cgst", "sgst") == (
        "2000.00",
        "1694.92",
        "152.54",
        "152.54",
    )
    after = shop.asha.get(f"/deposits/{voucher['id']}/").data
    assert (after["amount_refunded"], after["amount_open"]) == ("2000.00", "0.00")
    assert [each["voucher_number"] for each in after["refund_vouchers"]] == ["FT-RF-0001"]
    assert faults() == []


def test_the_parts_add_up_with_their_tax(shop, voucher):
    parts = [
        give_back(shop.asha, voucher, amount=amount).data for amount in ("0.01", "666.66", "666.66", "666.67")
    ]
    assert [part["voucher_number"] for part in parts] == [f"FT-RF-000{number}" for number in range(1, 5)]
    assert faults() == []


def test_never_more_than_is_left(shop, voucher):
    before = everything()
    exceeds(give_back(shop.asha, voucher, amount="2000.01"), "2000.00")
    assert everything() == before
    assert give_back(shop.asha, voucher, amount="1500.00").status == 201
    exceeds(give_back(shop.asha, voucher, amount="500.01"), "500.00")
    assert give_back(shop.asha, voucher).data["amount"] == "500.00"
    exceeds(give_back(shop.asha, voucher), "0.00")
    exceeds(give_back(shop.asha, voucher, amount="0.01"), "0.00")


def test_what_a_bill_used_is_not_left(shop, voucher):
    body = desk.order(desk.labour(), booking=voucher["booking"])
    assert shop.bilal.post("/invoices/", body).status == 201
    exceeds(give_back(shop.asha, voucher, amount="230.01"), "230.00")
    assert give_back(shop.asha, voucher).data["amount"] == "230.00"
    assert faults() == []


def test_the_way_it_came_or_by_upi(shop):
    booking = shop.booking()
    cash = deposit(shop.bilal, booking, "100.00")
    card = desk.made(ask_deposit(shop.bilal, booking, "100.00", mode="card", reference="C1"))
    exceeds(give_back(shop.asha, card, mode="cash"), "0.00")
    exceeds(give_back(shop.asha, cash, mode="card"), "0.00")
    assert give_back(shop.asha, card, amount="50.00").data["mode"] == "card"
    assert give_back(shop.asha, card, mode="upi", reference="UTR5").data["reference"] == "UTR5"
    assert give_back(shop.asha, cash, mode="upi").status == 201


@pytest.mark.parametrize("change", [
    {"amount": "0"}, {"amount": "1.001"}, {"reason": ""}, {"mode": "emi"}, {"mode": "credit"}, {"reference": "x" * 36},
    {"voucher_date": "2026-01-01"},
])  # fmt: skip
def test_refused_fields(shop, voucher, change):
    before = everything()
    answer = give_back(shop.asha, voucher, **change)
    assert (answer.status, list(answer.field_codes())) == (400, list(change))
    assert everything() == before


def test_the_key_is_required_and_kept(shop, voucher):
    path, body = f"/deposits/{voucher['id']}/refund/", {"reason": "no repair", "amount": "100.00"}
    desk.refused(shop.asha.post(path, body), 400, "idempotency_key_missing")
    desk.replays(shop.asha, path, body, body | {"amount": "200.00"}, stranger=shop.admin)


def test_who_may(shop, voucher):
    desk.refused(give_back(shop.bilal, voucher), 403, "forbidden")
    desk.refused(give_back(shop.auditor, voucher), 403, "forbidden")
    desk.refused(give_back(shop.chitra, voucher), 404, "not_found")
    desk.refused(give_back(shop.asha, {"id": 999999}), 404, "not_found")
    assert give_back(shop.admin, voucher).status == 201
