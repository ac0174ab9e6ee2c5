"""Each section to the letter, on small months."""

from datetime import date
from decimal import Decimal

import pytest

from finetune.gst.gstr1 import (
    IssuedNumber,
    Kind,
    Period,
    Section,
    as_json,
    gstr1,
    gstr1_problems,
    number_ranges,
    read_period,
    section_of,
)
from finetune.gst.gstr3b import gstr3b
from tests.gst.gstr1_documents import DAY, NOVEMBER, OTHER, PUNE, document, line, original


def sections(*documents, period=NOVEMBER, ranges=()):
    return gstr1(gstin=PUNE, period=period, documents=documents, ranges=ranges).sections


def money(text):
    return Decimal(text)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"buyer": "registered"}, Section.B2B),
        ({"buyer": "sez"}, Section.B2B),
        ({"buyer": "export", "place": "96"}, Section.EXP),
        ({"place": "27"}, Section.B2CS),
        ({"place": "29"}, Section.B2CS),
        ({"place": "29", "total": Decimal("100000.00")}, Section.B2CS),
        ({"place": "29", "total": Decimal("100000.01")}, Section.B2CL),
        ({"place": "27", "total": Decimal("900000.00")}, Section.B2CS),
        ({"place": "29", "total": Decimal("250000.00"), "date": date(2024, 7, 31)}, Section.B2CS),
        ({"place": "29", "total": Decimal("250000.00"), "date": date(2024, 8, 1)}, Section.B2CL),
    ],
)
def test_where_an_invoice_stands(given, expected):
    assert section_of(document(**given)) is expected


@pytest.mark.parametrize(
    ("given", "behind", "expected"),
    [
        ({"buyer": "registered"}, original(), Section.CDNR),
        ({"buyer": "export", "place": "96"}, original(), Section.CDNUR),
        ({"place": "27"}, original(total="900000.00"), Section.B2CS),
        # The note is small, its invoice was not.
        ({"place": "29"}, original(total="100000.01"), Section.CDNUR),
        # The limit of the invoice's day counts, not that of the note's.
        ({"place": "29"}, original(on=date(2024, 7, 31), total="240000.00"), Section.B2CS),
        ({"place": "29", "total": Decimal("200000.00")}, original(total="90000.00"), Section.B2CS),
    ],
)
def test_a_note_follows_its_invoice(given, behind, expected):
    assert section_of(document(kind="credit_note", original=behind, **given)) is expected


def test_b2b_to_the_letter():
    mixed = document(
        line("1000.00"),
        line("500.00"),
        line("100.00", rate="5"),
        buyer="registered",
        total=Decimal("1875.00"),
    )
    assert as_json({"b2b": sections(mixed)[Section.B2B]}) == (
        b'{"b2b":[{"ctin":"29AAGCB7383J1Z4","inv":[{"inum":"FT-INV-0001","idt":"22-11-2026","val":1875.00,"pos":"27",'
        b'"rchrg":"N","inv_typ":"R","itms":['
        b'{"num":501,"itm_det":{"txval":100.00,"rt":5,"camt":2.50,"samt":2.50,"csamt":0.00}},'
        b'{"num":1801,"itm_det":{"txval":1500.00,"rt":18,"camt":135.00,"samt":135.00,"csamt":0.00}}]}]}]}'
    )


def test_b2b_across_states_sez_and_reverse_charge():
    rows = sections(
        document(number="A-2", buyer="registered", place="29", reverse_charge=True),
        document(number="A-10", buyer="sez", with_payment=True),
        document(number="A-9", buyer="sez", place="29"),
    )[Section.B2B][0]["inv"]
    assert [(row["inum"], row["inv_typ"], row["rchrg"]) for row in rows] == [
        ("A-2", "R", "Y"), ("A-9", "SEWOP", "N"), ("A-10", "SEWP", "N"),
    ]  # fmt: skip
    assert rows[0]["itms"][0]["itm_det"] == {
        "txval": money("100.00"), "rt": 18, "iamt": money("18.00"), "csamt": 0,
    }  # fmt: skip


def test_large_consumers_by_place():
    big = {"total": Decimal("120000.00"), "place": "29"}
    found = sections(document(number="A-1", **big), document(number="A-2", **(big | {"place": "04"})))
    assert [(group["pos"], group["inv"][0]["inum"]) for group in found[Section.B2CL]] == [
        ("04", "A-2"), ("29", "A-1"),
    ]  # fmt: skip
    assert set(found[Section.B2CL][0]["inv"][0]) == {"inum", "idt", "val", "itms"}


def test_consumers_net_of_notes_may_be_negative():
    note = document(line("250.00"), kind="credit_note", number="FT-CN-0001", original=original())
    rows = sections(document(), note, document(place="29", number="A-3"))[Section.B2CS]
    assert rows == [
        {"sply_ty": "INTER", "typ": "OE", "pos": "29", "rt": 18, "txval": money("100.00"),
         "iamt": money("18.00"), "csamt": 0},
        {"sply_ty": "INTRA", "typ": "OE", "pos": "27", "rt": 18, "txval": money("-150.00"),
         "camt": money("-13.50"), "samt": money("-13.50"), "csamt": 0},
    ]  # fmt: skip


def test_a_sale_wholly_returned_leaves_no_row():
    note = document(kind="credit_note", number="FT-CN-0001", original=original())
    assert sections(document(), note) == {}


def test_notes_of_registered_buyers_are_positive_and_delinked():
    found = sections(
        document(kind="credit_note", number="FT-CN-0001", buyer="registered", original=original()),
        document(kind="debit_note", number="FT-DN-0001", buyer="registered", original=original()),
    )[Section.CDNR]
    assert [note["ntty"] for note in found[0]["nt"]] == ["C", "D"]
    assert found[0]["ctin"] == OTHER
    assert set(found[0]["nt"][0]) == {"ntty", "nt_num", "nt_dt", "val", "pos", "rchrg", "inv_typ", "itms"}
    assert found[0]["nt"][0]["itms"][0]["itm_det"]["txval"] == money("100.00")


def test_notes_of_large_consumers_and_exports():
    rows = sections(
        document(kind="credit_note", number="N-1", place="29", original=original(total="200000.00")),
        document(kind="credit_note", number="N-2", buyer="export", place="96", original=original()),
        document(
            kind="credit_note",
            number="N-3",
            buyer="export",
            place="96",
            with_payment=True,
            original=original(),
        ),
    )[Section.CDNUR]
    assert [(row["nt_num"], row["typ"], row.get("pos")) for row in rows] == [
        ("N-1", "B2CL", "29"), ("N-2", "EXPWOP", None), ("N-3", "EXPWP", None),
    ]  # fmt: skip
    assert set(rows[0]["itms"][0]["itm_det"]) == {"txval", "rt", "iamt", "csamt"}


def test_exports_have_flat_items():
    groups = sections(document(line("50000.00", rate="0", inter=True), buyer="export", place="96"))[
        Section.EXP
    ]
    assert groups == [
        {"exp_typ": "WOPAY", "inv": [{"inum": "FT-INV-0001", "idt": "22-11-2026", "val": money("50000.00"),
         "itms": [{"txval": money("50000.00"), "rt": 0, "iamt": 0, "csamt": 0}]}]}
    ]  # fmt: skip


def test_untaxed_lines_stand_in_table_8_whoever_buys():
    found = sections(
        document(line("10.00", treatment="nil"), line("100.00")),
        document(line("20.00", treatment="exempt"), buyer="registered", number="A-2", place="29"),
        document(line("5.00", treatment="non_gst"), kind="credit_note", number="N-1", original=original()),
    )
    assert found[Section.NIL]["inv"] == [
        {"sply_ty": "INTRB2B", "expt_amt": money("20.00"), "nil_amt": 0, "ngsup_amt": 0},
        {"sply_ty": "INTRAB2C", "expt_amt": 0, "nil_amt": money("10.00"), "ngsup_amt": money("-5.00")},
    ]
    assert Section.B2B not in found


def test_v15_an_advance_this_month_and_its_use_in_the_next():
    deposit = line("1694.92")
    voucher = document(deposit, kind="receipt_voucher", number="FT-RV-0001")
    row = {"rt": 18, "ad_amt": money("1694.92"), "camt": money("152.54"), "samt": money("152.54"), "csamt": 0}
    assert sections(voucher) == {Section.AT: [{"pos": "27", "sply_ty": "INTRA", "itms": [row]}]}

    december = Period(2026, 12)
    bill = document(line("4500.00"), date=date(2026, 12, 3))
    used = document(
        deposit,
        kind="adjustment",
        number="FT-RV-0001",
        date=date(2026, 12, 3),
        original=original("FT-RV-0001"),
    )
    found = sections(bill, used, period=december)
    assert found[Section.TXPD] == [{"pos": "27", "sply_ty": "INTRA", "itms": [row]}]
    assert found[Section.B2CS][0]["txval"] == money("4500.00")
    taxable = gstr3b(gstin=PUNE, period=december, documents=[bill, used])["sup_details"]["osup_det"]
    assert (taxable["txval"], taxable["camt"]) == (money("2805.08"), money("252.46"))


def test_an_advance_used_or_returned_in_its_own_month_is_in_neither_table():
    voucher = document(kind="receipt_voucher", number="FT-RV-0001")
    for kind in ("adjustment", "refund_voucher"):
        after = document(kind=kind, number="X-1", original=original("FT-RV-0001"))
        assert not {Section.AT, Section.TXPD} & set(sections(voucher, after))


def test_table_12_in_two_halves_since_may_2025():
    documents = [
        document(line("100.00", hsn="85171300", unit="NOS", quantity="2"), buyer="registered"),
        document(line("100.00", hsn="85171300", unit="NOS", quantity="3"), number="A-2"),
        document(line("40.00", hsn="85171300", unit="NOS", rate="5"), number="A-3"),
        document(line("10.00", quantity="1.5"), number="A-4"),
    ]
    halves = sections(*documents)[Section.HSN]
    assert [(row["num"], row["hsn_sc"], row["uqc"], row["qty"], row["rt"]) for row in halves["hsn_b2c"]] == [
        (1, "85171300", "NOS", 1, 5), (2, "85171300", "NOS", 3, 18), (3, "998716", "NA", 0, 18),
    ]  # fmt: skip
    assert set(halves["hsn_b2b"][0]) == {
        "num", "hsn_sc", "desc", "uqc", "qty", "rt", "txval", "iamt", "camt", "samt", "csamt",
    }  # fmt: skip
    april = Period(2025, 4)
    before = sections(*documents, period=april)[Section.HSN]
    assert list(before) == ["data"]
    assert before["data"][1]["qty"] == 5


def test_numbers_run_on_the_integer_and_split_at_holes():
    numbers = [
        IssuedNumber(Kind.INVOICE, "FT-INV", 1, n, f"FT-INV-{n:04d}", n == 9999) for n in (9998, 9999, 10000)
    ]
    numbers += [IssuedNumber(Kind.INVOICE, "FT-INV", 1, 10002, "FT-INV-10002")]
    numbers += [IssuedNumber(Kind.CREDIT_NOTE, "FT-CN", 1, 1, "FT-CN-0001")]
    found = sections(ranges=number_ranges(numbers))[Section.DOC_ISSUE]["doc_det"]
    assert found == [
        {"doc_num": 1, "docs": [
            {"num": 1, "from": "FT-INV-9998", "to": "FT-INV-10000", "totnum": 3, "cancel": 1, "net_issue": 2},
            {"num": 2, "from": "FT-INV-10002", "to": "FT-INV-10002", "totnum": 1, "cancel": 0,
             "net_issue": 1},
        ]},
        {"doc_num": 5, "docs": [
            {"num": 1, "from": "FT-CN-0001", "to": "FT-CN-0001", "totnum": 1, "cancel": 0, "net_issue": 1},
        ]},
    ]  # fmt: skip


def test_the_envelope_leaves_out_what_is_empty():
    empty = gstr1(gstin=PUNE, period=NOVEMBER, documents=[], ranges=[])
    assert empty.envelope() == {"gstin": PUNE, "fp": "112026", "version": "GST3.2.4", "hash": "hash"}
    told = gstr1(gstin=PUNE, period=NOVEMBER, documents=[], ranges=[], turnover=(900, 400))
    assert list(told.envelope()) == ["gstin", "fp", "gt", "cur_gt", "version", "hash"]


def test_a_cancelled_document_is_in_no_section():
    assert sections(document(cancelled_on=DAY)) == {}


@pytest.mark.parametrize("text", ["", "11-2026", "002026", "132026", "062017", "1126", "112026 "])
def test_not_a_period(text):
    assert read_period(text) is None


def test_a_period_has_a_first_and_a_last_day():
    found = read_period("022028")
    assert found is not None
    assert (found.first, found.last) == (date(2028, 2, 1), date(2028, 2, 29))
    assert found.covers(date(2028, 2, 29))
    assert not found.covers(date(2027, 2, 1))


def codes(*documents, ranges=(), digits=4):
    found = gstr1_problems(
        gstin=PUNE, period=NOVEMBER, documents=documents, ranges=ranges, hsn_digits_min=digits
    )
    return {each.code for each in found}


def test_a_clean_month_has_no_problems():
    assert codes(document(), document(buyer="registered", number="A-2")) == set()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"number": "FT-INV-0000000001"}, "number_too_long"),
        ({"number": "0-1"}, "number_malformed"),
        ({"gstin": OTHER}, "other_gstin"),
        ({"date": date(2026, 10, 31)}, "other_period"),
        ({"is_composition": True}, "composition_dealer"),
        ({"cancelled_on": date(2026, 12, 1)}, "cancelled_after_period"),
        ({"cancelled_on": date(2026, 11, 30), "has_irn": True}, "cancelled_has_irn"),
        ({"buyer": "registered", "buyer_gstin": ""}, "buyer_gstin_missing"),
        ({"buyer": "registered", "buyer_gstin": "27AAPFU0939F1ZO"}, "buyer_gstin_invalid"),
        ({"buyer": "registered", "buyer_gstin": PUNE}, "buyer_is_seller"),
        ({"buyer_gstin": OTHER}, "category_contradicts_gstin"),
        ({"reverse_charge": True}, "reverse_charge_unregistered"),
        ({"place": "28"}, "place_of_supply_invalid"),
        ({"state_code": "29"}, "nature_contradicts_place"),
        ({"lines": (line(inter=True),)}, "wrong_kind_of_tax"),
        ({"buyer": "sez", "lines": (line(inter=True),)}, "tax_under_lut"),
        ({"total": Decimal("10000000000000.00")}, "value_too_large"),
        ({"lines": (line("0.00"),)}, "value_zero"),
        ({"kind": "credit_note"}, "original_missing"),
        ({"kind": "credit_note", "original": original(on=date(2026, 11, 23))}, "note_before_invoice"),
        ({"kind": "credit_note", "original": original(on=date(2025, 3, 31))}, "note_after_cut_off"),
        ({"lines": (line(hsn=""),)}, "hsn_missing"),
        ({"lines": (line(hsn="12345"),)}, "hsn_malformed"),
        ({"lines": (line(hsn="8517", unit="EACH"),)}, "uqc_missing"),
        ({"lines": (line(hsn="8517", unit="NA"),)}, "uqc_missing"),
        ({"lines": (line(rate="12"),)}, "rate_not_in_force"),
        ({"lines": (line(rate="0"),)}, "taxable_at_zero"),
    ],
)
def test_problems_before_filing(given, code):
    assert code in codes(document(**given))


def test_a_note_takes_the_rate_of_its_invoice():
    note = {"kind": "credit_note", "number": "N-1", "lines": (line(rate="12"),)}
    assert "rate_not_in_force" not in codes(document(original=original(on=date(2025, 9, 21)), **note))


def test_above_five_crore_four_digits_are_too_few():
    assert codes(document(line(hsn="8517", unit="NOS")), digits=6) == {"hsn_too_short"}


def test_problems_name_document_and_line():
    found = gstr1_problems(
        gstin=PUNE, period=NOVEMBER, documents=[document(line(), line(hsn=""), id=7)], ranges=()
    )
    assert [(each.number, each.document_id, each.line, each.severity) for each in found] == [
        ("FT-INV-0001", 7, 2, "warning"),
    ]


def test_a_repeated_number_and_a_series_with_holes():
    numbers = [IssuedNumber(Kind.INVOICE, "FT-INV", 1, n, f"FT-INV-{n}") for n in (1, 3)]
    found = codes(document(number="a-1"), document(number="A-1"), ranges=number_ranges(numbers))
    assert found == {"number_repeated", "series_has_holes"}


def test_sections_below_zero():
    note = document(line("900.00"), line("5.00", treatment="nil"), kind="credit_note", original=original())
    used = document(kind="refund_voucher", original=original("FT-RV-0001"))
    found = gstr1_problems(gstin=PUNE, period=NOVEMBER, documents=[note, used], ranges=())
    assert {(each.section, each.severity) for each in found} == {
        (Section.B2CS, "warning"), (Section.NIL, "warning"), (Section.HSN, "warning"), (Section.AT, "error"),
    }  # fmt: skip
