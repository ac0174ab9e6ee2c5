"""GET /api/invoices/ and GET /api/invoices/{id}/."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from finetune.core.dates import today
from tests import cast
from tests.invoicing import desk
from tests.invoicing.desk import INVOICES, labour, order, part, refused

NOT_IN_A_LIST = {"credit_notes", "seller", "buyer"}


@pytest.fixture
def bills(shop):
    """Six bills of Pune in every status but credited, a bill of supply and one of Nagpur."""
    meera = cast.customer("Meera Joshi", phone="+919876543210")
    late, paid_on = str(today() - timedelta(days=1)), "2025-09-20"
    made = {
        "old": desk.bill(shop, labour(unit_price="100"), invoice_date=paid_on),
        "issued": desk.bill(shop, customer=meera),
        "draft": desk.draft(shop, labour(unit_price="2000")),
        "overdue": desk.bill(shop, due_date=late),
        "partially_paid": desk.bill(shop),
        "paid": desk.bill(shop, labour(unit_price="0")),
        "cancelled": desk.bill(shop),
        "supply": desk.bill(shop, labour(treatment="nil")),
    }
    desk.made(desk.pay(shop.bilal, made["partially_paid"]["id"], "1.00"))
    desk.made(shop.asha.post(f"{INVOICES}{made['cancelled']['id']}/cancel/", {"reason": "mistake"}), 200)
    away = order(store=shop.nagpur, customer=meera)
    made["nagpur"] = desk.made(shop.chitra.post(INVOICES, away))
    return made


def listed(person, query: str = "") -> list[int]:
    return [row["id"] for row in desk.made(person.get(f"{INVOICES}?{query}"), 200)["results"]]


def ids(bills, *names: str) -> list[int]:
    return [bills[name]["id"] for name in names]


def test_newest_first_and_only_of_ones_own_stores(shop, bills):
    everything = [each["id"] for each in reversed(bills.values())]
    assert listed(shop.admin) == listed(shop.auditor) == everything
    assert listed(shop.bilal) == listed(shop.asha) == everything[1:]
    assert listed(shop.chitra) == everything[:1]
    nobody = cast.person("advisor")
    assert listed(nobody) == []


def test_a_row_is_a_whole_bill_but_for_its_copies(shop, bills):
    rows = {row["id"]: row for row in shop.bilal.get(INVOICES).data["results"]}
    for bill in bills.values():
        whole = shop.admin.get(f"{INVOICES}{bill['id']}/").data
        if bill["store"] == shop.pune:
            expected = {name: value for name, value in whole.items() if name not in NOT_IN_A_LIST}
            assert rows[bill["id"]] == expected
        assert whole.keys() >= NOT_IN_A_LIST


@pytest.mark.parametrize(
    "status", ["issued", "draft", "overdue", "partially_paid", "cancelled", "paid", "credited"]
)
def test_by_status(shop, bills, status):
    expected = {"issued": ["supply", "issued", "old"], "credited": []}.get(status, [status])
    assert listed(shop.bilal, f"status={status}") == ids(bills, *expected)


def test_by_everything_else(shop, bills):
    old, meera = bills["old"], bills["issued"]
    assert listed(shop.admin, f"store={shop.nagpur}") == ids(bills, "nagpur")
    assert listed(shop.bilal, f"store={shop.nagpur}") == []
    assert listed(shop.bilal, f"customer={meera['customer']}") == ids(bills, "issued")
    assert listed(shop.bilal, f"booking={old['booking']}") == ids(bills, "old")
    assert listed(shop.bilal, "date_to=2025-09-20") == ids(bills, "old")
    assert listed(shop.bilal, "date_from=2025-09-20&date_to=2025-09-21") == ids(bills, "old")
    assert listed(shop.bilal, f"date_from=2025-09-21&date_to={today() - timedelta(days=1)}") == []
    assert len(listed(shop.bilal, f"date_from={today()}")) == 7
    assert listed(shop.bilal, "number=ft-inv-0002") == ids(bills, "issued")
    assert listed(shop.bilal, "number=FT-INV-000") == []
    assert listed(shop.bilal, "status=issued&number=FT-INV-0002") == ids(bills, "issued")


def test_search(shop, bills):
    for sought in (
        "meera",
        "JOSHI",
        "FT-INV-0002",
        "inv-0002",
        "98765 43210",
        "09876543210",
        "%2B919876543210",
    ):
        assert listed(shop.bilal, f"q={sought}") == ids(bills, "issued"), sought
    for sought in ("Meera 9", "nobody", "%25", "_", "FT-INV-00_2"):
        assert listed(shop.bilal, f"q={sought}") == [], sought
    shop.admin.patch(f"/customers/{bills['issued']['customer']}/", {"name": "Meera Kulkarni"})
    assert listed(shop.bilal, "q=Joshi") == listed(shop.bilal, "q=Kulkarni") == ids(bills, "issued")


def test_orderings(shop, bills):
    by_number = [
        *ids(bills, "old"), *sorted(ids(bills, "supply")), *ids(bills, "issued", "overdue", "partially_paid"),
        *ids(bills, "paid", "cancelled", "draft"),
    ]  # fmt: skip
    assert listed(shop.bilal, "ordering=number") == by_number
    down = listed(shop.bilal, "ordering=-number")
    assert down == [*reversed(by_number[:-1]), bills["draft"]["id"]]
    assert listed(shop.bilal, "ordering=total")[0] == bills["paid"]["id"]
    assert listed(shop.bilal, "ordering=-total")[0] == bills["draft"]["id"]
    assert listed(shop.bilal, "ordering=invoice_date")[0] == bills["old"]["id"]
    assert listed(shop.bilal, "ordering=id") == list(reversed(listed(shop.bilal, "ordering=-id")))


@pytest.mark.parametrize("ordering", ["-id", "number", "-number", "total", "-total", "invoice_date"])
def test_every_page_forwards_and_back(shop, bills, ordering):
    query = f"ordering={ordering}&page_size=3&store={shop.pune}"
    whole = listed(shop.bilal, f"ordering={ordering}&store={shop.pune}")
    page = desk.made(shop.bilal.get(f"{INVOICES}?{query}"), 200)
    assert page["previous"] is None
    pages = [page]
    while pages[-1]["next"] is not None:
        pages.append(follow(shop.bilal, pages[-1]["next"]))
    assert [row["id"] for page in pages for row in page["results"]] == whole
    assert [len(page["results"]) for page in pages] == [3, 3, 2]
    back = [pages[-1]]
    while back[-1]["previous"] is not None:
        back.append(follow(shop.bilal, back[-1]["previous"]))
    assert [page["results"] for page in reversed(back)] == [page["results"] for page in pages]


def follow(person, url: str):
    parts = urlsplit(url)
    return desk.made(person.get(f"{parts.path.removeprefix('/api')}?{parts.query}"), 200)


def test_a_bill_that_comes_in_between_is_not_repeated(shop, bills):
    first = desk.made(shop.bilal.get(f"{INVOICES}?page_size=4"), 200)
    desk.bill(shop)
    second = follow(shop.bilal, first["next"])
    seen = [row["id"] for row in first["results"] + second["results"]]
    assert len(set(seen)) == len(seen) == 8


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("page_size=0", "page_size", "invalid"),
        ("page_size=201", "page_size", "invalid"),
        ("page_size=x", "page_size", "invalid"),
        ("ordering=name", "ordering", "invalid"),
        ("cursor=nonsense", "cursor", "invalid"),
        ("status=open", "status", "invalid"),
        ("store=x", "store", "invalid"),
        ("date_from=yesterday", "date_from", "invalid"),
        ("limit=5", "limit", "unknown_parameter"),
    ],
)
def test_parameters_at_fault(shop, query, field, code):
    answer = shop.bilal.get(f"{INVOICES}?{query}")
    assert (answer.status, answer.field_codes()) == (400, {field: code})


def test_the_bounds_of_a_page(shop, bills):
    assert len(listed(shop.bilal, "page_size=1")) == 1
    assert len(listed(shop.bilal, "page_size=200")) == 8
    cursor = desk.made(shop.bilal.get(f"{INVOICES}?page_size=1"), 200)["next"]
    refused(shop.bilal.get(f"{INVOICES}?ordering=total&cursor={cursor.split('cursor=')[1]}"), 400, "invalid")


def test_one_statement_however_many_bills(shop, bills):
    for path in (
        INVOICES,
        f"{INVOICES}?q=meera&status=issued&ordering=number",
        f"{INVOICES}{bills['old']['id']}/",
    ):
        with CaptureQueriesContext(connection) as queries:
            shop.bilal.get(path)
        assert len(queries) <= 2


def test_reading_one(shop, bills):
    path = f"{INVOICES}{bills['issued']['id']}/"
    for who in (shop.bilal, shop.auditor, shop.admin):
        assert who.get(path).data["invoice_number"] == "FT-INV-0002"
    refused(shop.chitra.get(path), 404, "not_found")
    for nothing in ("0", "x", "9" * 25, "-1", "1.5"):
        refused(shop.bilal.get(f"{INVOICES}{nothing}/"), 404, "not_found")
    assert shop.bilal.get(path, Authorization="").status == 401
    assert shop.bilal.call("PUT", path, {}).status == 405


def test_only_a_draft_has_an_etag(shop, bills):
    assert shop.bilal.get(f"{INVOICES}{bills['draft']['id']}/").headers["ETag"] == '"1"'
    assert "ETag" not in shop.bilal.get(f"{INVOICES}{bills['issued']['id']}/").headers


def test_a_part_shows_its_serials_in_lists_too(shop):
    units = desk.stocked_units(shop, "A1")
    desk.bill(shop, part(units, serial_numbers=["A1"]))
    assert shop.bilal.get(INVOICES).data["results"][0]["line_items"][0]["serial_numbers"] == ["A1"]
