"""The public page of a bill."""

import hashlib
import io
import json
import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.test import Client
from pypdf import PdfReader

from finetune.web.public_throttle import THROTTLE, Throttle
from tests import cast
from tests.api.test_read_pdf import service, text_of


@pytest.fixture(autouse=True)
def _nobody_came_yet():
    THROTTLE._left.clear()


@pytest.fixture
def link(shop):
    """A bill of 1,770 rupees to Kavita, in a store that takes UPI."""
    shop.admin.patch(
        f"/stores/{shop.pune}/", {"upi_vpa": "finetune.pune@examplebank", "legal_name": "Fine & Tune"}
    )
    buyer = cast.customer(
        "Kavita Deshpande",
        phone="+919822034567",
        address="B-702, Rohan Mithila",
        city="Pune",
        state_code="27",
    )
    booking = shop.booking(customer=buyer)
    bill = shop.bilal.post("/invoices/", {"booking": booking, "line_items": [service()]}).data
    return bill, urlsplit(bill["public_url"]).path


def pay(shop, bill, amount):
    answer = shop.bilal.post(
        "/payments/", {"invoice": bill["id"], "amount": amount, "mode": "cash"}, key=cast.new_key()
    )
    assert answer.status == 201, answer


def upi_of(page):
    found = re.search(r'href="(upi://pay\?[^"]+)"', page)
    return found and found[1].replace("&amp;", "&")


def test_the_holder_sees_the_bill_without_logging_in(link):
    bill, path = link
    answer = Client().get(path)
    page = answer.content.decode()
    assert answer.status_code == 200
    for said in (
        "Tax Invoice",
        bill["invoice_number"],
        "Display replacement",
        "1,770.00",
        "Kavita Deshpande",
    ):
        assert said in page


def test_the_page_says_what_the_law_wants_said_and_what_the_shop_noted(shop, link):
    shop.admin.patch(f"/stores/{shop.pune}/", {"is_composition": True})
    given = {"booking": shop.booking(), "line_items": [service()], "notes": "Warranty of 90 days"}
    bill = shop.bilal.post("/invoices/", given).data
    page = Client().get(urlsplit(bill["public_url"]).path).content.decode()
    assert "Composition taxable person, not eligible to collect tax on supplies." in page
    assert "Warranty of 90 days" in page


def test_what_is_inside_of_the_download_is_masked_as_well(link):
    content = Client().get(link[1] + "pdf/").content
    ((inside, *_),) = PdfReader(io.BytesIO(content)).attachments.values()
    assert b"9822034567" not in content + inside
    assert json.loads(inside)["buyer"]["name"] == "Kavita Deshpande"


def test_phone_and_address_are_masked(link):
    page = Client().get(link[1]).content.decode()
    assert "9822034567" not in page
    assert "98220" not in page
    assert "Rohan Mithila" not in page
    assert "•••••• 4567" in page


def test_nothing_may_keep_index_or_pass_on_the_page(link):
    for tail in ("", "pdf/", "verify"):
        answer = Client().get(link[1] + tail)
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "no-store"
        assert "noindex" in answer["X-Robots-Tag"]
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "script-src 'none'" in answer["Content-Security-Policy"]
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert not answer.cookies


def test_nothing_inside_the_page_needs_an_exception_of_the_policy(link):
    page = Client().get(link[1]).content.decode()
    assert "<script" not in page
    assert "style=" not in page
    assert "<style" not in page
    assert not re.search(r"\son\w+=", page)


def test_it_only_leads_to_its_own_pages(link):
    page = Client().get(link[1]).content.decode()
    targets = set(re.findall(r'<a [^>]*href="([^"]+)"', page))
    assert {each for each in targets if not each.startswith("upi:")} == {
        "?lang=hi",
        "pdf/",
        "pdf/?lang=hi",
        "verify",
    }


def test_the_upi_link_asks_for_the_balance_of_this_moment(shop, link):
    bill, path = link
    first = upi_of(Client().get(path).content.decode())
    raw = dict(part.split("=") for part in first.removeprefix("upi://pay?").split("&"))
    assert raw["pn"] == "Fine%20%26%20Tune"
    asked = {name: unquote(value) for name, value in raw.items()}
    assert asked["pa"] == "finetune.pune@examplebank"
    assert (asked["am"], asked["cu"]) == ("1770.00", "INR")
    assert bill["invoice_number"] in asked["tn"]
    assert re.fullmatch("[A-Za-z0-9]{10,35}", asked["tr"])
    pay(shop, bill, "770.00")
    second = parse_qs(urlsplit(upi_of(Client().get(path).content.decode())).query)
    assert second["am"] == ["1000.00"]
    assert second["tr"] != [asked["tr"]]


def test_nobody_is_asked_to_pay_a_paid_bill(shop, link):
    bill, path = link
    pay(shop, bill, "1770.00")
    page = Client().get(path).content.decode()
    assert upi_of(page) is None
    assert "<svg" not in page
    assert "Paid" in page


def test_nobody_is_asked_to_pay_a_cancelled_bill(shop, link):
    bill, path = link
    shop.asha.post(f"/invoices/{bill['id']}/cancel/", {"reason": "Billed twice"})
    page = Client().get(path).content.decode()
    assert upi_of(page) is None
    assert "Cancelled" in page
    assert Client().get(path + "verify").json()["status"] == "cancelled"


def test_nobody_is_asked_to_pay_where_the_store_takes_no_upi(shop):
    bill = shop.bilal.post("/invoices/", {"booking": shop.booking(), "line_items": [service()]}).data
    assert upi_of(Client().get(urlsplit(bill["public_url"]).path).content.decode()) is None


def test_the_download_is_the_bill_and_verify_says_its_hash(shop, link):
    bill, path = link
    download = Client().get(path + "pdf/")
    assert download["Content-Type"] == "application/pdf"
    assert "attachment" in download["Content-Disposition"]
    assert download.content == shop.bilal.get(f"/invoices/{bill['id']}/pdf/").data
    assert Client().get(path + "verify").json() == {
        "number": bill["invoice_number"],
        "date": bill["invoice_date"],
        "total": "1770.00",
        "status": "issued",
        "sha256": hashlib.sha256(download.content).hexdigest(),
    }
    assert "9822034567" not in text_of(download.content)


@pytest.mark.parametrize("tail", ["", "pdf/", "verify"])
def test_a_guess_leads_nowhere(link, tail):
    guess = link[1].rstrip("/")[:-1] + ("A" if link[1][-2] != "A" else "B")
    for path in (f"{guess}/", "/i/x/", "/i/%00/", f"/i/{'a' * 32}/", f"{link[1].rstrip('/')}x/"):
        assert Client().get(path + tail).status_code == 404


def test_a_revoked_link_leads_nowhere_and_a_renewed_one_is_another(shop, link):
    bill, path = link
    door = f"/invoices/{bill['id']}/public-link"
    answer = shop.bilal.post(f"{door}/revoke/", {"reason": "Sent to the wrong number"})
    assert (answer.status, answer.data["public_url"]) == (200, None)
    assert shop.bilal.get(f"/invoices/{bill['id']}/").data["public_url"] is None
    for tail in ("", "pdf/", "verify"):
        assert Client().get(path + tail).status_code == 404
    assert shop.bilal.post(f"{door}/revoke/", {"reason": "again"}).code == "already_revoked"
    renewed = shop.bilal.post(f"{door}/renew/", {"reason": "Asked for it"}).data["public_url"]
    assert renewed == shop.bilal.get(f"/invoices/{bill['id']}/").data["public_url"]
    assert urlsplit(renewed).path != path
    assert Client().get(urlsplit(renewed).path).status_code == 200
    assert Client().get(path).status_code == 404


def test_only_who_bills_may_change_the_link_and_only_in_his_store(shop, link):
    door = f"/invoices/{link[0]['id']}/public-link/revoke/"
    assert shop.auditor.post(door, {"reason": "no"}).status == 403
    assert shop.chitra.post(door, {"reason": "no"}).status == 404
    assert Client().get(link[1]).status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_the_page_takes_no_other_method(link, method):
    assert getattr(Client(), method)(link[1]).status_code == 405


def test_who_opens_it_all_the_time_must_wait(link):
    client = Client()
    answers = [client.get(link[1] + "verify") for _ in range(THROTTLE.burst + 5)]
    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) >= 1
    assert Client(REMOTE_ADDR="198.51.100.7").get(link[1] + "verify").status_code == 200


def test_an_address_gets_its_requests_back():
    time = [0.0]
    throttle = Throttle(burst=2, per_second=0.5, clock=lambda: time[0])
    assert [throttle.seconds_to_wait("a") for _ in range(3)] == [0, 0, 2]
    assert throttle.seconds_to_wait("b") == 0
    time[0] = 2.0
    assert throttle.seconds_to_wait("a") == 0
    assert throttle.seconds_to_wait("a") == 2


def test_the_throttle_does_not_grow_without_end(monkeypatch):
    monkeypatch.setattr("finetune.web.public_throttle.ADDRESSES_MAX", 3)
    throttle = Throttle(burst=2, per_second=1)
    for number in range(10):
        throttle.seconds_to_wait(str(number))
    assert len(throttle._left) == 3


def test_what_is_paid_and_returned_comes_to_the_balance(shop):
    """Deposits count as paid, and what went back as credit does not."""
    booking = shop.booking()
    deposit = {"amount": "1000.00", "mode": "cash"}
    assert shop.bilal.post(f"/bookings/{booking}/deposits/", deposit, key=cast.new_key()).status == 201
    bill = shop.bilal.post("/invoices/", {"booking": booking, "line_items": [service()]}).data
    path = urlsplit(bill["public_url"]).path
    assert sums_of(path) == {"Paid": "−1,000.00", "Balance due": "₹ 770.00"}
    pay(shop, bill, "770.00")
    note = {"reason": "returned", "line_items": [{"line": bill["line_items"][0]["id"], "quantity": "1"}]}
    assert shop.asha.post(f"/invoices/{bill['id']}/credit-notes/", note).status == 201
    assert sums_of(path) == {"Returned": "−1,770.00", "Balance due": "₹ 0.00"}


def sums_of(path):
    rows = re.findall(
        r"<dt>(Returned|Paid|Balance due)</dt><dd>([^<]+)</dd>", Client().get(path).content.decode()
    )
    return dict(rows)
