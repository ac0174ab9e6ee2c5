"""What is sent, how it is signed, what is tried again, and where nothing is sent."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest
from django.core import mail

from finetune.documents.models import RenderedDocument
from finetune.sending.models import Delivery
from finetune.sending.transport import NotSent, post
from finetune.sending.worker import send_one
from tests import cast


class Receiver(BaseHTTPRequestHandler):
    """Answers `status` and keeps what it was sent."""

    status = 204
    url = ""
    heard: ClassVar[list[tuple[dict[str, str], bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.status)
        if self.status == 302:
            self.send_header("Location", "http://127.0.0.1:9/")
        self.end_headers()

    def log_message(self, *given: Any) -> None:
        pass


@pytest.fixture
def receiver(settings) -> Iterator[type[Receiver]]:
    settings.WEBHOOKS_MAY_BE_PRIVATE = True

    class OneReceiver(Receiver):
        heard: ClassVar[list[tuple[dict[str, str], bytes]]] = []

    server = HTTPServer(("127.0.0.1", 0), OneReceiver)
    OneReceiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield OneReceiver
    server.shutdown()
    server.server_close()


def sent() -> int:
    count = 0
    while send_one():
        count += 1
    return count


def bill(shop: cast.Shop, **fields: Any) -> Any:
    line = {"description": "Labour", "quantity": "1", "unit_price": "100.00", "gst_rate": "18"}
    return shop.bilal.post("/invoices/", {"booking": shop.booking(), "line_items": [line], **fields}).data


def webhook(shop: cast.Shop, url: str, *events: str) -> Any:
    answer = shop.admin.post("/webhooks/", {"url": url, "events": list(events)})
    assert answer.status == 201, answer
    return answer.data


def test_an_issued_bill_is_told_with_a_signature_that_holds(shop, receiver):
    hook = webhook(shop, receiver.url, "invoice.issued", "invoice.paid", "payment.recorded")
    made = bill(shop)
    shop.bilal.post(
        "/payments/", {"invoice": made["id"], "amount": "118.00", "mode": "cash"}, key=cast.new_key()
    )
    assert sent() == 3
    types = [json.loads(body)["type"] for _, body in receiver.heard]
    assert sorted(types) == ["invoice.issued", "invoice.paid", "payment.recorded"]
    headers, body = receiver.heard[0]
    key = base64.b64decode(hook["secret"].removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    log = shop.admin.get(f"/deliveries/?webhook={hook['id']}&status=delivered").data["results"]
    assert [each["response_status"] for each in log] == [204, 204, 204]


def test_a_draft_and_a_refused_bill_tell_nobody(shop, receiver):
    webhook(shop, receiver.url, "invoice.issued")
    bill(shop, status="draft")
    assert shop.bilal.post("/invoices/", {"booking": shop.booking(), "line_items": []}).status == 400
    assert sent() == 0


@pytest.mark.parametrize("status", [500, 302, 404])
def test_what_was_not_taken_is_tried_again_later(shop, receiver, status):
    receiver.status = status
    webhook(shop, receiver.url, "invoice.issued")
    bill(shop)
    assert sent() == 1
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.attempts) == ("waiting", 1)
    assert str(status) in delivery.last_error
    assert delivery.response_status == status
    assert delivery.next_at > delivery.created_at
    assert len(receiver.heard) == 1


def test_after_enough_tries_it_has_failed_and_can_be_sent_again(shop, receiver):
    receiver.status = 500
    webhook(shop, receiver.url, "invoice.issued")
    bill(shop)
    for _ in range(7):
        Delivery.objects.update(next_at=Delivery.objects.get().created_at)
        assert send_one()
    assert Delivery.objects.get().status == "failed"
    receiver.status = 200
    again = shop.admin.post(f"/deliveries/{Delivery.objects.get().pk}/replay/")
    assert again.status == 201
    assert sent() == 1
    assert shop.admin.get(f"/deliveries/{again.data['id']}/").data["status"] == "delivered"
    waiting = shop.admin.post(f"/deliveries/{again.data['id']}/replay/")
    assert shop.admin.post(f"/deliveries/{waiting.data['id']}/replay/").code == "still_waiting"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/x",
        "http://[::1]:9/",
        "http://169.254.169.254/latest",
        "http://10.0.0.1/",
        "http://0x7f000001/",
        "http://127.1/",
        "http://localhost/",
        "http://[::127.0.0.1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::a00:1]/",
        "http://[2002:a00:1::]/",
        "http://[fec0::1]/",
    ],
)
def test_nothing_is_sent_into_a_private_network(shop, url):
    webhook(shop, url, "invoice.issued")
    bill(shop)
    assert sent() == 1
    assert "private" in Delivery.objects.get().last_error


def test_stock_is_told_low_once_on_its_way_down(shop, receiver):
    webhook(shop, receiver.url, "stock.low")
    variant = cast.variant(reorder_level=3)
    for kind, quantity in (("purchase", 5), ("damage", 1), ("damage", 1), ("damage", 1)):
        body = {"entry_type": kind, "store": shop.pune, "product_variant": variant, "quantity": quantity}
        assert shop.asha.post("/stock-entries/", body).status == 201
    assert sent() == 1
    assert json.loads(receiver.heard[0][1])["data"]["available"] == 3


def test_a_bill_goes_out_by_mail_with_its_pdf(shop):
    made = bill(shop)
    answer = shop.bilal.post(f"/invoices/{made['id']}/send/", {"to": "buyer@example.com"})
    assert (answer.status, answer.data["status"]) == (202, "waiting")
    assert not mail.outbox
    assert sent() == 1
    (message,) = mail.outbox
    assert message.to == ["buyer@example.com"]
    name, content, kind = message.attachments[0]
    assert (name, kind, content[:5]) == (f"{made['invoice_number']}.pdf", "application/pdf", b"%PDF-")
    assert made["public_url"] in message.body


@pytest.mark.parametrize(
    "addresses", [["10.0.0.1"], ["8.8.8.8", "192.168.1.1"], ["2606:4700::1111", "fe80::1%eth0"]]
)
def test_a_name_is_as_private_as_any_of_its_addresses(shop, monkeypatch, addresses):
    found = [(0, 0, 0, "", (each, 80)) for each in addresses]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: found)
    with pytest.raises(NotSent, match="private"):
        post("http://hook.example.com/", b"{}", {}, allow_private=False)


def test_a_mail_asks_nobody_to_pay_what_is_not_owed_and_names_no_dead_link(shop):
    made = bill(shop, notes="x")
    share = f"/invoices/{made['id']}/share/"
    assert "Rs 118.00. See it, download it or pay it here:" in shop.bilal.get(share).data["text"]
    shop.asha.post(f"/invoices/{made['id']}/cancel/", {"reason": "wrong"})
    text = shop.bilal.get(share).data["text"]
    assert "was cancelled. See it or download it here:" in text
    shop.asha.post(f"/invoices/{made['id']}/public-link/revoke/", {"reason": "asked"})
    shop.bilal.post(f"/invoices/{made['id']}/send/", {"to": "buyer@example.com"})
    assert sent() == 1
    assert "http" not in mail.outbox[0].body


def test_a_mail_needs_an_address_and_an_issued_bill(shop):
    made, draft = bill(shop), bill(shop, status="draft")
    assert shop.bilal.post(f"/invoices/{made['id']}/send/").field_codes() == {"to": "required"}
    assert (
        shop.bilal.post(f"/invoices/{draft['id']}/send/", {"to": "a@example.com"}).code
        == "invoice_not_issued"
    )
    assert shop.chitra.post(f"/invoices/{made['id']}/send/", {"to": "a@example.com"}).status == 404


def test_a_text_to_share_names_the_bill_and_its_page(shop):
    made = bill(shop)
    answer = shop.bilal.get(f"/invoices/{made['id']}/share/").data
    assert made["public_url"] in answer["text"]
    assert answer["whatsapp_url"].startswith("https://wa.me/?text=Dear%20A%20buyer")
    assert shop.asha.post(f"/invoices/{made['id']}/public-link/revoke/", {"reason": "asked"}).status == 200
    assert shop.bilal.get(f"/invoices/{made['id']}/share/").code == "link_revoked"


def test_webhooks_are_the_admins_and_their_secret_is_shown_once(shop, receiver):
    hook = webhook(shop, receiver.url, "invoice.issued")
    assert "secret" not in shop.admin.get(f"/webhooks/{hook['id']}/").data
    assert shop.asha.get("/webhooks/").status == 403
    assert (
        shop.admin.post("/webhooks/", {"url": receiver.url, "events": ["invoice.paid"]}).code
        == "already_exists"
    )
    for url in (
        "ftp://example.com",
        "http://",
        "https://user:pass@example.com/",
        "https://exa mple.com",
        "http://x:0/",
    ):
        assert shop.admin.post("/webhooks/", {"url": url, "events": ["invoice.paid"]}).status == 400
    changed = shop.admin.patch(f"/webhooks/{hook['id']}/", {"is_active": False}, **{"If-Match": '"1"'})
    assert (changed.status, changed.data["is_active"]) == (200, False)
    bill(shop)
    assert sent() == 0


def test_a_long_bill_is_set_before_anybody_asks(shop):
    line = {"description": "Part", "quantity": "1", "unit_price": "10.00", "gst_rate": "18"}
    long = bill(shop, line_items=[line] * 41)
    bill(shop)
    assert sent() == 1
    assert Delivery.objects.get().status == "delivered"
    kept = RenderedDocument.objects.filter(object_id=long["id"])
    papers = {(each.layout, each.lang) for each in kept}
    assert papers == {("a4", "en"), ("a4", "hi"), ("receipt", "en"), ("receipt", "hi")}
    answer = shop.bilal.get(f"/invoices/{long['id']}/pdf/")
    assert answer.data == bytes(kept.get(layout="a4", lang="en").content)
