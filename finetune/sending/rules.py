"""When to try again, how a message is signed, and where nothing may be sent. Pure."""

import base64
import hashlib
import hmac
import ipaddress
from datetime import timedelta
from urllib.parse import quote

# Minutes after each failed attempt; after the last one the delivery has failed and waits for a person.
RETRY_MINUTES = (1, 5, 30, 120, 480, 1440)
SECRET_PREFIX = "whsec_"  # noqa: S105 - the prefix that the specification gives to secrets


def retry_after(attempts: int) -> timedelta | None:
    """How long to wait after this many failed attempts; None when there were enough."""
    return timedelta(minutes=RETRY_MINUTES[attempts - 1]) if attempts <= len(RETRY_MINUTES) else None


def signature(*, secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` header of Standard Webhooks: v1, HMAC-SHA256 over id, time and body."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def is_reachable(address: str) -> bool:
    """Whether an address lies in the open Internet: nothing inside the shop's own network may be asked."""
    ip = ipaddress.ip_address(address)
    mapped = getattr(ip, "ipv4_mapped", None)
    return bool((mapped or ip).is_global) and not (mapped or ip).is_multicast


def whatsapp_link(*, phone: str, text: str) -> str:
    """Opens WhatsApp with the text written; without a phone it asks for whom."""
    return f"https://wa.me/{phone.lstrip('+')}?text={quote(text, safe='')}"
