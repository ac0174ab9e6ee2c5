"""Bills that are written by hand: for a repair or for a customer, kept as a draft, changed, issued, deleted."""

from typing import Any

import pytest

from tests.cast import Shop
from tests.invoicing import desk
from tests.web.visits import browser_of, words_of

KEY = "0123456789abcdef0123"


def line(place: int, **fields: str) -> dict[str, str]:
    given = {"quantity": "1", "tax": "on_top", "gst": "18", **fields}
    return {f"line_items.{place}.{name}": value for name, value in given.items()}


LABOUR = {"description": "Labour", "hsn_code": "998716", "unit_price": "1,500"}


def last(shop: Shop) -> dict[str, Any]:
    bill = shop.asha.get("/invoices/").data["results"][0]
    assert isinstance(bill, dict)
    return bill


def test_first_it_is_asked_who_is_billed(shop: Shop):
    booking = shop.booking()
    browser = browser_of(shop.bilal)
    page = browser.get("/invoices/new/")
    assert f'href="?booking={booking}"' in page.content.decode()
    assert f'href="?customer={shop.buyer}"' in browser.get("/invoices/new/?q=buyer").content.decode()
    assert "Nobody fits." in words_of(browser.get("/invoices/new/?q=nobody-here"))
    assert browser.get(f"/invoices/new/?booking={shop.booking(store=shop.nagpur)}").status_code == 404


def test_a_repair_is_billed(shop: Shop):
    browser, path = browser_of(shop.bilal), f"/invoices/new/?booking={shop.booking()}"
    form = {**line(0, **LABOUR), "round_off": "on", "issue": "1", "_key": KEY}
    for _ in range(2):
        answer = browser.post(path, form)
        assert answer.status_code == 303
    assert shop.asha.get("/invoices/").data["results"][1:] == []
    bill = last(shop)
    assert answer["Location"] == f"/invoices/{bill['id']}/"
    assert (bill["status"], bill["total"]) == ("issued", "1770.00")


def test_a_customer_is_billed_with_stock_and_labour(shop: Shop):
    variant = desk.stocked(shop, price="1180.00", sku="CABLE-1")
    browser = browser_of(shop.bilal)
    path = f"/invoices/new/?customer={shop.buyer}"
    form = line(0, code="cable-1", gst="") | line(1, **LABOUR, **{"discount.percent": "10"})
    assert browser.post(path, {**form, "round_off": "on", "issue": "1"}).status_code == 303
    bill = last(shop)
    assert bill["customer"] == shop.buyer
    assert [each["variant"] for each in bill["line_items"]] == [variant, None]
    assert bill["total"] == "2773.00"


def test_a_code_that_two_things_have_is_the_sku_and_a_barcode_is_read_as_it_is(shop: Shop):
    desk.stocked(shop, sku="OTHER-1", barcode="abc-77")
    by_sku = desk.stocked(shop, sku="ABC-77")
    by_barcode = desk.stocked(shop, sku="OTHER-2", barcode="small-5")
    form = line(0, code="abc-77", gst="") | line(1, code="small-5", gst="")
    answer = browser_of(shop.bilal).post(f"/invoices/new/?customer={shop.buyer}", {**form, "issue": "1"})
    assert answer.status_code == 303
    assert [each["variant"] for each in last(shop)["line_items"]] == [by_sku, by_barcode]


def test_a_walk_in_is_billed(shop: Shop):
    browser = browser_of(shop.bilal)
    assert browser.post("/invoices/new/?walk_in=1", {**line(0, **LABOUR), "issue": "1"}).status_code == 303
    assert last(shop)["customer_name"].startswith("Walk-in")


def test_rows_come_and_go_without_a_script(shop: Shop):
    browser, path = browser_of(shop.bilal), f"/invoices/new/?booking={shop.booking()}"
    two = line(0, **LABOUR) | line(1, description="Cable", unit_price="100")
    page = browser.post(path, {**two, "_more": "1"}).content.decode()
    assert "line_items.2.quantity" in page
    page = browser.post(path, {**two, "_less": "0"}).content.decode()
    assert 'name="line_items.0.description" type="text" value="Cable"' in page
    assert "line_items.1.quantity" not in page
    assert shop.asha.get("/invoices/").data["results"] == []


def test_faults_are_shown_at_their_line(shop: Shop):
    browser, path = browser_of(shop.bilal), f"/invoices/new/?booking={shop.booking()}"
    wrong = line(0, code="NO-SUCH") | line(1, **LABOUR)
    refused = browser.post(path, {**wrong, "keep": "1"})
    assert refused.status_code == 400
    assert 'id="line_items-0-code-error"' in refused.content.decode()
    wrong = line(0, **LABOUR) | line(1, description="Cable", unit_price="x", gst="12")
    page = browser.post(path, {**wrong, "keep": "1"}).content.decode()
    assert 'id="line_items-1-unit_price-error"' in page
    both = line(0, **LABOUR, **{"discount.percent": "10", "discount.amount": "5"})
    page = browser.post(path, {**both, "keep": "1"}).content.decode()
    assert 'id="line_items-0-discount-percent-error"' in page


def test_a_draft_is_kept_changed_and_issued(shop: Shop):
    browser = browser_of(shop.bilal)
    form = {**line(0, **LABOUR), "keep": "1", "notes": "Warranty: 90 days", "round_off": "on"}
    answer = browser.post(f"/invoices/new/?booking={shop.booking()}", form)
    here = answer["Location"]
    assert "This is a draft" in words_of(browser.get(here))
    shown = browser.get(f"{here}edit/").content.decode()
    assert 'value="1500"' in shown or 'value="1500.000"' in shown
    assert "Warranty: 90 days" in shown
    changed = line(0, **LABOUR) | line(1, description="Cable", hsn_code="85444299", unit_price="100")
    saved = browser.post(f"{here}edit/", {**changed, "_version": "1", "round_off": "on"})
    assert (saved.status_code, saved["Location"]) == (303, here)
    assert last(shop)["total"] == "1888.00"
    stale = browser.post(f"{here}edit/", {**changed, "_version": "1"})
    assert stale.status_code == 412
    assert browser.post(f"{here}issue/", {"_version": "1"}).status_code == 412
    assert browser.post(f"{here}issue/", {"_version": "2", "invoice_date": ""}).status_code == 303
    assert last(shop)["status"] == "issued"
    assert browser.get(f"{here}edit/").status_code == 409


@pytest.mark.parametrize("inside", ["inside", "on_top"])
def test_a_draft_survives_being_saved_unchanged(shop: Shop, inside: str):
    """What the form shows of a draft is what the draft is: saving it changes no figure."""
    variant = desk.stocked(shop, price="499.00", sku="CASE-9")
    lines = [
        desk.labour(unit_price="1500.125", discount={"percent": "2.5"}, tax_inclusive=inside == "inside"),
        desk.goods(treatment="exempt", gst_rate="0", unit_price="80"),
        desk.part(variant, "2", discount={"amount": "10.00"}),
    ]
    draft = desk.draft(shop, *lines, discount={"amount": "20"}, round_off=False, due_date="2027-01-31")
    browser, path = browser_of(shop.bilal), f"/invoices/{draft['id']}/edit/"
    form = browser.get(path).context["form"]
    sent = {each.field.name: "on" if each.value is True else each.value for each in form if each.value}
    for row in browser.get(path).context["rows"]:
        sent |= {each.field.name: each.value for each in row}
    assert browser.post(path, {**sent, "_version": "1"}).status_code == 303
    after = shop.bilal.get(f"/invoices/{draft['id']}/").data
    for each in (draft, after):
        for one in each["line_items"]:
            del one["id"]
    assert after["line_items"] == draft["line_items"]
    assert {name: after[name] for name in ("total", "round_off_amount", "due_date", "discount_total")} == {
        name: draft[name] for name in ("total", "round_off_amount", "due_date", "discount_total")
    }


def test_a_draft_is_deleted(shop: Shop):
    draft = desk.draft(shop)
    browser = browser_of(shop.bilal)
    assert browser.get(f"/invoices/{draft['id']}/delete/").status_code == 200
    assert browser.post(f"/invoices/{draft['id']}/delete/")["Location"] == "/invoices/"
    assert shop.asha.get(f"/invoices/{draft['id']}/").status == 404
    bill = desk.bill_of("1180", shop)
    assert browser.post(f"/invoices/{bill['id']}/delete/").status_code == 409


def test_the_form_asks_few_questions(shop: Shop, django_assert_max_num_queries: Any):
    variant = desk.stocked(shop)
    draft = desk.draft(shop, desk.part(variant), desk.labour(), desk.goods())
    browser = browser_of(shop.bilal)
    with django_assert_max_num_queries(7):
        browser.get(f"/invoices/{draft['id']}/edit/")
    with django_assert_max_num_queries(5):
        browser.get("/invoices/new/?q=buyer")
