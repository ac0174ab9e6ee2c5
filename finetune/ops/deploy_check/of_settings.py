"""What the settings alone give away. No database is asked, and Django is not loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any

from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import Conninfo

from finetune.core import environment
from finetune.ops.deploy_check.findings import Finding

Environ = Mapping[str, str]
Network = IPv4Network | IPv6Network

KEY_LENGTH_MIN = 50
# Of fifty signs in random order nearly every pair of neighbours is another one, even when they are digits alone.
KEY_LOOKED_AT = 64
KEY_PAIRS_MIN = 0.5
KEY_WORDS = re.compile(
    r"secret|insecure|changeme|change[-_ ]?(me|this)|example|password|replace|your[-_ ]|only-for-tests", re.I
)
NEW_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"

ENCRYPTED = ("require", "verify-ca", "verify-full")
ADDRESSES = {
    "DATABASE_URL": partial(environment.text, "DATABASE_URL"),
    "DATABASE_OWNER_URL": partial(environment.text, "DATABASE_OWNER_URL"),
    "DATABASE_STANDBY_URL": partial(environment.text, "DATABASE_STANDBY_URL"),
}
# Networks this wide are the Internet, or half of it.
WIDE = {4: 7, 6: 6}


def of_settings(environ: Environ) -> Iterator[Finding]:
    for problem in environment.problems(environ):
        yield Finding("settings", problem, "Nothing starts before this is put right.")
    for look in (_secret_key, _allowed_hosts, _public_url, _trusted_proxies, _database_tls):
        try:
            yield from look(environ)
        except environment.SettingsTrouble:
            continue  # told above


def _secret_key(environ: Environ) -> Iterator[Finding]:
    key = environment.text("SECRET_KEY", environ)
    if not key and not environment.is_set("DATABASE_URL", environ):
        return  # made once in the shop's folder, of random characters
    if wrong := what_is_wrong_with(key):
        remedy = f"Set SECRET_KEY, the same for all processes, to what this prints: {NEW_KEY}"
        yield Finding("secret_key", f"SECRET_KEY {wrong}. Whoever guesses it logs in as anybody.", remedy)


def what_is_wrong_with(key: str) -> str:
    """A secret key's fault in words, or nothing. The key itself is never shown."""
    if not key:
        return "is not set"
    if len(key) < KEY_LENGTH_MIN:
        return f"has {len(key)} characters, and {KEY_LENGTH_MIN} are the least"
    if KEY_WORDS.search(key):
        return "holds words of an example"
    first = key[:KEY_LOOKED_AT]
    pairs = {first[place : place + 2] for place in range(len(first) - 1)}
    if len(pairs) < KEY_PAIRS_MIN * (len(first) - 1):
        return "repeats itself"
    return ""


def _allowed_hosts(environ: Environ) -> Iterator[Finding]:
    # ".com" is every name that ends so.
    open_ones = [
        host
        for host in environment.items("ALLOWED_HOSTS", environ)
        if host == "*" or (host.startswith(".") and "." not in host.strip("."))
    ]
    if open_ones:
        yield Finding(
            "allowed_hosts",
            f"ALLOWED_HOSTS has {', '.join(open_ones)}, so a forged Host header is taken at its word.",
            "Name the hosts one by one, or leave it out: PUBLIC_URL's own host is always served.",
        )


def _public_url(environ: Environ) -> Iterator[Finding]:
    url = environment.text("PUBLIC_URL", environ)
    if not url.startswith("https://"):
        yield Finding(
            "public_url",
            f"PUBLIC_URL is {url or 'not set'}: passwords and sessions would travel in the clear.",
            "Set PUBLIC_URL to the https:// address that people type, and let a proxy or the platform end TLS there.",
        )


def _trusted_proxies(environ: Environ) -> Iterator[Finding]:
    networks = environment.networks("TRUSTED_PROXIES", environ)
    if not networks and environment.text("PUBLIC_URL", environ).startswith("https://"):
        yield Finding(
            "trusted_proxies",
            "PUBLIC_URL is https, and TRUSTED_PROXIES names no proxy: each request looks like plain HTTP from the "
            "proxy itself, so forms are refused and all users share one bound on wrong passwords.",
            "Set TRUSTED_PROXIES to the address or network from which the proxy asks, such as 127.0.0.1 or 10.0.0.0/8.",
        )
    wide = [str(network) for network in networks if network.prefixlen <= WIDE[network.version]]
    if wide:
        yield Finding(
            "trusted_proxies",
            f"TRUSTED_PROXIES has {', '.join(wide)}, so anybody may say which address they come from.",
            "Name the network of the proxy alone, and let nothing else reach this port.",
        )


def _database_tls(environ: Environ) -> Iterator[Finding]:
    for name, address in ADDRESSES.items():
        try:
            url = address(environ)
        except environment.SettingsTrouble:
            continue
        if url and (plain := _plain_hosts(url)):
            hosts, mode = plain
            yield Finding(
                "database_tls",
                f"{name} leads to {hosts} over the network with sslmode={mode}, which demands no TLS: whoever is on "
                "the way can read the password and every bill.",
                f"Add ?sslmode=verify-full&sslrootcert=system (or the file of your provider's certificate) to {name}; "
                "sslmode=require is the least. Where the network belongs to your own containers alone, "
                "--accept database_tls.",
            )


def _plain_hosts(url: str) -> tuple[str, str] | None:
    """The hosts that are spoken to over a network, and the mode, where that mode demands no encryption."""
    parts: dict[str, Any] = {
        each.keyword.decode(): (each.val or b"").decode() for each in Conninfo.get_defaults()
    }
    parts |= {name: str(value) for name, value in conninfo_to_dict(url).items() if value not in (None, "")}
    hosts = [host for host in (parts["hostaddr"] or parts["host"]).split(",") if not _is_here(host)]
    mode = "verify-full" if parts.get("sslrootcert") == "system" else parts["sslmode"]
    if not hosts or mode in ENCRYPTED or parts.get("gssencmode") == "require":
        return None
    return ", ".join(hosts), mode


def _is_here(host: str) -> bool:
    """A socket, or this machine."""
    if host in ("", "localhost") or host.startswith(("/", "@")):
        return True
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
