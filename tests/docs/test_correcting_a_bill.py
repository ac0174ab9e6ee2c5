"""docs/correcting-a-bill.md, done by the API: a number or an advice changed there or here fails."""

import re
from pathlib import Path

from tests.crediting.ledger import (
    credit,
    credit_of,
    deposit,
    faults,
    figures,
    look,
    pay,
    refund,
    returned,
)  # fmt: skip
from tests.invoicing import desk

PAGE = (Path(__file__).parents[2] / "docs" / "correcting-a-bill.md").read_text(encoding="utf-8")
WAYS = {
    "credit note": "credit_note",
    "cancel": "cancel_and_reissue",
    "a further bill": "bill_the_difference",
    "credit all of it": "credit_and_reissue",
    "refund": "refund",
    "nothing to do": None,
}


def table(heading: str) -> list[list[str]]:
    """The cells of the table under a heading that begins so, without its head."""
    [section] = [part for part in re.split(r"^#+ ", PAGE, flags=re.M) if part.startswith(heading)]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def told(cell: str) -> str | None:
    return WAYS[max((words for words in WAYS if cell.startswith(words)), key=len)]


def test_which_document(shop):
    unpaid, paid = desk.bill(shop), desk.bill(shop)
    pay(shop.bilal, paid, "1.00")
    rows = table("Which document")
    assert len(rows) == 7
    for _, wrong, *cells in rows:
        for bill, cell in zip((unpaid, paid), cells, strict=True):
            answer = shop.asha.get(f"/invoices/{bill['id']}/corrections/?wrong={wrong.strip('`')}")
            assert answer.data["advised"] == told(cell), (wrong, cell)


def test_three_of_seven_then_four(shop):
    bill = desk.bill(shop, desk.goods(quantity="7", unit_price="142.85", discount={"amount": "10.00"}))
    line = bill["line_items"][0]
    notes = [credit(shop.asha, bill, returned(line, quantity)) for quantity in ("3", "4")]
    names = ("taxable_value", "cgst", "sgst", "total_before_round_off", "round_off_amount", "total")
    assert [list(figures(each, *names)) for each in (bill, *notes)] == [
        row[1:] for row in table("Three of seven")
    ]


def test_never_more_than_was_owed(shop):
    bill = desk.bill(shop, *(desk.labour(unit_price=price, gst_rate="0") for price in ("10.20", "0.20")))
    notes = [credit(shop.asha, bill, returned(line)) for line in bill["line_items"]]
    names = ("total_before_round_off", "round_off_amount", "total")
    assert [list(figures(each, *names)) for each in (bill, *notes)] == [
        row[1:] for row in table("A note never")
    ]


def test_where_the_money_goes(shop):
    bill = desk.bill(shop, desk.labour(quantity="4", unit_price="500.00"))
    payment, line, rows = (
        pay(shop.bilal, bill, "1500.00"),
        bill["line_items"][0],
        table("A bill of four hours"),
    )
    for step, *expected in rows:
        if found := re.match(r"note on (\d) hours?, ([\d.]+)", step):
            assert credit(shop.asha, bill, returned(line, found[1]))["total"] == found[2]
        elif found := re.match(r"refund of ([\d.]+)", step):
            assert refund(shop.asha, payment, found[1]).status == 201
        after = look(shop.asha, bill)
        assert [after["balance_due"], credit_of(shop.asha, shop.buyer), after["status"]] == expected, step
    assert len(rows) == 6
    assert faults() == []


def test_a_deposit(shop):
    booking = shop.booking()
    voucher = deposit(shop.bilal, booking, "2000.00")
    body = desk.order(desk.labour(unit_price="4500.00"), booking=booking)
    bill = desk.made(shop.bilal.post("/invoices/", body))
    first, second = table("2000.00 for a repair")
    assert list(figures(voucher, "amount", "taxable_value", "cgst", "sgst")) == first[1:5]
    assert list(figures(bill, "total", "taxable_value", "cgst", "sgst", "balance_due")) == second[1:]
