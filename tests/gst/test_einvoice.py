"""INV-01: built from a document, checked rule by rule, and the IRN known beforehand."""

from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finetune.gst.einvoice import (
    Circumstances,
    EinvoiceDocument,
    Item,
    Party,
    Preceding,
    as_bytes,
    inv01,
    irn,
    problems,
)
from finetune.gst.einvoice.check import within
from finetune.gst.einvoice.limits import days_to_report, hsn_digits_min, is_due
from finetune.gst.einvoice.pincodes import RANGES, pincode_fits_state
from finetune.gst.supply import STATES, BuyerClass
from finetune.gst.tax import Discount, Nature, TaxableLine, Treatment, compute_bill

TODAY = date(2026, 11, 22)
PUNE = Party("27AAPFU0939F1ZV", "FineTune Repairs LLP", "FineTune Pune", "12 FC Road", "Pune", "411004", "27",
             phone="+912025530000")  # fmt: skip
BENGALURU = Party(
    "29AAGCB7383J1Z4", "Buyer Private Limited", "Buyer", "1 MG Road", "Bengaluru", "560001", "29"
)
NEAR = Party("27AAPFU0939F1ZV".replace("1ZV", "2ZU"), "Near Ltd", "Near", "2 FC Road", "Pune", "411004", "27")
ABROAD = Party("", "Acme Inc", "Acme", "5 Main St", "Dubai", "00000", "", country="AE")


def document(
    *lines: TaxableLine,
    buyer=BENGALURU,
    buyer_class="registered",
    place=None,
    hsn="85171300",
    serials=(),
    **given: Any,
) -> EinvoiceDocument:
    """A document drawn up by the line engine itself, as the shop would."""
    kind = BuyerClass(buyer_class)
    place = place or ("96" if kind is BuyerClass.EXPORT else buyer.state_code)
    inter = place != "27" or kind in (BuyerClass.SEZ, BuyerClass.EXPORT)
    lines = lines or (TaxableLine(Decimal(1), Decimal("1500.00"), Decimal(18)),)
    paid = given.get("with_payment", False)
    bill = compute_bill(
        lines, nature=Nature.INTER if inter else Nature.INTRA, invoice_discount=given.pop("discount", None),
        charges_tax=paid or kind is BuyerClass.REGISTERED, reverse_charge=given.get("reverse_charge", False),
        round_off=True,
    )  # fmt: skip
    items = tuple(
        Item(
            "Mobile phone", hsn, "NA" if hsn.startswith("99") else "NOS", line.quantity, line.unit_price,
            line.gst_rate, line.treatment, line.tax_inclusive, money.gross,
            money.discount_amount + money.invoice_discount_share, money.taxable_value, money.igst, money.cgst,
            money.sgst, money.cess, money.total, tuple(serials),
        )
        for line, money in zip(lines, bill.lines, strict=True)
    )  # fmt: skip
    return EinvoiceDocument(
        **{
            "kind": "INV", "number": "FT-INV-0001", "date": TODAY, "seller": PUNE, "buyer": buyer,
            "buyer_class": kind, "place_of_supply": place, "reverse_charge": False, "with_payment": False,
            "items": items, "round_off": bill.round_off_amount, "total": bill.total, **given,
        }
    )  # fmt: skip


def found(payload, **given):
    return problems(payload, Circumstances(**{"today": TODAY, **given}))


def codes(payload, **given):
    return {(each.field, each.code, each.portal_code) for each in found(payload, **given)}


VECTORS = [
    (
        "27AAPFU0939F1ZV",
        "2026-11-22",
        "FT-INV-0001",
        "2b1cde6392e555baa191cf963d8412cb2bc0c498a5be00c3a52bad64623d2594",
    ),
    ("37BZNPM9430M1KL", "2020-10-01", "CTDN23456", "afdcc32a"),
    ("01AMBPG7773M002", "2022-06-01", "SINV-CFY-00067", "706daecc"),
]


@pytest.mark.parametrize(("gstin", "on", "number", "begins"), VECTORS)
def test_irn_of_signed_samples(gstin, on, number, begins):
    made = irn(gstin=gstin, document_type="INV", number=number, on=date.fromisoformat(on))
    assert made.startswith(begins)
    assert len(made) == 64


def test_irn_looks_away_from_case_since_june_2025():
    def at(number, on):
        return irn(gstin=PUNE.gstin, document_type="INV", number=number, on=on)

    assert at("ft-1", date(2025, 6, 1)) == at("FT-1", date(2025, 6, 1))
    assert at("ft-1", date(2025, 5, 31)) != at("FT-1", date(2025, 5, 31))


@pytest.mark.parametrize(
    ("computed", "low", "high"),
    [("2345.04", "2344.00", "2347.00"), ("10241.00", "10240.00", "10242.00"),
     ("10241.61", "10240.00", "10243.00"),
     ("76.1958", "75", "78")],
)  # fmt: skip
def test_tolerance(computed, low, high):
    paisa = Decimal("0.01")
    assert within(Decimal(low), Decimal(computed))
    assert within(Decimal(high), Decimal(computed))
    assert not within(Decimal(low) - paisa, Decimal(computed))
    assert not within(Decimal(high) + paisa, Decimal(computed))


def test_an_invoice_to_the_letter():
    payload = inv01(document(serials=("490154203237518",)))
    assert found(payload) == []
    assert msgspec.json.decode(as_bytes(payload)) == {
        "Version": "1.1",
        "TranDtls": {"TaxSch": "GST", "SupTyp": "B2B", "RegRev": "N", "IgstOnIntra": "N"},
        "DocDtls": {"Typ": "INV", "No": "FT-INV-0001", "Dt": "22/11/2026"},
        "SellerDtls": {
            "Gstin": "27AAPFU0939F1ZV", "LglNm": "FineTune Repairs LLP", "TrdNm": "FineTune Pune",
            "Addr1": "12 FC Road", "Loc": "Pune", "Pin": 411004, "Stcd": "27", "Ph": "2025530000",
        },
        "BuyerDtls": {
            "Gstin": "29AAGCB7383J1Z4", "Pos": "29", "LglNm": "Buyer Private Limited", "TrdNm": "Buyer",
            "Addr1": "1 MG Road", "Loc": "Bengaluru", "Pin": 560001, "Stcd": "29",
        },
        "ItemList": [{
            "SlNo": "1", "PrdDesc": "Mobile phone", "IsServc": "N", "HsnCd": "85171300",
            "Qty": 1, "Unit": "NOS",
            "UnitPrice": 1500.0, "TotAmt": 1500.0, "Discount": 0.0, "AssAmt": 1500.0, "GstRt": 18,
            "IgstAmt": 270.0, "CgstAmt": 0.0, "SgstAmt": 0.0, "CesAmt": 0.0, "TotItemVal": 1770.0,
            "PrdSlNo": "490154203237518",
        }],
        "ValDtls": {
            "AssVal": 1500.0, "CgstVal": 0.0, "SgstVal": 0.0, "IgstVal": 270.0, "CesVal": 0.0,
            "RndOffAmt": 0.0,
            "TotInvVal": 1770.0,
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    "given",
    [
        {"buyer": NEAR},
        {"buyer": NEAR, "reverse_charge": True},
        {"buyer_class": "sez", "with_payment": True},
        {"buyer_class": "sez"},
        {"buyer_class": "export", "buyer": ABROAD},
        {"buyer_class": "export", "buyer": ABROAD, "with_payment": True},
        {"hsn": "998716"},
        {"discount": Discount(amount=Decimal("100.00"))},
        {"kind": "CRN", "number": "FT-CN-0001", "preceding": Preceding("FT-INV-0001", TODAY)},
        {"serials": tuple(f"SERIAL-{n}" for n in range(3))},
        {"serials": ("X" * 40,)},
    ],
)
def test_what_the_shop_draws_up_passes(given):
    assert found(inv01(document(**given))) == []


def test_v04_a_price_with_the_tax_inside():
    payload = inv01(
        document(TaxableLine(Decimal(1), Decimal("999.00"), Decimal(18), tax_inclusive=True), buyer=NEAR)
    )
    item = payload["ItemList"][0]
    assert (item["TotAmt"], item["AssAmt"], item["CgstAmt"], item["TotItemVal"]) == (
        Decimal("846.62"), Decimal("846.62"), Decimal("76.19"), Decimal("999.00"),
    )  # fmt: skip
    assert found(payload) == []


money = st.integers(0, 5_000_000).map(lambda n: Decimal(n).scaleb(-2))


@st.composite
def bills(draw):
    lines = [
        TaxableLine(
            Decimal(draw(st.integers(1, 9_000))).scaleb(-3),
            draw(money),
            Decimal(draw(st.sampled_from(["0", "5", "18", "40"]))),
            draw(st.sampled_from([Treatment.TAXABLE, Treatment.TAXABLE, Treatment.NIL])),
            draw(st.booleans()),
            draw(st.none() | st.integers(0, 10_000).map(lambda n: Discount(percent=Decimal(n).scaleb(-2)))),
        )
        for _ in range(draw(st.integers(1, 5)))
    ]
    discount = draw(st.none() | st.integers(0, 10_000).map(lambda n: Discount(percent=Decimal(n).scaleb(-2))))
    buyer_class = draw(st.sampled_from(["registered", "sez", "export"]))
    buyer = ABROAD if buyer_class == "export" else draw(st.sampled_from([BENGALURU, NEAR]))
    return document(
        *lines, discount=discount, buyer=buyer, buyer_class=buyer_class,
        with_payment=draw(st.booleans()) and buyer_class != "registered",
        reverse_charge=draw(st.booleans()) and buyer_class == "registered",
    )  # fmt: skip


@settings(max_examples=60, derandomize=True, deadline=None, database=None)
@given(bills())
def test_whatever_the_line_engine_draws_up_passes(drawn):
    assert found(inv01(drawn)) == []


def changed(path, value, **given):
    """A good payload with one thing changed; None takes the key away."""
    payload = deepcopy(inv01(document(**{"buyer": NEAR, **given})))
    *way, last = path.split(".")
    place: Any = payload
    for name in way:
        place = place[int(name)] if isinstance(place, list) else place[name]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return payload


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Version", "1.03"), ("Version", None), ("TranDtls", None), ("TranDtls.TaxSch", "VAT"),
        ("TranDtls.SupTyp", "B2C"), ("TranDtls.RegRev", "X"), ("DocDtls.Typ", "BIL"),
        ("DocDtls.No", "A" * 17),
        ("DocDtls.No", "0-1"), ("DocDtls.No", "-1"), ("DocDtls.No", "A 1"), ("DocDtls.Dt", "2026-11-22"),
        ("DocDtls.Dt", "31/02/2026"), ("SellerDtls.LglNm", "FT"), ("SellerDtls.Addr1", None),
        ("SellerDtls.Addr2", "xy"), ("SellerDtls.Loc", "Pu"), ("SellerDtls.Pin", 99999),
        ("SellerDtls.Pin", None),
        ("SellerDtls.Pin", "411004"), ("SellerDtls.Ph", "12-34"), ("BuyerDtls.LglNm", None),
        ("BuyerDtls.Loc", None), ("BuyerDtls.Em", "nobody"), ("ItemList", []), ("ItemList.0.HsnCd", "12345"),
        ("ItemList.0.HsnCd", None), ("ItemList.0.PrdDesc", 'a 6" phone'),
        ("ItemList.0.PrdDesc", "back\\slash"),
        ("ItemList.0.Qty", Decimal("1.0001")), ("ItemList.0.Qty", None), ("ItemList.0.Unit", None),
        ("ItemList.0.Discount", Decimal("-1.00")), ("ItemList.0.CesAmt", Decimal("-0.01")),
        ("ItemList.0.TotAmt", Decimal("1500.001")), ("ItemList.0.PrdSlNo", "9" * 21),
        ("ValDtls.RndOffAmt", Decimal("100.00")), ("ValDtls.TotInvVal", None), ("ValDtls.AssVal", True),
    ],
)  # fmt: skip
def test_a_field_that_does_not_fit(path, value):
    assert path in {each.field for each in found(changed(path, value)) if each.portal_code == "5002"}


def test_a_field_that_is_not_of_the_form():
    assert codes(changed("Irn", "ab")) == {("Irn", "unknown_field", "5002")}


@pytest.mark.parametrize(
    ("path", "value", "code", "portal"),
    [
        ("SellerDtls.Stcd", "29", "state_mismatch", "2258"),
        ("BuyerDtls.Stcd", "29", "state_mismatch", "2265"),
        ("SellerDtls.Pin", 560001, "pincode_not_in_state", "3039"),
        ("BuyerDtls.Pin", 110001, "pincode_not_in_state", "3039"),
        ("BuyerDtls.Gstin", PUNE.gstin, "buyer_is_seller", "2211"),
        ("BuyerDtls.Gstin", "URP", "buyer_unregistered", "2212"),
        ("BuyerDtls.Gstin", "27AAPFU0939F1ZO", "invalid_gstin", "5002"),
        ("BuyerDtls.Pos", "25", "invalid_place_of_supply", "5002"),
        ("BuyerDtls.Pos", "96", "not_an_export", None),
        ("DocDtls.Dt", "23/11/2026", "date_in_future", None),
        ("DocDtls.Dt", "31/03/2025", "too_old", None),
        ("ItemList.0.IsServc", "Y", "service_mismatch", "3047, 3048"),
        ("ItemList.0.AssAmt", Decimal("1499.99"), "value_mismatch", "2193"),
        ("ItemList.0.TotItemVal", Decimal("1772.00"), "item_total_mismatch", "2194"),
        ("ItemList.0.GstRt", Decimal("17"), "rate_unknown", "2240"),
        ("ItemList.0.IgstAmt", Decimal("270.00"), "wrong_kind_of_tax", "2172"),
        ("ItemList.0.SgstAmt", Decimal("134.99"), "halves_differ", "2227"),
        ("ItemList.0.CgstAmt", Decimal("137.00"), "tax_mismatch", "2234"),
        ("ValDtls.AssVal", Decimal("1502.00"), "sum_mismatch", "2182"),
        ("ValDtls.CgstVal", Decimal("137.00"), "sum_mismatch", None),
        ("ValDtls.TotInvVal", Decimal("1772.00"), "total_mismatch", "2189"),
        ("TranDtls.IgstOnIntra", "Y", "igst_on_intra", None),
    ],
)
def test_fields_that_contradict_each_other(path, value, code, portal):
    assert (path, code, portal) in codes(changed(path, value))


def test_between_states():
    far = {"buyer": BENGALURU}
    assert ("ItemList.0.CgstAmt", "wrong_kind_of_tax", "2174") in codes(
        changed("ItemList.0.CgstAmt", Decimal("1.00"), **far)
    )
    wrong = changed("ItemList.0.IgstAmt", Decimal("272.00"), **far)
    assert ("ItemList.0.IgstAmt", "tax_mismatch", "2235") in codes(wrong)


def test_a_note_is_not_held_against_the_rate():
    payload = changed("ItemList.0.GstRt", Decimal("12"), kind="CRN", number="FT-CN-1")
    assert found(payload) == []


def test_an_export_has_its_own_words():
    given = {"buyer": ABROAD, "buyer_class": "export"}
    for path, value in (("BuyerDtls.Gstin", NEAR.gstin), ("BuyerDtls.Stcd", "27"), ("BuyerDtls.Pos", "27"),
                        ("BuyerDtls.Pin", 411004)):  # fmt: skip
        assert (path, "export_field", None) in codes(changed(path, value, **given))


def test_a_zone_needs_a_buyer_in_it_and_the_other_way_round():
    zone = inv01(document(buyer_class="sez"))
    assert ("TranDtls.SupTyp", "buyer_not_sez", "2247") in codes(zone, buyer_is_sez=False)
    assert ("TranDtls.SupTyp", "buyer_is_sez", "2246") in codes(inv01(document()), buyer_is_sez=True)


def test_two_items_with_one_number():
    twice = (TaxableLine(Decimal(1), Decimal("10.00"), Decimal(18)),) * 2
    payload = inv01(document(*twice))
    payload["ItemList"][1]["SlNo"] = "1"
    assert ("ItemList.0.SlNo", "number_repeated", None) in codes(payload)


def test_goods_shipped_elsewhere_say_whose_they_are():
    ship = {"LglNm": "Godown", "Addr1": "9 Ring Road", "Loc": "Pune", "Pin": 411001, "Stcd": "27"}
    payload = inv01(document()) | {"ShipDtls": ship}
    assert ("ShipDtls.Gstin", "required", "5002") in codes(payload)
    assert found(payload | {"ShipDtls": ship | {"Gstin": "URP"}}) == []


@pytest.mark.parametrize(
    ("turnover", "age", "late"),
    [
        (None, 200, False),
        ("99999999.99", 200, False),
        ("100000000.00", 30, False),
        ("100000000.00", 31, True),
    ],
)
def test_thirty_days(turnover, age, late):
    payload = inv01(document(date=TODAY - timedelta(days=age)))
    given = {"turnover": None if turnover is None else Decimal(turnover)}
    assert (("DocDtls.Dt", "reported_too_late", "2305") in codes(payload, **given)) is late


def test_limits_are_dated():
    crore = Decimal(10_000_000)
    assert not is_due(5 * crore, TODAY)
    assert is_due(5 * crore + 1, TODAY)
    assert not is_due(9 * crore, date(2023, 7, 31))
    assert days_to_report(10 * crore, date(2025, 3, 31)) is None
    assert days_to_report(100 * crore, date(2025, 3, 31)) == 30
    assert (hsn_digits_min(5 * crore - 1), hsn_digits_min(5 * crore)) == (4, 6)


def test_six_digits_above_five_crore():
    payload = inv01(document(hsn="8517"))
    assert found(payload) == []
    assert {each.code for each in found(payload, turnover=Decimal(60_000_000))} == {"hsn_too_short"}


@pytest.mark.parametrize(
    ("gstin", "state", "pin"), [("02AMBPG7773M002", "02", "171001"), ("37BZNPM9430M1KL", "37", "518001")]
)
def test_the_portals_own_samples_pass_in_the_sandbox_only(gstin, state, pin):
    sample = Party(gstin, "Sample Seller", "Sample", "1 Main Road", "Town", pin, state)
    payload = inv01(document(seller=sample))
    assert {each.code for each in found(payload)} == {"invalid_gstin"}
    assert found(payload, sandbox=True) == []
    payload["SellerDtls"]["Gstin"] = "25" + gstin[2:]
    assert "invalid_gstin" in {each.code for each in found(payload, sandbox=True)}


def test_everything_is_said_at_once():
    payload = changed("SellerDtls.Pin", 560001)
    payload["ItemList"][0] |= {"AssAmt": Decimal("1.00"), "PrdDesc": "x"}
    payload["ValDtls"]["TotInvVal"] = Decimal("5.00")
    fields = {each.field for each in found(payload)}
    assert {
        "SellerDtls.Pin",
        "ItemList.0.AssAmt",
        "ItemList.0.PrdDesc",
        "ValDtls.AssVal",
        "ValDtls.TotInvVal",
    } <= fields


def test_free_text_and_long_addresses_are_made_to_fit():
    seller = Party(
        PUNE.gstin, 'The "Fix\\It" Shop', "Fix\nIt", "Shop 4, " + "Long Lane " * 12, "Pune", "411004", "27"
    )
    payload = inv01(document(seller=seller))
    assert found(payload) == []
    assert payload["SellerDtls"]["LglNm"] == "The 'Fix/It' Shop"
    assert len(payload["SellerDtls"]["Addr1"]) <= 100


def test_every_state_has_pin_codes():
    assert set(RANGES) | {"97"} == set(STATES)
    assert pincode_fits_state(999999, "96")
    assert pincode_fits_state(123456, "97")
    assert not pincode_fits_state(411004, "28")
