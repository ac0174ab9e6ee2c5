"""Reads of webhooks, deliveries, and of what is sent."""

from typing import Any

from finetune.core.caller import Caller
from finetune.core.listing import Listing, Page, Row, read_one, read_page, rows_of
from finetune.invoicing.queries import BALANCE_DUE

WEBHOOKS = Listing(
    what="webhook",
    select="w.id, w.url, w.events, w.is_active, w.created_at, w.created_by_id AS created_by, w.version",
    source="sending_webhookendpoint w",
    row_id="w.id",
)

DELIVERIES = Listing(
    what="delivery",
    select="""d.id, d.channel, d.event, d.object_id AS object, d.endpoint_id AS webhook, d.recipient, d.status,
        d.attempts, d.next_at, d.last_error, d.response_status, d.created_at, d.delivered_at""",
    source="sending_delivery d",
    row_id="d.id",
    filters={
        "webhook": "d.endpoint_id = %(webhook)s",
        "channel": "d.channel = %(channel)s",
        "event": "d.event = %(event)s",
        "status": "d.status = %(status)s",
        "object": "d.object_id = %(object)s",
        "date_from": "(d.created_at AT TIME ZONE 'Asia/Kolkata')::date >= %(date_from)s",
        "date_to": "(d.created_at AT TIME ZONE 'Asia/Kolkata')::date <= %(date_to)s",
    },
)


def webhook(caller: Caller, webhook_id: int) -> Row:
    return read_one(WEBHOOKS, caller, webhook_id)


def webhooks(caller: Caller, query: Any) -> Page:
    return read_page(WEBHOOKS, caller, query)


def delivery(caller: Caller, delivery_id: int) -> Row:
    return read_one(DELIVERIES, caller, delivery_id)


def deliveries(caller: Caller, query: Any) -> Page:
    return read_page(DELIVERIES, caller, query)


# Longer than any delivery takes: a claim that runs out was a worker's that died.
CLAIM_MINUTES = 10


def claim_due_delivery() -> Row | None:
    """The delivery that has been due longest, claimed: nobody else finds it due until the claim runs out.

    `attempts` counts this one. A statement of its own, so that nothing is locked while it is sent.
    """
    rows = rows_of(
        """WITH claimed AS (
            UPDATE sending_delivery d
            SET attempts = d.attempts + 1, next_at = clock_timestamp() + make_interval(mins => %(minutes)s)
            WHERE d.id = (SELECT w.id FROM sending_delivery w
                WHERE w.status = 'waiting' AND w.next_at <= clock_timestamp() ORDER BY w.next_at LIMIT 1
                FOR UPDATE SKIP LOCKED)
            RETURNING d.*)
        SELECT d.id, d.channel, d.event, d.object_id, d.recipient, d.payload::json AS payload, d.attempts,
            d.created_at, w.url, w.secret, coalesce(w.is_active, true) AS is_active
        FROM claimed d LEFT JOIN sending_webhookendpoint w ON w.id = d.endpoint_id""",
        {"minutes": CLAIM_MINUTES},
    )
    return rows[0] if rows else None


def share_facts(invoice_id: int) -> Row:
    """What a text about a bill says, and whom it goes to."""
    return rows_of(
        f"""SELECT i.invoice_number, i.total, i.seller->>'name' AS store_name, i.buyer->>'name' AS customer_name,
            (i.buyer->>'is_walk_in')::boolean AS is_walk_in, st.is_cancelled, {BALANCE_DUE} AS balance_due,
            coalesce(nullif(c.phone, ''), i.buyer->>'phone') AS phone,
            coalesce(nullif(c.email, ''), i.buyer->>'email') AS email
        FROM invoicing_invoice i JOIN customers_customer c ON c.id = i.customer_id
        JOIN invoicing_settlement st ON st.invoice_id = i.id WHERE i.id = %s""",
        [invoice_id],
    )[0]
