"""Random orders through the action: what is written is what was computed, however it came to be issued."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from finetune.core.dates import today
from finetune.gst.tax import Discount, Nature, TaxableLine, Treatment, compute_bill
from finetune.invoicing import actions
from finetune.invoicing.records import Order, WantedLine
from finetune.payments.actions import take_payment
from finetune.payments.rules import Tender
from tests import cast
from tests.invoicing import desk

MONEY = ("taxable_value", "discount_total", "cgst", "sgst", "igst", "cess", "total_tax", "total_before_round_off",
         "round_off_amount", "total")  # fmt: skip
LINE_MONEY = (
    "gross",
    "discount_amount",
    "invoice_discount_share",
    "taxable_value",
    "cgst",
    "sgst",
    "igst",
    "total",
)
bounded = settings(
    max_examples=15,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def decimals(low: str, high: str, places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(Decimal(low), Decimal(high), places=places, allow_nan=False, allow_infinity=False)


discounts = st.none() | st.builds(lambda each: Discount(percent=each), decimals("0", "100", 3))
wanted_lines = st.builds(
    WantedLine,
    description=st.sampled_from(["Labour", "Cable", "ग्लास"]),
    hsn_code=st.sampled_from(["998716", "85444299", None]),
    quantity=decimals("0.001", "25", 3),
    unit_price=decimals("0", "1500", 3),
    gst_rate=st.sampled_from([Decimal(each) for each in ("0", "0.25", "5", "18", "40")]),
    treatment=st.sampled_from([None, "taxable", "nil", "exempt"]),
    discount=discounts,
    tax_inclusive=st.sampled_from([None, True, False]),
)
orders = st.builds(
    Order,
    lines=st.lists(wanted_lines, min_size=1, max_size=6).map(tuple),
    place_of_supply=st.sampled_from([None, "27", "29", "04"]),
    prices_include_tax=st.booleans(),
    reverse_charge=st.booleans(),
    discount=discounts,
    round_off=st.booleans(),
)


@pytest.fixture
def buyer(shop) -> int:
    return cast.customer("Buyer", address="1 MG Road")


def shown(shop: cast.Shop, made: Any) -> dict[str, Any]:
    return desk.made(shop.asha.get(f"{desk.INVOICES}{made.id}/"), 200)


def computed(order: Order) -> Any:
    place = order.place_of_supply or "27"
    lines = [
        TaxableLine(
            quantity=line.quantity,
            unit_price=line.unit_price or Decimal(0),
            gst_rate=line.gst_rate or Decimal(0),
            treatment=Treatment(line.treatment or "taxable"),
            tax_inclusive=order.prices_include_tax if line.tax_inclusive is None else line.tax_inclusive,
            discount=line.discount,
        )
        for line in order.lines
    ]
    return compute_bill(
        lines,
        nature=Nature.INTRA if place == "27" else Nature.INTER,
        invoice_discount=order.discount,
        charges_tax=True,
        reverse_charge=order.reverse_charge,
        round_off=order.round_off,
    )


@bounded
@given(order=orders)
def test_what_is_written_is_what_was_computed(shop, buyer, order):
    order = replace(order, store_id=shop.pune, customer_id=buyer)
    bill, amounts = shown(shop, actions.issue_invoice(actor=shop.asha.actor, order=order)), computed(order)
    for name in MONEY:
        assert bill[name] == str(getattr(amounts, name)), name
    for line, money in zip(bill["line_items"], amounts.lines, strict=True):
        assert {name: line[name] for name in LINE_MONEY} == {
            name: str(getattr(money, name)) for name in LINE_MONEY
        }
    assert desk.faults() == []


@bounded
@given(order=orders, before=orders)
def test_by_way_of_a_draft_it_comes_to_the_same(shop, buyer, order, before):
    whose = {"store_id": shop.pune, "customer_id": buyer}
    order, before = replace(order, **whose), replace(before, **whose)
    actor = shop.asha.actor
    direct = shown(shop, actions.issue_invoice(actor=actor, order=order))
    draft = actions.draft_invoice(actor=actor, order=before)
    changes = {name: getattr(order, name) for name in Order.__slots__}
    changed = actions.change_draft(actor=actor, invoice_id=draft.id, version='"1"', changes=changes)
    quoted = shown(shop, changed)
    issued = shown(
        shop, actions.issue_draft(actor=actor, invoice_id=draft.id, version='"2"', invoice_date=None)
    )
    for each in (direct, quoted, issued):
        for line in each["line_items"]:
            del line["id"]
    own = {"id", "invoice_number", "created_at", "issued_at", "status", "public_url", "pdf_url"}
    assert {name: issued[name] for name in issued.keys() - own} == {
        name: direct[name] for name in direct.keys() - own
    }
    assert {name: quoted[name] for name in MONEY} == {name: direct[name] for name in MONEY}
    assert quoted["line_items"] == direct["line_items"]


@bounded
@given(
    price=decimals("0", "1000", 2),
    parts=st.lists(decimals("0.01", "600", 2), max_size=3),
    due_in=st.sampled_from([None, -1, 0, 1]),
    is_cancelled=st.booleans(),
)
def test_the_status_is_a_function(shop, buyer, price, parts, due_in, is_cancelled):
    due = None if due_in is None else today() + timedelta(days=due_in)
    line = WantedLine(Decimal(1), description="x", unit_price=price, gst_rate=Decimal(0))
    order = Order((line,), store_id=shop.pune, customer_id=buyer, due_date=due, round_off=False)
    made = actions.issue_invoice(actor=shop.asha.actor, order=order)
    paid = Decimal(0)
    for amount in parts:
        if paid + amount <= price:
            take_payment(actor=shop.asha.actor, invoice_id=made.id, tenders=[Tender("cash", amount)])
            paid += amount
    if is_cancelled and not paid:
        actions.cancel_invoice(actor=shop.asha.actor, invoice_id=made.id, reason="x")
    bill = shown(shop, made)
    expected = (
        "cancelled" if is_cancelled and not paid
        else "paid" if paid == price
        else "overdue" if due_in == -1
        else "partially_paid" if paid
        else "issued"
    )  # fmt: skip
    owed = Decimal(0) if expected == "cancelled" else price - paid
    assert (bill["status"], bill["balance_due"]) == (expected, f"{owed:.2f}")
