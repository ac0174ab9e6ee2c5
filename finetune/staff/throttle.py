"""Guessing is slowed down without locking the shop out.

Two counts over the last quarter of an hour: by user name with address, and, more loosely, by address. The
second does not stop a user who has logged in from that address before, so that a guesser in the shop's own
network cannot keep the staff away. axes, the usual library, holds one limit for all its counts and locks by
address alone.
"""

import ipaddress

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from finetune.core.refusals import Refusal

WINDOW_SECONDS = 900
FAILURES_PER_PAIR_MAX = 10
FAILURES_PER_ADDRESS_MAX = 100

_COUNT = """
SELECT count(*) FILTER (WHERE username = %(username)s AND at > coalesce(
           (SELECT max(s.at) FROM staff_loginattempt s
            WHERE s.username = %(username)s AND s.address = %(address)s AND s.succeeded), '-infinity')),
       count(*),
       EXISTS (SELECT FROM staff_loginattempt s WHERE s.username = %(username)s AND s.address = %(address)s
               AND s.succeeded AND s.at > now() - interval '30 days')
FROM staff_loginattempt
WHERE address = %(address)s AND NOT succeeded AND at > now() - make_interval(secs => %(window)s)
"""


Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def address_of(request: HttpRequest) -> str:
    """The client's address, as far as a trusted proxy tells it.

    Of an IPv6 address the network: whoever has one has 2^64 of them to guess from.
    """
    address = _read(request.META.get("REMOTE_ADDR", "")) or ipaddress.IPv4Address("127.0.0.1")
    if settings.CLIENT_ADDRESS_HEADER:
        address = _as_told(address, request.headers.get(settings.CLIENT_ADDRESS_HEADER, ""))
    else:
        address = _through_proxies(address, request.headers.get("X-Forwarded-For", ""))
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((int(address), 64), strict=False).network_address)
    return str(address)


def _as_told(peer: Address, header: str) -> Address:
    """What the platform's edge wrote into its own header. Two values were not both written by it, so none counts."""
    return (_read(header) if _is_trusted(peer) else None) or peer


def _through_proxies(peer: Address, forwarded_for: str) -> Address:
    """The last address in X-Forwarded-For that is none of the trusted proxies'."""
    address = peer
    for forwarded in reversed(forwarded_for.split(",")):
        # What a proxy did not write as an address was not written by a proxy of ours.
        if not _is_trusted(address) or (told := _read(forwarded)) is None:
            break
        address = told
    return address


def _is_trusted(address: Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)


def _read(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def fold(username: str) -> str:
    return username.strip().lower()[:60]


def refuse_guessing(username: str, address: str) -> None:
    """429 once there were too many failures; checked before the password is, so that it tells nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"username": fold(username), "address": address, "window": WINDOW_SECONDS})
        for_pair, for_address, is_known_here = cursor.fetchone()
    if for_pair >= FAILURES_PER_PAIR_MAX or (for_address >= FAILURES_PER_ADDRESS_MAX and not is_known_here):
        raise Refusal(
            429,
            "too_many_attempts",
            "There were too many failed log-ins. Wait a quarter of an hour and try again.",
            retry_after=WINDOW_SECONDS,
        )


def remember_attempt(username: str, address: str, *, succeeded: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO staff_loginattempt (username, address, succeeded) VALUES (%s, %s, %s)",
            [fold(username), address, succeeded],
        )
