"""The text of PostgreSQL's three settings files, written anew at every start."""

from __future__ import annotations

from pathlib import Path

from finetune.core.postgres.location import APP, OWNER, SUPERUSER

HEAD = "# Written by FineTune at every start. Your own settings go into local.conf beside this file.\n"

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
# For tests alone: a power cut loses the database.
FLEETING = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def postgresql_conf(*, socket: Path, cluster_name: str, durable: bool) -> str:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(socket),
        "unix_socket_permissions": "0700",
        "cluster_name": cluster_name,
        "max_connections": "100",
        "shared_buffers": "128MB",
        "wal_compression": "on",
        "max_wal_size": "512MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_destination": "stderr",
        "logging_collector": "off",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        "log_checkpoints": "off",
        # Our own reading of the log, and of refused connections, depends on the language.
        "lc_messages": "C",
        **(DURABLE if durable else FLEETING),
    }
    lines = [f"{name} = '{_quoted(value)}'\n" for name, value in settings.items()]
    return "".join([HEAD, *lines, "include_if_exists = 'local.conf'\n"])


def pg_hba_conf() -> str:
    """Only over the socket, and only for users of the operating system whom the map names."""
    roles = (SUPERUSER, OWNER, APP)
    lines = [f"local all {role} peer map=finetune\n" for role in roles]
    return "".join([HEAD, *lines, f"local replication {SUPERUSER} peer map=finetune\n"])


def pg_ident_conf(system_users: list[str]) -> str:
    """Who may be which role. An operating system's name may hold what has a meaning here, so it is quoted."""
    pairs = [(user, role) for user in dict.fromkeys(system_users) for role in (SUPERUSER, OWNER, APP)]
    return "".join([HEAD, *(f'finetune "{user}" {role}\n' for user, role in pairs)])


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")
