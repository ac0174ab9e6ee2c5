"""Words of the pages of repairs."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

# What a press on the button does, by where the booking goes.
MOVE_WORDS: Mapping[str, Promise] = {
    "diagnosing": _("Start diagnosis"),
    "awaiting_approval": _("Ask for approval"),
    "in_progress": _("Repair it"),
    "ready": _("It is ready"),
    "delivered": _("Hand over"),
    "cancelled": _("Cancel"),
}
MOVED_WORDS: Mapping[str, Promise] = {
    "diagnosing": _("%(device)s is being diagnosed."),
    "awaiting_approval": _("%(device)s waits for the customer's approval."),
    "in_progress": _("%(device)s is being repaired."),
    "ready": _("%(device)s is ready to hand over."),
    "delivered": _("%(device)s was handed over."),
    "cancelled": _("The repair of %(device)s is cancelled."),
}
COLUMN_WORDS: Mapping[str, Promise] = {
    "received": _("Received"),
    "diagnosing": _("Diagnosing"),
    "awaiting_approval": _("Awaiting approval"),
    "in_progress": _("In progress"),
    "ready": _("Ready"),
}
NOTHING_HERE: Mapping[str, Promise] = {
    "received": _("Nothing waits to be looked at."),
    "diagnosing": _("Nothing is being looked at."),
    "awaiting_approval": _("No customer has to decide."),
    "in_progress": _("Nobody is repairing."),
    "ready": _("Nothing waits to be fetched."),
}
# What the customer reads of each step.
PUBLIC_STEPS: Mapping[str, tuple[Promise, Promise]] = {
    "received": (_("Received"), _("Your device is with us.")),
    "diagnosing": (_("Being diagnosed"), _("We are finding out what is wrong.")),
    "awaiting_approval": (_("Waiting for you"), _("Please tell the shop whether to go ahead.")),
    "in_progress": (_("Being repaired"), _("We are repairing it.")),
    "ready": (_("Ready"), _("Your device is ready. You can fetch it.")),
    "delivered": (_("Handed over"), _("You have your device back.")),
}
FIELD_WORDS: Mapping[str, Promise] = {
    "device": _("Device"),
    "issue": _("Issue"),
    "imei": _("IMEI"),
    "condition": _("Condition"),
    "estimate": _("Estimate"),
    "customer_id": _("Customer"),
    "name": _("Name"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "gstin": _("GSTIN"),
    "legal_name": _("Legal name"),
    "category": _("For GST"),
    "state_code": _("State"),
    "address": _("Address"),
    "city": _("City"),
    "pincode": _("PIN code"),
    "country": _("Country"),
    "notes": _("Notes"),
}


def age_words(since: datetime, now: datetime) -> str:
    """How long ago, as people say it."""
    minutes = int((now - since).total_seconds()) // 60
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", max(1, minutes)) % {"n": max(1, minutes)}
    if minutes < 24 * 60:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}
    days = minutes // (24 * 60)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
