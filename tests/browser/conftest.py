"""A real browser at a real shop. `make test-browser` installs what this needs; `make test` leaves it out."""

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import pytest

if find_spec("playwright") is None:
    collect_ignore_glob = ["test_*.py"]

DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    from tests.browser.shop import running_shop

    with running_shop() as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from tests.browser.chromium import chromium

    with chromium() as browser:
        yield browser


@pytest.fixture
def open_as(address: str, browser: Any) -> Iterator[Callable[..., Any]]:
    """`open_as("advisor", phone=True, dark=True)`: a page of somebody who is logged in; "" stays a stranger.

    A complaint in the browser's console (a blocked script, a failed style, an exception) fails the test, unless its
    text is in `page.expected_complaints`.
    """
    from tests.browser.shop import PASSWORD

    pages = []

    def open_page(user: str = "advisor", *, phone: bool = False, dark: bool = False, **more: Any) -> Any:
        context = browser.new_context(
            viewport=PHONE if phone else DESK,
            color_scheme="dark" if dark else "light",
            base_url=address,
            locale="en-IN",
            timezone_id="Asia/Kolkata",
            **more,
        )
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.complaints, page.expected_complaints = [], []
        page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        pages.append(page)
        if user:
            page.goto("/login/")
            page.get_by_label("User name").fill(user)
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("main").get_by_role("button", name="Log in").click()
            page.wait_for_url(f"{address}/")
        return page

    yield open_page
    complaints = [
        complaint
        for page in pages
        for complaint in page.complaints
        if not any(expected in complaint for expected in page.expected_complaints)
    ]
    for page in pages:
        page.context.close()
    assert not complaints
