"""Passwords, tokens and secrets stand in no log, no record of changes, no refusal, and no table as they are."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
import structlog
from django.db import connection
from django.test import Client

from finetune.core import masters
from finetune.staff.models import User
from tests.api.test_nonsense import contents
from tests.cast import PASSWORD, Shop, new_key
from tests.reports.scene import bill
from tests.security.scene import Scene, guarded, made

NEW_PASSWORD = "another-horse-battery-77"
WRONG_PASSWORD = "not-the-right-horse-55"
KEY = "key-of-a-payment-that-nobody-else-should-know"


class Secrets:
    """What a pass through the API gave away to its rightful holders."""

    def __init__(self) -> None:
        self.texts = {PASSWORD, NEW_PASSWORD, WRONG_PASSWORD}

    def found_in(self, text: str) -> list[str]:
        return [secret for secret in self.texts if secret in text]


def a_full_pass(shop: Shop) -> Secrets:
    """Log in and out, refresh, change passwords, make a webhook, pay with a key, and go wrong at each of them."""
    secrets = Secrets()
    username = shop.bilal.actor.caller.username
    pair = made(shop.bilal.post("/auth/token/", {"username": username, "password": PASSWORD}))
    second = made(shop.bilal.post("/auth/token/refresh/", {"refresh": pair["refresh"]}))
    secrets.texts |= {pair["access"], pair["refresh"], second["access"], second["refresh"], shop.admin.token}
    for body in ({"username": username, "password": WRONG_PASSWORD}, {"password": WRONG_PASSWORD}):
        assert shop.bilal.post("/auth/token/", body).status in (400, 401)
    shop.bilal.post("/auth/token/refresh/", {"refresh": pair["refresh"]})
    wrong = {"old": WRONG_PASSWORD, "new": NEW_PASSWORD}
    assert shop.bilal.post("/auth/password/", wrong).status == 400
    assert shop.bilal.post("/auth/password/", {"old": PASSWORD, "new": NEW_PASSWORD}).status == 204
    shop.admin.post("/users/", {"username": "nina", "role": "advisor", "password": PASSWORD}, key=KEY)
    shop.admin.post("/users/", {"username": "nina", "role": "none", "password": PASSWORD})
    shop.admin.patch(f"/users/{shop.chitra.id}/", {"password": NEW_PASSWORD})
    hook = {"url": "https://hooks.example/", "events": ["invoice.issued"]}
    secrets.texts.add(made(shop.admin.post("/webhooks/", hook))["secret"])
    client = Client()
    client.post("/login/", {"username": username, "password": WRONG_PASSWORD})
    client.post("/login/", {"username": username, "password": NEW_PASSWORD})
    secrets.texts.add(client.cookies["finetune_session"].value)
    shop.admin.get("/auth/me/", Authorization=f"Bearer {pair['access']}x")
    shop.admin.get(f"/users/?nonsense={new_key()}")
    return secrets


@pytest.fixture
def logged(capfd) -> Iterator[Callable[[], str]]:
    """What is written with LOG_LEVEL=DEBUG, and what goes to standard error besides."""
    records: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(f"{record.getMessage()} {record.__dict__}")

    lines, before = io.StringIO(), structlog.get_config()["logger_factory"]
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(lines))
    keeper = Keeper(level=logging.DEBUG)
    loggers = [logging.getLogger(name) for name in (None, "finetune", "finetune.requests")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
        logger.addHandler(keeper)
    yield lambda: "\n".join([*records, lines.getvalue(), *capfd.readouterr()])
    structlog.configure(logger_factory=before)
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(keeper)
        logger.setLevel(level)


def test_no_log_holds_a_secret(shop: Shop, logged: Callable[[], str]):
    secrets = a_full_pass(shop)
    text = logged()
    assert "/api/auth/token/" in text, "requests are written down"
    assert not secrets.found_in(text)
    assert KEY not in text


def test_the_link_of_a_bill_is_a_key_and_in_no_log(shop: Shop, logged: Callable[[], str]):
    """Whoever reads the log must not be able to open bills with it."""
    link = urlsplit(bill(shop.bilal, shop.pune, shop.buyer)["public_url"]).path
    for tail in ("", "pdf/", "verify"):
        assert Client().get(link + tail).status_code == 200
    for mistyped in (link.removesuffix("/"), f"{link}nowhere/"):
        assert Client().get(mistyped).status_code == 404
    assert link.strip("/").split("/")[1] not in logged()


def test_a_mistake_of_ours_is_logged_without_what_was_sent(
    shop: Shop, logged: Callable[[], str], monkeypatch
):
    """The worst case: an exception in the middle of a log-in."""

    def broken(**given: str) -> None:
        raise RuntimeError("something broke")

    monkeypatch.setattr("finetune.staff.actions.log_in", broken)
    body = {"username": "asha", "password": PASSWORD}
    answer = Client(raise_request_exception=False).post(
        "/api/auth/token/", body, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    for secret in ("something broke", "RuntimeError", PASSWORD, "Traceback"):
        assert secret not in answer.content.decode()
    text = logged()
    assert "something broke" in text, "it is written down for us"
    assert PASSWORD not in text


def test_no_table_holds_a_secret_as_it_is(shop: Shop):
    """Tokens and passwords are there as hashes; only a webhook's secret must be kept, and stands in one place."""
    secrets = a_full_pass(shop)
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            text = "\n".join(row[0] for row in cursor.fetchall())
            found = secrets.found_in(text)
            if table == "sending_webhookendpoint":
                found = [secret for secret in found if not secret.startswith("whsec_")]
            if table == "django_session":
                found = [secret for secret in found if len(secret) != 32]  # the key of the row itself
            assert not found, (table, found)


def test_the_record_of_changes_holds_no_secret_and_no_hash(shop: Shop):
    secrets = a_full_pass(shop)
    with connection.cursor() as cursor:
        cursor.execute("SELECT verb, kind, changes::text FROM core_auditrecord")
        rows = cursor.fetchall()
    assert {"user", "webhook"} <= {kind for _, kind, _ in rows}
    hashes = list(User.objects.values_list("password", flat=True))
    for _, _, changes in rows:
        assert not secrets.found_in(changes)
        assert not [each for each in hashes if each in changes]
        assert not masters.SECRET_FIELDS & json.loads(changes).keys()


def test_every_field_that_sounds_secret_is_kept_out_of_the_record():
    """A model that gains a secret must say so."""
    from django.apps import apps

    sounding = ("password", "secret", "token", "digest", "private", "api_key")
    named = {
        field.name
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if model._meta.app_label not in ("auth", "sessions") and any(part in field.name for part in sounding)
    }
    # Tokens are kept as digests in tables that have no record; a bill's link is its holder's, not ours.
    known = masters.SECRET_FIELDS | {"digest", "token_families", "refreshtoken", "accesstoken", "token"}
    assert named <= known, named - known


def test_no_answer_says_a_secret_again(scene: Scene):
    """A webhook's secret is told once; passwords, hashes, epochs and digests never."""
    shop = scene.shop
    secret = made(shop.admin.post("/webhooks/", {"url": "https://hooks.example/", "events": ["stock.low"]}))[
        "secret"
    ]
    hashes = list(User.objects.values_list("password", flat=True))
    for method, path, _ in guarded():
        if method == "GET":
            text = str(shop.admin.get(scene.address(path)).data)
            assert secret not in text, path
            assert not [each for each in hashes if each in text], path
            assert not [name for name in ("'password'", "'epoch'", "'digest'", "'secret'") if name in text], (
                path
            )


def test_the_databases_words_reach_nobody(shop: Shop, monkeypatch):
    """Whatever PostgreSQL says, with the row that it quotes, is told in our words."""
    body = {"username": shop.asha.actor.caller.username.upper(), "role": "advisor"}
    answer = shop.admin.post("/users/", body)
    assert (answer.status, answer.code) == (409, "already_exists")
    before = contents()
    client = Client(raise_request_exception=False)

    def quoting(*given: object, **named: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / (length(%s) - length(%s))", [PASSWORD, PASSWORD])

    monkeypatch.setattr("finetune.customers.actions.create_customer", quoting)
    headers = {"Authorization": f"Bearer {shop.admin.token}"}
    from django.db import transaction

    with transaction.atomic():
        broken = client.post(
            "/api/customers/", {"name": "x"}, content_type="application/json", headers=headers
        )
        transaction.set_rollback(True)
    assert (broken.status_code, broken.json()["code"]) == (500, "internal_error")
    for answer_text in (str(answer.data), broken.content.decode()):
        for word in (
            "SELECT",
            "constraint",
            "psycopg",
            "division",
            "DETAIL",
            "Traceback",
            "staff_",
            PASSWORD,
        ):
            assert word not in answer_text
    assert contents() == before
