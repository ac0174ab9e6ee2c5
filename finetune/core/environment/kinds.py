"""What the text of a setting may be, and what it becomes."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

YES = frozenset({"1", "true", "yes", "on", "t", "y"})
NO = frozenset({"0", "false", "no", "off", "f", "n"})
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
HOST_NAME = re.compile(r"[^\s/@,?#]+")
HEADER_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")
DOTTED_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")
OFF = "off"


@dataclass(frozen=True)
class Kind:
    """`read` gives the value, or raises ValueError: then `must_be` ends the sentence "NAME must be ..."."""

    word: str
    must_be: str
    read: Callable[[str], Any]


def bracketed(host: str) -> str:
    """A host as addresses write it."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def number(least: int, most: int | None = None) -> Kind:
    limits = f"from {least} to {most}" if most is not None else f"of {least} or more"
    return Kind("number", f"a whole number {limits}", lambda text: _number(text, least, most))


def _number(text: str, least: int, most: int | None) -> int:
    # More digits than any limit here has; int() refuses thousands of them with another sentence.
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise ValueError
    found = int(text)
    if found < least or (most is not None and found > most):
        raise ValueError
    return found


def _text(text: str) -> str:
    if "\x00" in text:
        raise ValueError
    return text


def _flag(text: str) -> bool:
    word = text.lower()
    if word not in YES | NO:
        raise ValueError
    return word in YES


def _amount(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise ValueError from None
    if not found.is_finite() or found < 0 or found >= Decimal(10) ** 15:
        raise ValueError
    return found


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def _host(text: str) -> str:
    if not HOST_NAME.fullmatch(text):
        raise ValueError
    return text


def _hosts(text: str) -> list[str]:
    return [_host(item) for item in _items(text)]


def _networks(text: str) -> list[Any]:
    return [ipaddress.ip_network(item) for item in _items(text)]


def _address(text: str) -> str:
    parts = urlsplit(text)
    is_plain = not (parts.query or parts.fragment or "@" in parts.netloc) and not re.search(r"\s", text)
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_plain:
        raise ValueError
    _ = parts.port  # which raises for one that is no number
    return text


def _database(text: str) -> str:
    # Not before it is asked for: the help reads the table, and waits for no driver.
    from psycopg import Error
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = conninfo_to_dict(text)
    except Error:
        raise ValueError from None  # its own words quote parts of a password
    ports = str(parts.get("port") or "").split(",")
    # A password with a bare @ or / in it gives itself away here, and must not become the name of a host.
    is_broken = "@" in f"{parts.get('host') or ''}{parts.get('dbname') or ''}"
    if is_broken or not all(port == "" or port.isdigit() for port in ports):
        raise ValueError
    return text


def _clock(text: str) -> time | None:
    if text.lower() == OFF:
        return None
    if not re.fullmatch(r"[0-9]{1,2}:[0-9]{2}", text):
        raise ValueError
    hour, _, minute = text.partition(":")
    return time(int(hour), int(minute))


def _level(text: str) -> str:
    if text.upper() not in LEVELS:
        raise ValueError
    return text.upper()


def _header(text: str) -> str:
    if not HEADER_NAME.fullmatch(text):
        raise ValueError
    return text


def _dotted(text: str) -> str:
    if not DOTTED_NAME.fullmatch(text):
        raise ValueError
    return text


TEXT = Kind("text", "text", _text)
FLAG = Kind("yes or no", "1 or 0 (yes or no, true or false, on or off)", _flag)
AMOUNT = Kind("rupees", "an amount in rupees such as 50000000", _amount)
HOST = Kind("host", "the name or address of a host, without a scheme", _host)
HOSTS = Kind("hosts", "names of hosts with commas between them, without a scheme", _hosts)
NETWORKS = Kind("networks", "addresses or networks such as 10.0.0.0/8 with commas between them", _networks)
ADDRESS = Kind(
    "web address", "an address such as https://shop.example, without a user and without ?", _address
)
DATABASE = Kind(
    "database address",
    "an address such as postgresql://user:password@host:5432/name; in a password write @ as %40, / as %2F, : as %3A, "
    "# as %23, ? as %3F and % as %25",
    _database,
)
CLOCK = Kind("time of day", f"a time such as 03:00, or {OFF}", _clock)
LEVEL = Kind("level", f"one of {', '.join(LEVELS)}", _level)
HEADER = Kind("header", "the name of a header such as X-Real-IP", _header)
DOTTED = Kind("name in Python", "a dotted name such as package.module.Name", _dotted)
FOLDER = Kind("folder", "the path of a folder", _text)
FILE = Kind("file", "the path of a file", _text)
