"""Writing vouchers. Everything here joins the caller's transaction; the number comes last in it."""

from collections.abc import Mapping
from typing import Any

import msgspec
from django.db import connection

from finetune.core.caller import Actor
from finetune.core.dates import today
from finetune.core.listing import Row
from finetune.deposits.rules import SERVICE, Advance, Part


def new_deposit_id() -> int:
    """An id for a voucher that is written after its money."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('deposits_deposit', 'id'))")
        return int(cursor.fetchone()[0])


def issue_deposit(*, actor: Actor, deposit_id: int, facts: Row, advance: Advance, description: str) -> None:
    """Write a receipt voucher with the next number of its series. `facts` are of the booking, locked."""
    usual = (
        f"Advance for the repair of {facts['device']}" if advance.supply == SERVICE else "Advance for goods"
    )
    _write(
        "payments_issue_deposit",
        {
            "id": deposit_id,
            "actor": actor.user_id,
            "request": actor.request_id,
            "voucher_date": today(),
            "booking_id": facts["booking_id"],
            "store_id": facts["store_id"],
            "customer_id": facts["customer_id"],
            "seller": facts["seller"],
            "buyer": facts["buyer"],
            "supply": advance.supply,
            "description": description or usual.strip(),
            "gst_rate": advance.gst_rate,
            "place_of_supply": advance.place_of_supply,
            "supply_nature": advance.nature.value,
            "state_tax_label": advance.state_tax_label,
            **_money(advance),
        },
    )


def issue_refund(
    *, actor: Actor, deposit_id: int, held: Row, part: Part, mode: str, reference: str, reason: str
) -> int:
    """Write a refund voucher with the next number of its series. `held` is the deposit, locked. Its id."""
    return _write(
        "payments_refund_deposit",
        {
            "actor": actor.user_id,
            "request": actor.request_id,
            "deposit_id": deposit_id,
            "store_id": held["store_id"],
            "gstin": held["gstin"],
            "voucher_date": today(),
            "mode": mode,
            "reference": reference,
            "reason": reason,
            **_money(part),
        },
    )


def _money(of: Advance | Part) -> dict[str, Any]:
    return {
        "amount": of.amount,
        "taxable_value": of.taxable_value,
        "cgst": of.cgst,
        "sgst": of.sgst,
        "igst": of.igst,
    }


def _write(function: str, document: Mapping[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s::jsonb)", [msgspec.json.encode(document).decode()])
        return int(cursor.fetchone()[0])
