"""/api/invoice-sequences/: number series, where they begin and how they begin again."""

import pytest

from tests import cast
from tests.inventory import shelf
from tests.invoicing import desk
from tests.invoicing.desk import INVOICES, labour, order, refused

SEQUENCES = "/invoice-sequences/"
WHY = {"reason": "The old software is switched off"}


def series(**fields):
    return {"series": "MUM", "kind": "invoice", "gstin": cast.PUNE_GSTIN, **fields}


def opened(shop, **fields):
    return desk.made(shop.admin.post(SEQUENCES, series(**fields)))


def test_every_shop_starts_with_the_same_series(shop):
    rows = desk.made(shop.admin.get(f"{SEQUENCES}?ordering=series"), 200)["results"]
    begun = {(row["series"], row["kind"], row["prefix"], row["last_number"], row["run"]) for row in rows}
    assert begun >= {
        ("FT-BOS", "bill_of_supply", "FT-BOS-", 0, 1),
        ("FT-CN", "credit_note", "FT-CN-", 0, 1),
        ("FT-INV", "invoice", "FT-INV-", 0, 1),
    }
    desk.bill(shop)
    (row,) = desk.made(shop.admin.get(f"{SEQUENCES}?kind=invoice&q=ft-i"), 200)["results"]
    assert (row["last_number"], row["last_date"]) == (1, desk.bill(shop)["invoice_date"])
    assert shop.admin.get(f"{SEQUENCES}{row['id']}/").data["last_number"] == 2


def test_a_gstins_own_series_goes_on_after_the_old_software(shop):
    made = opened(shop, last_number=4711, prefix="PN/26-")
    assert (made["last_number"], made["run"], made["gstin"]) == (4711, 1, cast.PUNE_GSTIN)
    assert [desk.bill(shop)["invoice_number"] for _ in range(2)] == ["PN/26-4712", "PN/26-4713"]
    other = order(store=cast.store("29", gstin=cast.BENGALURU_GSTIN), customer=shop.buyer)
    assert desk.made(shop.admin.post(INVOICES, other))["invoice_number"] == "FT-INV-0001"
    nowhere = order(store=cast.store("27"), customer=shop.buyer)
    assert desk.made(shop.admin.post(INVOICES, nowhere))["invoice_number"] == "FT-INV-0002"
    untaxed = desk.bill(shop, labour(treatment="nil"))
    assert untaxed["invoice_number"] == "FT-BOS-0001"
    assert desk.faults() == []


def test_the_newest_series_of_a_gstin_numbers_its_bills(shop):
    older = opened(shop)
    opened(shop, series="NEW", last_number=9)
    assert desk.bill(shop)["invoice_number"] == "NEW-0010"
    desk.made(shop.admin.post(f"{SEQUENCES}{older['id']}/clear/", WHY), 200)
    assert desk.bill(shop)["invoice_number"] == "NEW-0011"
    assert (
        shop.admin.get(f"{SEQUENCES}?gstin={cast.PUNE_GSTIN.lower()}").data["results"][0]["series"] == "NEW"
    )


def test_without_a_prefix_the_series_name_is_written(shop):
    assert opened(shop, gstin=" 27aapfu0939f1zv ")["prefix"] == "MUM-"
    assert opened(shop, series="ANY", gstin=None)["gstin"] == ""
    assert desk.bill(shop)["invoice_number"] == "MUM-0001"


def test_a_key(shop):
    desk.replays(shop.admin, SEQUENCES, series(), series(last_number=1))
    row = opened(shop, series="TWO")
    desk.replays(shop.admin, f"{SEQUENCES}{row['id']}/clear/", WHY, {"reason": "other"})


@pytest.mark.parametrize(
    "prefix", ["0A-", "-A", "/A", "A1", "1", "A_", "A B", "ABCDEFGHIJKL-", "Ä-", "A-\n-"]
)
def test_prefixes_that_no_bill_may_begin_with(shop, prefix):
    before = desk.written()
    answer = shop.admin.post(SEQUENCES, series(prefix=prefix))
    assert (answer.status, answer.field_codes()) == (400, {"prefix": "invalid"})
    assert desk.written() == before


@pytest.mark.parametrize("prefix", ["A", "A-", "1A/", "P1/2627/", "ABCDEFGHIJK-"])
def test_prefixes_that_bills_may_begin_with(shop, prefix):
    opened(shop, prefix=prefix)
    assert desk.bill(shop)["invoice_number"] == f"{prefix}0001"


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"series": "0123456789ABC"}, "prefix", "invalid"),
        ({"series": "A_B"}, "prefix", "invalid"),
        ({"series": "ABCDEFGHIJKLMNOPQRST"}, "prefix", "invalid"),
        ({"series": ""}, "series", "invalid"),
        ({"series": "A B"}, "series", "invalid"),
        ({"series": None}, "series", "invalid"),
        ({"kind": "memo"}, "kind", "invalid"),
        ({"gstin": "27AAPFU0939F1ZX"}, "gstin", "invalid_gstin"),
        ({"last_number": -1}, "last_number", "invalid"),
        ({"last_number": 10**9}, "last_number", "invalid"),
        ({"last_number": "7"}, "last_number", "invalid"),
        ({"run": 0}, "run", "invalid"),
        ({"prefix": "ABCDEFGHIJK-", "last_number": 9999}, "prefix", "series_full"),
        ({"colour": "red"}, "colour", "unknown_field"),
    ],
)
def test_a_series_at_fault(shop, fields, field, code):
    before = desk.written()
    answer = shop.admin.post(SEQUENCES, series(**fields))
    assert (answer.status, answer.field_codes()) == (400, {field: code})
    assert desk.written() == before


def test_names_and_prefixes_are_taken_once(shop):
    opened(shop)
    before = desk.written()
    refused(shop.admin.post(SEQUENCES, series(prefix="OTHER-")), 409, "already_exists", "series")
    for taken in ("MUM-", "mum-", "ft-inv-"):
        refused(shop.admin.post(SEQUENCES, series(series="X", prefix=taken)), 409, "already_exists", "prefix")
    assert desk.written() == before


def test_a_full_series_refuses_until_there_is_another(shop):
    opened(shop, prefix="ABCDEFGHIJK-", last_number=9998)
    assert desk.bill(shop)["invoice_number"] == "ABCDEFGHIJK-9999"
    before = desk.written()
    answer = shop.asha.post(INVOICES, order(store=shop.pune, customer=shop.buyer))
    refused(answer, 409, "series_full")
    assert desk.written() == before
    opened(shop, series="NEXT")
    assert desk.bill(shop)["invoice_number"] == "NEXT-0001"


def test_clearing_begins_again_in_a_new_run(shop):
    row = opened(shop, last_number=50)
    cleared = desk.made(shop.admin.post(f"{SEQUENCES}{row['id']}/clear/", WHY), 200)
    assert (cleared["id"], cleared["run"], cleared["last_number"]) == (row["id"], 2, 0)
    assert desk.bill(shop)["invoice_number"] == "MUM-0001"
    assert shop.admin.get(f"{SEQUENCES}{row['id']}/").data["last_number"] == 1
    assert len(shop.admin.get(f"{SEQUENCES}?q=mum").data["results"]) == 1


def test_clearing_is_refused_where_a_number_of_this_year_would_repeat(shop):
    row = opened(shop, last_number=50)
    bill = desk.bill(shop)
    before = desk.written()
    refused(shop.admin.post(f"{SEQUENCES}{row['id']}/clear/", WHY), 409, "number_would_repeat")
    assert desk.written() == before
    shop.asha.post(f"{INVOICES}{bill['id']}/cancel/", {"reason": "mistake"})
    refused(shop.admin.post(f"{SEQUENCES}{row['id']}/clear/", WHY), 409, "number_would_repeat")


def test_what_was_issued_before_the_first_of_april_does_not_count(shop):
    row = opened(shop)
    desk.bill(shop, invoice_date="2026-03-31")
    assert shop.admin.post(f"{SEQUENCES}{row['id']}/clear/", WHY).status == 200
    bill = desk.bill(shop, invoice_date="2026-04-01")
    assert bill["invoice_number"] == "MUM-0001"
    refused(shop.admin.post(f"{SEQUENCES}{row['id']}/clear/", WHY), 409, "number_would_repeat")
    refused(
        shop.asha.post(INVOICES, order(store=shop.pune, customer=shop.buyer, invoice_date="2026-03-31")),
        409,
        "date_before_last_number",
    )
    assert desk.faults() == []


@pytest.mark.parametrize(("last", "status"), [("2026-04-01", 409), ("2026-03-31", 200), (None, 200)])
def test_series_of_notes_and_vouchers_are_held_to_it_too(shop, last, status):
    desk.execute(
        "UPDATE invoicing_invoicesequence SET last_number = 3, last_date = %s WHERE series = 'FT-CN'", last
    )
    (row,) = shop.admin.get(f"{SEQUENCES}?kind=credit_note").data["results"]
    assert shop.admin.post(f"{SEQUENCES}{row['id']}/clear/", WHY).status == status


def test_a_lost_row_goes_on_after_the_highest_number(shop):
    opened(shop, last_number=50)
    desk.bill(shop)
    sequences = (
        "SELECT series, run, last_number, last_date FROM invoicing_invoicesequence WHERE series = 'MUM'"
    )
    before = shelf.fetch(sequences)
    for _ in range(2):
        desk.execute("DELETE FROM invoicing_invoicesequence WHERE series = 'MUM'")
        assert shop.admin.get(f"{SEQUENCES}?q=MUM").data["results"][0]["last_number"] == before[0][2]
    refused(
        shop.asha.post(INVOICES, order(store=shop.pune, customer=shop.buyer, invoice_date="2025-10-01")),
        409,
        "date_before_last_number",
    )
    assert desk.bill(shop)["invoice_number"] == "MUM-0052"
    assert desk.faults() == []


def test_a_lost_row_that_numbered_nothing_goes_on_after_its_opening(shop):
    row = opened(shop, last_number=50, run=3)
    desk.execute("DELETE FROM invoicing_invoicesequence")
    assert shop.admin.get(f"{SEQUENCES}{row['id']}/").data["run"] == 3
    assert desk.bill(shop)["invoice_number"] == "MUM-0051"
    desk.execute("DELETE FROM invoicing_invoicesequence")
    refused(shop.admin.post(f"{SEQUENCES}{row['id']}/clear/", WHY), 409, "number_would_repeat")


def test_a_counter_that_was_turned_back_cannot_repeat_a_number(shop):
    desk.bill(shop)
    desk.execute("UPDATE invoicing_invoicesequence SET last_number = 0")
    answer = shop.asha.post(INVOICES, order(store=shop.pune, customer=shop.buyer))
    refused(answer, 409, "number_would_repeat")
    assert desk.numbers() == [1]


@pytest.mark.parametrize("body", [{}, {"reason": " "}, {"reason": "x", "run": 2}])
def test_clearing_needs_a_reason(shop, body):
    assert shop.admin.post(f"{SEQUENCES}{opened(shop)['id']}/clear/", body).status == 400


def test_only_the_administrator(shop):
    row = opened(shop)
    before = desk.written()
    for who in (shop.asha, shop.bilal, shop.auditor):
        refused(who.get(SEQUENCES), 403, "forbidden")
        refused(who.get(f"{SEQUENCES}{row['id']}/"), 403, "forbidden")
        refused(who.post(SEQUENCES, series(series="X")), 403, "forbidden")
        refused(who.post(f"{SEQUENCES}{row['id']}/clear/", WHY), 403, "forbidden")
    for path in (f"{SEQUENCES}{10**9}/", f"{SEQUENCES}x/"):
        refused(shop.admin.get(path), 404, "not_found")
        refused(shop.admin.post(f"{path}clear/", WHY), 404, "not_found")
    assert desk.written() == before
