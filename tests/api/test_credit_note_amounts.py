"""The paise of credit notes: notes in any partition add up to the bill (C11, V14)."""

from decimal import Decimal

import pytest

from tests import cast
from tests.crediting.ledger import ask, credit, faults, figures, look, returned
from tests.invoicing import desk

SUMMED = (
    "taxable_value", "discount_total", "cgst", "sgst", "igst", "total_before_round_off", "round_off_amount", "total",
)  # fmt: skip


def in_parts(shop, bill, *parts):
    """A note for each mapping of line to quantity, and their sums."""
    lines = bill["line_items"]
    notes = [
        credit(shop.asha, bill, *(returned(lines[place], quantity) for place, quantity in part.items()))
        for part in parts
    ]
    assert faults() == []
    for name in SUMMED:
        assert sum(Decimal(note[name]) for note in notes) == Decimal(bill[name]), name
    assert [note["completes"] for note in notes] == [False] * (len(notes) - 1) + [True]
    after = look(shop.asha, bill)
    assert (after["status"], after["balance_due"]) == ("credited", "0.00")
    assert after["amount_credited"] == bill["total"]
    return notes


def v14(**fields):
    return desk.labour(quantity="7", unit_price="142.85", discount={"amount": "10.00"}, **fields)


def test_v14(shop):
    bill = desk.bill(shop, v14(), round_off=False)
    assert figures(bill) == ("989.95", "89.10", "89.10", "0.00", "1168.15")
    first, second = in_parts(shop, bill, {0: "3"}, {0: "4"})
    assert figures(first) == ("424.26", "38.19", "38.19", "0.00", "500.64")
    assert figures(second) == ("565.69", "50.91", "50.91", "0.00", "667.51")


def test_v14_with_its_round_off(shop):
    bill = desk.bill(shop, v14())
    assert (bill["total"], bill["round_off_amount"]) == ("1168.00", "-0.15")
    first, second = in_parts(shop, bill, {0: "3"}, {0: "4"})
    assert (first["round_off_amount"], first["total"]) == ("0.00", "500.64")
    assert (second["round_off_amount"], second["total"]) == ("-0.15", "667.36")


def test_in_one_note(shop):
    bill = desk.bill(shop, v14(), desk.goods(unit_price="33.33", quantity="3"))
    [note] = in_parts(shop, bill, {0: "7", 1: "3"})
    assert figures(note) == figures(bill)


def test_a_round_off_upwards_comes_with_the_last_note(shop):
    bill = desk.bill(shop, desk.labour(unit_price="0.20"), desk.labour(unit_price="0.40", gst_rate="0"))
    assert (bill["total_before_round_off"], bill["total"]) == ("0.64", "1.00")
    first, second = in_parts(shop, bill, {0: "1"}, {1: "1"})
    assert (first["round_off_amount"], second["round_off_amount"]) == ("0.00", "0.36")


def test_never_more_than_the_rounded_total(shop):
    """10.40 was billed as 10.00: a first note of 10.20 would credit more than anybody owed."""
    lines = (desk.labour(unit_price="10.20", gst_rate="0"), desk.labour(unit_price="0.20", gst_rate="0"))
    bill = desk.bill(shop, *lines)
    assert (bill["total_before_round_off"], bill["total"]) == ("10.40", "10.00")
    first, second = in_parts(shop, bill, {0: "1"}, {1: "1"})
    assert figures(first, "total_before_round_off", "round_off_amount", "total") == (
        "10.20",
        "-0.20",
        "10.00",
    )
    assert figures(second, "total_before_round_off", "round_off_amount", "total") == ("0.20", "-0.20", "0.00")


def test_between_states(shop):
    bill = desk.bill(shop, v14(), place_of_supply="29")
    first, _ = in_parts(shop, bill, {0: "3"}, {0: "4"})
    assert (first["supply_nature"], first["place_of_supply"]) == ("inter", "29")
    assert figures(first) == ("424.26", "0.00", "0.00", "76.37", "500.63")


def test_inclusive_prices(shop):
    bill = desk.bill(
        shop, desk.labour(quantity="3", unit_price="999.00", tax_inclusive=True), round_off=False
    )
    notes = in_parts(shop, bill, {0: "1"}, {0: "1"}, {0: "1"})
    # Value and each tax are cumulative by themselves (C11), so a unit may differ by paise from its price.
    assert [note["total"] for note in notes] == ["998.99", "999.02", "998.99"]
    assert [note["line_items"][0]["gross"] for note in notes] == [note["total"] for note in notes]


def test_fractions_of_a_quantity(shop):
    bill = desk.bill(shop, desk.goods(quantity="2.750", unit="MTR", unit_price="37.35"))
    assert (bill["total_before_round_off"], bill["total"]) == ("121.19", "121.00")
    in_parts(shop, bill, {0: "0.001"}, {0: "1.333"}, {0: "1.416"})


def test_a_discount_on_the_whole_bill(shop):
    lines = [desk.labour(unit_price=price) for price in ("1000.00", "499.00", "251.00")]
    bill = desk.bill(shop, *lines, discount={"amount": "100.00"})
    notes = in_parts(shop, bill, {1: "1"}, {0: "1"}, {2: "1"})
    assert [note["taxable_value"] for note in notes] == ["470.48", "942.86", "236.66"]


def test_reverse_charge(shop):
    """The tax is shown and was never asked for, so it is not given back either."""
    bill = desk.bill(shop, desk.labour(quantity="2", unit_price="2500.00"), reverse_charge=True)
    first, second = in_parts(shop, bill, {0: "1"}, {0: "1"})
    assert figures(first) == ("2500.00", "225.00", "225.00", "0.00", "2500.00")
    assert (first["total_tax"], second["total"], second["reverse_charge"]) == ("450.00", "2500.00", True)


def test_a_bill_of_supply(shop):
    bill = desk.bill(shop, desk.goods(treatment="nil", gst_rate="0", quantity="2", unit_price="25.00"))
    assert bill["document_type"] == "bill_of_supply"
    notes = in_parts(shop, bill, {0: "1"}, {0: "1"})
    assert [note["credit_note_number"] for note in notes] == ["FT-CN-0001", "FT-CN-0002"]
    assert notes[0]["line_items"][0]["treatment"] == "nil"


def test_utgst(shop):
    chandigarh = cast.store("04", gstin="")
    booking = shop.booking(store=chandigarh)
    lines = [desk.labour(quantity="2", unit_price="1299.00")]
    bill = desk.made(
        shop.admin.post("/invoices/", {"booking": booking, "place_of_supply": "04", "line_items": lines})
    )
    note = credit(shop.admin, bill, returned(bill["line_items"][0], "1"))
    assert (note["state_tax_label"], note["sgst"]) == ("UTGST", "116.91")


def test_a_rate_that_is_no_longer_in_force(shop):
    """A note takes the rate of its bill: 28 % ended on 2025-09-21, and was lawful before."""
    bill = desk.bill(shop, desk.goods(gst_rate="28", unit_price="100.00"), invoice_date="2025-09-01")
    answer = ask(shop.asha, bill)
    if answer.status == 409:  # after 30 November 2026
        desk.refused(answer, 409, "credit_note_too_late")
    else:
        assert figures(answer.data) == ("100.00", "14.00", "14.00", "0.00", "128.00")


@pytest.mark.parametrize("parts", [("1",) * 7, ("6", "1"), ("2", "2", "3"), ("0.5", "6.499", "0.001")])
def test_any_partition(shop, parts):
    bill = desk.bill(shop, v14(), desk.goods(unit_price="0.35", quantity="7"), discount={"percent": "3.3"})
    in_parts(shop, bill, *({0: part, 1: part} for part in parts))
