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


# Sources, checked 2026-11: IANA's registries of IPv6 global unicast and of special-purpose addresses.
OPEN_IPV6 = ipaddress.IPv6Network("2000::/3")
NOT_OPEN_IPV6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
PROTOCOL_IPV4 = ipaddress.IPv4Network("192.0.0.0/24")


def retry_after(attempts: int) -> timedelta | None:
    """How long to wait after this many failed attempts; None when there were enough."""
    return timedelta(minutes=RETRY_MINUTES[attempts - 1]) if attempts <= len(RETRY_MINUTES) else None


def signature(*, secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` header of Standard Webhooks: v1, HMAC-SHA256 over id, time and body."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def is_reachable(address: str) -> bool:
    """Whether an address lies in the open Internet: nothing inside the shop's own network may be asked.

    Of IPv6 only what is given out for the Internet counts, and not what carries an IPv4 address on to a gateway
    (6to4, Teredo, NAT64): behind it the private one would be reached all the same.
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_reachable(str(ip.ipv4_mapped))
        given_out = ip in OPEN_IPV6 and not any(ip in each for each in NOT_OPEN_IPV6)
        return given_out and ip.is_global
    return ip.is_global and not ip.is_multicast and ip not in PROTOCOL_IPV4


def whatsapp_link(*, phone: str, text: str) -> str:
    """Opens WhatsApp with the text written; without a phone it asks for whom."""
    return f"https://wa.me/{phone.lstrip('+')}?text={quote(text, safe='')}"
