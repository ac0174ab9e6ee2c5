"""The pages of the office: stores, people, series, webhooks, changes, customers."""

import pytest

from finetune.customers.models import Customer
from finetune.sending.models import WebhookEndpoint
from finetune.staff.models import User
from finetune.stores.models import Store
from tests.cast import PASSWORD, Shop
from tests.web.visits import browser_of, words_of

OFFICE = (
    "/settings/",
    "/settings/stores/",
    "/settings/stores/new/",
    "/settings/people/",
    "/settings/people/new/",
    "/settings/series/",
    "/settings/series/new/",
    "/settings/webhooks/",
    "/settings/webhooks/new/",
    "/settings/deliveries/",
    "/settings/changes/",
    "/customers/",
    "/customers/new/",
)
ADMINS = ("/settings/people/", "/settings/series/", "/settings/webhooks/", "/settings/stores/new/")


@pytest.mark.parametrize("path", OFFICE)
def test_the_administrator_sees_each_in_few_statements(shop: Shop, path: str, django_assert_max_num_queries):
    client = browser_of(shop.admin)
    with django_assert_max_num_queries(6):
        page = client.get(path)
    assert page.status_code == 200
    assert page.content.decode().count("<h1") == 1


@pytest.mark.parametrize("who", ["asha", "bilal", "auditor"])
@pytest.mark.parametrize("path", ADMINS)
def test_others_do_not(shop: Shop, who: str, path: str):
    assert browser_of(getattr(shop, who)).get(path).status_code == 403


def test_strangers_are_asked_to_log_in_and_come_back(db: None, client):
    assert client.get("/settings/people/?q=a")["Location"] == "/login/?next=%2Fsettings%2Fpeople%2F%3Fq%3Da"


def test_a_store_is_opened_and_changed(shop: Shop):
    client = browser_of(shop.admin)
    form = {"code": "NEW-1", "name": "New", "state_code": "29", "discount_ceiling_percent": "12.5"}
    assert client.post("/settings/stores/new/", form).status_code == 303
    store = Store.objects.get(code="NEW-1")
    refused = client.post("/settings/stores/new/", form)
    assert refused.status_code == 409
    assert "Choose another" in words_of(refused)
    changed = client.post(
        f"/settings/stores/{store.pk}/", {**form, "name": "Newer", "_version": store.version}
    )
    assert changed.status_code == 303
    stale = client.post(
        f"/settings/stores/{store.pk}/", {**form, "name": "Newest", "_version": store.version}
    )
    assert stale.status_code == 412
    assert Store.objects.get(code="NEW-1").name == "Newer"


def test_every_field_at_fault_is_marked_at_once(shop: Shop):
    page = browser_of(shop.admin).post("/settings/stores/new/", {"code": "no!", "gstin": "x", "name": ""})
    text = page.content.decode()
    assert page.status_code == 400
    assert text.count('aria-invalid="true"') >= 4
    assert "Fill this in." in text
    assert Store.objects.filter(name="").count() == 0


def test_a_head_looks_at_a_store_and_changes_nothing(shop: Shop):
    client = browser_of(shop.asha)
    assert "Save" not in words_of(client.get(f"/settings/stores/{shop.pune}/"))
    assert client.post(f"/settings/stores/{shop.pune}/", {"name": "Mine"}).status_code == 403
    assert client.get(f"/settings/stores/{shop.nagpur}/").status_code == 404


def test_a_user_is_made_and_changed(shop: Shop):
    client = browser_of(shop.admin)
    form = {
        "username": "devi",
        "name": "Devi",
        "role": "advisor",
        "is_active": "on",
        "stores": [str(shop.pune)],
    }
    assert client.post("/settings/people/new/", {**form, "password": PASSWORD}).status_code == 303
    user = User.objects.get(username="devi")
    assert [store.pk for store in user.stores.all()] == [shop.pune]
    kept = user.password
    form = {**form, "stores": [str(shop.pune), str(shop.nagpur)], "password": ""}
    assert client.post(f"/settings/people/{user.pk}/", form).status_code == 303
    user.refresh_from_db()
    assert user.password == kept
    assert user.stores.count() == 2


def test_a_double_press_makes_one(shop: Shop):
    client = browser_of(shop.bilal)
    form = {"name": "Once", "_key": "0123456789abcdef0123456789abcdef"}
    first, second = client.post("/customers/new/", form), client.post("/customers/new/", form)
    assert first["Location"] == second["Location"]
    assert Customer.objects.filter(name="Once").count() == 1


def test_a_webhooks_secret_is_shown_once(shop: Shop):
    client = browser_of(shop.admin)
    form = {"url": "https://example.com/hook", "events": ["invoice.paid"], "is_active": "on"}
    assert "whsec_" in client.post("/settings/webhooks/new/", form).content.decode()
    hook = WebhookEndpoint.objects.get()
    assert "whsec_" not in client.get(f"/settings/webhooks/{hook.pk}/").content.decode()


def test_a_series_is_opened_and_refuses_to_repeat(shop: Shop):
    client = browser_of(shop.admin)
    form = {"series": "PUNE", "kind": "invoice", "gstin": "", "prefix": "", "last_number": "41"}
    assert client.post("/settings/series/new/", {**form, "last_number": "x"}).status_code == 400
    assert client.post("/settings/series/new/", form).status_code == 303
    assert "PUNE-0041" in words_of(client.get("/settings/series/"))


def test_changes_name_who_and_what(shop: Shop):
    browser_of(shop.bilal).post("/customers/new/", {"name": "Noted"})
    assert "Noted" in words_of(browser_of(shop.auditor).get("/settings/changes/"))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_list_as_a_file(shop: Shop, form: str):
    answer = browser_of(shop.bilal).get(f"/customers/?format={form}")
    assert answer.status_code == 200
    assert f'filename="customers.{form}"' in answer["Content-Disposition"]


def test_a_list_survives_nonsense_in_its_address(shop: Shop):
    client = browser_of(shop.bilal)
    for query in ("category=x", "cursor=%00", "ordering=nothing", "page_size=99999", "q=%00", "unknown=1"):
        assert client.get(f"/customers/?{query}").status_code in (200, 400), query


def test_the_store_looked_at_is_remembered(shop: Shop):
    client = browser_of(shop.admin)
    client.post("/store/", {"store": str(shop.nagpur), "next": "/customers/"})
    assert f'<option value="{shop.nagpur}" selected>' in client.get("/customers/").content.decode()
    client.post("/store/", {"store": "999999", "next": "https://elsewhere.example/"})
    assert " selected>" not in client.get("/customers/").content.decode().split("store-choice")[2]


def test_hindi_is_chosen_and_kept(shop: Shop):
    client = browser_of(shop.bilal)
    client.post("/language/", {"language": "hi", "next": "/customers/"})
    assert '<html lang="hi">' in client.get("/customers/").content.decode()
    client.post("/language/", {"language": "xx", "next": "/customers/"})
    assert '<html lang="hi">' in client.get("/customers/").content.decode()
