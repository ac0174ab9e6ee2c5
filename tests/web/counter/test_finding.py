"""Find anything: /find/."""

import pytest

from tests import cast
from tests.cast import Shop
from tests.invoicing.desk import bill, stocked, stocked_units
from tests.web.counter.test_selling import IMEI
from tests.web.visits import browser_of, words_of


def test_a_single_exact_match_is_gone_to(shop: Shop):
    row = bill(shop)
    stocked_units(shop, IMEI)
    client = browser_of(shop.bilal)
    for code, path in ((row["invoice_number"], f"/invoices/{row['id']}/"), (IMEI, "/serials/")):
        answer = client.get("/find/", {"q": code})
        assert answer.status_code == 303
        assert answer["Location"].startswith(path)


def test_what_is_alike_is_listed_and_everybody_may_look(shop: Shop):
    stocked(shop, product={"name": "Tempered glass"})
    cast.customer("Glass Works")
    words = words_of(browser_of(shop.auditor).get("/find/", {"q": "glass"}))
    assert "Tempered glass" in words
    assert "Pune 10" in words
    assert "Glass Works" in words


@pytest.mark.parametrize("sought", ["", "   ", "nonsense-code", "\x00", "<script>"])
def test_what_is_not_known_is_said(shop: Shop, sought: str):
    page = browser_of(shop.bilal).get("/find/", {"q": sought})
    assert page.status_code == 200
    assert "<script>" not in page.content.decode().split("<main")[1]


def test_another_stores_bill_is_not_found(shop: Shop):
    row = bill(shop)
    page = browser_of(shop.chitra).get("/find/", {"q": row["invoice_number"]})
    assert page.status_code == 200
    assert "Nothing is known" in words_of(page)
