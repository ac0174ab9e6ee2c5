"""One settings file. Every value comes from the environment and fails loudly where it must be set."""

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog
from csp.constants import NONE, SELF

from finetune.core import environment
from finetune.core.database.address import LITTLE_PATIENCE, PATIENCE, parts_of
from finetune.core.postgres.location import data_folder, url_for

# All that is wrong at once, before any of it does harm.
environment.refuse_malformed()
BASE_DIR = Path(__file__).resolve().parent


def _database_url() -> tuple[str, bool]:
    """The address of the database, and whether it is the embedded one."""
    given = environment.text("DATABASE_URL")
    embedded = url_for("finetune_app", data_folder())
    return given or embedded, not given or given.split("?")[0] == embedded.split("?")[0]


DATABASE_URL, IS_EMBEDDED = _database_url()


def _secret_key() -> str:
    """From the environment, or with the embedded database from its folder, where the first start put it."""
    if key := environment.text("SECRET_KEY"):
        return key
    if IS_EMBEDDED:
        kept = data_folder() / "secret-key"
        if kept.exists():
            return kept.read_text().strip()
        return "not-secret: no shop is running on this folder yet"
    raise environment.SettingsTrouble(
        "Set SECRET_KEY to 50 or more random characters: it signs every session."
    )


SECRET_KEY = _secret_key()
DEBUG = False
HOST = environment.text("HOST")
PORT = environment.number("PORT")
PUBLIC_URL = (environment.text("PUBLIC_URL") or f"http://{environment.bracketed(HOST)}:{PORT}").rstrip("/")
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    environment.bracketed(HOST),
    environment.bracketed(urlsplit(PUBLIC_URL).hostname or ""),
]
ALLOWED_HOSTS += environment.items("ALLOWED_HOSTS")
TRUSTED_PROXIES = environment.networks("TRUSTED_PROXIES")
# Where the outermost proxy writes the client's address into a header of its own; unset, X-Forwarded-For is read.
CLIENT_ADDRESS_HEADER = environment.text("CLIENT_ADDRESS_HEADER")
IS_HTTPS = PUBLIC_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "ninja",
    "finetune.core",
    "finetune.stores",
    "finetune.staff",
    "finetune.customers",
    "finetune.catalog",
    "finetune.bookings",
    "finetune.inventory",
    "finetune.deposits",
    "finetune.invoicing",
    "finetune.crediting",
    "finetune.payments",
    "finetune.refunds",
    "finetune.drawers",
    "finetune.einvoicing",
    "finetune.documents",
    "finetune.sending",
    "finetune.reports",
    "finetune.web",
    "finetune.ops",
]
MIDDLEWARE = [
    "finetune.core.observing.ObservingMiddleware",
    "finetune.core.middleware.RequestMiddleware",
    "finetune.core.standby.CommitPositionMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "finetune.web.compression.PageCompression",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
]
ROOT_URLCONF = "finetune.urls"
WSGI_APPLICATION = "finetune.wsgi.application"
APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# The forms that take photos; every other address takes what the API takes.
UPLOAD_PATHS = re.compile(r"/repairs/(new|[0-9]+/photos)/")
UPLOAD_BYTES_MAX = 12 * 1024 * 1024
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]


def _database(url: str, patience: Mapping[str, str] = PATIENCE) -> dict[str, object]:
    """Django's words for a postgresql:// address, with the limits that every request has."""
    words, options = parts_of(url, patience)
    time_limits = "-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s"
    # Of statements that are prepared, and of those in SQL functions, which all look rows up by their keys: one plan
    # for all values. PostgreSQL would otherwise plan those with arrays anew each time.
    planning = "-c plan_cache_mode=force_generic_plan"
    options["options"] = f"{options.get('options') or ''} {time_limits} {planning}".strip()
    return {
        "ENGINE": "finetune.core.database",
        **words,
        "OPTIONS": options,
        "TIME_ZONE": "Asia/Kolkata",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": False,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }


def _standby(url: str) -> dict[str, object] | None:
    """A streaming standby that lists and reports may be read from. It is given up sooner than the primary is."""
    if not url:
        return None
    database = _database(url, LITTLE_PATIENCE)
    options: Any = database["OPTIONS"]
    options["options"] += " -c default_transaction_read_only=on"
    return database


DATABASES = {"default": _database(DATABASE_URL)}
# Not among DATABASES: nothing is migrated there, and nothing but core/standby.py knows of it.
STANDBY_DATABASE = _standby(environment.text("DATABASE_STANDBY_URL"))
# Off where a pooler hands each transaction another connection and does not know prepared statements.
PREPARED_STATEMENTS = environment.flag("PREPARED_STATEMENTS")

AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["finetune.staff.hashing.Argon2", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_NAME = "__Host-finetune_session" if IS_HTTPS else "finetune_session"
CSRF_COOKIE_NAME = "__Host-finetune_csrf" if IS_HTTPS else "finetune_csrf"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_FAILURE_VIEW = "finetune.web.errors.csrf_failed"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if IS_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"
# docs/security.md says why: other names of the domain are not ours to speak for (W005, W021), and the proxy that
# ends TLS redirects plain HTTP, since only it knows which of its requests were (W008).
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "en-in"
TIME_ZONE = "Asia/Kolkata"
USE_TZ = True
USE_I18N = True
LANGUAGES = [("en-in", "English"), ("hi", "हिन्दी")]
LOCALE_PATHS = [BASE_DIR / "web" / "locale"]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
STATIC_URL = "/static/"
# Where `serve` has laid the static files out, under names that carry their content's hash and compressed beforehand;
# without it they are served from where they lie in the code.
STATIC_ROOT = environment.text("FINETUNE_STATIC_DIR") or None
IS_LAID_OUT = STATIC_ROOT is not None and (Path(STATIC_ROOT) / "staticfiles.json").exists()
WHITENOISE_USE_FINDERS = not IS_LAID_OUT
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_MAX_AGE = 24 * 60 * 60
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "staticfiles": {
        "BACKEND": "finetune.web.static_files.LaidOutStaticFiles"
        if STATIC_ROOT is not None
        else "finetune.web.static_files.VersionedStaticFiles"
    }
}

# How often each user may call the API; 0 is as often as they like.
API_CALLS_PER_MINUTE = environment.number("API_CALLS_PER_MINUTE")

LOW_STOCK_AT = environment.number("LOW_STOCK_AT")

# The highest turnover in rupees of any year since 2017-18, over all GSTINs of the PAN; unset: not known.
AGGREGATE_TURNOVER = environment.amount("AGGREGATE_TURNOVER")
# The portal's test GSTINs fail their check character; in its sandbox, and nowhere else, they must pass.
EINVOICE_SANDBOX = environment.flag("EINVOICE_SANDBOX")
EINVOICE_OUTBOX = Path(environment.text("EINVOICE_OUTBOX") or data_folder() / "einvoice-outbox")
EINVOICE_TRANSPORT = environment.text("EINVOICE_TRANSPORT")

# Mail goes through a server of yours; without one it is kept as files beside the data, and nothing leaves.
EMAIL_HOST = environment.text("EMAIL_HOST")
EMAIL_PORT = environment.number("EMAIL_PORT")
EMAIL_HOST_USER = environment.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = environment.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = environment.flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = environment.text("EMAIL_FROM")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = str(data_folder() / "mail-outbox")
# Webhooks into a private network are refused, since whoever may name an address could then ask what is inside.
WEBHOOKS_MAY_BE_PRIVATE = environment.flag("WEBHOOKS_MAY_BE_PRIVATE")

# One line a request, as JSON: to a file beside the embedded data, else to standard error ("-"); "" for none.
REQUEST_LOG = environment.text("REQUEST_LOG")
if not environment.is_set("REQUEST_LOG"):
    REQUEST_LOG = str(data_folder() / "log" / "requests.jsonl") if IS_EMBEDDED else "-"
SLOW_REQUEST_MS = environment.number("SLOW_REQUEST_MS")
METRICS_TOKEN = environment.text("METRICS_TOKEN")
# When the worker checks the books, Indian time; None where something else asks for it.
BOOKS_AT = environment.clock("BOOKS_AT")


def _request_handler() -> dict[str, object]:
    if REQUEST_LOG in ("", "-"):
        return {
            "class": "logging.StreamHandler" if REQUEST_LOG else "logging.NullHandler",
            "formatter": "bare",
        }
    return {
        "class": "finetune.core.request_log.RequestLogFile",
        "filename": REQUEST_LOG,
        "delay": True,
        "formatter": "bare",
    }


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"bare": {"format": "%(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler"}, "requests": _request_handler()},
    "loggers": {
        "django.request": {"level": "ERROR"},
        # A stranger's Host header is answered with 400; writing each down would let strangers fill the disk.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "finetune.requests": {"handlers": ["requests"], "level": "INFO", "propagate": False},
    },
    "root": {"handlers": ["stderr"], "level": environment.text("LOG_LEVEL")},
}
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(),
    ],
    logger_factory=structlog.PrintLoggerFactory(sys.stderr),
)
