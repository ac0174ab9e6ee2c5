"""Every variable that FineTune reads. `docs/settings.md` is written from this table, and a test holds both to it."""

from __future__ import annotations

from dataclasses import dataclass

from finetune.core.environment.kinds import (
    ADDRESS,
    AMOUNT,
    CLOCK,
    DATABASE,
    DOTTED,
    FILE,
    FLAG,
    FOLDER,
    HEADER,
    HOST,
    HOSTS,
    LEVEL,
    NETWORKS,
    TEXT,
    Kind,
    number,
)

SERVING = "Where it serves"
DATABASES = "The database"
SECRETS = "Secrets"
FOLDERS = "The shop's folder and the built-in database"
STARTING = "The first start"
TRADING = "Trade and tax"
SENDING = "Mail, webhooks, e-invoices"
WATCHING = "What operators see"
OURS = "Set by FineTune for its own processes"

EVERY = ("every command",)
PAGES = ("serve", "worker")


@dataclass(frozen=True)
class Setting:
    """One variable. `default` is read as if it had been given; `else_` says what holds where there is none."""

    name: str
    kind: Kind
    group: str
    meaning: str
    default: str = ""
    else_: str = "unset"
    read_by: tuple[str, ...] = EVERY
    is_secret: bool = False
    may_be_empty: bool = False
    brief: str = ""  # for the help, which lists the most important ones


SETTINGS = (
    Setting(
        "HOST",
        HOST,
        SERVING,
        "The address to listen on: 0.0.0.0 for all of IPv4, :: for all.",
        default="127.0.0.1",
        read_by=("run", "serve"),
        brief="the address to listen on (127.0.0.1)",
    ),
    Setting(
        "PORT",
        number(1, 65535),
        SERVING,
        "The port to listen on. Platforms that choose one set this themselves.",
        default="8000",
        read_by=("run", "serve"),
        brief="the port to listen on (8000)",
    ),
    Setting(
        "PUBLIC_URL",
        ADDRESS,
        SERVING,
        "The address that people type; papers and links carry it. With https, cookies are Secure and HSTS is sent.",
        else_="http:// with HOST and PORT",
        read_by=PAGES,
        brief="the address that people type and documents carry",
    ),
    Setting(
        "ALLOWED_HOSTS",
        HOSTS,
        SERVING,
        "Further names that it answers to, beside PUBLIC_URL's, HOST and this machine's own. Others get 400.",
        else_="none",
        read_by=("serve",),
    ),
    Setting(
        "TRUSTED_PROXIES",
        NETWORKS,
        SERVING,
        "Who may say from which address and by which scheme a request came (`X-Forwarded-For`, `X-Forwarded-Proto`).",
        else_="none",
        read_by=("serve",),
        brief="the proxies whose X-Forwarded-For counts; needed behind https",
    ),
    Setting(
        "CLIENT_ADDRESS_HEADER",
        HEADER,
        SERVING,
        "The header in which a platform's edge tells the client's address, in place of `X-Forwarded-For`; it counts "
        "from `TRUSTED_PROXIES` alone.",
        read_by=("serve",),
    ),
    Setting(
        "WEB_WORKERS",
        number(1, 64),
        SERVING,
        "Web processes.",
        else_="one for each core that the machine or the container gives, 2 to 8, and as many as its memory holds",
        read_by=("run", "serve"),
        brief="web processes (one for each core)",
    ),
    Setting(
        "WEB_THREADS",
        number(1, 64),
        SERVING,
        "Requests at once in each web process; each holds a database connection.",
        default="8",
        read_by=("run", "serve"),
        brief="requests at once in each (8)",
    ),
    Setting(
        "API_CALLS_PER_MINUTE",
        number(0),
        SERVING,
        "How often each user may call the API in each web process; 0 is as often as they like.",
        default="0",
        read_by=("serve",),
    ),
    Setting(
        "FINETUNE_STATIC_DIR",
        FOLDER,
        SERVING,
        "Where the static files are laid out. An image sets it after laying them out at its build.",
        else_="in the shop's folder, else a temporary one",
        read_by=("serve",),
    ),
    Setting(
        "DATABASE_URL",
        DATABASE,
        DATABASES,
        "A PostgreSQL of yours, 15 or later. Its user needs to own nothing, see [security](security.md).",
        else_="the built-in one in the shop's folder",
        is_secret=True,
        brief="a PostgreSQL server; unset: the built-in one in the shop's folder",
    ),
    Setting(
        "DATABASE_OWNER_URL",
        DATABASE,
        DATABASES,
        "The same database as the user who owns the tables. Migrations, backups and restores use it.",
        else_="DATABASE_URL",
        read_by=("migrate", "backup", "restore"),
        is_secret=True,
        brief="the user who migrates, where it is another one",
    ),
    Setting(
        "DATABASE_STANDBY_URL",
        DATABASE,
        DATABASES,
        "A streaming standby that serves lists and reports to who has not written anything that it does not have yet.",
        else_="none",
        read_by=("serve",),
        is_secret=True,
    ),
    Setting(
        "PREPARED_STATEMENTS",
        FLAG,
        DATABASES,
        "0 behind PgBouncer in transaction mode.",
        default="1",
        read_by=PAGES,
    ),
    Setting(
        "SECRET_KEY",
        TEXT,
        SECRETS,
        "Signs sessions: 50 or more random characters, the same for all processes. Needed with DATABASE_URL.",
        else_="with the built-in database, made once in the shop's folder",
        is_secret=True,
        brief="50 or more random characters; needed with DATABASE_URL",
    ),
    Setting(
        "METRICS_TOKEN",
        TEXT,
        SECRETS,
        "Who sends it as a Bearer token may read /metrics. Without it only this machine may.",
        read_by=("serve",),
        is_secret=True,
    ),
    Setting(
        "FINETUNE_DATA_DIR",
        FOLDER,
        FOLDERS,
        "The shop's folder: the built-in database, its secret key, logs, and the outboxes of mail and e-invoices.",
        else_="`var`; for root, where that is closed, /var/lib/finetune",
        brief="the shop's folder (var; for root, where that is closed, /var/lib/finetune)",
    ),
    Setting(
        "FINETUNE_BACKUP_DIR",
        FOLDER,
        FOLDERS,
        "Where backups go.",
        else_="`backups` in the shop's folder",
        read_by=("backup",),
        brief="where backups go (backups in the shop's folder)",
    ),
    Setting(
        "FINETUNE_PG_BIN",
        FOLDER,
        FOLDERS,
        "The folder of another PostgreSQL's programs.",
        else_="the ones that came with FineTune",
        read_by=("run", "backup", "restore"),
    ),
    Setting(
        "FINETUNE_PG_USER",
        TEXT,
        FOLDERS,
        "For root only: the unprivileged user that the built-in PostgreSQL runs as.",
        else_="finetune_pg, added where it is missing",
        read_by=("run",),
    ),
    Setting(
        "FINETUNE_DEMO",
        FLAG,
        STARTING,
        "0 leaves the demo shop out of a new folder.",
        default="1",
        read_by=("run",),
        brief="0 leaves the demo shop out of a new folder",
    ),
    Setting(
        "FINETUNE_DEMO_PASSWORD",
        TEXT,
        STARTING,
        "The four demo users' password. The well-known one is served on this machine only.",
        else_="finetune-demo",
        read_by=("run", "demo"),
        is_secret=True,
        brief="the demo users' password (finetune-demo)",
    ),
    Setting(
        "FINETUNE_ADMIN_USERNAME",
        TEXT,
        STARTING,
        "The first administrator's user name, where nobody can be asked.",
        read_by=("create-admin",),
    ),
    Setting(
        "FINETUNE_ADMIN_PASSWORD",
        TEXT,
        STARTING,
        "Their password. Take it out of the settings again once they are in.",
        read_by=("create-admin",),
        is_secret=True,
    ),
    Setting(
        "AGGREGATE_TURNOVER",
        AMOUNT,
        TRADING,
        "The highest turnover of any year since 2017-18 over all GSTINs of the PAN, see [e-invoices](einvoice.md).",
        else_="not known",
        read_by=("serve",),
    ),
    Setting(
        "LOW_STOCK_AT",
        number(0, 1_000_000),
        TRADING,
        "What counts as low where a variant has no `reorder_level`.",
        default="5",
        read_by=("serve",),
    ),
    Setting(
        "BOOKS_AT",
        CLOCK,
        TRADING,
        "When the worker checks the books, Indian time; `off` where a cron calls `finetune books --record`.",
        default="03:00",
        read_by=("worker",),
        brief="when the worker checks the books, Indian time, or off (03:00)",
    ),
    Setting(
        "EMAIL_HOST",
        HOST,
        SENDING,
        "Your mail server. Without one, mail is kept as files in `mail-outbox` of the shop's folder.",
        read_by=("worker",),
    ),
    Setting("EMAIL_PORT", number(1, 65535), SENDING, "Its port.", default="587", read_by=("worker",)),
    Setting("EMAIL_HOST_USER", TEXT, SENDING, "Its user.", read_by=("worker",)),
    Setting(
        "EMAIL_HOST_PASSWORD", TEXT, SENDING, "Its user's password.", read_by=("worker",), is_secret=True
    ),
    Setting(
        "EMAIL_USE_TLS",
        FLAG,
        SENDING,
        "Whether it is spoken to by STARTTLS.",
        default="1",
        read_by=("worker",),
    ),
    Setting(
        "EMAIL_FROM", TEXT, SENDING, "Whom mail comes from.", default="shop@localhost", read_by=("worker",)
    ),
    Setting(
        "WEBHOOKS_MAY_BE_PRIVATE",
        FLAG,
        SENDING,
        "Whether webhooks may go into a private network: whoever keeps webhooks could then ask what is inside.",
        default="0",
        read_by=PAGES,
    ),
    Setting(
        "EINVOICE_OUTBOX",
        FOLDER,
        SENDING,
        "Where e-invoices are laid out for the portal.",
        else_="`einvoice-outbox` in the shop's folder",
        read_by=("serve",),
    ),
    Setting(
        "EINVOICE_TRANSPORT",
        DOTTED,
        SENDING,
        "What hands e-invoices over. See [e-invoices](einvoice.md).",
        default="finetune.einvoicing.transport.FileOutbox",
        read_by=("serve",),
    ),
    Setting(
        "EINVOICE_SANDBOX",
        FLAG,
        SENDING,
        "1 for the portal's sandbox alone, whose test GSTINs fail their check character.",
        default="0",
        read_by=("serve",),
    ),
    Setting(
        "REQUEST_LOG",
        FILE,
        WATCHING,
        "One line a request, as JSON: a file, `-` for standard error, empty for none.",
        else_="`log/requests.jsonl` in the shop's folder with the built-in database, else `-`",
        read_by=("serve",),
        may_be_empty=True,
    ),
    Setting(
        "SLOW_REQUEST_MS",
        number(0),
        WATCHING,
        "A request that took longer is written with its SQL.",
        default="500",
        read_by=("serve",),
    ),
    Setting("LOG_LEVEL", LEVEL, WATCHING, "What else goes to standard error.", default="WARNING"),
    Setting(
        "PROMETHEUS_MULTIPROC_DIR",
        FOLDER,
        OURS,
        "Where the web processes keep their counters.",
        else_="a temporary folder",
        read_by=("serve",),
    ),
    Setting(
        "FINETUNE_PARENT_PID",
        number(1),
        OURS,
        "The process that started this one, which ends with it.",
        else_="nobody",
    ),
)
BY_NAME = {setting.name: setting for setting in SETTINGS}
