"""The audit of a bill in words: what was done, by whom, when, in which request and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VERBS: Mapping[str, Promise] = {
    "invoice.draft": _("Draft kept"),
    "invoice.issue": _("Bill issued"),
    "invoice.cancel": _("Bill cancelled"),
    "invoice.share": _("Public link changed"),
    "invoice.send": _("Sent by e-mail"),
    "payment.take": _("Payment taken"),
    "sale.make": _("Sold"),
    "credit_note.issue": _("Credit note issued"),
    "refund.give": _("Money given back"),
    "refund.decide": _("Outcome of a refund recorded"),
    "einvoice.submit": _("E-invoice sent to the portal"),
    "einvoice.answer": _("Answer of the portal recorded"),
}


@dataclass(frozen=True, slots=True)
class Event:
    what: str
    at: Any
    by: str
    reason: str
    request_id: str


def told(records: Iterable[Mapping[str, Any]]) -> list[Event]:
    """The latest first."""
    events = [
        Event(
            what=str(VERBS.get(each["verb"], each["verb"])),
            at=each["at"],
            by=each["by"] or "",
            reason=each["reason"],
            request_id=each["request_id"],
        )
        for each in records
    ]
    return events[::-1]
