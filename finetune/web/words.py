"""Words of the pages for the codes of the API, each once."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ROLE_NAMES: Mapping[str, Promise] = {
    "system_admin": _("System administrator"),
    "branch_head": _("Branch head"),
    "advisor": _("Advisor"),
    "auditor": _("Auditor"),
}
MODE_WORDS: Mapping[str, Promise] = {
    "cash": _("Cash"),
    "upi": _("UPI"),
    "card": _("Card"),
    "emi": _("EMI"),
    "credit": _("Customer's credit"),
}
STATUS_WORDS: Mapping[str, Promise] = {
    "draft": _("Draft"),
    "issued": _("To be paid"),
    "partially_paid": _("Partly paid"),
    "overdue": _("Overdue"),
    "paid": _("Paid"),
    "credited": _("Returned"),
    "cancelled": _("Cancelled"),
    "received": _("Received"),
    "diagnosing": _("Diagnosing"),
    "awaiting_approval": _("Awaiting approval"),
    "in_progress": _("In progress"),
    "ready": _("Ready to hand over"),
    "delivered": _("Delivered"),
    "available": _("Available"),
    "pending": _("Waiting for approval"),
    "pending_approval": _("Waiting for approval"),
    "posted": _("Posted"),
    "rejected": _("Rejected"),
    "reversed": _("Reversed"),
    "reserved": _("Reserved"),
    "sold": _("Sold"),
    "consumed": _("Used in a repair"),
    "returned": _("Sent back"),
    "in_transit": _("On its way"),
    "defective": _("Defective"),
    "written_off": _("Written off"),
    "active": _("Active"),
    "inactive": _("Switched off"),
    "low": _("Low"),
    "out": _("Out of stock"),
}
STATUS_TONES: Mapping[str, str] = {
    "issued": "cool",
    "partially_paid": "warm",
    "overdue": "bad",
    "paid": "good",
    "cancelled": "bad",
    "received": "cool",
    "diagnosing": "cool",
    "awaiting_approval": "warm",
    "in_progress": "cool",
    "ready": "good",
    "available": "good",
    "pending": "warm",
    "pending_approval": "warm",
    "posted": "good",
    "rejected": "bad",
    "defective": "bad",
    "reserved": "warm",
    "active": "good",
    "inactive": "bad",
    "low": "warm",
    "out": "bad",
}
