"""GET /api/reports/sales-register/, day-book/ and stock-valuation/."""

from decimal import Decimal

import pytest

from finetune.core.dates import today
from tests import cast
from tests.cast import new_key
from tests.inventory import shelf
from tests.reports.scene import BUYER_GSTIN, bill, credit, deposit_on, read_csv, read_xlsx, registered


def pay(person, invoice, amount, mode="cash", reference=""):
    body = {"invoice": invoice, "amount": amount, "mode": mode, "reference": reference}
    answer = person.post("/payments/", body, key=new_key())
    assert answer.status == 201, answer.data


@pytest.fixture
def day(shop):
    """Two bills that stand, one cancelled, one in Nagpur; money by two modes."""
    first = bill(shop.bilal, shop.pune, shop.buyer)
    bill(shop.bilal, shop.pune, registered(name="=HYPERLINK(1)"))
    gone = bill(shop.asha, shop.pune, shop.buyer)
    assert shop.asha.post(f"/invoices/{gone['id']}/cancel/", {"reason": "twice"}).status == 200
    bill(shop.chitra, shop.nagpur, shop.buyer)
    pay(shop.bilal, first["id"], "1000.00")
    pay(shop.bilal, first["id"], "500.00", "upi", "UPI-1")
    return shop


def test_the_register(day):
    answer = day.bilal.get("/reports/sales-register/")
    assert answer.status == 200
    rows = answer.data["results"]
    assert [(row["total"], row["is_cancelled"]) for row in rows] == [
        ("0.00", True), ("1770.00", False), ("1770.00", False),
    ]  # fmt: skip
    assert rows[1]["buyer_gstin"] == BUYER_GSTIN
    assert (rows[1]["igst"], rows[2]["cgst"], rows[2]["kind"]) == ("270.00", "135.00", "invoice")
    assert answer.data["totals"] == {
        "count": 3, "taxable_value": "3000.00", "cgst": "135.00", "sgst": "135.00", "igst": "270.00",
        "cess": "0.00", "total_tax": "540.00", "round_off_amount": "0.00", "total": "3540.00",
    }  # fmt: skip


def test_the_register_is_filtered_and_paged(day):
    path = "/reports/sales-register/?page_size=1&ordering=date"
    seen, address = [], path
    while address:
        page = day.auditor.get(address).data
        seen += page["results"]
        assert page["totals"]["count"] == 4
        address = page["next"] and page["next"].partition("/api")[2]
    assert len({row["id"] for row in seen}) == 4
    for query, count in (
        (f"store={day.nagpur}", 1), ("kind=credit_note", 0),
        (f"q={BUYER_GSTIN}", 1), (f"gstin={cast.PUNE_GSTIN}", 4),
        (f"date_to={today()}", 4), (f"date_from={today()}", 4), ("date_to=2020-01-01", 0), ("q=%25", 0),
    ):  # fmt: skip
        page = day.auditor.get(f"/reports/sales-register/?{query}").data
        assert (len(page["results"]), page["totals"]["count"]) == (count, count), query
    assert day.asha.get(f"/reports/sales-register/?store={day.nagpur}").data["results"] == []
    assert day.asha.get("/reports/sales-register/?ordering=colour").status == 400
    assert day.asha.get("/reports/sales-register/?format=pdf").status == 400


def test_the_register_as_files(day):
    rows = read_csv(day.asha.get("/reports/sales-register/?format=csv").data)
    total = rows[0].index("Total")
    assert [row[total] for row in rows[1:]] == ["0.00", "1770.00", "1770.00", "3540.00"]
    assert rows[-1][0] == "Total"
    assert rows[0][:4] == ["Kind", "Id", "Number", "Date"]
    assert rows[0][-3:] == ["Total tax", "Round off amount", "Total"]
    assert {"Buyer GSTIN", "CGST", "SGST", "IGST"} <= set(rows[0])
    assert rows[1][rows[0].index("Date")] == f"{today():%d-%m-%Y}"
    assert "'=HYPERLINK(1)" in rows[2]
    (sheet,) = read_xlsx(day.asha.get("/reports/sales-register/?format=xlsx").data).values()
    assert sheet[1][sheet[0].index("Date")] == today()
    assert [row[total] for row in sheet[1:]] == [0, 1770, 1770, 3540]


def test_a_long_register_is_read_in_portions(day, monkeypatch):
    monkeypatch.setattr("finetune.reports.registers.PORTION", 2)
    rows = read_csv(day.auditor.get("/reports/sales-register/?format=csv").data)
    assert len(rows) == 1 + 4 + 1


def test_a_big_file_waits_on_disk(day, monkeypatch):
    monkeypatch.setattr("finetune.reports.exports.IN_MEMORY_MAX", 10)
    response = day.asha.client.get(
        "/api/reports/sales-register/?format=csv", headers={"Authorization": f"Bearer {day.asha.token}"}
    )
    assert response.streaming
    content = response.getvalue()
    assert len(content) == int(response["Content-Length"])
    assert len(read_csv(content)) == 5


def test_the_day_book(day):
    answer = day.bilal.get("/reports/day-book/")
    assert answer.status == 200
    assert answer.data["date"] == str(today())
    assert sorted((row["kind"], row["mode"], row["amount"]) for row in answer.data["results"]) == [
        ("cancellation", "", "-1770.00"), ("invoice", "", "1770.00"), ("invoice", "", "1770.00"),
        ("invoice", "", "1770.00"), ("payment", "cash", "1000.00"), ("payment", "upi", "500.00"),
    ]  # fmt: skip
    times = [row["at"] for row in answer.data["results"]]
    assert times == sorted(times, reverse=True)
    assert answer.data["totals"] == {
        "invoices": 3, "cancellations": 1, "credit_notes": 0, "taxable_value": "3000.00", "total_tax": "540.00",
        "billed": "3540.00",
        "received": {"cash": "1000.00", "card": "0.00", "upi": "500.00", "emi": "0.00", "total": "1500.00"},
        "given_back": {"cash": "0.00", "card": "0.00", "upi": "0.00", "emi": "0.00", "total": "0.00"},
    }  # fmt: skip
    assert day.auditor.get(f"/reports/day-book/?store={day.nagpur}").data["totals"]["invoices"] == 1
    empty = day.bilal.get("/reports/day-book/?date=2020-01-01").data
    assert (empty["results"], empty["totals"]["billed"]) == ([], "0.00")
    assert len(day.bilal.get("/reports/day-book/?page_size=2").data["results"]) == 2
    assert len(read_csv(day.bilal.get("/reports/day-book/?format=csv").data)) == 7


def test_notes_deposits_and_refunds(day):
    invoice = bill(day.bilal, day.pune, day.buyer)
    note = credit(day.asha, invoice)
    booking = day.booking()
    deposit = deposit_on(day.bilal, booking, "590.00")
    back = day.asha.post(f"/deposits/{deposit['id']}/refund/", {"reason": "gave up"}, key=new_key())
    assert back.status == 201, back.data
    register = day.asha.get("/reports/sales-register/?kind=credit_note").data
    (row,) = register["results"]
    assert (row["number"], row["of_number"], row["total"]) == (
        note["credit_note_number"], invoice["invoice_number"], "-1770.00",
    )  # fmt: skip
    assert register["totals"]["cgst"] == "-135.00"
    answer = day.asha.get("/reports/day-book/").data
    kinds = {row["kind"]: (row["number"], row["mode"], row["amount"]) for row in answer["results"]}
    assert kinds["credit_note"] == (note["credit_note_number"], "", "-1770.00")
    assert kinds["deposit"] == (deposit["voucher_number"], "cash", "590.00")
    assert kinds["deposit_refund"][1:] == ("cash", "-590.00")
    totals = answer["totals"]
    assert (totals["billed"], totals["credit_notes"]) == ("3540.00", 1)
    assert (totals["received"]["cash"], totals["given_back"]["cash"]) == ("1590.00", "590.00")


def bought(shop, variant, quantity, price, store=None):
    body = shelf.body("purchase", store or shop.pune, variant, quantity, unit_price=price)
    answer = shop.admin.post("/stock-entries/", body)
    assert answer.status == 201, answer.data
    return answer.data["id"]


def value_of(shop, variant):
    rows = shop.asha.get("/reports/stock-valuation/").data["results"]
    found = [row for row in rows if row["product_variant"] == variant]
    return [(row["quantity"], row["unit_cost"], row["basis"], row["value"]) for row in found]


def test_stock_is_worth_the_average_of_what_was_bought_since_the_shelf_was_empty(shop):
    variant = cast.variant()
    bought(shop, variant, 5, "10.00")
    bought(shop, variant, 10, "10.10")
    assert value_of(shop, variant) == [(15, "10.067", "purchases", "151.00")]
    for quantity in (5, 10):
        assert (
            shop.asha.post("/stock-entries/", shelf.body("damage", shop.pune, variant, quantity)).status
            == 201
        )
    assert value_of(shop, variant) == []
    bought(shop, variant, 2, "7.00")
    assert value_of(shop, variant) == [(2, "7.000", "purchases", "14.00")]


def test_a_purchase_taken_back_does_not_count(shop):
    variant = cast.variant()
    bought(shop, variant, 5, "10.00")
    wrong = bought(shop, variant, 5, "90.00")
    assert shop.asha.post(f"/stock-entries/{wrong}/reverse/", {"reason": "typed wrong"}).status in (200, 201)
    assert value_of(shop, variant) == [(5, "10.000", "purchases", "50.00")]


def test_without_a_purchase_price_the_cost_of_the_variant_counts(shop):
    known, unknown = cast.variant(cost=Decimal("40.00")), cast.variant()
    for variant in (known, unknown):
        body = shelf.body("adjustment", shop.pune, variant, 3, reason="found")
        assert shop.asha.post("/stock-entries/", body).status == 201
    assert value_of(shop, known) == [(3, "40.000", "cost", "120.00")]
    assert value_of(shop, unknown) == [(3, None, "unknown", None)]
    totals = shop.asha.get("/reports/stock-valuation/").data["totals"]
    assert totals == {"quantity": 6, "value": "120.00", "quantity_without_price": 3}


def test_who_sees_what_stock_cost(shop):
    variant = cast.variant()
    bought(shop, variant, 5, "10.00")
    bought(shop, variant, 1, "10.00", store=shop.nagpur)
    assert shop.bilal.get("/reports/stock-valuation/").status == 403
    assert len(shop.asha.get("/reports/stock-valuation/").data["results"]) == 1
    assert len(shop.auditor.get("/reports/stock-valuation/").data["results"]) == 2
    assert len(shop.auditor.get(f"/reports/stock-valuation/?store={shop.nagpur}").data["results"]) == 1
    rows = read_csv(shop.auditor.get("/reports/stock-valuation/?format=csv").data)
    assert (len(rows), rows[-1][0], rows[-1][-1]) == (4, "Total", "60.00")
