"""GET /api/reports/gstr1/, its problems, and gstr3b/."""

from datetime import timedelta
from decimal import Decimal

import msgspec
import psycopg
import pytest

from finetune.core.dates import today
from finetune.core.postgres.location import SUPERUSER, url_for
from finetune.gst.gstr1 import Section, section_amounts
from tests import cast
from tests.cast import PUNE_GSTIN
from tests.database_plugin import DATA
from tests.reports.scene import BUYER_GSTIN, bill, credit, deposit_on, period, read_csv, read_xlsx, registered


def address(name="gstr1", *, gstin=PUNE_GSTIN, month=None, **more):
    rest = "".join(f"&{key}={value}" for key, value in more.items())
    return f"/reports/{name}/?gstin={gstin}&period={month or period()}{rest}"


@pytest.fixture
def month(shop):
    """Three bills, one of them cancelled, one of the store in Nagpur under the same GSTIN."""
    bill(shop.bilal, shop.pune, shop.buyer)
    bill(shop.bilal, shop.pune, registered(), {"unit_price": "999.00", "tax_inclusive": True, "hsn_code": ""})
    gone = bill(shop.asha, shop.pune, shop.buyer)
    assert shop.asha.post(f"/invoices/{gone['id']}/cancel/", {"reason": "twice"}).status == 200
    bill(shop.chitra, shop.nagpur, shop.buyer, {"treatment": "exempt", "unit_price": "50.00"})
    return shop


def test_the_portals_json(month):
    answer = month.asha.get(address())
    assert answer.status == 200
    exact = msgspec.json.Decoder(float_hook=Decimal).decode(msgspec.json.encode(answer.data))
    assert (exact["gstin"], exact["fp"], exact["version"], exact["hash"]) == (
        PUNE_GSTIN, period(), "GST3.2.4", "hash",
    )  # fmt: skip
    assert set(exact) == {"gstin", "fp", "version", "hash", "b2b", "b2cs", "nil", "hsn", "doc_issue"}
    (buyer,) = exact["b2b"]
    assert (buyer["ctin"], buyer["inv"][0]["val"], buyer["inv"][0]["pos"]) == (BUYER_GSTIN, 999, "29")
    assert section_amounts(Section.B2B, exact["b2b"]).igst == Decimal("152.39")
    assert list(section_amounts(Section.B2CS, exact["b2cs"]).parts) == [1500, 0, 135, 135, 0]
    assert exact["nil"]["inv"] == [{"sply_ty": "INTRAB2C", "expt_amt": 50, "nil_amt": 0, "ngsup_amt": 0}]
    invoices = exact["doc_issue"]["doc_det"][0]
    assert invoices["doc_num"] == 1
    assert sum(row["totnum"] for row in invoices["docs"]) == 4
    assert sum(row["cancel"] for row in invoices["docs"]) == 1


def test_notes_follow_their_bills(shop):
    far = cast.customer("Far", state_code="29", address="1 MG Road")
    large = {"unit_price": "90000.00", "hsn_code": "9987"}
    for customer, line in ((shop.buyer, {}), (registered(), {}), (far, large)):
        credit(shop.asha, bill(shop.bilal, shop.pune, customer, line))
    data = shop.asha.get(address()).data
    # Sold and wholly returned: nothing is left for consumers, nor in table 12.
    assert not {"b2cs", "hsn"} & set(data)
    assert [(note["ntty"], note["val"]) for note in data["cdnr"][0]["nt"]] == [("C", 1770)]
    assert [(note["typ"], note["pos"], note["val"]) for note in data["cdnur"]] == [("B2CL", "29", 106200)]
    assert data["b2cl"][0]["inv"][0]["val"] == 106200
    assert [group["doc_num"] for group in data["doc_issue"]["doc_det"]] == [1, 5]
    problems = shop.asha.get(address("gstr1/problems", severity="error")).data["results"]
    assert problems == []


def test_deposits_until_they_are_used(shop):
    kept, used, returned = (deposit_on(shop.bilal, shop.booking(), "2000.00") for _ in range(3))
    line = {
        "description": "Labour",
        "hsn_code": "998716",
        "quantity": "1",
        "unit_price": "4500.00",
        "gst_rate": "18",
    }
    billed = shop.bilal.post("/invoices/", {"booking": used["booking"], "line_items": [line]})
    assert billed.status == 201, billed.data
    back = shop.asha.post(f"/deposits/{returned['id']}/refund/", {"reason": "gave up"}, key=cast.new_key())
    assert back.status == 201, back.data
    data = shop.asha.get(address()).data
    assert data["at"] == [
        {"pos": "27", "sply_ty": "INTRA",
         "itms": [{"rt": 18, "ad_amt": 1694.92, "camt": 152.54, "samt": 152.54, "csamt": 0}]}
    ]  # fmt: skip
    assert "txpd" not in data
    assert [group["doc_num"] for group in data["doc_issue"]["doc_det"]] == [1, 6, 8]
    details = shop.asha.get(address("gstr3b")).data["sup_details"]
    assert details["osup_det"]["txval"] == 6194.92
    assert kept["voucher_number"]


def test_a_deposit_of_last_month_is_taken_back_when_it_is_used_or_returned(committed_shop, own_database):
    """V15: 11A in the month that it came in, 11B with the same paise in the month of the bill."""
    shop, last = committed_shop, today().replace(day=1) - timedelta(days=1)
    used, returned = (deposit_on(shop.bilal, shop.booking(), "2000.00") for _ in range(2))
    # No clock of a test reaches a frozen row: only the superuser can move it back.
    with psycopg.connect(url_for(SUPERUSER, DATA, own_database)) as superuser:
        superuser.execute("SET session_replication_role = replica")
        superuser.execute("UPDATE deposits_deposit SET voucher_date = %s", [last])
    line = {"description": "Labour", "hsn_code": "998716", "quantity": "1"}
    line |= {"unit_price": "4500.00", "gst_rate": "18"}
    billed = shop.bilal.post("/invoices/", {"booking": used["booking"], "line_items": [line]})
    assert (billed.data["total"], billed.data["balance_due"]) == ("5310.00", "3310.00")
    back = shop.asha.post(f"/deposits/{returned['id']}/refund/", {"reason": "gave up"}, key=cast.new_key())
    assert back.status == 201, back.data

    both = {"rt": 18, "ad_amt": 3389.84, "camt": 305.08, "samt": 305.08, "csamt": 0}
    rows = [{"pos": "27", "sply_ty": "INTRA", "itms": [both]}]
    before = shop.asha.get(address(month=f"{last:%m%Y}")).data
    assert (before["at"], "txpd" in before) == (rows, False)
    now = shop.asha.get(address()).data
    assert (now["txpd"], "at" in now) == (rows, False)
    owed = shop.asha.get(address("gstr3b")).data["sup_details"]["osup_det"]
    assert (owed["txval"], owed["camt"]) == (1110.16, 99.92)


def test_a_deposit_for_goods_is_not_taxed(shop):
    body = {"amount": "2000.00", "mode": "cash", "supply": "goods"}
    answer = shop.bilal.post(f"/bookings/{shop.booking()}/deposits/", body, key=cast.new_key())
    assert answer.status == 201, answer.data
    data = shop.asha.get(address()).data
    assert "at" not in data
    assert data["doc_issue"]["doc_det"][0]["doc_num"] == 6


def test_money_is_a_number_with_its_paise(month):
    raw = month.asha.client.get(
        f"/api{address()}", headers={"Authorization": f"Bearer {month.asha.token}"}
    ).content
    assert b'"txval":1500.00,' in raw
    assert b'"val":999.00,' in raw


def test_another_month_is_empty(month):
    assert set(month.asha.get(address(month="042020")).data) == {"gstin", "fp", "version", "hash"}


def test_who_may_see_a_return(month):
    assert month.bilal.get(address()).status == 403
    for person in (month.asha, month.chitra, month.auditor, month.admin):
        assert person.get(address()).status == 200
    elsewhere = cast.store("29", gstin=BUYER_GSTIN)
    for name in ("gstr1", "gstr1/problems", "gstr3b"):
        answer = month.asha.get(address(name, gstin=BUYER_GSTIN))
        assert (answer.status, answer.code) == (404, "not_found")
        assert month.auditor.get(address(name, gstin=BUYER_GSTIN)).status == 200
        assert month.auditor.get(address(name, gstin="nonsense")).status == 404
    assert elsewhere


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (f"gstin={PUNE_GSTIN}", "period"),
        (f"gstin={PUNE_GSTIN}&period=132026", "period"),
        (f"gstin={PUNE_GSTIN}&period=2026-11", "period"),
        ("period=112026", "gstin"),
        (f"gstin={PUNE_GSTIN}&period=112026&format=pdf", "format"),
        (f"gstin={PUNE_GSTIN}&period=112026&section=b2x", "section"),
        (f"gstin={PUNE_GSTIN}&period=112026&colour=red", "colour"),
    ],
)
def test_what_is_asked_must_make_sense(shop, query, field):
    answer = shop.asha.get(f"/reports/gstr1/?{query}")
    assert answer.status == 400
    assert field in answer.field_codes()


def test_a_sheet_for_each_section(month):
    answer = month.asha.get(address(format="xlsx"))
    assert answer.status == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    sheets = read_xlsx(answer.data)
    assert list(sheets) == [section.value for section in Section]
    titles, row = sheets["b2b"]
    assert dict(zip(titles, row, strict=True)) == {
        "GSTIN/UIN of Recipient": BUYER_GSTIN, "Invoice Number": row[1], "Invoice Date": row[2],
        "Invoice Value": 999, "Place Of Supply": "29-Karnataka", "Reverse Charge": "N", "Invoice Type": "R",
        "Rate": 18, "Taxable Value": 846.61, "Integrated Tax": 152.39, "Central Tax": 0, "State/UT Tax": 0,
        "Cess": 0,
    }  # fmt: skip
    assert len(sheets["hsn"]) == 4
    assert sheets["cdnr"] == [sheets["cdnr"][0]]


def test_a_section_as_csv(month):
    rows = read_csv(month.asha.get(address(format="csv", section="b2cs")).data)
    assert rows[1:] == [
        ["OE", "INTRA", "27-Maharashtra", "18", "1500.00", "0.00", "135.00", "135.00", "0.00"]
    ]
    every = read_csv(month.asha.get(address(format="csv")).data)
    names = [section.value for section in Section]
    assert [row[0] for row in every if len(row) == 1] == names
    assert every.count([]) == len(names) - 1
    assert every[every.index(["b2cs"]) + 2] == rows[1]
    only = month.asha.get(address(section="nil")).data
    assert set(only) == {"gstin", "fp", "version", "hash", "nil"}


def test_problems_name_the_document(month):
    answer = month.asha.get(address("gstr1/problems"))
    assert answer.status == 200
    missing = [each for each in answer.data["results"] if each["code"] == "hsn_missing"]
    assert [(each["severity"], each["kind"], each["line"]) for each in missing] == [("error", "invoice", 1)]
    assert missing[0]["document"]
    assert month.asha.get(address("gstr1/problems", severity="warning")).data["results"] == [
        each for each in answer.data["results"] if each["severity"] == "warning"
    ]
    titles, *rows = read_csv(month.asha.get(address("gstr1/problems", format="csv")).data)
    assert titles[1] == "Code"
    assert len(rows) == len(answer.data["results"])


def test_problems_are_paged(shop):
    for _ in range(3):
        bill(shop.bilal, shop.pune, shop.buyer, {"hsn_code": ""})
    first = shop.asha.get(address("gstr1/problems", page_size=2)).data
    assert len(first["results"]) == 2
    assert first["previous"] is None
    second = shop.asha.get(first["next"].partition("/api")[2]).data
    assert len(second["results"]) == 1
    assert (second["next"], first["results"][0] in second["results"]) == (None, False)
    assert shop.asha.get(second["previous"].partition("/api")[2]).data["results"] == first["results"]


def test_3b(month):
    data = month.asha.get(address("gstr3b")).data
    assert (data["gstin"], data["ret_period"]) == (PUNE_GSTIN, period())
    details = data["sup_details"]
    assert details["osup_det"] == {"txval": 2346.61, "iamt": 152.39, "camt": 135, "samt": 135, "csamt": 0}
    assert details["osup_nil_exmp"]["txval"] == 50
    rows = read_csv(month.asha.get(address("gstr3b", format="csv")).data)
    assert rows[1] == ["(a) Outward taxable supplies", "2346.61", "152.39", "135.00", "135.00", "0.00"]
