"""From a postgresql:// address, which may name several servers, to how Django connects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg.conninfo import conninfo_to_dict

NAMES = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
# A server whose machine or cable is gone says nothing at all. Nobody waits longer than this for it: seconds to be let
# in, and, as soon as nothing is heard on a connection that is open, 5 + 3 x 2 seconds; what was sent and is not
# confirmed gives it up after 10 seconds. An address that says otherwise is heeded.
PATIENCE = {
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
# For a standby, since there is a primary to ask instead.
LITTLE_PATIENCE = PATIENCE | {"connect_timeout": "2", "tcp_user_timeout": "5000"}


def parts_of(url: str, patience: Mapping[str, str] = PATIENCE) -> tuple[dict[str, str], dict[str, Any]]:
    """Django's words, and all else that psycopg gets. psycopg reads the address, so no part of it is lost."""
    parts = conninfo_to_dict(url)
    options: dict[str, Any] = {name: value for name, value in parts.items() if name not in NAMES.values()}
    if goes_over_the_network(str(parts.get("host") or parts.get("hostaddr") or "")):
        options = {**patience, **options}
    return {name: str(parts.get(key) or "") for name, key in NAMES.items()}, options


def goes_over_the_network(host: str) -> bool:
    """Whether any of the hosts is more than the folder of a socket."""
    return any(each and not each.startswith(("/", "@")) for each in host.split(","))
