import pytest

from finetune.gst.supply import (
    DEAD_STATES,
    OTHER_COUNTRY,
    STATES,
    UTGST_STATES,
    BuyerClass,
    DocumentType,
    charges_tax,
    document_type,
    place_of_supply,
    place_of_supply_problem,
    state_problem,
    state_tax_label,
    supply_nature,
)
from finetune.gst.tax import Nature, Treatment

UNREGISTERED, REGISTERED, SEZ, EXPORT = BuyerClass
TAXABLE, NIL, EXEMPT, NON_GST = Treatment


def test_the_live_states():
    numbered = {f"{code:02d}" for code in range(1, 39)} - {"25", "28"}
    assert set(STATES) == numbered | {"97"}
    assert not set(DEAD_STATES) & set(STATES)
    assert not UTGST_STATES - set(STATES)


@pytest.mark.parametrize(
    "code", [*DEAD_STATES, OTHER_COUNTRY, "00", "39", "98", "99", "7", "027", "", "MH", "२७"]
)
def test_not_a_state(code):
    assert state_problem(code)
    assert code not in STATES


@pytest.mark.parametrize("code", STATES)
def test_a_state(code):
    assert state_problem(code) is None


@pytest.mark.parametrize("code", STATES)
def test_what_the_second_half_is_called(code):
    expected = "UTGST" if code in ("04", "26", "31", "35", "38", "97") else "SGST"
    assert state_tax_label(code) == expected


@pytest.mark.parametrize(
    ("buyer", "state", "has_service", "expected"),
    [
        (UNREGISTERED, None, False, "27"),
        (UNREGISTERED, None, True, "27"),
        (UNREGISTERED, "27", True, "27"),
        (UNREGISTERED, "29", False, "29"),
        (UNREGISTERED, "29", True, "29"),
        (REGISTERED, "29", False, "27"),
        (REGISTERED, "29", True, "29"),
        (REGISTERED, "27", True, "27"),
        (REGISTERED, None, True, "27"),
        (SEZ, None, False, "27"),
        (SEZ, "27", True, "27"),
        (SEZ, "29", False, "29"),
        (EXPORT, None, False, "96"),
        (EXPORT, "27", True, "96"),
    ],
)
def test_place_of_supply(buyer, state, has_service, expected):
    place = place_of_supply(store_state="27", buyer_class=buyer, buyer_state=state, has_service=has_service)
    assert place == expected
    assert place_of_supply_problem(place, buyer_class=buyer) is None


@pytest.mark.parametrize(
    ("buyer", "place"), [(UNREGISTERED, "96"), (REGISTERED, "25"), (SEZ, "96"), (EXPORT, "27"), (EXPORT, "")]
)
def test_an_impossible_place(buyer, place):
    assert place_of_supply_problem(place, buyer_class=buyer)


@pytest.mark.parametrize(
    ("store", "place", "buyer", "expected"),
    [
        ("27", "27", UNREGISTERED, Nature.INTRA),
        ("27", "27", REGISTERED, Nature.INTRA),
        ("27", "29", UNREGISTERED, Nature.INTER),
        ("27", "29", REGISTERED, Nature.INTER),
        ("27", "27", SEZ, Nature.INTER),
        ("27", "29", SEZ, Nature.INTER),
        ("27", "96", EXPORT, Nature.INTER),
        ("04", "04", UNREGISTERED, Nature.INTRA),
    ],
)
def test_nature(store, place, buyer, expected):
    assert supply_nature(store_state=store, place_of_supply=place, buyer_class=buyer) is expected


@pytest.mark.parametrize("with_payment", [False, True])
@pytest.mark.parametrize("buyer", BuyerClass)
def test_who_is_charged_tax(buyer, with_payment):
    expected = with_payment or buyer in (UNREGISTERED, REGISTERED)
    assert charges_tax(buyer_class=buyer, with_payment_of_tax=with_payment, is_composition=False) is expected
    assert not charges_tax(buyer_class=buyer, with_payment_of_tax=with_payment, is_composition=True)


INVOICE, BILL, BOTH = DocumentType


@pytest.mark.parametrize(
    ("treatments", "buyer", "expected"),
    [
        ([TAXABLE], UNREGISTERED, INVOICE),
        ([TAXABLE, TAXABLE], REGISTERED, INVOICE),
        ([TAXABLE], SEZ, INVOICE),
        ([TAXABLE], EXPORT, INVOICE),
        ([NIL], UNREGISTERED, BILL),
        ([NIL, EXEMPT, NON_GST], REGISTERED, BILL),
        ([EXEMPT], SEZ, BILL),
        ([TAXABLE, NIL], UNREGISTERED, BOTH),
        ([NON_GST, TAXABLE], EXPORT, BOTH),
        ([TAXABLE, EXEMPT], REGISTERED, None),
        ([NIL, TAXABLE], SEZ, None),
    ],
)
def test_document_type(treatments, buyer, expected):
    assert document_type(treatments, buyer_class=buyer, is_composition=False) is expected
    assert document_type(treatments, buyer_class=buyer, is_composition=True) is BILL


def test_a_document_of_nothing_is_our_mistake():
    with pytest.raises(AssertionError):
        document_type([], buyer_class=UNREGISTERED, is_composition=False)
