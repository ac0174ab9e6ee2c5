"""GET /api/credit-notes/{id}/pdf/, /api/deposits/{id}/pdf/ and /api/deposits/{id}/refund-vouchers/{id}/pdf/."""

import pytest

from tests import cast
from tests.api.test_read_pdf import EVERY_PAPER, links_of, reader, service, text_of


@pytest.fixture
def noted(shop):
    """A bill of two displays, and the note for one of them."""
    order = {"booking": shop.booking(), "line_items": [service(quantity="2")]}
    bill = shop.bilal.post("/invoices/", order).data
    wanted = [{"line": bill["line_items"][0]["id"], "quantity": "1"}]
    note = shop.asha.post(
        f"/invoices/{bill['id']}/credit-notes/", {"reason": "One came back", "line_items": wanted}
    )
    assert note.status == 201, note
    return bill, note.data


@pytest.fixture
def deposit(shop):
    answer = shop.bilal.post(
        f"/bookings/{shop.booking()}/deposits/", {"amount": "2000.00", "mode": "cash"}, key=cast.new_key()
    )
    assert answer.status == 201, answer
    return answer.data


@pytest.mark.parametrize("query", EVERY_PAPER)
def test_a_credit_note_is_printed(shop, noted, query):
    bill, note = noted
    answer = shop.bilal.get(f"/credit-notes/{note['id']}/pdf/{query}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")
    text = text_of(answer.data)
    for said in (
        "Credit Note",
        note["credit_note_number"],
        bill["invoice_number"],
        "One came back",
        "1,770.00",
    ):
        assert said in text
    assert links_of(answer.data) == [bill["public_url"]]
    assert shop.asha.get(f"/credit-notes/{note['id']}/pdf/{query}").data == answer.data


@pytest.mark.parametrize("query", EVERY_PAPER)
def test_a_deposit_has_a_receipt_voucher(shop, deposit, query):
    answer = shop.bilal.get(f"/deposits/{deposit['id']}/pdf/{query}")
    assert answer.status == 200
    text = text_of(answer.data)
    for said in ("Receipt Voucher", deposit["voucher_number"], "1,694.92", "152.54", "2,000.00"):
        assert said in text
    assert "/Annots" not in reader(answer.data).pages[0]
    assert shop.asha.get(f"/deposits/{deposit['id']}/pdf/{query}").data == answer.data


@pytest.mark.parametrize("query", EVERY_PAPER)
def test_an_advance_given_back_has_a_refund_voucher(shop, deposit, query):
    given = {"amount": "500.00", "mode": "cash", "reason": "Not repaired"}
    refund = shop.asha.post(f"/deposits/{deposit['id']}/refund/", given, key=cast.new_key())
    assert refund.status == 201, refund
    door = f"/deposits/{deposit['id']}/refund-vouchers/{refund.data['id']}/pdf/"
    answer = shop.bilal.get(door + query)
    assert answer.status == 200
    text = text_of(answer.data)
    for said in ("Refund Voucher", refund.data["voucher_number"], deposit["voucher_number"], "500.00"):
        assert said in text
    assert (
        shop.bilal.get(f"/deposits/{deposit['id'] + 1}/refund-vouchers/{refund.data['id']}/pdf/").status
        == 404
    )
    assert shop.chitra.get(door).status == 404


def test_those_of_another_store_are_not_there(shop, noted, deposit):
    assert shop.chitra.get(f"/credit-notes/{noted[1]['id']}/pdf/").status == 404
    assert shop.chitra.get(f"/deposits/{deposit['id']}/pdf/").status == 404
