"""Movements, approvals and units: read them, decide on them, once."""

from typing import Any

import pytest

from tests import cast
from tests.cast import Shop
from tests.inventory import shelf
from tests.web.goods.test_stock import sold
from tests.web.visits import browser_of, words_of

KEY = "0123456789abcdef"


def status_of(entry: int) -> str:
    return str(shelf.fetch("SELECT status FROM inventory_stockentry WHERE id = %s", entry)[0][0])


def test_movements_can_be_narrowed(shop: Shop):
    one, other = cast.variant(sku="ONE"), cast.variant(sku="OTHER")
    shelf.post(shop.asha, "purchase", shop.pune, one, 3)
    shelf.post(shop.asha, "damage", shop.pune, one, 1)
    shelf.post(shop.asha, "purchase", shop.pune, other, 2)
    shelf.post(shop.chitra, "purchase", shop.nagpur, cast.variant(sku="ELSEWHERE"), 2)
    client = browser_of(shop.asha)
    words = words_of(client.get("/stock/entries/"))
    assert "ELSEWHERE" not in words
    assert words.index("OTHER") < words.index("Damage", words.index("Balance"))
    narrowed = client.get("/stock/entries/", {"entry_type": "damage", "product_variant": str(one)})
    assert "−1" in words_of(narrowed)
    assert "OTHER" not in words_of(narrowed)
    assert f'name="product_variant" value="{one}"' in narrowed.content.decode()
    totals = words_of(client.get("/stock/entries/", {"part": "totals", "product_variant": str(one)}))
    assert totals.split() == ["Movements", "2", "In", "+3", "Out", "−1", "Waiting", "0"]
    assert "Nothing fits" in words_of(client.get("/stock/entries/", {"date_to": "2001-01-01"}))
    assert client.get("/stock/entries/", {"format": "csv"}).status_code == 200


def test_a_movement_says_what_it_was_for_and_who(shop: Shop):
    variant = shelf.tracked_variant()
    bought = shelf.post(shop.asha, "purchase", shop.pune, variant, 1, serials=["A1"])
    invoice = sold(shop, variant, "A1")
    sale = shelf.fetch("SELECT id FROM inventory_stockentry WHERE entry_type = 'sale'")[0][0]
    page = browser_of(shop.asha).get(f"/stock/entries/{sale}/")
    words = words_of(page)
    assert invoice["invoice_number"] in words
    assert f'href="/invoices/{invoice["id"]}/"' in page.content.decode()
    assert "bilal entered it" in words
    assert "It belongs to its document" in words
    assert "A1" in words
    assert "Take it back" in words_of(browser_of(shop.asha).get(f"/stock/entries/{bought}/"))
    assert "Take it back" not in words_of(browser_of(shop.bilal).get(f"/stock/entries/{bought}/"))
    assert browser_of(shop.chitra).get(f"/stock/entries/{bought}/").status_code == 404


def test_what_the_shop_paid_is_for_who_may_see_it(shop: Shop):
    body = shelf.body("purchase", shop.pune, cast.variant(), 1, unit_price="11800.125")
    entry = shop.asha.post("/stock-entries/", body).data["id"]
    assert "₹11,800.125" in words_of(browser_of(shop.asha).get(f"/stock/entries/{entry}/"))
    assert "11,800" not in words_of(browser_of(shop.bilal).get(f"/stock/entries/{entry}/"))


def test_a_return_shows_its_note(shop: Shop):
    variant = shelf.tracked_variant()
    shelf.post(shop.asha, "purchase", shop.pune, variant, 2, serials=["A1", "A2"])
    invoice = sold(shop, variant, "A1")
    line = {"line": invoice["line_items"][0]["id"], "quantity": "1", "serial_numbers": ["A1"]}
    body = {"reason": "Came back", "line_items": [line]}
    note = shop.asha.post(f"/invoices/{invoice['id']}/credit-notes/", body, key="note-1").data
    page = browser_of(shop.asha).get("/stock/entries/", {"entry_type": "return_in"})
    assert note["credit_note_number"] in words_of(page)
    assert f'href="/credit-notes/{note["id"]}/"' in page.content.decode()


def test_a_mistake_is_taken_back_once_with_a_reason(shop: Shop):
    variant = cast.variant()
    entry = shelf.post(shop.asha, "purchase", shop.pune, variant, 3)
    client = browser_of(shop.asha)
    page = client.post(f"/stock/entries/{entry}/reverse/", {"reason": " "})
    assert page.status_code == 400
    assert "Fill this in." in words_of(page)
    form = {"reason": "Wrong box", "_key": KEY}
    first, second = (client.post(f"/stock/entries/{entry}/reverse/", form) for _ in range(2))
    assert (first.status_code, first["Location"]) == (303, second["Location"])
    assert "Purchase, taken back −3" in words_of(client.get(first["Location"]))
    assert shelf.quantity(shop.pune, variant) == 0
    again = client.post(f"/stock/entries/{entry}/reverse/", {"reason": "Wrong box"})
    assert again.status_code == 409
    assert "was reversed before" in words_of(again)
    assert "Reversed" in words_of(client.get(f"/stock/entries/{entry}/"))
    assert browser_of(shop.bilal).post(f"/stock/entries/{entry}/reverse/", form).status_code == 403
    assert browser_of(shop.chitra).post(f"/stock/entries/{entry}/reverse/", form).status_code == 404


def test_somebody_else_approves_in_one_press(shop: Shop):
    variant = shelf.guarded_variant()
    entry = shelf.post(shop.asha, "purchase", shop.pune, variant, 5)
    own = browser_of(shop.asha)
    assert "You entered this yourself" in words_of(own.get("/approvals/"))
    refused = own.post(f"/stock/entries/{entry}/approve/")
    assert (refused.status_code, status_of(entry)) == (403, "pending_approval")
    assert "Somebody else must approve it." in words_of(refused)
    client = browser_of(shop.admin)
    assert "+5" in words_of(client.get("/approvals/"))
    form = {"next": "/approvals/", "_key": KEY}
    for _ in range(2):
        answer = client.post(f"/stock/entries/{entry}/approve/", form)
        assert (answer.status_code, answer["Location"]) == (303, "/approvals/")
    assert shelf.quantity(shop.pune, variant) == 5
    words = words_of(client.get("/approvals/"))
    assert "Approved. It is on the shelf now." in words
    assert "Nothing waits for approval" in words
    late = client.post(f"/stock/entries/{entry}/approve/")
    assert late.status_code == 409
    assert "does not wait for approval any more" in words_of(late)


def test_who_entered_it_or_a_head_rejects_with_a_reason(shop: Shop):
    variant = shelf.guarded_variant()
    entry = shelf.post(shop.asha, "purchase", shop.pune, variant, 5)
    advisor = browser_of(shop.bilal)
    assert "Reject" not in words_of(advisor.get("/approvals/"))
    assert advisor.post(f"/stock/entries/{entry}/reject/", {"reason": "No"}).status_code == 403
    assert advisor.post(f"/stock/entries/{entry}/approve/").status_code == 403
    assert browser_of(shop.auditor).get("/approvals/").status_code == 403
    assert browser_of(shop.chitra).post(f"/stock/entries/{entry}/approve/").status_code == 404
    client = browser_of(shop.asha)
    assert client.post(f"/stock/entries/{entry}/reject/", {"reason": ""}).status_code == 400
    assert client.post(f"/stock/entries/{entry}/reject/", {"reason": "Wrong count"}).status_code == 303
    words = words_of(client.get(f"/stock/entries/{entry}/"))
    assert "rejected it" in words
    assert "Wrong count" in words
    assert status_of(entry) == "rejected"


def test_a_press_leads_only_to_this_host(shop: Shop):
    entry = shelf.post(shop.asha, "purchase", shop.pune, shelf.guarded_variant(), 5)
    form = {"next": "//evil.example"}
    assert browser_of(shop.admin).post(f"/stock/entries/{entry}/approve/", form)["Location"] == "/"


def test_a_scan_finds_the_unit_and_its_history(shop: Shop):
    variant = shelf.tracked_variant()
    shelf.post(shop.asha, "purchase", shop.pune, variant, 2, serials=["A1", "A2"])
    invoice = sold(shop, variant, "A1")
    client = browser_of(shop.bilal)
    answer = client.get("/serials/", {"serial_no": " a1 "})
    assert answer.status_code == 303
    words = words_of(client.get(answer["Location"]))
    assert "A1" in words
    assert invoice["invoice_number"] in words
    assert words.index("Sale Sold") < words.index("Purchase Available")
    assert "Left from" in words
    assert "No unit in your stores has the number NONE." in words_of(
        client.get("/serials/", {"serial_no": "NONE"})
    )
    assert browser_of(shop.chitra).get(answer["Location"]).status_code == 404
    assert "No unit" in words_of(browser_of(shop.chitra).get("/serials/", {"serial_no": "A1"}))
    assert "A2" not in words_of(client.get("/serials/", {"status": "sold"}))


@pytest.mark.parametrize(
    ("path", "queries"),
    [("/stock/entries/", 6), ("/approvals/", 6), ("/serials/", 6), ("/serials/{unit}/", 9)],
)
def test_lists_ask_a_few_times(shop: Shop, path: str, queries: int, django_assert_max_num_queries: Any):
    tracked, guarded = shelf.tracked_variant(), shelf.guarded_variant()
    for number in range(6):
        shelf.post(shop.asha, "purchase", shop.pune, tracked, 1, serials=[f"S{number}"])
        shelf.post(shop.asha, "purchase", shop.pune, guarded, 1)
    unit = shelf.fetch("SELECT min(id) FROM inventory_serialnumber")[0][0]
    entry = shelf.fetch("SELECT min(id) FROM inventory_stockentry")[0][0]
    client = browser_of(shop.admin)
    with django_assert_max_num_queries(queries):
        client.get(path.format(unit=unit))
    with django_assert_max_num_queries(8):
        client.get(f"/stock/entries/{entry}/")


def test_who_only_reads_sees_no_button(shop: Shop):
    variant = cast.variant()
    entry = shelf.post(shop.asha, "purchase", shop.pune, variant, 1)
    client = browser_of(shop.auditor)
    for path in ("/stock/", "/stock/entries/", f"/stock/entries/{entry}/", f"/catalogue/{variant}/"):
        page = client.get(path)
        assert page.status_code == 200
        assert "Receive or move" not in words_of(page)
        assert "Take it back" not in words_of(page)
