"""What is done to a bill from its pages: paid, credited, cancelled, corrected, shared."""

from typing import Any

import pytest
from django.test import Client

from tests import cast
from tests.cast import Shop
from tests.crediting import ledger
from tests.invoicing import desk
from tests.web.visits import browser_of, words_of

KEY = "0123456789abcdef0123"


def tender(place: int, mode: str, amount: str, **fields: str) -> dict[str, str]:
    at = f"tenders.{place}."
    return {
        f"{at}mode": mode,
        f"{at}amount": amount,
        **{f"{at}{name}": value for name, value in fields.items()},
    }


def paid(shop: Shop, bill: dict[str, Any]) -> str:
    return str(shop.asha.get(f"/invoices/{bill['id']}/").data["amount_paid"])


@pytest.fixture
def bill(shop: Shop) -> dict[str, Any]:
    return desk.bill_of("1180", shop)


def test_money_is_taken_in_several_ways_at_once(shop: Shop, bill: dict[str, Any]):
    browser = browser_of(shop.bilal)
    page = browser.get(f"/invoices/{bill['id']}/pay/").content.decode()
    assert 'value="1180.00"' in page
    form = tender(0, "cash", "500", tendered="1,000") | tender(1, "upi", "680.00", reference="UTR 12")
    answer = browser.post(f"/invoices/{bill['id']}/pay/", {**form, "_key": KEY})
    assert (answer.status_code, answer["Location"]) == (303, f"/invoices/{bill['id']}/")
    assert paid(shop, bill) == "1180.00"
    words = words_of(browser.get(f"/invoices/{bill['id']}/"))
    assert "The money is taken." in words
    assert "UTR 12" in words


def test_a_double_press_takes_money_once(shop: Shop, bill: dict[str, Any]):
    browser = browser_of(shop.bilal)
    form = {**tender(0, "cash", "100"), "_key": KEY}
    for _ in range(2):
        assert browser.post(f"/invoices/{bill['id']}/pay/", form).status_code == 303
    assert paid(shop, bill) == "100.00"


def test_another_amount_under_the_same_press_is_not_said_to_be_taken(shop: Shop, bill: dict[str, Any]):
    browser = browser_of(shop.bilal)
    path = f"/invoices/{bill['id']}/pay/"
    assert browser.post(path, {**tender(0, "cash", "100"), "_key": KEY}).status_code == 303
    again = browser.post(path, {**tender(0, "cash", "300"), "_key": KEY})
    assert again.status_code == 422
    assert "sent before with something else in it" in words_of(again)
    assert paid(shop, bill) == "100.00"


def test_the_key_of_one_form_is_worth_nothing_to_another(shop: Shop, bill: dict[str, Any]):
    browser = browser_of(shop.asha)
    browser.post(f"/invoices/{bill['id']}/pay/", {**tender(0, "cash", "100"), "_key": KEY})
    refused = browser.post(
        f"/invoices/{bill['id']}/link/renew/", {"reason": "Shared too widely", "_key": KEY}
    )
    assert refused.status_code == 422


def test_a_form_without_any_way_of_paying_is_refused(shop: Shop, bill: dict[str, Any]):
    assert browser_of(shop.bilal).post(f"/invoices/{bill['id']}/pay/", {}).status_code == 400


def test_another_way_is_offered_with_what_is_left(shop: Shop, bill: dict[str, Any]):
    browser = browser_of(shop.bilal)
    page = browser.post(f"/invoices/{bill['id']}/pay/", {**tender(0, "cash", "500"), "_more": "1"})
    assert 'name="tenders.1.amount" type="text" value="680.00"' in page.content.decode()
    both = tender(0, "cash", "500") | tender(1, "upi", "680.00", reference="U")
    page = browser.post(f"/invoices/{bill['id']}/pay/", {**both, "_less": "0"})
    assert 'name="tenders.0.amount" type="text" value="680.00"' in page.content.decode()
    assert "tenders.1.amount" not in page.content.decode()
    assert paid(shop, bill) == "0.00"


def test_terms_of_a_lender(shop: Shop, bill: dict[str, Any]):
    emi = {"emi.provider": "A lender", "emi.tenure_months": "6", "emi.financed_amount": "1180"}
    form = tender(0, "emi", "1180", reference="L-1", **emi)
    assert browser_of(shop.bilal).post(f"/invoices/{bill['id']}/pay/", form).status_code == 303
    payment = shop.asha.get(f"/payments/?invoice={bill['id']}").data["results"][0]
    assert payment["emi"]["provider"] == "A lender"
    words = words_of(browser_of(shop.asha).get(f"/payments/{payment['id']}/"))
    assert "A lender, 6 months" in words


def test_what_is_wrong_with_a_payment_is_said_where_it_stands(shop: Shop, bill: dict[str, Any]):
    browser = browser_of(shop.bilal)
    page = browser.post(f"/invoices/{bill['id']}/pay/", tender(0, "upi", "100"))
    assert page.status_code == 400
    assert 'id="tenders-0-reference-error"' in page.content.decode()
    page = browser.post(f"/invoices/{bill['id']}/pay/", tender(0, "cash", "2000"))
    assert page.status_code == 409
    assert "Rs 1180.00 is owed" in words_of(page)
    assert 'value="2000"' in page.content.decode()
    kept = browser.post(f"/invoices/{bill['id']}/pay/", {**tender(0, "cash", "2000"), "allow_credit": "on"})
    assert kept.status_code == 303
    assert ledger.credit_of(shop.asha, shop.buyer) == "820.00"


def test_an_auditor_takes_no_money(shop: Shop, bill: dict[str, Any]):
    browser = browser_of(shop.auditor)
    for path in ("pay/", "credit/", "cancel/", "issue/", "edit/"):
        assert browser.get(f"/invoices/{bill['id']}/{path}").status_code == 403
    assert browser.post(f"/invoices/{bill['id']}/pay/", tender(0, "cash", "1")).status_code == 403


def test_a_credit_note_is_worked_out_before_it_is_made(shop: Shop):
    bill = desk.bill(shop, desk.labour(quantity="3", unit_price="1000"))
    line = bill["line_items"][0]["id"]
    browser, path = browser_of(shop.asha), f"/invoices/{bill['id']}/credit/"
    form = {f"line.{line}.quantity": "1"}
    before = ledger.everything()
    part = browser.post(path, {**form, "_look": "1"}, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "1,180.00 Taxable value 1,000.00 CGST 90.00 SGST 90.00 Credited 1,180.00" in words_of(part)
    assert "2 of" not in words_of(browser.post(path, {**form, "_look": "1"}))
    assert ledger.everything() == before
    for _ in range(2):
        answer = browser.post(path, {**form, "reason": "came back", "_key": KEY})
        assert answer.status_code == 303
    note = shop.asha.get(f"/credit-notes/?invoice={bill['id']}").data["results"]
    assert [each["total"] for each in note] == ["1180.00"]
    words = words_of(browser.get(answer["Location"]))
    assert note[0]["credit_note_number"] in words
    assert "came back" in words
    assert "2 of 3 can be credited" in words_of(browser.get(path))


def test_too_much_is_refused_at_its_line(shop: Shop):
    bill = desk.bill(shop, desk.labour(), desk.goods())
    line = bill["line_items"][1]["id"]
    browser, path = browser_of(shop.asha), f"/invoices/{bill['id']}/credit/"
    page = browser.post(path, {f"line.{line}.quantity": "2", "reason": "r"})
    assert page.status_code == 409
    assert f'id="fault-{line}"' in page.content.decode()
    page = browser.post(path, {"reason": "r"})
    assert page.status_code == 400
    assert "Say how many units" in words_of(page)
    part = browser.post(path, {f"line.{line}.quantity": "x", "_look": "1"}, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "This is not a plain decimal number." in words_of(part)


def test_units_are_chosen_by_their_serials(shop: Shop):
    variant = desk.stocked_units(shop, "UNIT-1", "UNIT-2")
    bill = desk.bill(shop, desk.part(variant, "2", serial_numbers=["UNIT-1", "UNIT-2"]))
    line = bill["line_items"][0]["id"]
    browser, path = browser_of(shop.asha), f"/invoices/{bill['id']}/credit/"
    form = {f"line.{line}.serial": ["UNIT-2"], f"line.{line}.has_restock": "1", "reason": "dead on arrival"}
    assert browser.post(path, form).status_code == 303
    note = shop.asha.get(f"/credit-notes/?invoice={bill['id']}").data["results"][0]["line_items"][0]
    assert (note["serial_numbers"], note["restock"]) == (["UNIT-2"], False)
    page = browser.get(path).content.decode()
    assert 'value="UNIT-1"' in page
    assert 'value="UNIT-2"' not in page
    assert browser.get(f"{path}?all=1").status_code == 200


def test_a_bill_is_cancelled_with_a_reason(shop: Shop, bill: dict[str, Any]):
    browser, path = browser_of(shop.asha), f"/invoices/{bill['id']}/cancel/"
    page = browser.post(path, {"reason": " "})
    assert page.status_code == 400
    assert "Fill this in." in words_of(page)
    assert browser.post(path, {"reason": "twice", "_key": KEY}).status_code == 303
    assert browser.post(path, {"reason": "twice", "_key": KEY}).status_code == 303
    assert shop.asha.get(f"/invoices/{bill['id']}/").data["status"] == "cancelled"
    assert browser.post(path, {"reason": "again"}).status_code == 409


def test_the_lawful_way_to_correct_is_advised(shop: Shop, bill: dict[str, Any]):
    browser, path = browser_of(shop.asha), f"/invoices/{bill['id']}/correct/"
    page = browser.get(f"{path}?wrong=wrong_tax")
    assert "Cancel it and bill anew Advised" in words_of(page)
    ledger.pay(shop.asha, bill, "100.00")
    page = browser.get(f"{path}?wrong=wrong_tax")
    assert "Cancel it and bill anew Closed Money was taken on it" in words_of(page)
    assert f'href="/invoices/{bill["id"]}/credit/?all=1"' in page.content.decode()
    assert "Ask the head of your store" in words_of(browser_of(shop.bilal).get(f"{path}?wrong=wrong_tax"))
    assert browser.get(f"{path}?wrong=nothing").status_code == 200


def test_a_bill_is_shared(shop: Shop, bill: dict[str, Any]):
    browser, path = browser_of(shop.bilal), f"/invoices/{bill['id']}/"
    page = browser.get(path).content.decode()
    assert bill["public_url"] in page
    assert "https://wa.me/" in page
    answer = browser.post(f"{path}mail/", {"to": "buyer@example.com", "lang": "hi"})
    assert answer.status_code == 303
    assert "Sent by e-mail" in words_of(browser.get(path))
    assert browser.post(f"{path}mail/", {"to": "nobody", "lang": "en"}).status_code == 400
    assert browser.post(f"{path}link/revoke/", {"reason": "wrong person"}).status_code == 303
    assert "Its public page was ended" in words_of(browser.get(path))
    assert browser.post(f"{path}link/revoke/", {"reason": "again"}).status_code == 409
    assert browser.post(f"{path}link/renew/", {"reason": "asked for"}).status_code == 303
    assert bill["public_url"] not in browser.get(path).content.decode()
    assert Client().post(f"{path}link/renew/", {"reason": "r"}).status_code == 302


def test_the_upi_code_is_for_what_is_owed(shop: Shop):
    store = cast.store("27", gstin=cast.PUNE_GSTIN, upi_vpa="shop@upi")
    head = cast.person("branch_head", store)
    buyer = cast.customer()
    bill = desk.made(head.post("/invoices/", desk.order(store=store, customer=buyer)))
    page = words_of(browser_of(head).get(f"/invoices/{bill['id']}/pay/"))
    assert "The code holds ₹1,770.00 and goes to shop@upi." in page
    parts = tender(0, "cash", "1000") | tender(1, "upi", "770", reference="")
    browser, path = browser_of(head), f"/invoices/{bill['id']}/pay/"
    part = browser.post(path, {**parts, "_look": "1"}, headers={"HX-Request": "true"})
    assert "The code holds ₹770.00 and goes to shop@upi." in words_of(part)
    assert "The code holds ₹770.00" in words_of(browser.post(path, {**parts, "_look": "1"}))
    odd = tender(0, "upi", "NaN") | tender(1, "upi", "-1")
    assert "The code holds ₹1,770.00" in words_of(browser.post(path, {**odd, "_look": "1"}))
    assert head.get(f"/invoices/{bill['id']}/").data["amount_paid"] == "0.00"


def test_a_character_that_cannot_be_kept_is_refused_everywhere(shop: Shop, bill: dict[str, Any]):
    browser, here = browser_of(shop.asha), f"/invoices/{bill['id']}/"
    line = bill["line_items"][0]["id"]
    for path, form in (
        (f"{here}pay/", tender(0, "upi", "1", reference="U\x00")),
        (f"{here}credit/", {f"line.{line}.quantity": "1", f"line.{line}.serial": "\x00", "reason": "r"}),
        (f"{here}credit/", {f"line.{line}.quantity": "1", "reason": "\x00"}),
        (f"{here}cancel/", {"reason": "\x00"}),
        (f"{here}mail/", {"to": "a\x00@example.com", "lang": "en"}),
        ("/invoices/new/?walk_in=1", {"line_items.0.code": "\x00", "line_items.0.quantity": "1"}),
    ):
        assert browser.post(path, form).status_code == 400, path
    for path in (
        "/invoices/?q=%00",
        "/invoices/new/?q=%00",
        "/invoices/?customer=%00",
        f"{here}correct/?wrong=%00",
    ):
        assert browser.get(path).status_code == 200, path
