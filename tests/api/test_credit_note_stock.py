"""What comes back with a credit note: to the shelf, or off it as defective."""

import pytest

from tests.crediting.ledger import ask, credit, everything, faults, returned
from tests.inventory import shelf
from tests.invoicing import desk


def entries(shop, variant):
    rows = shop.asha.get(f"/stock-entries/?product_variant={variant}").data["results"]
    return [(row["entry_type"], row["delta"], row["balance_after"]) for row in reversed(rows)]


def test_units_come_back_to_the_shelf(shop):
    variant = desk.stocked(shop, 10)
    bill = desk.bill(shop, desk.part(variant, "4"))
    credit(shop.asha, bill, returned(bill["line_items"][0], "3"))
    assert entries(shop, variant) == [("purchase", 10, 10), ("sale", -4, 6), ("return_in", 3, 9)]
    credit(shop.asha, bill, returned(bill["line_items"][0], "1"))
    assert shelf.quantity(shop.pune, variant) == 10
    assert faults() == []


def test_what_is_not_to_be_sold_goes_off_the_shelf_again(shop):
    variant = desk.stocked(shop, 10)
    bill = desk.bill(shop, desk.part(variant, "4"))
    credit(shop.asha, bill, returned(bill["line_items"][0], "2", restock=False))
    assert entries(shop, variant)[2:] == [("return_in", 2, 8), ("damage", -2, 6)]
    assert faults() == []


def test_serials_come_back_as_they_are(shop):
    variant = desk.stocked_units(shop, "A", "B", "C", "D")
    bill = desk.bill(shop, desk.part(variant, "3", serial_numbers=["A", "B", "C"]))
    line = bill["line_items"][0]
    credit(shop.asha, bill, returned(line, "1", serial_numbers=[" a "]))
    note = credit(shop.asha, bill, returned(line, "1", serial_numbers=["B"], restock=False))
    assert [state for state, *_ in shelf.units("A", "B", "C", "D")] == [
        "available", "defective", "sold", "available",
    ]  # fmt: skip
    assert note["line_items"][0]["serial_numbers"] == ["B"]
    assert faults() == []


def test_a_unit_that_came_back_is_sold_again(shop):
    variant = desk.stocked_units(shop, "A")
    first = desk.bill(shop, desk.part(variant, serial_numbers=["A"]))
    credit(shop.asha, first, returned(first["line_items"][0], serial_numbers=["A"]))
    second = desk.bill(shop, desk.part(variant, serial_numbers=["A"]))
    credit(shop.asha, second, returned(second["line_items"][0], serial_numbers=["A"]))
    assert shelf.units("A") == [("available", False, shop.pune)]
    assert faults() == []


@pytest.mark.parametrize("serials", [[], ["A"], ["A", "A"], ["A", " a "], ["A", "B", "C"]])
def test_as_many_serials_as_units(shop, serials):
    variant = desk.stocked_units(shop, "A", "B", "C")
    bill = desk.bill(shop, desk.part(variant, "3", serial_numbers=["A", "B", "C"]))
    before = everything()
    answer = ask(shop.asha, bill, returned(bill["line_items"][0], "2", serial_numbers=serials))
    desk.refused(answer, 400, "serial_count_mismatch", "line_items.0.serial_numbers")
    assert everything() == before


def test_no_serials_where_none_are_tracked(shop):
    bill = desk.bill(shop, desk.part(desk.stocked(shop)))
    answer = ask(shop.asha, bill, returned(bill["line_items"][0], serial_numbers=["A"]))
    desk.refused(answer, 400, "serial_count_mismatch", "line_items.0.serial_numbers")


def test_stock_comes_back_whole(shop):
    bill = desk.bill(shop, desk.part(desk.stocked(shop), "3"))
    answer = ask(shop.asha, bill, returned(bill["line_items"][0], "1.5"))
    desk.refused(answer, 400, "invalid", "line_items.0.quantity")
    assert ask(shop.asha, bill, returned(bill["line_items"][0], "2.000")).status == 201


def test_a_unit_of_another_line(shop):
    """Two bills of one variant: a unit comes back only on the line that sold it."""
    variant = desk.stocked_units(shop, "A", "B")
    first = desk.bill(shop, desk.part(variant, serial_numbers=["A"]))
    desk.bill(shop, desk.part(variant, serial_numbers=["B"]))
    before = everything()
    answer = ask(shop.asha, first, returned(first["line_items"][0], serial_numbers=["B"]))
    desk.refused(answer, 409, "serial_not_available", "line_items.0.serial_numbers.0")
    assert answer.data["errors"][0]["serial_no"] == "B"
    nowhere = ask(shop.asha, first, returned(first["line_items"][0], serial_numbers=["Z"]))
    desk.refused(nowhere, 409, "serial_not_available", "line_items.0.serial_numbers.0")
    assert everything() == before


def test_two_lines_of_one_bill(shop):
    """The units of two lines come back in one note, each on its own line, in whatever order."""
    variant = desk.stocked_units(shop, "A", "B")
    bill = desk.bill(shop, desk.part(variant, serial_numbers=["A"]), desk.part(variant, serial_numbers=["B"]))
    one, two = bill["line_items"]
    crossed = ask(shop.asha, bill, returned(one, serial_numbers=["B"]), returned(two, serial_numbers=["A"]))
    assert set(crossed.field_codes().values()) == {"serial_not_available"}
    credit(
        shop.asha,
        bill,
        returned(two, serial_numbers=["B"], restock=False),
        returned(one, serial_numbers=["A"]),
    )
    assert [state for state, *_ in shelf.units("A", "B")] == ["available", "defective"]
    assert faults() == []


def test_labour_and_stock_in_one_note(shop):
    variant = desk.stocked(shop, 5)
    bill = desk.bill(shop, desk.labour(), desk.part(variant, "2"), desk.goods())
    labour, stock, cable = bill["line_items"]
    credit(shop.asha, bill, returned(cable), returned(stock, "1"))
    assert shelf.quantity(shop.pune, variant) == 4
    credit(shop.asha, bill, returned(stock, "1"), returned(labour))
    assert shelf.quantity(shop.pune, variant) == 5
    assert faults() == []


def test_stock_that_waits_for_approval_does_not_when_a_note_posts_it(shop):
    variant = shelf.guarded_variant()
    entry = shelf.post(shop.asha, "purchase", shop.pune, variant, 2)
    assert shop.admin.post(f"/stock-entries/{entry}/approve/").status == 200
    bill = desk.bill(shop, desk.part(variant, "2"))
    credit(shop.asha, bill)
    assert shelf.quantity(shop.pune, variant) == 2


def test_what_a_note_posted_is_not_taken_back_by_hand(shop):
    variant = desk.stocked(shop, 5)
    credit(shop.asha, desk.bill(shop, desk.part(variant)))
    entry = shop.asha.get("/stock-entries/?entry_type=return_in").data["results"][0]["id"]
    answer = shop.asha.post(f"/stock-entries/{entry}/reverse/", {"reason": "x"})
    desk.refused(answer, 409, "posted_by_document")


def test_a_sale_of_many_lines_asks_the_database_as_often_as_one_of_few(shop, django_assert_max_num_queries):
    variants = [desk.stocked(shop, 5) for _ in range(8)]
    bill = desk.bill(shop, *(desk.part(variant) for variant in variants))
    with django_assert_max_num_queries(14):
        credit(shop.asha, bill)
