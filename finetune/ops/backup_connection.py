"""The address that backups and restores go to: the database of Django's settings."""

from django.db import connection
from psycopg.conninfo import make_conninfo

from finetune.core.postgres import data_folder, socket_folder


def database_url() -> str:
    """libpq's words for the present database, without the time limits that requests have."""
    parts = {**connection.get_connection_params()}
    known = {"dbname", "user", "password", "host", "port"}
    kinds = ("ssl", "channel", "target", "gss", "krb", "keepalive", "tcp_user", "connect_timeout", "hostaddr")
    known |= {name for name in parts if name.startswith(kinds)}
    return make_conninfo("", **{name: value for name, value in parts.items() if name in known and value})


def is_embedded() -> bool:
    """Whether that is the database in the shop's own folder, whoever of its users we are."""
    return str(connection.settings_dict["HOST"]) == str(socket_folder(data_folder()))
