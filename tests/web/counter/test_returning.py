"""Return by scanning the bill or the IMEI."""

from typing import Any

from finetune.crediting.models import CreditNote
from tests.cast import Shop
from tests.inventory import shelf
from tests.invoicing.desk import counter, made, part, stocked, stocked_units
from tests.web.counter.test_selling import IMEI
from tests.web.counter.till import key_of, till
from tests.web.visits import words_of


def sold(shop: Shop, *lines: dict[str, Any]) -> dict[str, Any]:
    return made(shop.bilal.post("/invoices/", counter(shop, *lines)))


def test_a_bill_and_a_unit_lead_to_the_return(shop: Shop):
    bill = sold(shop, part(stocked_units(shop, IMEI), serial_numbers=[IMEI]))
    desk = till(shop)
    for code in (IMEI, bill["invoice_number"], bill["public_url"]):
        assert desk.scan(code, "return")["back"] == bill["id"], code
    assert "No bill is known" in desk.scan("nonsense", "return")["say"]


def test_a_head_takes_back_one_of_two_once(shop: Shop):
    variant = stocked(shop, 5)
    bill = sold(shop, part(variant, "2"))
    line = bill["line_items"][0]["id"]
    browser = till(shop, shop.asha).browser
    path = f"/counter/return/{bill['id']}/"
    assert "2 of 2 can come back" in words_of(browser.get(path))
    form = {f"line-{line}": "1", f"line-{line}-restock": "on", "reason": "wrong colour", "_key": key_of(1)}
    for _ in range(2):
        assert "FT-CN-0001" in words_of(browser.post(path, form))
    assert shelf.quantity(shop.pune, variant) == 4
    assert CreditNote.objects.count() == 1
    assert "1 of 2 can come back" in words_of(browser.get(path))
    too_many = browser.post(path, form | {f"line-{line}": "2", "_key": key_of(2)})
    assert too_many.status_code == 409
    assert "left to credit" in words_of(too_many)
    assert shelf.faults() == []


def test_a_scanned_unit_is_ticked_and_comes_back(shop: Shop):
    variant = stocked_units(shop, IMEI)
    bill = sold(shop, part(variant, serial_numbers=[IMEI]))
    line = bill["line_items"][0]["id"]
    browser = till(shop, shop.asha).browser
    path = f"/counter/return/{bill['id']}/"
    page = browser.get(path, {"code": IMEI}).content.decode()
    assert f'value="{IMEI}" checked' in page
    browser.post(path, {f"line-{line}-serial": IMEI, f"line-{line}-restock": "on", "reason": "faulty"})
    assert shelf.units(IMEI) == [("available", False, shop.pune)]
    assert "Nothing of this bill can come back" in words_of(browser.get(path))


def test_an_advisor_is_told_who_can(shop: Shop):
    bill = sold(shop, part(stocked(shop)))
    browser = till(shop).browser
    path = f"/counter/return/{bill['id']}/"
    words = words_of(browser.get(path))
    assert "A credit note is issued by a branch head" in words
    assert browser.post(path, {"reason": "x"}).status_code == 403


def test_nothing_chosen_and_no_reason_are_told(shop: Shop):
    bill = sold(shop, part(stocked(shop)))
    line = bill["line_items"][0]["id"]
    browser = till(shop, shop.asha).browser
    path = f"/counter/return/{bill['id']}/"
    assert "Say what comes back" in words_of(browser.post(path, {"reason": "x"}))
    silent = browser.post(path, {f"line-{line}": "1", "reason": ""})
    assert silent.status_code == 400
    assert "Fill this in." in words_of(silent)


def test_another_stores_bill_is_not_there(shop: Shop):
    bill = sold(shop, part(stocked(shop)))
    assert till(shop, shop.chitra).browser.get(f"/counter/return/{bill['id']}/").status_code == 404
