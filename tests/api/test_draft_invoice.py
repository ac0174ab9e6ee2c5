"""POST /api/invoices/ with status draft."""

from tests.inventory import shelf
from tests.invoicing import desk
from tests.invoicing.desk import INVOICES, counter, labour, order, part, refused, repair


def test_a_draft_has_no_number_no_stock_and_owes_nothing_yet(shop):
    variant = desk.stocked(shop)
    answer = shop.bilal.post(INVOICES, repair(shop, part(variant), labour(), status="draft"))
    draft = desk.made(answer)
    assert (draft["invoice_number"], draft["status"], draft["issued_at"]) == (None, "draft", None)
    assert (draft["total"], draft["amount_paid"], len(draft["line_items"])) == ("2950.00", "0.00", 2)
    assert answer.headers["ETag"] == '"1"'
    assert shelf.quantity(shop.pune, variant) == 10
    assert shelf.fetch("SELECT count(*) FROM invoicing_settlement") == [(0,)]
    assert desk.bill(shop)["invoice_number"] == "FT-INV-0001"
    assert desk.faults() == []


def test_a_bill_has_no_etag(shop):
    assert "ETag" not in shop.bilal.post(INVOICES, repair(shop)).headers


def test_more_than_the_shelf_holds_may_be_quoted(shop):
    assert desk.draft(shop, part(desk.stocked(shop, 1), "5"))["total"] == "5900.00"


def test_a_counter_sale_opens_its_booking_when_it_is_issued(shop):
    before = desk.written()["bookings_booking"]
    draft = desk.made(shop.bilal.post(INVOICES, counter(shop, part(desk.stocked(shop)), status="draft")))
    assert (draft["booking"], desk.written()["bookings_booking"]) == (None, before)
    bill = desk.made(shop.bilal.post(f"{INVOICES}{draft['id']}/issue/"), 200)
    assert shop.bilal.get(f"/bookings/{bill['booking']}/").data["status"] == "delivered"


def test_a_key(shop):
    body = repair(shop, status="draft")
    first = desk.replays(shop.bilal, INVOICES, body, {**body, "status": "issued"}, stranger=shop.asha)
    assert first.data["status"] == "draft"


def test_a_replay_answers_the_draft_as_it_stands_now(shop):
    body, key = repair(shop, status="draft"), "once"
    draft = desk.made(shop.bilal.post(INVOICES, body, key=key))
    shop.asha.post(f"{INVOICES}{draft['id']}/issue/")
    assert shop.bilal.post(INVOICES, body, key=key).data["invoice_number"] == "FT-INV-0001"
    other = desk.made(shop.bilal.post(INVOICES, body, key="twice"))
    shop.bilal.delete(f"{INVOICES}{other['id']}/")
    refused(shop.bilal.post(INVOICES, body, key="twice"), 404, "not_found")


def test_the_same_refusals_as_for_a_bill(shop):
    before = desk.written()
    draft = {"status": "draft"}
    refused(shop.auditor.post(INVOICES, order(**draft)), 403, "forbidden")
    refused(shop.bilal.post(INVOICES, order(**draft)), 400, "booking_required")
    refused(
        shop.bilal.post(INVOICES, order(store=shop.nagpur, customer=shop.buyer, **draft)), 404, "not_found"
    )
    wrong = order(labour(gst_rate="12"), store=shop.pune, customer=shop.buyer, **draft)
    refused(shop.bilal.post(INVOICES, wrong), 400, "rate_not_in_force")
    dear = order(labour(unit_price="50000.00"), store=shop.pune, customer=shop.buyer, **draft)
    refused(shop.bilal.post(INVOICES, dear), 400, "recipient_address_required")
    assert desk.written() == before
