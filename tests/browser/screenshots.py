"""The pictures of docs/screenshots, taken anew with a real browser at a demo shop.

python -m tests.browser.screenshots
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser.chromium import chromium
from tests.browser.shop import PASSWORD, ROOT, running_shop

FOLDER = ROOT / "docs" / "screenshots"
DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
HINDI = {"name": "finetune_language", "value": "hi"}


@dataclass(frozen=True, slots=True)
class Shot:
    name: str
    path: str
    user: str = "manager"
    dark: bool = False
    phone: bool = False
    hindi: bool = False
    prepare: Callable[[Any], None] | None = None


def _fill_cart(page: Any) -> None:
    """A bill under way, of what the demo has on its shelf."""
    scan = page.locator("#scan")
    for code in ("SP-BAT-1", "SP-DIS-1", "SP-BAT-1"):
        scan.fill(code)
        scan.press("Enter")
    page.get_by_text("SP-DIS-1").first.wait_for()
    page.wait_for_timeout(1500)  # the quote of the last scan


def _first_row(page: Any) -> None:
    page.locator("#list tbody a[href]").first.click()
    page.wait_for_load_state("networkidle")


SHOTS = (
    Shot("dashboard", "/"),
    Shot("dashboard-dark", "/", dark=True),
    Shot("counter", "/counter/", user="advisor", prepare=_fill_cart),
    Shot("counter-dark", "/counter/", user="advisor", dark=True, prepare=_fill_cart),
    Shot("counter-hindi", "/counter/", user="advisor", hindi=True, prepare=_fill_cart),
    Shot("counter-phone", "/counter/", user="advisor", phone=True, prepare=_fill_cart),
    Shot("repairs", "/repairs/"),
    Shot("repairs-phone", "/repairs/", phone=True),
    Shot("invoices", "/invoices/"),
    Shot("invoice", "/invoices/?status=paid", prepare=_first_row),
    Shot("stock", "/stock/"),
    Shot("day-end", "/day/"),
    Shot("reports-dark", "/reports/", dark=True),
)


def take(browser: Any, address: str, shot: Shot) -> Path:
    context = browser.new_context(
        viewport=PHONE if shot.phone else DESK,
        color_scheme="dark" if shot.dark else "light",
        base_url=address,
        locale="en-IN",
        timezone_id="Asia/Kolkata",
    )
    page = context.new_page()
    page.goto("/login/")
    page.get_by_label("User name").fill(shot.user)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{address}/")
    if shot.hindi:
        context.add_cookies([{**HINDI, "url": address}])
    page.goto(shot.path)
    page.wait_for_load_state("networkidle")
    if shot.prepare is not None:
        shot.prepare(page)
    target = FOLDER / f"{shot.name}.png"
    page.screenshot(path=target)
    context.close()
    return target


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_shop() as address, chromium() as browser:
        for shot in SHOTS:
            print(take(browser, address, shot).relative_to(ROOT), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
