"""Every page, by day and by night, at the desk and on a phone: no violation found by axe, nothing that sticks out
sideways, no complaint of the browser, one heading that names the page."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.crawl import reachable

STRANGERS_PAGES = ("/", "/login/", "/nowhere/")
FITS = "document.documentElement.scrollWidth <= window.innerWidth"


def faults_of(page) -> list[str]:
    found = [
        f"{each['id']}: {each['help']} ({len(each['nodes'])}×, {each['nodes'][0]['html'][:120]})"
        for each in Axe().run(page).response["violations"]
    ]
    if not page.evaluate(FITS):
        found.append("it is wider than the window")
    if page.locator("h1").count() != 1:
        found.append(f"it has {page.locator('h1').count()} first headings")
    return found


@pytest.mark.parametrize("user", ["admin", "advisor"])
def test_every_page_at_the_desk(open_as, user: str):
    page = open_as(user)
    faults, seen = {}, 0
    for address in reachable(page):
        seen += 1
        for scheme in ("light", "dark"):
            page.emulate_media(
                color_scheme=scheme, reduced_motion="reduce"
            )  # no colour on its way to another
            if found := faults_of(page):
                faults[f"{address} ({scheme})"] = found
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert seen >= 5
    assert not faults


def test_every_page_on_a_phone(open_as):
    page = open_as("manager", phone=True)
    faults = {address: found for address in reachable(page) if (found := faults_of(page))}
    assert not faults


@pytest.mark.parametrize("path", STRANGERS_PAGES)
@pytest.mark.parametrize("phone", [False, True])
def test_what_strangers_see(open_as, path: str, phone: bool):
    page = open_as("", phone=phone)
    page.expected_complaints.append("404")
    page.goto(path)
    assert not faults_of(page)
