"""A manager counts the drawer and closes the day; an owner looks at it."""

import re
from typing import Any

import pytest


def to_paise(text: str) -> int:
    return int(re.sub(r"[^0-9]", "", text))


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_the_owners_day(open_as: Any, phone: bool):
    page = open_as("admin", phone=phone)
    page.goto("/")
    assert page.get_by_role("img", name=re.compile("Sales by day")).is_visible()
    page.get_by_text("As a table").first.click()
    assert page.get_by_role("table", name="Sales by day").is_visible()
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.get_by_role("link", name=re.compile("Cash in drawer")).click()
    page.wait_for_url("**/day/")
    assert page.get_by_role("heading", name="Day end").is_visible()


def test_a_day_is_counted_and_closed_by_keyboard(open_as: Any):
    page = open_as("manager")
    page.expected_complaints = ["409"]
    page.goto("/day/")
    page.get_by_role("link", name=re.compile("Demo Nagpur")).click()
    due = to_paise(page.locator(".ledger dd.grand").inner_text())
    fives, rest = divmod(due, 50000)
    page.get_by_label("₹500", exact=True).focus()
    page.keyboard.type(str(fives))
    for _ in range(6):
        page.keyboard.press("Enter")
    page.keyboard.type(f"{(rest - 100) // 100}.{rest % 100:02d}" if rest >= 100 else "0")
    assert page.locator("[data-of=cash]").inner_text().startswith(("−", "+"))
    page.get_by_role("button", name="Close the day").click()
    assert "Rs 1.00 too little by cash" in page.get_by_role("alert").inner_text()
    page.get_by_label("Reason for a difference").fill("A rupee rolled away")
    page.get_by_role("button", name="Close the day").click()
    page.wait_for_url(re.compile(r"/day/[0-9]+/$"))
    slip = page.get_by_role("article", name="Z report").inner_text()
    assert "A rupee rolled away" in slip
    assert "−1.00" in slip
