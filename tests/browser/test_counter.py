"""The counter with a real keyboard: scans, keys, money, a lost connection, a double press."""

import re
import time
from typing import Any

import pytest
from playwright.sync_api import expect

PATIENCE = 10_000
HAND = 60  # ms between the keys of a quick typist; a scanner needs less than 5
SCANNER = 3


def scan(page: Any, code: str) -> None:
    """As a scanner types: into whatever has the focus, and Enter at the end."""
    page.keyboard.type(code, delay=SCANNER)
    page.keyboard.press("Enter")


def burst(page: Any, code: str) -> None:
    """As a scanner types while the focus is somewhere else: all keys within a moment, however busy this machine is."""
    page.evaluate(
        """(code) => { for (const key of [...code, "Enter"])
            (document.activeElement || document.body).dispatchEvent(
                new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })); }""",
        code,
    )


def press(page: Any, key: str) -> None:
    """A key of the till, and the moment that a hand takes to the next."""
    page.keyboard.press(key)
    page.wait_for_timeout(HAND)


def write(page: Any, text: str) -> None:
    page.wait_for_timeout(HAND)
    page.keyboard.type(text, delay=HAND)
    page.wait_for_timeout(HAND)


def at_counter(open_as: Any, user: str = "advisor", **more: Any) -> Any:
    page = open_as(user, **more)
    page.goto("/counter/")
    store = page.locator(".store-pick", has_text="Demo Pune")
    if store.count():
        store.click()
    page.locator("#scan").wait_for()
    return page


def lines(page: Any) -> Any:
    return page.locator("#cart tr[data-line]")


def wait_for_lines(page: Any, number: int) -> None:
    expect(lines(page)).to_have_count(number, timeout=PATIENCE)


def wait_for_words(page: Any, place: str, words: str) -> None:
    expect(page.locator(place)).to_contain_text(words, timeout=PATIENCE)


def save(page: Any) -> str:
    """Save and print: the number of the bill. The receipt opens in a tab of its own."""
    with page.context.expect_page() as opened:
        page.keyboard.press("F10")
        page.locator(".done h2").wait_for()
    assert "layout=receipt" in opened.value.url
    opened.value.close()
    page.bring_to_front()
    return str(page.locator(".done h2").inner_text())


def bills_of_today(page: Any) -> int:
    answer = page.request.get("/api/invoices/?page_size=200")
    return len(answer.json()["results"])


def test_three_scans_and_a_cash_sale_by_keyboard_alone(open_as):
    page = at_counter(open_as)
    taken = []
    for _ in range(3):
        began = time.monotonic()
        for code in ("SC-BLK", "TG-CLR", "SC-BLK"):
            scan(page, code)
        page.keyboard.press("F8")
        number = save(page)
        taken.append(time.monotonic() - began)
        assert re.fullmatch(r"FT-INV-\d+", number)
        assert "1,097.00" in page.locator(".done-total").inner_text()
    assert min(taken) < 2, taken


def test_the_same_code_again_raises_the_quantity_and_a_wrong_one_keeps_the_focus(open_as):
    page = at_counter(open_as)
    for code in ("CB-1M", "CB-1M", "NOT-A-CODE"):
        scan(page, code)
    wait_for_words(page, "#said", "Nothing is known under “NOT-A-CODE”")
    wait_for_lines(page, 1)
    assert page.locator("[data-slot=quantity]").inner_text() == "2"
    assert page.evaluate("document.activeElement.id") == "scan"
    assert page.locator("#said").get_attribute("data-tone") == "bad"


def test_a_unit_is_sold_by_its_imei_and_refused_twice(open_as):
    page = at_counter(open_as)
    scan(page, "DPL-064-GRN")
    choice = page.locator(".choice").first
    choice.wait_for()
    imei = choice.locator(".choice-title").inner_text()
    scan(page, imei)
    wait_for_lines(page, 1)
    scan(page, imei)
    wait_for_words(page, "#said", "is in the cart already, in line 1")
    press(page, "F8")
    number = save(page)
    scan(page, imei)
    wait_for_words(page, "#said", "was sold in Demo Pune")
    press(page, "Escape")
    press(page, "F4")
    scan(page, imei)
    page.locator("#return-dialog[open]").wait_for()
    assert number in page.locator("#return-body").inner_text()
    assert "issued by a branch head" in page.locator("#return-body").inner_text()


def test_split_payment_with_change_and_a_upi_code(open_as):
    page = at_counter(open_as)
    scan(page, "CH-45")
    wait_for_lines(page, 1)
    press(page, "F9")
    write(page, "800")
    page.locator(".upi-code svg").wait_for()
    wait_for_words(page, "#pay", "₹800.00")
    press(page, "F8")
    write(page, "1000")
    wait_for_words(page, "#pay", "Give back")
    assert page.locator(".change strong").inner_text() == "₹1.00"
    save(page)
    assert page.locator(".done-change strong").inner_text() == "₹1.00"


def test_a_scan_goes_into_the_scan_field_wherever_the_focus_is(open_as):
    page = at_counter(open_as)
    scan(page, "SC-BLK")
    wait_for_lines(page, 1)
    press(page, "F8")
    write(page, "500")
    burst(page, "TG-CLR")
    wait_for_lines(page, 2)
    assert page.locator("#given-0").input_value() == "500"
    press(page, "F6")
    page.locator("#line-dialog[open]").wait_for()
    burst(page, "CB-1M")
    wait_for_lines(page, 3)
    assert page.locator("dialog[open]").count() == 0


def test_keys_within_a_burst_are_the_scanners(open_as):
    """A code with "/" and "?" in it opens nothing and finds nothing but what it says."""
    page = at_counter(open_as)
    page.locator("#save").focus()
    burst(page, "/A?B/")
    wait_for_words(page, "#said", "“/A?B/”")
    assert page.locator("dialog[open]").count() == 0
    page.keyboard.press("?")
    page.locator("#keys-dialog[open]").wait_for()
    press(page, "Escape")
    page.locator("#save").focus()
    page.keyboard.press("/")
    expect(page.locator("#scan")).to_be_focused()


def test_a_browsers_own_keys_stay_the_browsers(open_as):
    page = at_counter(open_as)
    page.evaluate(
        """() => { window.seen = {}; addEventListener('keydown', (event) => {
            seen[event.key + (event.ctrlKey ? '+Ctrl' : '')] = event.defaultPrevented; }); }"""
    )
    for key in ("F1", "Control+f", "F12", "Tab"):
        page.keyboard.press(key)
    assert not any(page.evaluate("Object.values(seen)"))


def test_a_double_press_bills_once(open_as):
    page = at_counter(open_as)
    scan(page, "SC-CLR")
    wait_for_lines(page, 1)
    before = bills_of_today(page)
    press(page, "F8")
    page.keyboard.press("F10")
    page.keyboard.press("F10")
    page.locator(".done h2").wait_for()
    assert bills_of_today(page) == before + 1


def test_an_answer_that_is_lost_is_not_billed_twice(open_as):
    page = at_counter(open_as)
    page.expected_complaints.append("ERR_")
    scan(page, "EP-WIR")
    wait_for_lines(page, 1)
    before = bills_of_today(page)
    press(page, "F8")

    def lose(route: Any) -> None:
        route.fetch()  # the server bills
        route.abort()  # and nobody hears of it

    page.route("**/counter/sell/", lose, times=1)
    page.keyboard.press("F10")
    wait_for_words(page, "#banner", "Press F10 again")
    assert bills_of_today(page) == before + 1
    scan(page, "TG-CLR")  # nothing may be added to a bill that may be made
    wait_for_words(page, "#said", "Press F10 again")
    page.reload()
    wait_for_words(page, "#banner", "Press F10 again")
    wait_for_lines(page, 1)
    save(page)
    assert "billed already" in page.locator(".done").inner_text()
    assert bills_of_today(page) == before + 1


def test_a_lost_connection_loses_no_cart(open_as):
    page = at_counter(open_as)
    page.expected_complaints.append("ERR_")
    scan(page, "SC-BLU")
    wait_for_lines(page, 1)
    page.context.set_offline(True)
    scan(page, "TG-CLR")
    wait_for_words(page, "#banner", "No connection")
    assert page.locator("#scan").input_value() == "TG-CLR"
    page.context.set_offline(False)
    press(page, "Enter")
    wait_for_lines(page, 2)
    expect(page.locator("#banner")).to_be_hidden(timeout=PATIENCE)
    page.reload()
    wait_for_lines(page, 2)
    press(page, "F8")
    save(page)
    page.reload()
    page.locator(".till-empty").wait_for()


def test_who_was_logged_out_loses_no_cart(open_as):
    page = at_counter(open_as)
    page.expected_complaints.append("403")
    scan(page, "TG-PRV")
    wait_for_lines(page, 1)
    press(page, "F8")
    page.context.clear_cookies()
    press(page, "F10")
    wait_for_words(page, "#banner", "You were logged out")
    again = page.context.new_page()
    again.goto("/login/")
    again.get_by_label("User name").fill("advisor")
    again.get_by_label("Password").fill("finetune-demo")
    again.get_by_role("main").get_by_role("button", name="Log in").click()
    again.wait_for_url("**/")
    again.close()
    page.bring_to_front()
    save(page)


def test_hold_here_and_recall_at_another_till(open_as):
    here = at_counter(open_as)
    scan(here, "PB-10")
    wait_for_lines(here, 1)
    here.get_by_role("button", name="Hold", exact=True).click()
    wait_for_words(here, "#said", "The bill is held")
    there = at_counter(open_as, "manager")
    there.get_by_role("button", name="Held").click()
    there.locator(".held-take", has_text="Power bank").first.click()
    wait_for_lines(there, 1)
    there.keyboard.press("F8")
    save(there)
    here.get_by_role("button", name="Held").click()
    here.locator("#held-list .empty").wait_for()


def test_a_customer_is_written_down_in_place_and_may_owe(open_as):
    page = at_counter(open_as)
    page.expected_complaints.append("409")
    scan(page, "SW-BLK")
    wait_for_lines(page, 1)
    scan(page, "9812345670")
    page.locator("#customer-dialog[open]").wait_for()
    write(page, "Asha Rao")
    press(page, "Enter")
    wait_for_words(page, "#buyer-name", "Asha Rao")
    page.keyboard.press("F10")
    wait_for_words(page, "#said", "stays unpaid and will be owed by Asha Rao")
    save(page)
    assert "Still owed" in page.locator(".done").inner_text()
    scan(page, "9812345670")
    scan(page, "CB-2M")
    wait_for_words(page, "#buyer-says", "Owes ₹3,499.00 on 1 other bill")


def test_a_discount_above_the_ceiling_is_refused_where_it_stands(open_as):
    page = at_counter(open_as)
    page.expected_complaints.append("409")
    scan(page, "EB-WHT")
    wait_for_lines(page, 1)
    press(page, "F7")
    write(page, "60%")
    press(page, "Enter")
    wait_for_words(page, "#pay", "you may give up to 25 %")
    press(page, "F8")
    page.keyboard.press("F10")
    wait_for_words(page, "#said", "you may give up to 25 %")
    press(page, "F7")
    write(page, "10%")
    press(page, "Enter")
    wait_for_words(page, "#sums", "1,799.00")
    save(page)


def test_a_manager_takes_one_unit_back(open_as):
    page = at_counter(open_as, "admin")
    for code in ("TG-PRV", "TG-PRV"):
        scan(page, code)
    press(page, "F8")
    number = save(page)
    press(page, "F4")
    scan(page, number)
    page.locator("#return-dialog[open]").wait_for()
    write(page, "1")
    page.locator("#back-reason").fill("wrong size")
    press(page, "Enter")
    page.locator("#return-body .done").wait_for()
    assert "499.00" in page.locator("#return-body").inner_text()
    press(page, "Escape")
    scan(page, "TG-PRV")
    wait_for_lines(page, 1)


@pytest.mark.parametrize("dark", [False, True])
def test_the_counter_does_not_scroll_at_the_desk(open_as, dark: bool):
    from axe_playwright_python.sync_playwright import Axe

    page = at_counter(open_as, dark=dark)
    for code in (
        "SC-BLK",
        "TG-CLR",
        "CH-20",
        "CH-45",
        "CB-1M",
        "CB-2M",
        "PB-10",
        "PB-20",
        "EP-WIR",
        "MC-128",
    ):
        scan(page, code)
    wait_for_lines(page, 10)
    press(page, "F9")
    page.locator(".upi-code svg").wait_for()
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("#save").is_visible()
    assert not Axe().run(page).response["violations"]


def test_a_sale_on_a_phone(open_as):
    page = at_counter(open_as, phone=True, has_touch=True, is_mobile=True)
    page.locator("#scan").tap()
    scan(page, "SC-BLK")
    wait_for_lines(page, 1)
    page.get_by_role("button", name="Cash").tap()
    with page.context.expect_page() as opened:
        page.locator("#save").tap()
        page.locator(".done h2").wait_for()
    opened.value.close()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
