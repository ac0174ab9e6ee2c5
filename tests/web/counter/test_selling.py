"""The counter: its page, the quote while the cart grows, and the sale."""

from typing import Any

import pytest

from finetune.invoicing.models import Invoice
from tests import cast
from tests.cast import Shop
from tests.inventory import shelf
from tests.invoicing.desk import bill_of, counter, faults, made, part, stocked, stocked_units, written
from tests.web.counter.till import cash, item, key_of, till
from tests.web.visits import browser_of, words_of

IMEI = "490154203237518"
LABOUR = {
    "description": "Fitting",
    "quantity": "1",
    "unit_price": "500",
    "gst_rate": "18",
    "hsn_code": "998716",
    "tax_inclusive": True,
}


def bills() -> int:
    return Invoice.objects.filter(issued_at__isnull=False).count()


def audit_reasons(invoice: int) -> list[str]:
    sql = "SELECT reason FROM core_auditrecord WHERE verb = 'sale.make' AND object_id = %s"
    return [row[0] for row in shelf.fetch(sql, invoice)]


# The page


def test_the_counter_opens_for_who_sells(shop: Shop):
    page = browser_of(shop.bilal).get("/counter/")
    assert page.status_code == 200
    for key in ("F2", "F3", "F4", "F6", "F7", "F8", "F9", "F10"):
        assert f'data-key="{key}"' in page.content.decode()


def test_who_does_not_sell_does_not_see_it(shop: Shop):
    assert browser_of(shop.auditor).get("/counter/").status_code == 403
    assert browser_of(shop.auditor).post("/counter/sell/").status_code == 403


def test_somebody_of_two_stores_is_asked_first(shop: Shop):
    both = cast.person("advisor", shop.pune, shop.nagpur)
    client = browser_of(both)
    assert "Which store's counter is this?" in words_of(client.get("/counter/")).replace("&#x27;", "'")
    client.post("/store/", {"store": str(shop.nagpur), "next": "/counter/"})
    assert "Counter, Nagpur" in words_of(client.get("/counter/"))


def test_a_repair_is_billed_at_the_counter(shop: Shop):
    booking = shop.booking()
    page = browser_of(shop.bilal).get("/counter/", {"booking": booking})
    assert f"Repair {booking}" in page.content.decode()
    assert browser_of(shop.chitra).get("/counter/", {"booking": booking}).status_code == 404
    desk = till(shop)
    cart = desk.cart(LABOUR, tenders=[cash()])
    cart["order"] = {"booking": booking, "prices_include_tax": True, "line_items": [LABOUR]}
    assert desk.sell(cart).status_code == 201
    assert Invoice.objects.get(issued_at__isnull=False).booking_id == booking


@pytest.mark.parametrize("path", ["/counter/", "/find/?q=x", "/counter/held/?store={store}"])
def test_the_pages_ask_the_database_a_few_times_only(shop: Shop, path: str, django_assert_max_num_queries):
    client = browser_of(shop.bilal)
    with django_assert_max_num_queries(7):
        client.get(path.format(store=shop.pune))


# Scanning


def test_a_scan_adds_and_says_how_many_are_here(shop: Shop):
    variant = stocked(shop, 4, sku="SC-BLK")
    heard = till(shop).scan("sc-blk")
    assert heard["good"]
    assert "4 here" in heard["say"]
    assert heard["add"]["variant"] == variant


def test_a_unit_is_added_by_its_imei_and_goods_with_imei_ask_for_it(shop: Shop):
    variant = stocked_units(shop, IMEI)
    desk = till(shop)
    assert desk.scan(IMEI)["add"] | {"price": ""} == {
        "variant": variant, "code": "", "name": desk.scan(IMEI)["add"]["name"], "price": "", "tracked": True,
        "serial": IMEI,
    }  # fmt: skip
    sku = shelf.fetch("SELECT sku FROM catalog_variant WHERE id = %s", variant)[0][0]
    heard = desk.scan(sku)
    assert not heard["good"]
    assert [choice["title"] for choice in heard["choices"]] == [IMEI]


def test_a_sold_unit_is_refused_with_where_it_went(shop: Shop):
    variant = stocked_units(shop, IMEI)
    sold = made(shop.bilal.post("/invoices/", counter(shop, part(variant, serial_numbers=[IMEI]))))
    heard = till(shop).scan(IMEI)
    assert not heard["good"]
    assert "was sold in Pune" in heard["say"]
    assert heard["choices"][0]["back"] == sold["id"]


def test_a_unit_of_another_store_is_refused_with_its_place_or_not_known(shop: Shop):
    variant = shelf.tracked_variant()
    shelf.post(shop.chitra, "purchase", shop.nagpur, variant, 1, serials=[IMEI])
    assert "Nothing is known" in till(shop).scan(IMEI)["say"]
    assert "stands in Nagpur" in till(shop, shop.admin).scan(IMEI)["say"]


def test_what_is_not_known_is_said_and_a_name_offers_choices(shop: Shop):
    stocked(shop, product={"name": "Tempered glass"})
    desk = till(shop)
    assert "Nothing is known under “nonsense”" in desk.scan("nonsense")["say"]
    heard = desk.scan("glass")
    assert not heard["good"]
    assert heard["choices"][0]["add"]["name"].startswith("Tempered glass")


def test_a_phone_number_finds_the_customer_or_offers_to_write_one_down(shop: Shop):
    asha = cast.customer("Asha Rao", phone="+919876543210")
    desk = till(shop)
    assert desk.scan("9876543210")["customer"]["id"] == asha
    assert desk.scan("98765 43211")["new_customer"] == {"phone": "98765 43211", "name": ""}
    assert desk.scan("Asha", "customer")["choices"][0]["customer"]["id"] == asha
    assert desk.scan("Nobody", "customer")["new_customer"] == {"phone": "", "name": "Nobody"}


def test_a_customer_is_written_down_in_place_once(shop: Shop):
    browser = till(shop).browser
    form = {"name": "Asha Rao", "phone": "9876543210", "_key": key_of(7)}
    first, again = (browser.post("/counter/customer/", form) for _ in range(2))
    assert first.json()["customer"] == again.json()["customer"]
    assert first.json()["customer"]["phone"] == "+919876543210"
    refused = browser.post("/counter/customer/", {"name": "", "phone": "12"})
    assert refused.status_code == 400
    assert "Fill this in." in words_of(refused)


def test_the_till_of_another_store_is_not_there(shop: Shop):
    variant = stocked(shop)
    chitra = till(shop, shop.chitra)
    assert chitra.browser.get("/counter/scan/", {"code": "x", "store": str(shop.pune)}).status_code == 404
    assert chitra.quote(chitra.cart(item(variant))).status_code == 404
    assert chitra.sell(chitra.cart(item(variant), tenders=[cash()])).status_code == 404
    assert bills() == 0


# The quote


def test_the_quote_is_the_engines_and_writes_nothing(shop: Shop):
    variant = stocked(shop, price="1180.00")
    desk = till(shop)
    before = written()
    words = words_of(desk.quote(desk.cart(item(variant, "2"), LABOUR)))
    assert "Taxable value 2,423.72" in words
    assert "CGST + SGST 218.14 + 218.14" in words
    assert "Total ₹ 2,860.00" in words
    assert written() == before


def test_change_is_the_servers_word(shop: Shop):
    desk = till(shop)
    words = words_of(desk.quote(desk.cart(LABOUR, tenders=[cash("2000")])))
    assert "Give back ₹1,500.00" in words
    words = words_of(desk.quote(desk.cart(LABOUR, tenders=[cash("200")])))
    assert "Still to pay ₹300.00" in words


def test_a_upi_code_carries_the_amount(shop: Shop):
    desk = till(shop)
    tenders = [cash("200"), {"mode": "upi", "given": None, "reference": "FT123U1"}]
    assert "no UPI address yet" in words_of(desk.quote(desk.cart(LABOUR, tenders=tenders)))
    shop.admin.patch(f"/stores/{shop.pune}/", {"upi_vpa": "pune@upi"})
    page = desk.quote(desk.cart(LABOUR, tenders=tenders))
    assert "<svg" in page.content.decode()
    assert "Scan to pay ₹300.00" in words_of(page)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ({"quantity": "9"}, "9 are asked for and 3 are available."),
        ({"quantity": "1.5"}, "Stock is sold in whole units."),
        ({"quantity": "x"}, "This is not a plain decimal number."),
        ({"discount": {"amount": "99999"}}, "discount"),
        ({"unit_price": "1000", "tax_inclusive": True}, "Say why."),
    ],
)
def test_a_refusal_stands_at_its_line(shop: Shop, line: dict[str, Any], sentence: str):
    desk = till(shop)
    page = desk.quote(desk.cart(LABOUR, item(stocked(shop, 3)) | line))
    assert page.status_code == 200
    rows = page.content.decode().split("<tr data-line=")
    assert sentence in rows[2]
    assert "cart-bad" in rows[2]
    assert "cart-bad" not in rows[1]


def test_a_line_that_is_no_line_is_told_too(shop: Shop):
    desk = till(shop)
    assert "There is no variant" in words_of(desk.quote(desk.cart(item(999999))))
    assert desk.post("/counter/quote/", []).status_code == 400
    assert desk.post("/counter/quote/", {"order": 1}).status_code == 400
    assert desk.quote(desk.cart(LABOUR, tenders=[{"mode": "gold"}])).status_code == 400
    assert desk.browser.post("/counter/quote/", b"{", content_type="application/json").status_code == 400


def test_a_discount_above_the_ceiling_is_shown_with_its_amounts(shop: Shop):
    shop.admin.patch(f"/stores/{shop.pune}/", {"discount_ceiling_percent": "10"})
    cart = till(shop).cart(item(stocked(shop), discount={"percent": "20"}), tenders=[cash()])
    page = till(shop).quote(cart)
    assert "you may give up to 10 %" in words_of(page)
    assert "Total ₹ 944.00" in words_of(page)
    assert till(shop).sell(cart).status_code == 409
    assert till(shop, shop.asha).sell(cart).status_code == 201


def test_from_fifty_thousand_the_buyer_must_be_known(shop: Shop):
    desk = till(shop)
    cart = desk.cart(LABOUR | {"unit_price": "70000"}, tenders=[cash()])
    assert "needs the buyer" in words_of(desk.quote(cart)).replace("&#x27;", "'")
    assert "Total ₹ 70,000.00" in words_of(desk.quote(cart))
    assert desk.sell(cart).status_code == 409


def test_what_a_customer_owes_elsewhere_is_told(shop: Shop):
    bill_of("250.00", shop)
    desk = till(shop)
    words = words_of(desk.quote(desk.cart(LABOUR, order={"customer": shop.buyer})))
    assert "Owes ₹250.00 on 1 other bill" in words


def test_a_quote_asks_the_database_a_few_times_only(shop: Shop, django_assert_max_num_queries):
    desk = till(shop)
    variant = stocked(shop)
    cart = desk.cart(item(variant), LABOUR, order={"customer": shop.buyer}, tenders=[cash()])
    desk.quote(cart)
    with django_assert_max_num_queries(9):
        desk.quote(cart)


# The sale


def test_a_cash_sale(shop: Shop):
    variant = stocked(shop, 3)
    desk = till(shop)
    answer = desk.sell(desk.cart(item(variant, "2"), tenders=[cash("3000")], seen="2360.00"))
    assert answer.status_code == 201, answer.content
    sold = answer.json()
    assert sold["receipt"] == f"/api/invoices/{sold['invoice']}/pdf/?layout=receipt"
    assert "Give back" in sold["html"]
    assert "640.00" in sold["html"]
    row = shop.bilal.get(f"/invoices/{sold['invoice']}/").data
    assert (row["status"], row["total"], row["amount_paid"]) == ("paid", "2360.00", "2360.00")
    assert shelf.quantity(shop.pune, variant) == 1
    assert faults() == []
    receipt = desk.browser.get(sold["receipt"])
    assert receipt["Content-Type"] == "application/pdf"


def test_a_split_sale(shop: Shop):
    desk = till(shop)
    tenders = [
        cash("100"),
        {"mode": "upi", "given": "250", "reference": "UPI-9"},
        {"mode": "card", "given": "150", "reference": "APPR-1"},
    ]
    sold = desk.sell(desk.cart(LABOUR, tenders=tenders)).json()
    payments = shop.bilal.get(f"/payments/?invoice={sold['invoice']}").data["results"]
    assert {row["mode"]: row["amount"] for row in payments} == {
        "cash": "100.00", "upi": "250.00", "card": "150.00",
    }  # fmt: skip


def test_a_lender_pays(shop: Shop):
    desk = till(shop)
    emi = {"mode": "emi", "given": None, "reference": "LN-1", "provider": "Lender", "months": 6}
    assert desk.sell(desk.cart(LABOUR, tenders=[emi])).status_code == 201
    silent = {"mode": "emi", "given": None, "reference": "LN-2"}
    refused = desk.sell(desk.cart(LABOUR, tenders=[silent], key=key_of(2)))
    assert refused.status_code == 409
    assert "Say which lender pays." in words_of(refused)


def test_the_same_cart_bills_once_and_the_retry_shows_that_bill(shop: Shop):
    variant = stocked_units(shop, IMEI)
    desk = till(shop)
    cart = desk.cart(item(variant, serial_numbers=[IMEI]), tenders=[cash()])
    first = desk.sell(cart)
    again = desk.sell(cart)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["replayed"]
    assert again.json()["number"] == first.json()["number"]
    assert "billed already" in again.json()["html"]
    assert bills() == 1


def test_a_key_is_each_persons_own(shop: Shop):
    desk = till(shop)
    assert desk.sell(desk.cart(LABOUR, tenders=[cash()])).status_code == 201
    assert till(shop, shop.asha).sell(desk.cart(LABOUR, tenders=[cash()])).status_code == 201
    assert bills() == 2


def test_a_sale_without_a_key_is_refused(shop: Shop):
    desk = till(shop)
    assert desk.sell(desk.cart(LABOUR, tenders=[cash()], key="")).status_code == 400
    assert bills() == 0


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"tenders": []}, "is not paid yet"),
        ({"tenders": [{"mode": "cash", "given": "100"}]}, "is not paid yet"),
        ({"tenders": [{"mode": "card", "given": None}]}, "needs the reference"),
        ({"tenders": [{"mode": "cash", "given": "5oo"}]}, "not a plain decimal number"),
        ({"tenders": [{"mode": "card", "given": "900", "reference": "A"}]}, "more than the bill"),
        ({"tenders": [{"mode": "credit", "given": None}]}, "no such credit"),
        ({"tenders": [{"mode": "cash", "given": None}], "seen": "1.00"}, "total has changed"),
        ({"tenders": [{"mode": "cash", "given": None}], "held": {"id": 999999, "version": 1}}, "no such"),
    ],
)
def test_what_is_not_sold(shop: Shop, more: dict[str, Any], sentence: str):
    desk = till(shop)
    before = written()
    refused = desk.sell(desk.cart(LABOUR, **more))
    assert refused.status_code in (404, 409), refused.content
    assert sentence in words_of(refused).replace("&#x27;", "'")
    assert written() == before


def test_a_known_customer_may_owe_after_one_more_press(shop: Shop):
    desk = till(shop)
    cart = desk.cart(LABOUR, tenders=[cash("200")], order={"customer": shop.buyer})
    refused = desk.sell(cart)
    assert refused.status_code == 409
    assert "Press F10 again" in words_of(refused)
    sold = desk.sell(cart | {"owing": True}).json()
    row = shop.bilal.get(f"/invoices/{sold['invoice']}/").data
    assert (row["status"], row["balance_due"], row["customer"]) == ("partially_paid", "300.00", shop.buyer)


def test_another_price_has_a_reason_and_stands_in_the_audit(shop: Shop):
    desk = till(shop)
    line = item(stocked(shop), unit_price="1100", tax_inclusive=True)
    assert desk.sell(desk.cart(line, tenders=[cash()])).status_code == 409
    sold = desk.sell(desk.cart(line, tenders=[cash()], reasons={"0": "a scratch"})).json()
    (reason,) = audit_reasons(sold["invoice"])
    assert "1180.00 -> 1100" in reason
    assert reason.endswith("a scratch")
    assert shop.bilal.get(f"/invoices/{sold['invoice']}/").data["notes"] == ""


def test_a_deposit_counts_as_paid(shop: Shop):
    booking = shop.booking()
    body = {
        "amount": "118.00", "mode": "cash", "supply": "service", "gst_rate": "18",
        "description": "Repair",
    }  # fmt: skip
    made(shop.bilal.post(f"/bookings/{booking}/deposits/", body, key=cast.new_key()))
    desk = till(shop)
    cart = desk.cart(LABOUR, tenders=[cash()])
    cart["order"] = {"booking": booking, "prices_include_tax": True, "line_items": [LABOUR]}
    assert "Deposit paid before −118.00" in words_of(desk.quote(cart))
    sold = desk.sell(cart).json()
    payments = shop.bilal.get(f"/payments/?invoice={sold['invoice']}").data["results"]
    assert [row["amount"] for row in payments] == ["382.00"]
