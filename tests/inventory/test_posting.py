"""What the rooms above call: lines of a document, and its cancellation."""

import pytest
from django.db import transaction

from finetune.core.refusals import Refusal
from finetune.inventory.posting import lock_stock, post_entries, reverse_document_entries
from finetune.inventory.records import StockLine
from finetune.inventory.rules import plan_return_lines, plan_sale_lines
from tests import cast
from tests.inventory import shelf

LINES = (9_000_001, 9_000_002, 9_000_003)  # as if an invoice had written them


def act(plan, person, store, *lines):
    with transaction.atomic():
        serials = [serial for line in lines for serial in line.serial_numbers]
        facts = lock_stock(store_id=store, variant_ids=[line.variant_id for line in lines], serials=serials)
        return post_entries(plan(lines, facts), actor=person.actor)


@pytest.fixture
def sold(shop):
    """An invoice of three lines at Pune: two cables, phone A, one cable more."""
    cable, phone, booking = cast.variant(), shelf.tracked_variant(), shop.booking()
    shelf.post(shop.asha, "purchase", shop.pune, cable, 5)
    shelf.post(shop.asha, "purchase", shop.pune, phone, 2, serials=["A", "B"])
    lines = [StockLine(0, cable, 2), StockLine(1, phone, 1, ("A",)), StockLine(2, cable, 1)]
    named = [
        StockLine(
            line.position, line.variant_id, line.quantity, line.serial_numbers, booking_id=booking,
            invoice_line_id=line_id,
        )
        for line, line_id in zip(lines, LINES, strict=True)
    ]  # fmt: skip
    return {"cable": cable, "phone": phone, "ids": act(plan_sale_lines, shop.bilal, shop.pune, *named)}


def test_a_bill_takes_from_the_shelf_in_the_order_of_its_lines(shop, sold):
    rows = shelf.fetch(
        "SELECT id, invoice_line_id, delta, balance_after, serial_numbers FROM inventory_stockentry"
        " WHERE invoice_line_id IS NOT NULL ORDER BY id"
    )
    assert [row[0] for row in rows] == sold["ids"]
    assert [row[1:] for row in rows] == [
        (LINES[0], -2, 3, []),
        (LINES[1], -1, 1, ["A"]),
        (LINES[2], -1, 2, []),
    ]
    assert shelf.faults() == []


def test_a_document_takes_back_all_it_moved(shop, sold):
    made = reverse_document_entries(
        actor=shop.asha.actor, store_id=shop.pune, invoice_line_ids=LINES, reason="cancelled"
    )
    assert len(made) == 3
    assert (shelf.quantity(shop.pune, sold["cable"]), shelf.quantity(shop.pune, sold["phone"])) == (5, 2)
    assert shelf.units("A") == [("available", False, shop.pune)]
    assert shelf.faults() == []
    again = reverse_document_entries(
        actor=shop.asha.actor, store_id=shop.pune, invoice_line_ids=LINES, reason="cancelled"
    )
    assert again == []


def test_a_documents_entry_is_not_reversed_by_hand(shop, sold):
    answer = shop.asha.post(f"/stock-entries/{sold['ids'][0]}/reverse/", {"reason": "x"})
    assert (answer.status, answer.code) == (409, "posted_by_document")


def test_no_cancellation_of_a_unit_that_came_back_by_hand(shop, sold):
    shelf.post(shop.bilal, "return_in", shop.pune, sold["phone"], 1, serials=["A"])
    with pytest.raises(Refusal) as caught:
        reverse_document_entries(
            actor=shop.asha.actor, store_id=shop.pune, invoice_line_ids=LINES, reason="cancelled"
        )
    assert caught.value.code == "serial_not_available"
    assert shelf.quantity(shop.pune, sold["cable"]) == 2


def test_a_credit_note_takes_back_its_own_units(shop, sold):
    line = StockLine(0, sold["phone"], 1, ("A",), invoice_line_id=LINES[1])
    with pytest.raises(Refusal) as caught:
        act(
            plan_return_lines,
            shop.asha,
            shop.pune,
            StockLine(0, sold["phone"], 1, ("A",), invoice_line_id=LINES[0]),
        )
    assert caught.value.code == "serial_not_available"
    act(plan_return_lines, shop.asha, shop.pune, line)
    assert shelf.units("A") == [("available", False, shop.pune)]
    assert shelf.faults() == []


def test_facts_of_what_is_not_there(shop):
    with transaction.atomic():
        facts = lock_stock(store_id=99_999_999, variant_ids=[1], serials=["X"])
    assert (facts.store_exists, facts.variants, facts.serials) == (False, {}, {})
    with transaction.atomic():
        facts = lock_stock(store_id=shop.pune, variant_ids=[99_999_999, cast.variant()])
    assert [variant.quantity for variant in facts.variants.values()] == [0]
