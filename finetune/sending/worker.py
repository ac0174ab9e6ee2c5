"""Takes what is due from the delivery log and sends it, one at a time.

A delivery is claimed before it is sent, and no transaction is open meanwhile: a receiver that takes its time holds
nothing in the database. Two workers never take the same delivery. One that dies in the middle leaves a claim that
runs out: a delivery is sent at least once, and a webhook's `webhook-id` lets the receiver drop a second copy.
Whatever goes wrong with one delivery is its own failure and never keeps the next from going out.
"""

import time
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import DatabaseError, connection

from finetune.core.dates import now
from finetune.core.listing import Row
from finetune.core.problems import ENCODER
from finetune.documents.printing import print_invoice, public_url
from finetune.documents.queries import has_live_link, printable_for_sending
from finetune.documents.typesetting import Layout
from finetune.documents.wording import Language, rupees
from finetune.sending import queries
from finetune.sending.models import Delivery
from finetune.sending.rules import retry_after, signature
from finetune.sending.transport import NotSent, post

log = structlog.get_logger("finetune.worker")
IDLE_SECONDS = 1.0
LAYOUTS_SET_BEFOREHAND: tuple[Layout, ...] = ("a4", "receipt")
LANGUAGES_SET_BEFOREHAND: tuple[Language, ...] = ("en", "hi")


def work(*, keep_going: Callable[[], bool], beside: Callable[[], None]) -> None:
    """Until told to stop. A database that is away is waited for. `beside` is called between two deliveries."""
    while keep_going():
        try:
            beside()
            if not send_one():
                time.sleep(IDLE_SECONDS)
        except DatabaseError as error:
            log.warning("worker_waits_for_database", error=str(error))
            connection.close()
            time.sleep(IDLE_SECONDS)


def send_one() -> bool:
    """Send the delivery that has been due longest. False where nothing is due."""
    due = queries.claim_due_delivery()
    if due is None:
        return False
    try:
        status = _send(due)
    except NotSent as error:
        _note_failure(due, str(error), status=error.status)
    except DatabaseError:
        raise
    except Exception as error:
        _note_failure(due, f"{type(error).__name__}: {error}")
    else:
        Delivery.objects.filter(pk=due["id"]).update(
            status="delivered", delivered_at=now(), response_status=status, last_error=""
        )
    return True


def _send(due: Row) -> int | None:
    if due["channel"] == "email":
        _mail(due)
        return None
    if due["channel"] == "paper":
        _set_papers(due["object_id"])
        return None
    if not due["is_active"]:
        raise NotSent("The webhook is switched off.")
    body = ENCODER.encode({"type": due["event"], "timestamp": due["created_at"], "data": due["payload"]})
    message_id, timestamp = f"msg_{due['id']}", int(now().timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "FineTune",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(
            secret=due["secret"], message_id=message_id, timestamp=timestamp, body=body
        ),
    }
    status = post(due["url"], body, headers, allow_private=settings.WEBHOOKS_MAY_BE_PRIVATE)
    if not 200 <= status < 300:
        raise NotSent(f"The receiver answered {status}.", status=status)
    return status


def _mail(due: Row) -> None:
    facts = queries.share_facts(due["object_id"])
    bill = printable_for_sending(due["object_id"])
    paper = print_invoice(bill, layout="a4", lang=due["payload"].get("lang", "en"))
    message = EmailMessage(
        subject=" ".join(f"{facts['store_name']}: {facts['invoice_number']}".split()),
        body=share_text(facts, public_url(bill.token) if has_live_link(bill.id) else ""),
        to=[due["recipient"]],
    )
    message.attach(paper.file_name, paper.content, "application/pdf")
    message.send()


def _set_papers(invoice_id: int) -> None:
    """The papers that are asked for first. They are kept, so asking for them later costs nothing."""
    bill = printable_for_sending(invoice_id)
    for lang in LANGUAGES_SET_BEFOREHAND:
        for layout in LAYOUTS_SET_BEFOREHAND:
            print_invoice(bill, layout=layout, lang=lang)


def share_text(facts: Row, url: str) -> str:
    """What a message about a bill says, in plain words. Nobody is asked to pay what is not owed; without a link
    there is nothing to open."""
    name = "customer" if facts["is_walk_in"] else facts["customer_name"]
    said = f"Dear {name},\n\nyour bill {facts['invoice_number']} from {facts['store_name']} "
    said += "was cancelled." if facts["is_cancelled"] else f"comes to Rs {rupees(facts['total'])}."
    if not url:
        return said + "\n"
    ways = "See it, download it or pay it here" if facts["balance_due"] > 0 else "See it or download it here"
    return f"{said} {ways}:\n{url}\n"


def _note_failure(due: Row, why: str, *, status: int | None = None) -> None:
    attempts = due["attempts"]
    wait = retry_after(attempts)
    log.warning("delivery_failed", delivery=due["id"], attempts=attempts, why=why)
    changes: dict[str, Any] = {"status": "failed"} if wait is None else {"next_at": now() + wait}
    Delivery.objects.filter(pk=due["id"]).update(**changes, last_error=why[:500], response_status=status)
