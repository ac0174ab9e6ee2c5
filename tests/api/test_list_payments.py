"""GET /api/payments/ and GET /api/payments/{id}/."""

from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from finetune.core.dates import today
from tests.invoicing import desk
from tests.invoicing.desk import INVOICES, refused

PAYMENTS = "/payments/"


@pytest.fixture
def taken(shop):
    first, second = desk.bill(shop), desk.bill(shop)
    away = desk.made(shop.chitra.post(INVOICES, desk.order(store=shop.nagpur, customer=shop.buyer)))
    return {
        "cash": desk.made(desk.pay(shop.bilal, first["id"], "30.00")),
        "card": desk.made(desk.pay(shop.bilal, first["id"], "10.00", mode="card", reference="A1")),
        "old": desk.made(desk.pay(shop.asha, second["id"], "20.00", received_at="2026-10-31T23:59:59+05:30")),
        "upi": desk.made(desk.pay(shop.bilal, second["id"], "5.00", mode="upi", reference="UTR-7")),
        "nagpur": desk.made(desk.pay(shop.chitra, away["id"], "1.00")),
    }


def listed(person, query: str = "") -> list[int]:
    return [row["id"] for row in desk.made(person.get(f"{PAYMENTS}?{query}"), 200)["results"]]


def ids(taken, *names: str) -> list[int]:
    return [taken[name]["id"] for name in names]


def test_newest_first_and_only_of_ones_own_stores(shop, taken):
    assert listed(shop.bilal) == ids(taken, "upi", "old", "card", "cash")
    assert listed(shop.chitra) == ids(taken, "nagpur")
    assert listed(shop.auditor) == ids(taken, "nagpur", "upi", "old", "card", "cash")


def test_filters(shop, taken):
    first = taken["cash"]["invoice"]
    assert listed(shop.bilal, f"invoice={first}") == ids(taken, "card", "cash")
    assert listed(shop.chitra, f"invoice={first}") == []
    assert listed(shop.admin, f"store={shop.nagpur}") == ids(taken, "nagpur")
    assert listed(shop.bilal, "mode=card") == ids(taken, "card")
    assert listed(shop.bilal, "date_to=2026-10-31") == ids(taken, "old")
    assert listed(shop.bilal, f"date_from={today()}") == ids(taken, "upi", "card", "cash")
    assert listed(shop.bilal, "q=utr") == ids(taken, "upi")
    assert listed(shop.bilal, "q=FT-INV-0001") == ids(taken, "card", "cash")


def test_orderings(shop, taken):
    assert listed(shop.bilal, "ordering=amount") == ids(taken, "upi", "card", "old", "cash")
    assert listed(shop.bilal, "ordering=received_at")[0] == taken["old"]["id"]
    assert listed(shop.bilal, "ordering=-received_at")[-1] == taken["old"]["id"]


@pytest.mark.parametrize("ordering", ["-id", "amount", "-received_at", "business_date"])
def test_every_page_forwards_and_back(shop, taken, ordering):
    whole, seen = listed(shop.bilal, f"ordering={ordering}"), []
    path = f"{PAYMENTS}?ordering={ordering}&page_size=1"
    pages = []
    while path is not None:
        pages.append(desk.made(shop.bilal.get(path), 200))
        seen += [row["id"] for row in pages[-1]["results"]]
        following = pages[-1]["next"]
        parts = urlsplit(following or "")
        path = following and f"{parts.path.removeprefix('/api')}?{parts.query}"
    assert seen == whole
    parts = urlsplit(pages[-1]["previous"])
    assert desk.made(shop.bilal.get(f"{parts.path.removeprefix('/api')}?{parts.query}"), 200) == pages[-2]


@pytest.mark.parametrize(
    "query",
    ["mode=cheque", "page_size=0", "page_size=201", "ordering=mode", "date_to=x", "invoice=x", "page=2"],
)
def test_parameters_at_fault(shop, query):
    answer = shop.bilal.get(f"{PAYMENTS}?{query}")
    assert (answer.status, list(answer.field_codes())) == (400, [query.split("=")[0]])


def test_reading_one(shop, taken):
    path = f"{PAYMENTS}{taken['upi']['id']}/"
    assert shop.auditor.get(path).data["reference"] == "UTR-7"
    refused(shop.chitra.get(path), 404, "not_found")
    refused(shop.bilal.get(f"{PAYMENTS}nothing/"), 404, "not_found")
    for method in ("PATCH", "DELETE", "PUT"):
        assert shop.admin.call(method, path, {}).status == 405


def test_one_statement(shop, taken):
    for path in (PAYMENTS, f"{PAYMENTS}{taken['upi']['id']}/"):
        with CaptureQueriesContext(connection) as queries:
            shop.bilal.get(path)
        assert len(queries) <= 2
