"""Host headers: ours alone are answered, and none of them gets into a document or a mail."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from tests.cast import PASSWORD, Shop, new_key
from tests.reports.scene import bill
from tests.security.scene import made

EVIL = [
    "evil.example",
    "testserver.evil.example",
    "evil.example:80",
    "testserver@evil.example",
    "127.0.0.1.evil",
]


@pytest.mark.parametrize("host", EVIL)
@pytest.mark.parametrize("path", ["/", "/login/", "/api/users/", "/api/openapi.json", "/api/docs", "/i/x/"])
def test_a_host_that_is_not_ours_is_refused(shop: Shop, host: str, path: str):
    answer = Client().get(path, HTTP_HOST=host, headers={"Authorization": f"Bearer {shop.admin.token}"})
    assert answer.status_code == 400
    assert "evil" not in answer.content.decode()


def test_x_forwarded_host_is_not_believed(shop: Shop):
    for _ in range(2):
        shop.booking()
    headers = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "Forwarded": "host=evil.example",
    }
    answer = shop.admin.get("/bookings/?page_size=1", **headers)
    assert urlsplit(answer.data["next"]).netloc == "testserver"
    assert urlsplit(answer.data["next"]).scheme == "http"


def test_the_links_of_a_list_lead_back_to_where_it_was_asked(shop: Shop, settings):
    """Whatever PUBLIC_URL says: the client asked here, and would carry its token there."""
    settings.PUBLIC_URL = "https://shop.example"
    settings.ALLOWED_HOSTS = ["testserver", "till.example"]
    for _ in range(3):
        shop.booking()
    first = (
        Client()
        .get(
            "/api/bookings/?page_size=1",
            HTTP_HOST="till.example",
            headers={"Authorization": f"Bearer {shop.admin.token}"},
        )
        .json()
    )
    assert urlsplit(first["next"]).netloc == "till.example"


def test_documents_carry_the_public_address_whatever_host_was_asked(shop: Shop, settings, tmp_path):
    settings.PUBLIC_URL = "https://shop.example"
    settings.ALLOWED_HOSTS = ["testserver", "evil.example"]  # even a host that somebody allowed by mistake
    invoice = bill(shop.bilal, shop.pune, shop.buyer)
    headers = {"Host": "evil.example"}
    again = shop.bilal.get(f"/invoices/{invoice['id']}/", **headers).data
    for row in (invoice, again):
        assert row["public_url"].startswith("https://shop.example/i/")
        assert "evil" not in str(row["pdf_url"])
    shared = shop.bilal.get(f"/invoices/{invoice['id']}/share/", **headers).data
    assert "evil.example" not in str(shared)
    assert "https://shop.example/i/" in shared["text"]
    renewed = made(
        shop.bilal.call(
            "POST",
            f"/invoices/{invoice['id']}/public-link/renew/",
            {"reason": "lost"},
            key=new_key(),
            **headers,
        )
    )
    assert renewed["public_url"].startswith("https://shop.example/i/")
    page = Client().get(urlsplit(renewed["public_url"]).path, HTTP_HOST="evil.example")
    assert "evil.example" not in page.content.decode()


def test_log_in_leads_nowhere_else(shop: Shop):
    username = shop.bilal.actor.caller.username
    for target in ("//evil.example", "https://evil.example", "/\\evil.example", "/%0d%0aLocation:x"):
        answer = Client().post("/login/", {"username": username, "password": PASSWORD, "next": target})
        assert "evil" not in answer["Location"]
