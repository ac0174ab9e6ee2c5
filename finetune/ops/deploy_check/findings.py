"""What may be found, and how it is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# Each code, and what it is about: docs/security.md lists them, and --accept takes them.
CODES = {
    "settings": "a setting that cannot be read",
    "debug": "Django's debug pages",
    "secret_key": "a secret key that is missing, short or easily guessed",
    "allowed_hosts": "an answer to every host name",
    "public_url": "an address without TLS",
    "trusted_proxies": "a proxy that is not named, or everybody named as one",
    "database_tls": "a connection to the database that anybody on the way can read",
    "database_unreachable": "a database that does not answer",
    "database_owner": "a user of the database who may switch its promises off",
    "migrations": "tables that are not those of this version",
    "demo_users": "users with a password that everyone knows",
}
INDENT = "    "


@dataclass(frozen=True)
class Finding:
    """What is wrong, and what to set."""

    code: str
    wrong: str
    remedy: str

    def told(self, *, accepted: bool) -> str:
        mark = " (accepted)" if accepted else ""
        return f"{self.code}{mark}\n{INDENT}{self.wrong}\n{INDENT}{self.remedy}"


def refused(findings: Iterable[Finding], accepted: Iterable[str]) -> list[Finding]:
    """Those that nobody took upon himself."""
    taken = frozenset(accepted)
    return [finding for finding in findings if finding.code not in taken]
