"""What each document says."""

import json
from datetime import UTC, date, datetime

import pytest

from finetune.documents.builders import printed
from finetune.documents.labels import LABELS, STATES_HI, TITLES
from finetune.gst.supply import STATES
from tests.documents.papers import KAVITA, SAHYADRI, SELLER, URL, line, row

INTER = {"supply_nature": "inter", "place_of_supply": "29", "buyer": SAHYADRI}


def paper(kind="tax_invoice", lang="en", /, **given):
    lines = given.pop("lines", ())
    return printed(kind, row(*lines, **given), lang=lang, public_url=URL)


def facts(document):
    return {fact.label: fact.value for fact in document.facts}


def totals(document):
    return {each.label: each.value for each in document.totals}


def test_what_rule_46_asks_of_a_tax_invoice():
    document = paper(due_date=date(2026, 12, 7))
    assert document.title == "Tax Invoice"
    assert document.seller.name == SELLER["legal_name"]
    assert {fact.value for fact in document.seller.facts} >= {SELLER["gstin"], "Maharashtra (27)"}
    assert facts(document) == {
        "Invoice no.": "FT-INV-0042",
        "Date": "22 Nov 2026",
        "Place of supply": "Maharashtra (27)",
        "Due by": "07 Dec 2026",
        "Reverse charge": "No",
    }
    assert document.buyer.lines == ("B-702, Rohan Mithila", "Pune 411014")
    (first,) = document.lines
    assert (first.hsn_code, first.quantity, first.unit, first.price) == ("998716", "1", "NOS", "1,500.00")
    assert [(tax.amount, tax.rate) for tax in first.taxes] == [("135.00", "9%"), ("135.00", "9%")]
    assert document.tax_labels == ("CGST", "SGST")
    assert totals(document) == {
        "Taxable value": "1,500.00",
        "CGST": "135.00",
        "SGST": "135.00",
        "Total": "₹\u00a01,770.00",
    }
    assert document.words == "Rupees One Thousand Seven Hundred Seventy Only"


def test_between_states_it_is_igst():
    document = paper(lines=[line(tax="0.00", igst="270.00")], **INTER)
    assert document.tax_labels == ("IGST",)
    assert document.lines[0].taxes[0].rate == "18%"
    assert document.buyer.name == "Sahyadri Systems Private Limited"
    assert "Sahyadri Systems" in document.buyer.lines
    assert facts(document)["Place of supply"] == "Karnataka (29)"


def test_a_union_territory_has_utgst():
    assert paper(state_tax_label="UTGST").tax_labels == ("CGST", "UTGST")


def test_cess_has_a_column_only_where_there_is_one():
    document = paper(lines=[line(cess="15.00")], cess="15.00")
    assert document.tax_labels == ("CGST", "SGST", "Cess")
    assert document.lines[0].taxes[2].rate == ""


@pytest.mark.parametrize(("rate", "half"), [("5", "2.5%"), ("0.25", "0.125%"), ("40", "20%"), ("3", "1.5%")])
def test_each_half_has_its_own_rate(rate, half):
    assert paper(lines=[line(gst_rate=rate)]).lines[0].taxes[0].rate == half


def test_tax_is_summed_by_code_and_rate():
    lines = [
        line(),
        line(),
        line("200.00", tax="5.00", gst_rate="5"),
        line("100.00", tax="9.00", hsn_code="85171300"),
    ]
    document = paper(lines=lines)
    assert [(each.hsn_code, each.rate, each.taxable_value, each.total_tax) for each in document.summary] == [
        ("998716", "18%", "3,000.00", "540.00"),
        ("998716", "5%", "200.00", "10.00"),
        ("85171300", "18%", "100.00", "18.00"),
    ]
    assert document.summary_total.total_tax == "568.00"


def test_discounts_of_line_and_bill_are_one_column():
    lines = [
        line(
            "1400.00",
            tax="126.00",
            unit_price="1500.00",
            discount_amount="75.00",
            discount_percent="5",
            invoice_discount_share="25.00",
        ),
        line(discount_amount="75.00", discount_percent="5"),
        line(),
    ]
    document = paper(lines=lines)
    assert document.has_discount
    assert [(each.discount, each.discount_note) for each in document.lines] == [
        ("100.00", ""),
        ("75.00", "5%"),
        ("", ""),
    ]
    assert document.lines_total.discount == "175.00"
    assert not paper().has_discount


def test_round_off_is_shown_where_there_is_one():
    document = paper(lines=[line("102.71", tax="9.24")], round_off="-0.19")
    assert totals(document)["Round-off"] == "−0.19"
    assert totals(document)["Total before rounding"] == "121.19"
    assert "Round-off" not in totals(paper())


def test_inclusive_prices_say_so():
    assert paper(lines=[line(tax_inclusive=True)]).lines[0].price_note == "incl. tax"


def test_imeis_stand_under_their_line():
    document = paper(lines=[line(serial_numbers=["490154203237518", "356938035643809"])])
    assert document.lines[0].notes == ("IMEI/Serial: 490154203237518, 356938035643809",)


def test_a_composition_dealer_names_no_tax():
    document = paper("bill_of_supply", seller={**SELLER, "is_composition": True}, lines=[line(tax="0.00")])
    assert document.title == "Bill of Supply"
    assert document.tax_labels == ()
    assert document.lines[0].taxes == ()
    assert document.summary[0].rate == ""
    assert "Reverse charge" not in facts(document)
    # At the top of the bill: CGST Rule 5(1)(f).
    assert document.endorsement == "Composition taxable person, not eligible to collect tax on supplies."


def test_a_mixed_bill_tells_taxed_from_untaxed():
    lines = [line(), line("290.00", tax="0.00", gst_rate="0", treatment="exempt", hsn_code="4901")]
    document = paper("invoice_cum_bill", lines=lines)
    assert totals(document)["Taxable value"] == "1,500.00"
    assert totals(document)["Untaxed"] == "290.00"
    assert document.lines[1].notes == ("Exempt",)
    assert document.summary[1].rate == "Exempt"
    assert document.labels["taxable"] == "Value"


def test_reverse_charge_is_said_and_left_out_of_the_total():
    lines = [line(tax="0.00", igst="270.00", total="1500.00")]
    document = paper(lines=lines, reverse_charge=True, **INTER)
    assert facts(document)["Reverse charge"] == "Yes"
    assert "IGST" not in totals(document)
    assert totals(document)["Total"].endswith("1,500.00")
    assert "payable by the recipient under reverse charge" in document.declarations[0]
    assert document.summary[0].total_tax == "270.00"


@pytest.mark.parametrize(
    ("category", "paid", "said"),
    [
        ("export", False, "SUPPLY MEANT FOR EXPORT UNDER BOND OR LETTER OF UNDERTAKING WITHOUT PAYMENT"),
        ("export", True, "SUPPLY MEANT FOR EXPORT ON PAYMENT OF INTEGRATED TAX"),
        ("sez", False, "UNDER BOND OR LETTER OF UNDERTAKING WITHOUT PAYMENT OF INTEGRATED TAX"),
        ("sez", True, "FOR AUTHORISED OPERATIONS ON PAYMENT OF INTEGRATED TAX"),
    ],
)
def test_zero_rated_supplies_are_endorsed(category, paid, said):
    igst = "270.00" if paid else "0.00"
    given = {
        **INTER,
        "buyer": {**SAHYADRI, "category": category, "country": "AE"},
        "with_payment_of_tax": paid,
    }
    document = paper(lines=[line(tax="0.00", igst=igst)], **given)
    assert said in document.endorsement
    assert document.lines[0].taxes[0].rate == ("18%" if paid else "0%")


def test_a_consumer_bill_has_no_endorsement():
    assert paper().endorsement == ""


def test_a_walk_in_is_called_one():
    buyer = {
        **KAVITA,
        "name": "Walk-in of PUNE",
        "is_walk_in": True,
        "address": "",
        "city": "",
        "pincode": "",
        "phone": "",
        "state_code": "",
    }
    document = paper(buyer=buyer)
    assert (document.buyer.label, document.buyer.name) == ("Billed to", "Walk-in customer")
    assert document.buyer.facts == ()


def test_a_service_has_no_unit_on_paper():
    assert [each.unit for each in paper(lines=[line(unit="NA"), line(unit="NOS")]).lines] == ["", "NOS"]


def test_an_export_names_the_country_of_destination():
    buyer = {**KAVITA, "category": "export", "country": "NO", "state_code": ""}
    document = paper(buyer=buyer, place_of_supply="96", supply_nature="inter")
    assert [(fact.label, fact.value) for fact in document.buyer.facts][:1] == [("Country", "Norway")]
    assert document.buyer.label == "Billed and delivered to"


def test_what_was_handed_over_in_another_state_was_not_delivered_at_the_buyers_address():
    assert paper().buyer.label == "Billed and delivered to"
    assert paper(buyer=SAHYADRI).buyer.label == "Billed to"


def test_an_address_without_a_state_lies_where_the_supply_does():
    document = paper(buyer={**KAVITA, "state_code": ""})
    assert "Maharashtra (27)" in [fact.value for fact in document.buyer.facts]


def test_a_cancelled_bill_asks_nobody_to_pay():
    assert paper().labels["scan"] == "Scan to view, verify or pay"
    assert paper(cancelled_at=datetime(2026, 11, 23, tzinfo=UTC)).labels["scan"] == "Scan to view and verify"


def test_the_buyers_phone_is_masked():
    said = [fact.value for fact in paper().buyer.facts]
    assert "•••••• 4567" in said
    assert not any("98220" in each for each in said)


def test_a_cancelled_bill_says_so_with_day_and_reason():
    at = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)  # already the 23rd in India
    document = paper(cancelled_at=at, cancellation_reason="Billed twice")
    assert document.stamp == "Cancelled"
    assert document.stamp_detail == "Cancelled on 23 Nov 2026 · Billed twice"
    assert paper().stamp == ""


def test_a_credit_note_names_its_invoice_and_reason():
    document = paper(
        "credit_note",
        number="FT-CN-0001",
        reason="Returned",
        against=[{"number": "FT-INV-0042", "date": date(2026, 11, 1)}],
    )
    assert document.title == "Credit Note"
    assert facts(document)["Credit note no."] == "FT-CN-0001"
    assert facts(document)["Against"] == "FT-INV-0042"
    assert facts(document)["Dated"] == "01 Nov 2026"
    assert document.reason == "Returned"
    assert totals(document)["Total credited"].endswith("1,770.00")


@pytest.mark.parametrize(
    ("kind", "title", "party", "grand"),
    [
        ("receipt_voucher", "Receipt Voucher", "Received from", "Advance received"),
        ("refund_voucher", "Refund Voucher", "Refunded to", "Advance refunded"),
    ],
)
def test_a_voucher_needs_no_quantity(kind, title, party, grand):
    advance = line("1694.92", tax="152.54")
    for name in ("quantity", "unit", "unit_price", "discount_amount", "invoice_discount_share"):
        del advance[name]
    document = printed(
        kind,
        {**row(), "number": "FT-RV-0001", "line_items": [advance], "total": "2000.00"},
        lang="en",
        public_url=URL,
    )
    assert (document.title, document.buyer.label) == (title, party)
    assert document.lines[0].quantity == document.lines[0].price == ""
    assert totals(document)[grand].endswith("2,000.00")


def test_a_voucher_says_how_the_advance_came_in():
    document = paper("receipt_voucher", mode="upi", reference="412345678901")
    assert facts(document)["Mode of payment"] == "UPI · 412345678901"
    assert facts(paper("receipt_voucher", "hi", mode="cash", reference=""))["भुगतान का माध्यम"] == "नकद"


def test_an_advance_for_goods_names_no_tax_and_says_why():
    document = paper("receipt_voucher", lines=[line("3000.00", tax="0.00", gst_rate="0")])
    assert document.tax_labels == ()
    assert list(totals(document)) == ["Advance received"]
    assert "Notification 66/2017" in document.declarations[0]
    # A repair's advance has its tax inside.
    assert paper("receipt_voucher").tax_labels == ("CGST", "SGST")
    assert paper("receipt_voucher").declarations == ()


def test_a_note_on_a_bill_of_supply_names_no_tax():
    exempt = line("450.00", tax="0.00", treatment="exempt", gst_rate="0")
    document = paper("credit_note", lines=[exempt])
    assert document.tax_labels == ()
    assert "Reverse charge" not in facts(document)
    assert document.lines[0].notes == ("Exempt",)
    assert paper("credit_note", lines=[exempt, line()]).tax_labels == ("CGST", "SGST")


def test_in_hindi_every_word_is_hindi_and_the_kind_in_english_as_well():
    document = paper("tax_invoice", "hi")
    assert (document.title, document.subtitle) == ("कर बीजक", "Tax Invoice")
    assert facts(document)["प्रदाय का स्थान"] == "महाराष्ट्र (27)"
    assert document.words == "एक हज़ार सात सौ सत्तर रुपये मात्र"
    assert totals(document)["कुल योग"] == "₹\u00a01,770.00"


def test_every_word_and_state_is_there_in_both_languages():
    assert all(all(pair) for pair in [*LABELS.values(), *TITLES.values()])
    assert STATES_HI.keys() == STATES.keys()


def test_the_attachment_is_the_document_for_programs():
    data = json.loads(paper().attachment)
    assert data["document"] == "tax_invoice"
    assert (data["number"], data["date"], data["total"]) == ("FT-INV-0042", "2026-11-22", "1770.00")
    assert data["line_items"][0]["cgst"] == "135.00"
    assert "balance_due" not in data


def test_the_attachment_says_no_more_than_the_paper():
    text = paper().attachment
    data = json.loads(text)
    assert data["buyer"]["phone"] == "•••••• 4567"
    assert KAVITA["email"] not in text
    assert KAVITA["phone"] not in text
    assert not {"id", "email"} & (data["buyer"].keys() | data["seller"].keys() | data["line_items"][0].keys())
