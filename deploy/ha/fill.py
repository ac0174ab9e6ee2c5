"""Fill in the files of this folder for one machine: python3 fill.py cluster.env pg1 /etc/finetune-ha

The machine is pg1, pg2 or pg3, or any other name for a web server. Everything is written closed to others, since some
of it holds passwords. A variable without a value is refused.
"""

import os
import sys
from pathlib import Path
from string import Template

OF_A_NODE = ("etcd.yml", "patroni.yml", "roles.sql")
OF_A_WEB_SERVER = ("pgbouncer.ini", "userlist.txt", "haproxy.cfg")


def read(path: Path) -> dict[str, str]:
    lines = [line.strip() for line in path.read_text().splitlines()]
    pairs = [line.split("=", 1) for line in lines if line and not line.startswith("#")]
    known = dict(pairs)
    if empty := sorted(name for name, value in known.items() if not value):
        sys.exit(f"{path} gives no value for {', '.join(empty)}.")
    return known


def with_tls(known: dict[str, str]) -> dict[str, str]:
    """The words that PostgreSQL, libpq and PgBouncer have for the one switch."""
    on = known["DATABASE_TLS"] == "on"
    return {
        **known,
        "SSL": "on" if on else "off",
        "HOST_LINE": "hostssl" if on else "host",
        "SSLMODE": "verify-full" if on else "disable",
        # Behind HAProxy the name of the machine is not known; that it is one of ours is.
        "SSLMODE_BEHIND_PROXY": "verify-ca" if on else "disable",
    }


def fill(known: dict[str, str], machine: str, into: Path) -> None:
    known = with_tls(known) | {"NODE": machine}
    number = machine.removeprefix("pg")
    is_node = f"ADDRESS_{number}" in known
    if is_node:
        known["ADDRESS"] = known[f"ADDRESS_{number}"]
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in OF_A_NODE if is_node else OF_A_WEB_SERVER:
        text = Template((Path(__file__).parent / name).read_text()).substitute(known)
        with open(os.open(into / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    fill(read(Path(sys.argv[1])), sys.argv[2], Path(sys.argv[3]))
