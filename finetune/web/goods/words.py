"""Words of the pages of goods for the codes of the API."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TYPE_WORDS: Mapping[str, Promise] = {
    "purchase": _("Purchase"),
    "sale": _("Sale"),
    "return_in": _("Customer's return"),
    "return_out": _("Return to supplier"),
    "adjustment": _("Adjustment"),
    "damage": _("Damage"),
    "consumption": _("Used in a repair"),
    "transfer_out": _("Sent to a store"),
    "transfer_in": _("Came from a store"),
}
REVERSED_WORDS = _("{movement}, taken back")
PRICE_WORDS: Mapping[str, Promise] = {"price": _("Price"), "mrp": _("MRP"), "cost": _("Cost")}
TREATMENT_WORDS: Mapping[str, Promise] = {
    "taxable": _("Taxable"),
    "nil": _("Nil rated"),
    "exempt": _("Exempt"),
    "non_gst": _("Outside GST"),
}


def movement_words(entry_type: str, *, is_reversal: bool) -> str:
    """What a movement was, in a few words."""
    words = str(TYPE_WORDS[entry_type])
    return str(REVERSED_WORDS).format(movement=words) if is_reversal else words
