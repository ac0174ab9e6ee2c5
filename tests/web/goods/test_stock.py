"""Stock pages: what the stores have, and why a shelf holds what it holds."""

import csv
import io
from typing import Any

import pytest
from django.db import connection

from tests import cast
from tests.cast import Shop, new_key
from tests.inventory import shelf
from tests.web.visits import browser_of, words_of


def ledger_id(store: int, variant: int) -> int:
    sql = "SELECT id FROM inventory_stockledger WHERE store_id = %s AND product_variant_id = %s"
    return int(shelf.fetch(sql, store, variant)[0][0])


def sold(shop: Shop, variant: int, *serials: str) -> dict[str, Any]:
    line = {"variant": variant, "quantity": "1", "serial_numbers": list(serials)}
    body = {"store": shop.pune, "counter_sale": True, "line_items": [line]}
    answer = shop.bilal.post("/invoices/", body, key=new_key())
    assert answer.status == 201, answer.data
    return dict(answer.data)


def test_items_down_and_stores_across(shop: Shop):
    variant = cast.variant(sku="PHONE-1")
    shelf.post(shop.asha, "purchase", shop.pune, variant, 7)
    shelf.post(shop.chitra, "purchase", shop.nagpur, variant, 3)
    page = browser_of(shop.admin).get("/stock/")
    words = words_of(page)
    assert "PHONE-1" in words
    assert f'href="/stock/{ledger_id(shop.pune, variant)}/">7<' in page.content.decode()
    assert f'href="/stock/{ledger_id(shop.nagpur, variant)}/">3<' in page.content.decode()
    assert 'data-label="Available">10<' in page.content.decode()


def test_nobody_sees_the_shelves_of_another_store(shop: Shop):
    variant = cast.variant(sku="NAGPUR-ONLY")
    shelf.post(shop.chitra, "purchase", shop.nagpur, variant, 3)
    client = browser_of(shop.asha)
    assert "NAGPUR-ONLY" not in words_of(client.get("/stock/"))
    assert "NAGPUR-ONLY" not in words_of(client.get("/stock/ledgers/"))
    assert client.get(f"/stock/{ledger_id(shop.nagpur, variant)}/").status_code == 404
    assert shop.asha.get(f"/stock-ledgers/{ledger_id(shop.nagpur, variant)}/explain/").status == 404


def test_low_stock_search_and_category(shop: Shop):
    category = cast.category("Cables")
    low = cast.variant(sku="LOW", reorder_level=3, category_id=category)
    enough = cast.variant(sku="ENOUGH", reorder_level=3, barcode="890100")
    for variant, units in ((low, 2), (enough, 9)):
        shelf.post(shop.asha, "purchase", shop.pune, variant, units)
    client = browser_of(shop.asha)
    for path in ("/stock/", "/stock/ledgers/"):
        words = words_of(client.get(path, {"low_stock": "true"}))
        assert " LOW " in words
        assert "ENOUGH" not in words
        assert "ENOUGH" in words_of(client.get(path, {"q": "8901"}))
        assert "ENOUGH" not in words_of(client.get(path, {"category": category}))
        totals = words_of(client.get(path, {"part": "totals"}))
        assert "On hand 11" in totals
        assert "Low or out 1" in totals
        assert "On hand 2" in words_of(client.get(path, {"part": "totals", "q": "low", "low_stock": "true"}))


def test_what_is_shown_comes_as_a_file(shop: Shop):
    variant = cast.variant(sku="PHONE-1")
    shelf.post(shop.asha, "purchase", shop.pune, variant, 7)
    answer = browser_of(shop.asha).get("/stock/", {"format": "csv"})
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode())))
    assert rows[0][:2] == ["Item", "SKU"]
    assert rows[1][1:4] == ["PHONE-1", "7", "0"]
    assert browser_of(shop.asha).get("/stock/ledgers/", {"format": "xlsx"}).status_code == 200


def test_every_movement_stands_under_its_quantity(shop: Shop):
    variant = shelf.tracked_variant()
    shelf.post(shop.asha, "purchase", shop.pune, variant, 2, serials=["A1", "A2"])
    invoice = sold(shop, variant, "A1")
    page = browser_of(shop.bilal).get(f"/stock/{ledger_id(shop.pune, variant)}/")
    words = words_of(page)
    assert "2 movements come to 1 , and the shelf says 1." in words
    assert invoice["invoice_number"] in words
    assert f'href="/invoices/{invoice["id"]}/"' in page.content.decode()
    assert "At the beginning 0" in words
    assert "A2" in words
    assert ">A1<" not in page.content.decode()


def test_an_approved_entry_stands_where_it_was_posted(shop: Shop):
    variant = shelf.guarded_variant()
    waiting = shelf.post(shop.asha, "purchase", shop.pune, variant, 5)
    later = shelf.post(shop.admin, "purchase", shop.pune, variant, 1)
    assert shop.asha.post(f"/stock-entries/{later}/approve/").status == 200
    path = f"/stock/{ledger_id(shop.pune, variant)}/"
    assert "Waits for approval +5" in words_of(browser_of(shop.asha).get(path))
    assert shop.admin.post(f"/stock-entries/{waiting}/approve/").status == 200
    answer = shop.asha.get(f"/stock-ledgers/{ledger_id(shop.pune, variant)}/explain/")
    assert [row["id"] for row in answer.data["results"]] == [waiting, later]
    assert [row["balance_after"] for row in answer.data["results"]] == [6, 1]
    assert "approved by admin" in words_of(browser_of(shop.asha).get(path))


def test_a_page_of_the_explanation_that_is_none(shop: Shop):
    variant = cast.variant()
    shelf.post(shop.asha, "purchase", shop.pune, variant, 5)
    page = browser_of(shop.bilal).get(f"/stock/{ledger_id(shop.pune, variant)}/", {"cursor": "nonsense"})
    assert page.status_code == 400


def test_a_shelf_that_does_not_add_up_says_so(shop: Shop):
    variant = cast.variant()
    shelf.post(shop.asha, "purchase", shop.pune, variant, 5)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inventory_stockledger SET quantity = 6 WHERE product_variant_id = %s", [variant]
        )
    page = browser_of(shop.asha).get(f"/stock/{ledger_id(shop.pune, variant)}/")
    assert "this must not happen" in words_of(page)
    answer = shop.asha.get(f"/stock-ledgers/{ledger_id(shop.pune, variant)}/explain/")
    assert answer.data["ledger"]["adds_up"] is False


@pytest.mark.parametrize(("path", "queries"), [("/stock/", 9), ("/stock/ledgers/", 8)])
def test_a_list_asks_as_much_for_many_rows_as_for_one(
    shop: Shop, path: str, queries: int, django_assert_max_num_queries: Any
):
    for _ in range(8):
        shelf.post(shop.asha, "purchase", shop.pune, cast.variant(), 1)
    client = browser_of(shop.asha)
    with django_assert_max_num_queries(queries):
        client.get(path)
    with django_assert_max_num_queries(5):
        client.get(path, {"part": "totals"})


def test_a_shelf_asks_a_few_times(shop: Shop, django_assert_max_num_queries: Any):
    variant = shelf.tracked_variant()
    for number in range(6):
        shelf.post(shop.asha, "purchase", shop.pune, variant, 1, serials=[f"S{number}"])
    client = browser_of(shop.asha)
    with django_assert_max_num_queries(11):
        client.get(f"/stock/{ledger_id(shop.pune, variant)}/")


def test_a_scan_that_cannot_be_a_serial_finds_nothing(shop: Shop):
    assert browser_of(shop.bilal).get("/serials/?serial_no=%00").status_code == 200
