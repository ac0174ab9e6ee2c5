"""Moving stock by hand: scan the item, scan the units, look before posting, post once."""

from typing import Any

import pytest

from finetune.inventory.rules import is_mistyped_imei, stock_level
from tests import cast
from tests.cast import Shop
from tests.inventory import shelf
from tests.web.visits import browser_of, words_of

NEW = "/stock/entries/new/"
KEY = "0123456789abcdef"


def address(shop: Shop, variant: int, kind: str = "purchase") -> str:
    return f"{NEW}?type={kind}&store={shop.pune}&variant={variant}"


def entries_of(variant: int) -> list[tuple[Any, ...]]:
    sql = """SELECT entry_type, quantity, delta, status, serial_numbers, unit_price, reason, reference
        FROM inventory_stockentry WHERE product_variant_id = %s ORDER BY id"""
    return shelf.fetch(sql, variant)


def test_a_code_that_fits_one_item_goes_straight_on(shop: Shop):
    variant = cast.variant(sku="ABC-1", barcode="8901234567890")
    cast.variant(sku="ABC-12")
    client = browser_of(shop.asha)
    for code in ("abc-1", "8901234567890"):
        answer = client.get(NEW, {"code": code})
        assert answer.status_code == 303
        assert answer["Location"].endswith(f"store={shop.pune}&variant={variant}")
    words = words_of(client.get(NEW, {"code": "abc"}))
    assert "ABC-1 " in words
    assert "ABC-12" in words
    part = client.get(NEW, {"code": "zzz"}, headers={"HX-Request": "true"})
    assert "Nothing in the catalogue is called zzz." in words_of(part)
    assert "<html" not in part.content.decode()


def test_a_box_is_scanned_in(shop: Shop):
    variant = shelf.tracked_variant()
    client = browser_of(shop.asha)
    page = client.get(address(shop, variant))
    assert "Scan every unit" in words_of(page)
    form = {"serial_numbers": "a1\r\nA2\na1\n", "unit_price": "11,800.00", "reference": "B-7", "_key": KEY}
    answer = client.post(address(shop, variant), form)
    assert answer.status_code == 303, words_of(answer)
    [entry] = entries_of(variant)
    assert entry[:5] == ("purchase", 2, 2, "posted", ["A1", "A2"])
    assert (str(entry[5]), entry[7]) == ("11800.000", "B-7")
    assert "2 units were moved." in words_of(client.get(answer["Location"]))


def test_a_double_press_posts_once(shop: Shop):
    variant = cast.variant()
    client = browser_of(shop.asha)
    form = {"quantity": "3", "_key": KEY}
    first, second = (client.post(address(shop, variant), form) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert shelf.quantity(shop.pune, variant) == 3


def test_the_check_says_what_posting_would(shop: Shop):
    variant = shelf.tracked_variant()
    shelf.post(shop.asha, "purchase", shop.pune, variant, 2, serials=["OLD", "SOLD"])
    shelf.post(shop.asha, "damage", shop.pune, variant, 1, serials=["SOLD"])
    client = browser_of(shop.asha)
    path = address(shop, variant).replace("/new/", "/check/")
    before = shelf.fetch("SELECT count(*) FROM inventory_stockentry")
    words = words_of(client.post(path, {"serial_numbers": "n1\nN1\nn2, old\n356938035643808"}))
    assert "3 units are ready" in words
    assert "N1" in words
    assert "counts once" in words
    assert "1 cannot be moved" in words
    assert "OLD is known already: available." in words
    assert "Not a right IMEI" in words
    out = address(shop, variant, "return_out").replace("/new/", "/check/")
    words = words_of(client.post(out, {"serial_numbers": "OLD\nNEVER\nSOLD"}))
    assert "1 unit is ready" in words
    assert "NEVER is not known here." in words
    assert "SOLD is defective" in words
    assert "0 units yet" in words_of(client.post(path, {"serial_numbers": " \n"}))
    assert client.post(path, {"serial_numbers": "a\x00b"}).status_code == 400
    assert shelf.fetch("SELECT count(*) FROM inventory_stockentry") == before


def test_without_script_the_form_checks_itself(shop: Shop):
    variant = shelf.tracked_variant()
    page = browser_of(shop.asha).post(address(shop, variant), {"serial_numbers": "A1\nA2", "check": "1"})
    assert "2 units are ready" in words_of(page)
    assert not entries_of(variant)


def test_what_posting_refuses_stands_in_the_form(shop: Shop):
    variant = shelf.tracked_variant()
    shelf.post(shop.asha, "purchase", shop.pune, variant, 1, serials=["OLD"])
    client = browser_of(shop.asha)
    page = client.post(address(shop, variant), {"serial_numbers": "OLD\nNEW", "reference": "B-7"})
    assert page.status_code == 409
    assert "OLD is known already" in words_of(page)
    assert 'value="B-7"' in page.content.decode()
    assert "OLD\nNEW</textarea>" in page.content.decode()
    page = client.post(address(shop, variant), {"serial_numbers": "N1", "quantity": "2"})
    assert "Give 2 different serial numbers" in words_of(page)
    page = client.post(address(shop, variant), {"serial_numbers": ""})
    assert "Scan at least one unit." in words_of(page)
    plain = cast.variant()
    page = client.post(address(shop, plain), {"quantity": ""})
    assert (page.status_code, "Fill this in." in words_of(page)) == (400, True)
    page = client.post(address(shop, plain, "damage"), {"quantity": "1"})
    assert page.status_code == 409
    assert "1 are asked for and 0 are available" in words_of(page)


def test_an_adjustment_says_which_way_and_why(shop: Shop):
    variant = cast.variant()
    client = browser_of(shop.asha)
    client.post(address(shop, variant, "adjustment"), {"direction": "in", "quantity": "5", "reason": "count"})
    client.post(
        address(shop, variant, "adjustment"), {"direction": "out", "quantity": "2", "reason": "count"}
    )
    assert [row[1:3] for row in entries_of(variant)] == [(5, 5), (-2, -2)]
    page = client.post(address(shop, variant, "adjustment"), {"direction": "out", "quantity": "1"})
    assert page.status_code == 400
    assert len(entries_of(variant)) == 2


def test_a_part_is_used_in_a_repair(shop: Shop):
    variant = cast.variant()
    shelf.post(shop.asha, "purchase", shop.pune, variant, 2)
    booking = shop.booking()
    client = browser_of(shop.bilal)
    page = client.get(address(shop, variant, "consumption") + f"&booking={booking}")
    assert f'<option value="{booking}">' in page.content.decode()
    assert client.post(address(shop, variant, "consumption"), {"quantity": "1"}).status_code == 400
    form = {"quantity": "1", "booking": str(booking)}
    assert client.post(address(shop, variant, "consumption"), form).status_code == 303
    assert shelf.quantity(shop.pune, variant) == 1
    elsewhere = shop.booking(store=shop.nagpur)
    answer = client.post(address(shop, variant, "consumption"), {**form, "booking": str(elsewhere)})
    assert answer.status_code == 404


def test_stock_of_a_guarded_category_waits(shop: Shop):
    variant = shelf.guarded_variant()
    client = browser_of(shop.asha)
    assert "waits until somebody else approves it" in words_of(client.get(address(shop, variant)))
    answer = client.post(address(shop, variant), {"quantity": "4"})
    assert "It waits until somebody else approves it." in words_of(client.get(answer["Location"]))
    assert entries_of(variant)[0][3] == "pending_approval"
    assert not shelf.quantity(shop.pune, variant)


def test_roles_see_the_kinds_that_they_may_post(shop: Shop):
    variant = cast.variant()
    client = browser_of(shop.bilal)
    words = words_of(client.get(NEW))
    assert "Used in a repair" in words
    assert "Purchase" not in words
    assert client.get(address(shop, variant)).status_code == 403
    assert client.post(address(shop, variant), {"quantity": "1"}).status_code == 403
    assert client.post(address(shop, variant).replace("/new/", "/check/")).status_code == 403
    assert browser_of(shop.auditor).get(NEW).status_code == 403
    assert "in no store yet" in words_of(browser_of(cast.person("advisor")).get(NEW))
    assert not entries_of(variant)


def test_another_store_is_not_offered_and_not_taken(shop: Shop):
    variant = cast.variant()
    client = browser_of(shop.asha)
    answer = client.post(f"{NEW}?type=purchase&store={shop.nagpur}&variant={variant}", {"quantity": "1"})
    assert answer.status_code == 404
    assert not entries_of(variant)
    assert client.get(f"{NEW}?variant=999999999").status_code == 404


def test_the_form_asks_a_few_times(shop: Shop, django_assert_max_num_queries: Any):
    variant = shelf.tracked_variant()
    client = browser_of(shop.asha)
    with django_assert_max_num_queries(6):
        client.get(address(shop, variant))
    many = "\n".join(f"S{number}" for number in range(500))
    with django_assert_max_num_queries(6):
        client.post(address(shop, variant).replace("/new/", "/check/"), {"serial_numbers": many})


@pytest.mark.parametrize(
    ("serial", "is_wrong"),
    [
        ("356938035643809", False),
        ("356938035643808", True),
        ("35693803564380", False),
        ("R58M12ABCDE", False),
    ],
)
def test_a_mistyped_imei_is_told_from_other_serials(serial: str, is_wrong: bool):
    assert is_mistyped_imei(serial) is is_wrong


@pytest.mark.parametrize(
    ("available", "reorder_level", "level"),
    [(6, None, ""), (5, None, "low"), (0, None, "out"), (3, 2, ""), (2, 2, "low"), (0, 0, "out")],
)
def test_the_level_of_a_shelf(available: int, reorder_level: int | None, level: str):
    assert stock_level(available, reorder_level=reorder_level, shop_level=5) == level
