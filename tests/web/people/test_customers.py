"""Customers: what they owe and are owed, what they brought and bought, what the shop wants to remember."""

from finetune.customers.models import Customer
from tests import cast
from tests.web.visits import browser_of, words_of

LINE = {
    "description": "Display",
    "hsn_code": "998716",
    "quantity": "1",
    "unit_price": "1000",
    "gst_rate": "18",
}


def bill(shop, customer: int, store: int | None = None):
    body = {"store": store or shop.pune, "customer": customer, "line_items": [LINE]}
    answer = shop.admin.post("/invoices/", body)
    assert answer.status == 201, answer.data
    return answer.data


def test_the_page_says_what_they_owe_and_what_the_shop_holds(shop):
    kavita = cast.customer("Kavita Deshpande", phone="+919822034567")
    booking = shop.booking(customer=kavita)
    bills = [bill(shop, kavita), bill(shop, kavita)]
    pay = {"invoice": bills[0]["id"], "amount": "180.00", "mode": "cash"}
    assert shop.asha.post("/payments/", pay, key="a").status == 201
    deposit = {"amount": "500.00", "mode": "cash"}
    assert shop.asha.post(f"/bookings/{booking}/deposits/", deposit, key="b").status == 201
    words = words_of(browser_of(shop.bilal).get(f"/customers/{kavita}/"))
    assert "Owes ₹ 2,180.00" in words
    assert "We hold ₹ 500.00" in words
    assert "Billed in all ₹ 2,360.00" in words
    assert "₹180.00 Cash" in words
    for each in ("Phone", "Received", bills[0]["invoice_number"], "Written down"):
        assert each in words


def test_the_balance_is_that_of_ones_own_stores(shop):
    kavita = cast.customer("Kavita Deshpande")
    elsewhere = bill(shop, kavita, shop.nagpur)
    shop.booking(store=shop.nagpur, customer=kavita)
    words = words_of(browser_of(shop.bilal).get(f"/customers/{kavita}/"))
    assert "Owes ₹ 0.00" in words
    assert elsewhere["invoice_number"] not in words
    assert "Nothing was brought for repair yet" in words
    assert "Owes ₹ 1,180.00" in words_of(browser_of(shop.auditor).get(f"/customers/{kavita}/"))


def test_notes_are_kept_and_their_changes_told(shop):
    client = browser_of(shop.bilal)
    form = {"name": "Kavita", "notes": "Calls back in the evening", "_key": "a" * 32}
    first, second = (client.post("/customers/new/", form) for _ in range(2))
    assert first["Location"] == second["Location"]
    path = first["Location"]
    assert "Calls back in the evening" in words_of(client.get(path))
    assert "Calls back" in client.get(f"{path}edit/").content.decode()
    client.post(f"{path}edit/", {**form, "notes": "Wants a call at noon", "_key": "b" * 32})
    words = words_of(client.get(path))
    assert "Notes: Calls back in the evening → Wants a call at noon" in words
    assert client.post(f"{path}edit/", {**form, "notes": "x" * 1001, "_key": "c" * 32}).status_code == 400
    api = shop.bilal.get(f"/customers/{Customer.objects.latest('id').pk}/").data
    assert "notes" not in api


def test_the_walk_in_has_no_balance(shop):
    body = {"store": shop.pune, "counter_sale": True, "line_items": [LINE]}
    assert shop.asha.post("/invoices/", body).status == 201
    walk_in = Customer.objects.get(is_walk_in=True).pk
    words = words_of(browser_of(shop.bilal).get(f"/customers/{walk_in}/"))
    assert "stands for every buyer" in words
    assert "Owes" not in words


def test_an_auditor_reads_and_a_mistyped_address_leads_nowhere(shop):
    page = browser_of(shop.auditor).get(f"/customers/{shop.buyer}/").content.decode()
    assert "/edit/" not in page
    assert "/repairs/new/" not in page
    assert browser_of(shop.auditor).post(f"/customers/{shop.buyer}/edit/").status_code == 403
    assert browser_of(shop.bilal).get("/customers/0/").status_code == 404


def test_the_page_asks_the_database_a_few_times_only(shop, django_assert_max_num_queries):
    for _ in range(8):
        bill(shop, shop.buyer)
        shop.booking()
    client = browser_of(shop.asha)
    with django_assert_max_num_queries(9):
        client.get(f"/customers/{shop.buyer}/")
