"""Writing payments. Everything here joins the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec
from django.db import connection

from finetune.core.caller import Actor
from finetune.core.dates import date_in_india, now
from finetune.core.money import ZERO
from finetune.core.statements import prepared_cursor
from finetune.payments.rules import CASH, CREDIT, Tender, compared


@dataclass(frozen=True, slots=True)
class Till:
    """What money is taken on: a bill, or a deposit that is being written; and whose it is.

    `credit_invoice_id` is the bill that stands for a walk-in. `excess` becomes the customer's credit.
    """

    store_id: int
    customer_id: int
    person: str
    invoice_id: int | None = None
    deposit_id: int | None = None
    credit_invoice_id: int | None = None
    excess: Decimal = ZERO


def take(*, actor: Actor, till: Till, tenders: Sequence[Tender]) -> list[int]:
    """Write decided tenders in one statement: settlement, cash of the day, payments, audit. Their ids in
    order.

    The settlement's CHECK refuses what passes the total; the unique references and the cash limit refuse
    theirs.
    """
    if not tenders:
        return []
    if len(tenders) > 1 or till.excess:
        _lock_references(tenders)
    if {CASH, CREDIT} <= {tender.mode for tender in tenders}:
        _lock_cash(actor, till, tenders)
    document = msgspec.json.encode([_as_json(tender) for tender in tenders]).decode()
    with prepared_cursor() as cursor:
        cursor.execute(
            "SELECT payments_take(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb)",
            [
                actor.user_id,
                actor.request_id,
                till.invoice_id,
                till.deposit_id,
                till.store_id,
                till.person,
                till.customer_id,
                till.credit_invoice_id,
                till.excess,
                document,
            ],
        )
        return list(cursor.fetchone()[0])


def _lock_references(tenders: Sequence[Tender]) -> None:
    """Before cash and credit, and in one order: two who offer the same references in opposite orders would else each
    hold one and wait for the other's, until the database ends it by a deadlock."""
    names = sorted({f"{tender.mode}:{compared(tender.reference)}" for tender in tenders if tender.reference})
    if names:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(name, 24)) FROM unnest(%s::text[]) name",
                [names],
            )


def _lock_cash(actor: Actor, till: Till, tenders: Sequence[Tender]) -> None:
    """The store's session, then the person's day, before any credit, in whatever order the tenders stand: two bills
    of one customer would else deadlock."""
    days = {date_in_india(tender.received_at or now()) for tender in tenders if tender.mode == CASH}
    with connection.cursor() as cursor:
        cursor.execute("SELECT payments_hold_cash_session(%s, %s)", [till.store_id, actor.user_id])
        for day in sorted(days):
            cursor.execute(
                "INSERT INTO payments_cashofday (person, day, amount) VALUES (%s, %s, 0)"
                " ON CONFLICT ON CONSTRAINT payments_cash_day_once DO UPDATE SET amount = payments_cashofday.amount",
                [till.person, day],
            )


def _as_json(tender: Tender) -> dict[str, Any]:
    return {
        "mode": tender.mode,
        "amount": tender.amount,
        "reference": tender.reference,
        "tendered": tender.tendered,
        "change_due": tender.change_due,
        "received_at": tender.received_at,
        "emi": tender.emi,
    }
