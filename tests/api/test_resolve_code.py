"""GET /api/resolve/?code="""

from typing import Any

import pytest

from tests import cast
from tests.cast import Person, Shop
from tests.inventory import shelf
from tests.invoicing.desk import bill, counter, labour, made, part, stocked, stocked_units

IMEI = "490154203237518"


def found(person: Person, code: str) -> list[dict[str, Any]]:
    answer = person.get(f"/resolve/?code={code}")
    assert answer.status == 200, answer
    rows: list[dict[str, Any]] = answer.data["matches"]
    return rows


def test_a_unit_says_where_it_is_and_in_what_state(shop: Shop):
    variant = stocked_units(shop, IMEI)
    (unit,) = found(shop.bilal, IMEI)
    assert (unit["kind"], unit["code"], unit["variant"], unit["exact"]) == ("serial", IMEI, variant, True)
    assert (unit["state"], unit["store"], unit["store_name"]) == ("available", shop.pune, "Pune")
    assert (unit["price"], unit["tracks_serials"], unit["invoice"]) == ("1180.00", True, None)
    assert found(shop.bilal, f"%20{IMEI}%20") == [unit]


def test_a_sold_unit_names_the_bill_that_sold_it(shop: Shop):
    variant = stocked_units(shop, IMEI)
    sold = made(shop.bilal.post("/invoices/", counter(shop, part(variant, serial_numbers=[IMEI]))))
    (unit,) = found(shop.bilal, IMEI)
    assert (unit["state"], unit["invoice"]) == ("sold", sold["id"])


def test_another_stores_unit_is_not_there_for_who_may_not_see_it(shop: Shop):
    stocked_units(shop, IMEI)
    assert found(shop.chitra, IMEI) == []
    assert len(found(shop.auditor, IMEI)) == 1


def test_goods_by_sku_in_any_case_and_by_barcode(shop: Shop):
    variant = stocked(shop, 4, sku="SC-BLK", barcode="8901234567894")
    for code in ("SC-BLK", "sc-blk", "8901234567894"):
        (goods,) = found(shop.bilal, code)
        assert (goods["kind"], goods["id"], goods["code"]) == ("variant", variant, "SC-BLK")
        assert goods["state"] == "available"
        assert goods["places"] == [{"store": shop.pune, "store_name": "Pune", "available": 4}]
    (elsewhere,) = found(shop.chitra, "SC-BLK")
    assert (elsewhere["state"], elsewhere["places"]) == ("out_of_stock", [])


def test_a_bill_by_its_number_and_by_the_code_on_its_paper(shop: Shop):
    row = bill(shop)
    by_number = found(shop.bilal, row["invoice_number"].lower())
    by_paper = found(shop.bilal, row["public_url"])
    assert by_number == by_paper
    assert (by_number[0]["kind"], by_number[0]["id"]) == ("invoice", row["id"])
    assert (by_number[0]["state"], by_number[0]["price"]) == ("issued", row["total"])
    assert found(shop.chitra, row["invoice_number"]) == []
    assert found(shop.chitra, row["public_url"]) == []


def test_a_credit_note_by_its_number(shop: Shop):
    row = bill(shop)
    body = {"reason": "came back", "line_items": [{"line": row["line_items"][0]["id"], "quantity": "1"}]}
    note = made(shop.asha.post(f"/invoices/{row['id']}/credit-notes/", body))
    (match,) = found(shop.bilal, note["credit_note_number"])
    assert (match["kind"], match["id"], match["invoice"]) == ("credit_note", note["id"], row["id"])
    assert found(shop.chitra, note["credit_note_number"]) == []


def test_a_repair_by_its_number_and_by_the_imei_that_was_left(shop: Shop):
    left = {"store": shop.pune, "customer": shop.buyer, "device": "Phone", "issue": "Broken", "imei": IMEI}
    booking = made(shop.bilal.post("/bookings/", left))["id"]
    token = shelf.fetch("SELECT token FROM bookings_statuslink WHERE booking_id = %s", booking)[0][0]
    for code in (str(booking), f"B-{booking}", f"%23{booking}", IMEI, f"https://shop.example/r/{token}/"):
        (match,) = found(shop.bilal, code)
        assert (match["kind"], match["id"], match["state"]) == ("booking", booking, "received"), code
        assert match["customer"] == shop.buyer
        assert found(shop.chitra, code) == []


@pytest.mark.parametrize("typed", ["9876543210", "+91 98765 43210", "098765-43210", "919876543210"])
def test_a_customer_by_phone_in_any_spelling(shop: Shop, typed: str):
    customer = cast.customer("Asha Rao", phone="+919876543210")
    (match,) = found(shop.chitra, typed.replace("+", "%2B"))
    assert (match["kind"], match["id"], match["label"]) == ("customer", customer, "Asha Rao")
    assert match["code"] == "+919876543210"


def test_the_unit_stands_before_the_repair_of_the_same_imei(shop: Shop):
    stocked_units(shop, IMEI)
    left = {"store": shop.pune, "customer": shop.buyer, "device": "Phone", "issue": "Broken", "imei": IMEI}
    made(shop.bilal.post("/bookings/", left))
    assert [row["kind"] for row in found(shop.bilal, IMEI)] == ["serial", "booking"]


def test_what_is_only_alike_follows_where_nothing_is_exact(shop: Shop):
    cast.variant(product={"name": "Tempered glass"}, sku="TG-1")
    cast.customer("Glass Works")
    rows = found(shop.bilal, "glass")
    assert [(row["kind"], row["exact"]) for row in rows] == [("variant", False), ("customer", False)]
    assert [row["kind"] for row in found(shop.bilal, "TG-1")] == ["variant"]
    assert found(shop.bilal, "gl") == []
    assert found(shop.bilal, "%25%25%25") == []


def test_a_walk_in_is_nobody_to_be_found(shop: Shop):
    made(shop.bilal.post("/invoices/", counter(shop, labour())))
    assert found(shop.bilal, "Walk-in") == []


def test_a_voided_unit_counts_as_never_having_been_here(shop: Shop):
    variant = shelf.tracked_variant()
    entry = shelf.post(shop.asha, "purchase", shop.pune, variant, 1, serials=[IMEI])
    made(shop.asha.post(f"/stock-entries/{entry}/reverse/", {"reason": "mistyped"}))
    assert found(shop.bilal, IMEI) == []


@pytest.mark.parametrize("code", ["", "%20%20", "x" * 201])
def test_a_code_that_is_none(shop: Shop, code: str):
    answer = shop.bilal.get(f"/resolve/?code={code}")
    assert (answer.status, answer.code) == (400, "invalid")
    assert shop.bilal.get("/resolve/").field_codes() == {"code": "required"}


def test_three_statements_at_most(shop: Shop, django_assert_max_num_queries):
    stocked_units(shop, IMEI)
    shop.bilal.get("/resolve/?code=warm")
    with django_assert_max_num_queries(3 + 1):  # one for the caller
        assert found(shop.bilal, IMEI)
    with django_assert_max_num_queries(3 + 1):
        assert found(shop.bilal, "Thing")
