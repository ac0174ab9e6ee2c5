"""The queue goes on: whatever one delivery does, the next one goes out."""

import socket
import threading
import time
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection

from finetune.core.dates import now
from finetune.documents import printing
from finetune.sending import queries, transport, worker
from finetune.sending.models import Delivery
from finetune.sending.worker import send_one
from tests import cast

LINE = {"description": "Labour", "quantity": "1", "unit_price": "100.00", "gst_rate": "18"}


def bill(shop, store=None):
    body = {"store": store or shop.pune, "customer": shop.buyer, "line_items": [LINE]}
    return shop.admin.post("/invoices/", body).data["id"]


def mailed(shop, invoice):
    answer = shop.admin.post(f"/invoices/{invoice}/send/", {"to": "buyer@example.com"})
    assert answer.status == 202
    return answer.data["id"]


def test_a_name_of_two_lines_is_one_subject(shop):
    mailed(shop, bill(shop, cast.store(name="Pune\nBcc: thief@example.com")))
    assert send_one()
    (message,) = mail.outbox
    assert message.subject == "Pune Bcc: thief@example.com: FT-INV-0001"
    assert message.recipients() == ["buyer@example.com"]


def test_a_delivery_that_nobody_can_send_does_not_stop_the_others(shop, monkeypatch):
    """It stood at the head of the queue, ended the worker each time, and nothing else ever went out."""
    first, second = mailed(shop, bill(shop)), mailed(shop, bill(shop))
    Delivery.objects.filter(pk=first).update(next_at=now() - timedelta(hours=1))
    set_paper = printing.print_invoice

    def broken(paper, **given):
        if paper.id == Delivery.objects.get(pk=first).object_id:
            raise RuntimeError("no paper")
        return set_paper(paper, **given)

    monkeypatch.setattr(worker, "print_invoice", broken)
    assert send_one()
    assert send_one()
    assert not send_one()
    failed = Delivery.objects.get(pk=first)
    assert (failed.status, failed.attempts, failed.last_error) == ("waiting", 1, "RuntimeError: no paper")
    assert Delivery.objects.get(pk=second).status == "delivered"


def test_what_is_claimed_is_nobody_elses_until_the_claim_runs_out(shop):
    delivery = mailed(shop, bill(shop))
    claimed = queries.claim_due_delivery()
    assert claimed is not None
    assert claimed["attempts"] == 1
    assert queries.claim_due_delivery() is None
    # The worker died. Its claim runs out, and another sends.
    Delivery.objects.update(next_at=now())
    assert send_one()
    sent = Delivery.objects.get(pk=delivery)
    assert (sent.status, sent.attempts) == ("delivered", 2)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_one_who_answers_a_byte_at_a_time_is_cut_off(shop, settings, monkeypatch, scheme):
    settings.WEBHOOKS_MAY_BE_PRIVATE = True
    monkeypatch.setattr(transport, "WHOLE_SECONDS", 0.5)
    listener = socket.create_server(("127.0.0.1", 0))

    def drip():
        peer, _ = listener.accept()
        with peer:
            try:
                for byte in b"\x16\x03\x03\x40\x00" if scheme == "https" else b"HTTP/1.1 200 OK\r\n":
                    peer.sendall(bytes([byte]))
                    time.sleep(0.2)
                while True:
                    peer.sendall(b"x")
                    time.sleep(0.2)
            except OSError:
                return

    threading.Thread(target=drip, daemon=True).start()
    url = f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/hook"
    hook = shop.admin.post("/webhooks/", {"url": url, "events": ["invoice.issued"]})
    assert hook.status == 201
    bill(shop)
    began = time.monotonic()
    assert send_one()
    assert time.monotonic() - began < 3
    waiting = Delivery.objects.get(endpoint_id=hook.data["id"])
    assert (waiting.status, waiting.attempts) == ("waiting", 1)
    listener.close()


def test_no_transaction_is_open_while_something_is_sent(committed_shop, monkeypatch):
    """A slow receiver held one until the server ended the session, and the same delivery came first again."""
    seen = []
    mailed(committed_shop, bill(committed_shop))
    monkeypatch.setattr(worker, "_send", lambda due: seen.append(connection.in_atomic_block))
    assert send_one()
    assert seen == [False]
