"""A link that a UPI app opens with everything filled in. Pure.

Source: NPCI, UPI Linking Specification 1.6: `upi://pay?` and a percent-encoded query.
"""

from decimal import Decimal
from urllib.parse import quote

from finetune.core.money import money_text

REFERENCE_LENGTH_MAX = 35
NOTE_LENGTH_MAX = 50
NAME_LENGTH_MAX = 99


def upi_link(*, vpa: str, payee: str, amount: Decimal, reference: str, note: str) -> str:
    """Rupees to the paisa; the amount cannot be changed by the payer. `reference` is new for every attempt.

    Opening it proves nothing: a payment counts when the bank says so."""
    assert amount > 0, "nobody is asked to pay nothing"
    assert 0 < len(reference) <= REFERENCE_LENGTH_MAX
    parts = {
        "pa": vpa,
        "pn": payee[:NAME_LENGTH_MAX],
        "am": money_text(amount),
        "cu": "INR",
        "tr": reference,
        "tn": note[:NOTE_LENGTH_MAX],
    }
    return "upi://pay?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in parts.items())


def reference_for(number: str, attempt: str) -> str:
    """Letters and digits only: the bill's number, for the clerk, then what makes the attempt its own."""
    known = "".join(sign for sign in number if sign.isascii() and sign.isalnum())
    return f"{known}X{attempt}"[:REFERENCE_LENGTH_MAX]
