"""Held bills: put aside at one till, taken up at another, billed once."""

from finetune.invoicing.models import Invoice
from tests.cast import Shop
from tests.invoicing.desk import faults, repair, stocked, stocked_units
from tests.web.counter.test_selling import IMEI, LABOUR, bills
from tests.web.counter.till import cash, item, key_of, till
from tests.web.visits import words_of


def only_draft() -> Invoice:
    return Invoice.objects.get(issued_at__isnull=True)


def test_a_bill_is_held_and_seen_by_every_till_of_the_store(shop: Shop):
    desk = till(shop)
    held = desk.hold(desk.cart(item(stocked(shop, product={"name": "Cover"})), LABOUR))
    assert held.json()["good"], held.content
    listed = till(shop, shop.asha).browser.get("/counter/held/", {"store": shop.pune})
    words = words_of(listed)
    assert "Cover" in words
    assert "2 lines" in words
    assert "₹1,680.00" in words
    assert "Cover" not in words_of(
        till(shop, shop.chitra).browser.get("/counter/held/", {"store": shop.pune})
    )
    assert bills() == 0


def test_held_twice_by_one_press_is_held_once(shop: Shop):
    desk = till(shop)
    for _ in range(2):
        assert desk.hold(desk.cart(LABOUR)).json()["good"]
    assert Invoice.objects.count() == 1


def test_a_cart_that_grew_after_a_lost_answer_is_not_said_to_be_held(shop: Shop):
    desk = till(shop)
    assert desk.hold(desk.cart(LABOUR)).json()["good"]
    again = desk.hold(desk.cart(LABOUR, LABOUR))
    assert (again.status_code, again.json()["good"]) == (422, False)
    assert "sent before with something else in it" in again.json()["say"]
    assert Invoice.objects.count() == 1


def test_a_held_bill_comes_back_as_it_was(shop: Shop):
    variant = stocked_units(shop, IMEI)
    desk = till(shop)
    cart = desk.cart(
        item(variant, serial_numbers=[IMEI], discount={"percent": "5"}),
        LABOUR,
        order={"customer": shop.buyer, "discount": {"amount": "10"}},
    )
    assert desk.hold(cart).json()["good"]
    draft = only_draft()
    taken = till(shop, shop.asha).browser.get(f"/counter/held/{draft.pk}/").json()["cart"]
    assert taken["held"] == {"id": draft.pk, "version": draft.version}
    assert taken["customer"]["id"] == shop.buyer
    assert taken["discount"] == "10.00"
    first, second = taken["lines"]
    assert (first["variant"], first["serials"], first["discount"]) == (variant, [IMEI], "5%")
    assert (first["set_price"], first["price"], first["tracked"]) == ("", "1180.00", True)
    assert second["service"] == {
        "description": "Fitting",
        "hsn": "998716",
        "rate": "18.000",
        "price": "500.000",
    }


def test_a_held_bill_is_sold_once_whoever_takes_it_up(shop: Shop):
    desk = till(shop)
    desk.hold(desk.cart(LABOUR))
    draft = only_draft()
    held = {"id": draft.pk, "version": draft.version}
    sold = desk.sell(desk.cart(LABOUR, tenders=[cash()], held=held, key=key_of(2)))
    assert sold.status_code == 201, sold.content
    assert sold.json()["invoice"] == draft.pk
    other = till(shop, shop.asha)
    refused = other.sell(other.cart(LABOUR, tenders=[cash()], held=held, key=key_of(3)))
    assert refused.status_code == 409
    assert "Another till took up this held bill" in words_of(refused)
    assert other.browser.get(f"/counter/held/{draft.pk}/").status_code == 409
    assert bills() == 1
    assert faults() == []


def test_a_bill_that_was_taken_up_is_put_back_as_it_now_stands(shop: Shop):
    desk = till(shop)
    desk.hold(desk.cart(LABOUR))
    draft = only_draft()
    held = {"id": draft.pk, "version": draft.version}
    again = desk.cart(LABOUR, LABOUR, held=held, key=key_of(2))
    assert desk.hold(again).json()["good"]
    assert desk.hold(again).json()["good"]
    assert str(only_draft().total) == "1000.00"
    stale = desk.cart(LABOUR, held=held, key=key_of(3))
    assert desk.hold(stale).status_code == 412


def test_the_draft_of_a_repair_is_not_sold_over_the_counter(shop: Shop):
    desk = till(shop)
    line = {"description": "Labour", "quantity": "1", "unit_price": "100.00", "gst_rate": "18"}
    body = {"booking": shop.booking(), "status": "draft", "line_items": [line]}
    draft = shop.bilal.post("/invoices/", body).data["id"]
    held = {"id": draft, "version": 1}
    desk.sell(desk.cart(LABOUR, tenders=[cash()], held=held, key=key_of(4)))
    assert shop.bilal.get(f"/invoices/{draft}/").data["status"] == "draft"


def test_a_held_bill_is_given_up(shop: Shop):
    desk = till(shop)
    desk.hold(desk.cart(LABOUR))
    draft = only_draft()
    assert till(shop, shop.chitra).browser.post(f"/counter/held/{draft.pk}/drop/").status_code == 404
    seen = {"version": str(draft.version)}
    Invoice.objects.filter(pk=draft.pk).update(version=draft.version + 1)
    stale = desk.browser.post(f"/counter/held/{draft.pk}/drop/", seen)
    assert (stale.status_code, stale.json()["good"]) == (412, False), "another till put more into it"
    assert (
        f'data-version="{draft.version + 1}"'
        in desk.browser.get(f"/counter/held/?store={draft.store_id}").text
    )
    now = {"version": str(draft.version + 1)}
    assert desk.browser.post(f"/counter/held/{draft.pk}/drop/", now).json()["good"]
    assert Invoice.objects.count() == 0


def test_what_cannot_be_billed_cannot_be_held(shop: Shop):
    desk = till(shop)
    assert desk.hold(desk.cart()).status_code == 409
    assert not desk.hold(desk.cart(LABOUR | {"quantity": "0"})).json()["good"]
    assert till(shop, shop.auditor).hold(desk.cart(LABOUR)).status_code == 403


def test_a_repair_is_not_held(shop: Shop):
    desk = till(shop)
    cart = desk.cart(LABOUR)
    cart["order"] = {"booking": shop.booking(), "line_items": [LABOUR]}
    assert "A repair keeps itself" in desk.hold(cart).json()["say"]
    assert Invoice.objects.count() == 0


def test_a_repairs_draft_is_not_the_counters(shop: Shop):
    assert shop.bilal.post("/invoices/", repair(shop, status="draft")).status == 201
    draft = only_draft()
    desk = till(shop)
    assert "No bill is held" in words_of(desk.browser.get("/counter/held/", {"store": shop.pune}))
    assert desk.browser.get(f"/counter/held/{draft.pk}/").status_code == 404


def test_the_page_counts_what_is_held(shop: Shop):
    desk = till(shop)
    desk.hold(desk.cart(LABOUR))
    assert 'id="held-count">1<' in desk.browser.get("/counter/").content.decode()
