"""GET /api/credit-notes/, one of them, and GET /api/customer-credits/."""

import pytest

from finetune.core.dates import today
from tests import cast
from tests.crediting.ledger import credit, deposit, pay, refund, returned
from tests.invoicing import desk


def listed(person, query=""):
    answer = person.get(f"/credit-notes/{query}")
    assert answer.status == 200, answer
    return [row["credit_note_number"] for row in answer.data["results"]]


@pytest.fixture
def notes(shop):
    """Three notes on two bills, one of them of another buyer."""
    other = cast.customer("Zubin Mehta")
    first, second = desk.bill(shop, desk.labour(quantity="3")), desk.bill(shop, desk.goods(), customer=other)
    return [
        credit(shop.asha, first, returned(first["line_items"][0], "1")),
        credit(shop.asha, second),
        credit(shop.asha, first, returned(first["line_items"][0], "2")),
    ]


def test_newest_first(shop, notes):
    assert listed(shop.bilal) == ["FT-CN-0003", "FT-CN-0002", "FT-CN-0001"]
    assert listed(shop.auditor) == listed(shop.asha)
    assert (
        shop.asha.get("/credit-notes/").data["results"][2]
        == shop.asha.get(f"/credit-notes/{notes[0]['id']}/").data
    )
    assert shop.bilal.get(f"/credit-notes/{notes[0]['id']}/").data == notes[0]


def test_filters(shop, notes):
    bill, other = notes[0]["invoice"], notes[1]["customer"]
    assert listed(shop.asha, f"?invoice={bill}") == ["FT-CN-0003", "FT-CN-0001"]
    assert listed(shop.asha, f"?customer={other}") == ["FT-CN-0002"]
    assert listed(shop.asha, f"?store={shop.nagpur}") == []
    assert listed(shop.asha, "?q=zubin") == ["FT-CN-0002"]
    assert listed(shop.asha, f"?q={notes[0]['invoice_number']}") == ["FT-CN-0003", "FT-CN-0001"]
    assert listed(shop.asha, "?q=cn-0002") == ["FT-CN-0002"]
    assert listed(shop.asha, f"?date_from={today()}&date_to={today()}") == listed(shop.asha)
    assert listed(shop.asha, "?date_to=2020-01-01") == []


def test_orderings_and_pages(shop, notes):
    assert listed(shop.asha, "?ordering=number") == ["FT-CN-0001", "FT-CN-0002", "FT-CN-0003"]
    assert listed(shop.asha, "?ordering=-total")[0] == "FT-CN-0003"
    assert listed(shop.asha, "?ordering=note_date") == ["FT-CN-0001", "FT-CN-0002", "FT-CN-0003"]
    page = shop.asha.get("/credit-notes/?page_size=2").data
    assert len(page["results"]) == 2
    rest = shop.asha.get("/credit-notes/" + "?" + page["next"].split("?")[1]).data
    assert [row["credit_note_number"] for row in rest["results"]] == ["FT-CN-0001"]
    desk.refused(shop.asha.get("/credit-notes/?ordering=reason"), 400, "invalid")
    desk.refused(shop.asha.get("/credit-notes/?status=issued"), 400, "unknown_parameter")


def test_other_stores_see_none(shop, notes):
    assert listed(shop.chitra) == []
    assert shop.chitra.get(f"/credit-notes/{notes[0]['id']}/").status == 404
    assert shop.asha.get("/credit-notes/999999/").status == 404


def test_one_statement_for_a_page(shop, notes, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        shop.asha.get("/credit-notes/")


def credits(person, query=""):
    return [
        (row["customer_name"], row["balance"])
        for row in person.get(f"/customer-credits/{query}").data["results"]
    ]


def test_customers_credit(shop, notes):
    assert credits(shop.asha) == []
    for amount, name in (("100.00", "Anil"), ("300.00", "Bina"), ("200.00", "Chetan")):
        bill = desk.bill_of(amount, shop, customer=cast.customer(name))
        payment = pay(shop.bilal, bill, amount)
        credit(shop.asha, bill)
        if name == "Bina":
            assert refund(shop.asha, payment, "300.00").status == 201
    assert credits(shop.bilal) == [("Chetan", "200.00"), ("Bina", "0.00"), ("Anil", "100.00")]
    assert credits(shop.bilal, "?open=true&ordering=balance") == [("Anil", "100.00"), ("Chetan", "200.00")]
    assert credits(shop.bilal, "?open=false") == [("Bina", "0.00")]
    assert credits(shop.bilal, "?q=chet") == [("Chetan", "200.00")]
    # A customer is known to the whole chain, and so is the credit.
    assert credits(shop.chitra, "?open=true") == credits(shop.auditor, "?open=true")


def test_a_walk_ins_credit_is_of_the_bill(shop):
    variant = desk.stocked(shop)
    bills = [
        desk.made(shop.bilal.post("/invoices/", desk.counter(shop, desk.part(variant)))) for _ in range(2)
    ]
    for bill in bills:
        pay(shop.bilal, bill, bill["total"])
        credit(shop.asha, bill)
    rows = shop.asha.get("/customer-credits/").data["results"]
    assert [row["invoice"] for row in rows] == [bills[1]["id"], bills[0]["id"]]
    assert [row["balance"] for row in rows] == ["1180.00", "1180.00"]
    assert (
        shop.asha.get(f"/customer-credits/?invoice={bills[0]['id']}").data["results"][0]["balance"]
        == "1180.00"
    )
    # It lies in the bill's store, where alone it can be claimed.
    assert credits(shop.chitra) == []


def test_a_deposit_is_no_credit(shop):
    deposit(shop.bilal, shop.booking(), "500.00")
    assert credits(shop.asha) == []
