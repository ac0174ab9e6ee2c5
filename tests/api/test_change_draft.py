"""PATCH and DELETE /api/invoices/{id}/: only drafts."""

import pytest

from tests import cast
from tests.invoicing import desk
from tests.invoicing.desk import INVOICES, labour, order, part, refused, repair


def path(invoice) -> str:
    return f"{INVOICES}{invoice['id']}/"


def test_what_is_left_out_stays(shop):
    draft = desk.draft(shop, labour(), notes="first", discount={"amount": "100"})
    answer = shop.bilal.patch(path(draft), {"notes": "second"})
    changed = desk.made(answer, 200)
    assert answer.headers["ETag"] == '"2"'
    same = {name: draft[name] for name in draft if name not in ("notes", "line_items")}
    assert {name: changed[name] for name in same} == same
    assert (changed["notes"], changed["total"]) == ("second", "1652.00")
    assert desk.made(shop.bilal.patch(path(draft), {"discount": None}), 200)["total"] == "1770.00"


def test_lines_are_replaced_as_a_whole(shop):
    draft = desk.draft(shop, labour(), labour())
    changed = desk.made(shop.bilal.patch(path(draft), {"line_items": [labour(unit_price="10.00")]}), 200)
    assert (len(changed["line_items"]), changed["taxable_value"]) == (1, "10.00")
    assert desk.faults() == []


def test_what_follows_from_the_order_follows_its_changes(shop):
    variant = desk.stocked(shop)
    draft = desk.draft(
        shop, labour(), part(variant), part(variant, unit_price="500"), labour(tax_inclusive=False)
    )
    changed = desk.made(shop.bilal.patch(path(draft), {"prices_include_tax": True}), 200)
    assert [line["tax_inclusive"] for line in changed["line_items"]] == [True, True, True, False]
    moved = desk.made(shop.bilal.patch(path(draft), {"place_of_supply": "29"}), 200)
    assert (moved["supply_nature"], moved["cgst"]) == ("inter", "0.00")
    back = desk.made(shop.bilal.patch(path(draft), {"place_of_supply": None}), 200)
    assert (back["supply_nature"], back["igst"]) == ("intra", "0.00")


def test_a_quoted_price_stays_when_the_catalogue_changes(shop):
    variant = desk.stocked(shop)
    draft = desk.draft(shop, part(variant))
    shop.asha.patch(f"/variants/{variant}/", {"price": "2000.00"})
    desk.execute("UPDATE stores_store SET discount_ceiling_percent = 0")
    kept = desk.made(shop.bilal.patch(path(draft), {"notes": "still"}), 200)
    assert kept["line_items"][0]["unit_price"] == "1180.00"
    anew = desk.made(shop.bilal.patch(path(draft), {"line_items": [part(variant)]}), 200)
    assert anew["line_items"][0]["unit_price"] == "2000.00"


def test_a_draft_may_move_to_another_booking_or_to_none(shop):
    draft, other = desk.draft(shop), cast.customer("Other")
    booking = shop.booking(customer=other)
    moved = desk.made(shop.bilal.patch(path(draft), {"booking": booking}), 200)
    assert (moved["booking"], moved["customer"]) == (booking, other)
    bare = {"booking": None, "store": shop.pune, "customer": shop.buyer}
    assert desk.made(shop.bilal.patch(path(draft), bare), 200)["booking"] is None
    back = desk.made(shop.bilal.patch(path(draft), {"booking": booking}), 200)
    assert (back["booking"], back["customer"]) == (booking, other)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"line_items": []}, 400, "invalid"),
        ({"status": "issued"}, 400, "unknown_field"),
        ({"line_items": [labour(gst_rate="17")]}, 400, "rate_not_in_force"),
        ({"line_items": [{}]}, 400, "invalid"),
        ({"discount": {"amount": "1500.01"}}, 400, "discount_above_base"),
        ({"booking": None}, 400, "booking_required"),
        ({"counter_sale": True}, 400, "invalid"),
        ({"invoice_date": "2099-01-01"}, 400, "date_in_future"),
        ({"place_of_supply": "96"}, 400, "invalid_state_code"),
        ({"booking": 10**9}, 404, "not_found"),
        ({"line_items": [part(10**9)]}, 404, "not_found"),
    ],
)
def test_a_change_is_checked_like_a_new_draft(shop, changes, status, code):
    draft = desk.draft(shop)
    before = desk.written()
    answer = shop.bilal.patch(path(draft), changes)
    if code == "invalid":
        assert answer.status == status
    else:
        refused(answer, status, code)
    assert desk.written() == before
    assert shop.bilal.get(path(draft)).data == draft


def test_if_match(shop):
    draft = desk.draft(shop)
    assert shop.bilal.patch(path(draft), {"notes": "a"}, **{"If-Match": '"1"'}).status == 200
    before = desk.written()
    stale = shop.bilal.patch(path(draft), {"notes": "b"}, **{"If-Match": '"1"'})
    refused(stale, 412, "stale")
    assert desk.written() == before
    assert shop.bilal.patch(path(draft), {"notes": "c"}, **{"If-Match": '"1", "2"'}).status == 200
    assert shop.bilal.get(path(draft)).headers["ETag"] == '"3"'


def test_a_deleted_draft_is_gone(shop):
    draft = desk.draft(shop, part(desk.stocked(shop)))
    answer = shop.bilal.delete(path(draft))
    assert (answer.status, answer.data) == (204, b"")
    refused(shop.bilal.get(path(draft)), 404, "not_found")
    refused(shop.bilal.delete(path(draft)), 404, "not_found")
    assert shelf_of_lines() == 0
    assert desk.bill(shop)["invoice_number"] == "FT-INV-0001"


def test_a_draft_that_was_changed_meanwhile_is_not_deleted(shop):
    draft = desk.draft(shop)
    assert shop.bilal.patch(path(draft), {"notes": "Keep this"}).status == 200
    refused(shop.bilal.delete(path(draft), **{"If-Match": '"1"'}), 412, "stale")
    assert shop.bilal.delete(path(draft), **{"If-Match": '"2"'}).status == 204


def shelf_of_lines() -> int:
    written: int = desk.written()["invoicing_invoicelineitem"]
    return written


@pytest.mark.parametrize("is_cancelled", [False, True])
def test_a_bill_never_changes(shop, is_cancelled):
    bill = desk.bill(shop)
    if is_cancelled:
        shop.asha.post(f"{path(bill)}cancel/", {"reason": "mistake"})
    before = desk.written()
    refused(shop.bilal.patch(path(bill), {"notes": "x"}), 409, "invoice_not_draft")
    refused(shop.bilal.patch(path(bill), {"notes": "x"}, **{"If-Match": '"9"'}), 409, "invoice_not_draft")
    refused(shop.bilal.delete(path(bill)), 409, "invoice_not_draft")
    assert desk.written() == before


def test_who_may(shop):
    draft = desk.draft(shop)
    before = desk.written()
    for call in (lambda who: who.patch(path(draft), {"notes": "x"}), lambda who: who.delete(path(draft))):
        refused(call(shop.auditor), 403, "forbidden")
        refused(call(shop.chitra), 404, "not_found")
    away = order(store=shop.nagpur, customer=shop.buyer, booking=None)
    refused(shop.bilal.patch(path(draft), away), 404, "not_found", "store")
    refused(shop.bilal.patch(f"{INVOICES}nothing/", {}), 404, "not_found")
    assert desk.written() == before
    desk.execute("UPDATE stores_store SET discount_ceiling_percent = 5")
    refused(shop.bilal.patch(path(draft), {"discount": {"percent": "6"}}), 403, "discount_above_ceiling")
    assert shop.asha.patch(path(draft), {"discount": {"percent": "6"}}).status == 200


def test_a_walk_in_at_the_counter_may_be_named_later(shop):
    body = desk.counter(shop, labour(), status="draft")
    draft = desk.made(shop.bilal.post(INVOICES, body))
    named = desk.made(shop.bilal.patch(path(draft), {"customer": shop.buyer}), 200)
    assert named["customer"] == shop.buyer != draft["customer"]
    assert repair(shop)["booking"] != named["booking"] is None
