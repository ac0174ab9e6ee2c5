"""What an advance is in the eyes of GST, and how it is divided. Pure."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finetune.core.refusals import Refusal
from finetune.deposits.rules import (
    Part,
    part_of,
    plan_advance,
    refundable,
    refuse_cancelled_booking,
    refuse_other_way,
)
from finetune.gst.supply import BuyerClass

AMOUNTS = st.decimals("0.01", "99999.99", places=2)


def advance(amount="2000.00", **fields):
    given: dict[str, Any] = {
        "supply": "service", "gst_rate": Decimal(18), "store_state": "27", "buyer_class": BuyerClass.UNREGISTERED,
        "buyer_state": None, "charges_tax": True,
    }  # fmt: skip
    return plan_advance(amount=Decimal(amount), **(given | fields))


def money(of):
    return tuple(str(value) for value in (of.taxable_value, of.cgst, of.sgst, of.igst))


@pytest.mark.parametrize(("fields", "expected", "place", "nature"), [
    ({}, ("1694.92", "152.54", "152.54", "0.00"), "27", "intra"),
    ({"buyer_state": "29"}, ("1694.92", "0.00", "0.00", "305.08"), "29", "inter"),
    ({"supply": "goods"}, ("2000.00", "0.00", "0.00", "0.00"), "27", "intra"),
    ({"charges_tax": False}, ("2000.00", "0.00", "0.00", "0.00"), "27", "intra"),
    ({"gst_rate": Decimal(5)}, ("1904.76", "47.62", "47.62", "0.00"), "27", "intra"),
    # A service to a registered buyer is supplied where he is registered, goods where they are handed over.
    ({"buyer_class": BuyerClass.REGISTERED, "buyer_state": "29"}, ("1694.92", "0.00", "0.00", "305.08"), "29", "inter"),
    ({"buyer_class": BuyerClass.REGISTERED, "buyer_state": "29", "supply": "goods"},
     ("2000.00", "0.00", "0.00", "0.00"), "27", "intra"),
    ({"buyer_class": BuyerClass.SEZ, "buyer_state": "27", "charges_tax": False},
     ("2000.00", "0.00", "0.00", "0.00"), "27", "inter"),
    ({"buyer_class": BuyerClass.EXPORT, "charges_tax": False}, ("2000.00", "0.00", "0.00", "0.00"), "96", "inter"),
])  # fmt: skip
def test_the_tax_inside(fields, expected, place, nature):
    taken = advance(**fields)
    assert (money(taken), taken.place_of_supply, taken.nature.value) == (expected, place, nature)
    assert taken.gst_rate == (0 if expected[0] == "2000.00" else fields.get("gst_rate", 18))


@settings(max_examples=150, deadline=None)
@given(AMOUNTS, st.lists(AMOUNTS, max_size=5), st.booleans())
def test_parts_add_up_to_the_advance(amount, cuts, inter):
    taken = advance(str(amount), buyer_state="29" if inter else None)
    whole = Part(taken.amount, taken.taxable_value, taken.cgst, taken.sgst, taken.igst)
    used, parts = Decimal(0), []
    for cut in [*cuts, amount]:
        now = min(cut, amount - used)
        if now <= 0:
            break
        parts.append(part_of(whole, used_before=used, used_now=now))
        used += now
    for name in ("amount", "taxable_value", "cgst", "sgst", "igst"):
        assert sum(getattr(part, name) for part in parts) == getattr(whole, name), name
    for part in parts:
        assert part.amount == part.taxable_value + part.cgst + part.sgst + part.igst
        assert part.cgst == part.sgst


@pytest.mark.parametrize(("wanted", "back"), [(None, "60.00"), ("60.00", "60.00"), ("0.01", "0.01")])
def test_what_goes_back(wanted, back):
    given = {"amount": Decimal(100), "applied": Decimal(30), "refunded": Decimal(10)}
    assert refundable(**given, wanted=None if wanted is None else Decimal(wanted)) == Decimal(back)


@pytest.mark.parametrize(
    ("applied", "wanted", "left"), [("30", "60.01", "60.00"), ("90", None, "0.00"), ("90", "0.01", "0.00")]
)
def test_never_more_than_is_left(applied, wanted, left):
    with pytest.raises(Refusal) as refused:
        refundable(
            amount=Decimal(100),
            applied=Decimal(applied),
            refunded=Decimal(10),
            wanted=wanted and Decimal(wanted),
        )
    assert (refused.value.code, refused.value.facts) == ("exceeds_refundable", {"refundable": left})


@pytest.mark.parametrize(("came_by", "wanted", "may"), [
    ("cash", "cash", True), ("cash", "upi", True), ("cash", "card", False), ("card", "card", True),
    ("card", "cash", False), ("card", "upi", True), ("upi", "upi", True), ("upi", "cash", False),
    ("upi", "card", False),
])  # fmt: skip
def test_the_way_it_came(came_by, wanted, may):
    if may:
        refuse_other_way(came_by=came_by, wanted=wanted)
        return
    with pytest.raises(Refusal) as refused:
        refuse_other_way(came_by=came_by, wanted=wanted)
    assert (refused.value.status, refused.value.code) == (409, "exceeds_refundable")


def test_every_status_but_cancelled():
    for status in ("received", "diagnosing", "awaiting_approval", "in_progress", "ready", "delivered"):
        refuse_cancelled_booking(status)
    with pytest.raises(Refusal) as refused:
        refuse_cancelled_booking("cancelled")
    assert refused.value.code == "booking_cancelled"
