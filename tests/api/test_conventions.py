"""What every answer keeps to: ids, entity tags, methods, slashes, media types, health, and being away."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, transaction
from django.test import Client

from finetune.core.constraints import refusal_for
from finetune.web import health
from tests import published
from tests.cast import Person, Shop
from tests.conftest import owner_url

ADDRESSES = [
    "/",
    "/login/",
    "/nowhere",
    "/healthz",
    "/api/auth/me/",
    "/api/nowhere/",
    "/api/openapi.json",
    "/api/docs",
]


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_answer_has_an_id_and_the_security_headers(db: None, path: str):
    answer = Client().get(path)
    assert len(answer["X-Request-Id"]) == 32
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_a_request_id_that_is_safe_is_kept(shop: Shop):
    answer = shop.admin.get("/auth/me/", **{"X-Request-Id": "till-7.2026-11-22"})
    assert answer.headers["X-Request-Id"] == "till-7.2026-11-22"
    refused = shop.admin.get("/nowhere/", **{"X-Request-Id": "till-7.2026-11-22"})
    assert refused.data["request_id"] == "till-7.2026-11-22"


def test_the_log_of_changes_keeps_the_request_id(shop: Shop):
    made = shop.admin.post(
        "/users/", {"username": "nina", "role": "auditor"}, **{"X-Request-Id": "till-7.nina"}
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT request_id FROM core_auditrecord WHERE kind = 'user' AND object_id = %s",
            [made.data["id"]],
        )
        assert cursor.fetchall() == [("till-7.nina",)]


def test_the_entity_tag_is_held_against_if_match(shop: Shop):
    path = f"/users/{shop.bilal.id}/"
    first = shop.admin.get(path)
    assert first.headers["ETag"] == '"1"'
    second = shop.admin.patch(path, {"name": "Bilal Shaikh"}, **{"If-Match": first.headers["ETag"]})
    assert (second.status, second.headers["ETag"]) == (200, '"2"')
    late = shop.admin.patch(path, {"name": "Bilal S."}, **{"If-Match": first.headers["ETag"]})
    assert (late.status, late.code, late.data["version"]) == (412, "stale", 2)
    for tags in ("*", '"1", "2"', 'W/"2"'):
        assert shop.admin.patch(path, {"name": "Bilal Shaikh"}, **{"If-Match": tags}).status == 200
    assert shop.admin.patch(path, {"name": "Bilal"}).status == 200


def test_a_change_that_changes_nothing_keeps_the_version(shop: Shop):
    path = f"/users/{shop.bilal.id}/"
    assert shop.admin.patch(path, {"name": "bilal"}).headers["ETag"] == '"1"'
    assert shop.admin.patch(path, {}).headers["ETag"] == '"1"'


def test_head_answers_as_get_without_the_body(shop: Shop):
    got, head = (
        shop.admin.get("/auth/me/"),
        shop.admin.client.head("/api/auth/me/", headers=bearer(shop.admin)),
    )
    assert (head.status_code, head.content) == (200, b"")
    assert head["Content-Length"] == got.headers["Content-Length"]
    assert Client().head("/api/auth/me/").status_code == 401
    assert Client().head("/api/auth/token/").status_code == 405


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "TRACE", "CONNECT", "BREW"])
def test_a_method_that_is_not_taken(shop: Shop, method: str):
    answer = shop.admin.call(method, "/users/")
    assert (answer.status, answer.code) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, POST"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/users", "/users//", "/auth/me", "/"])
def test_an_address_without_its_slash_is_not_there(shop: Shop, path: str):
    answer = shop.admin.get(path)
    assert (answer.status, answer.code) == (404, "not_found")


@pytest.mark.parametrize(
    "media_type", ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON;charset=UTF-8"]
)
def test_json_is_json_with_and_without_a_charset(shop: Shop, media_type: str):
    answer = Client().post(
        "/api/users/",
        '{"username": "ñina", "role": "auditor"}',
        content_type=media_type,
        headers=bearer(shop.admin),
    )
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["username"]


def test_too_much_and_of_the_wrong_kind(shop: Shop):
    large = shop.admin.post("/users/", b" " * (1024 * 1024 + 1))
    assert (large.status, large.code) == (413, "too_large")
    text = Client().post("/api/users/", "{}", content_type="text/plain", headers=bearer(shop.admin))
    assert (text.status_code, text.json()["code"]) == (415, "unsupported_media_type")


def test_precedence_of_role_over_size_over_sense_over_key(shop: Shop):
    """The order of docs/errors.md: each request has every later fault as well."""
    odd = {"Idempotency-Key": "", "Content-Type": "text/plain"}
    nobody = Client().post("/api/users/?x=1", b"[" * (2**20 + 1), content_type="text/plain", headers=odd)
    assert nobody.status_code == 401
    call = shop.auditor.call("POST", "/users/?x=1", b"[" * (2**20 + 1), **{"Idempotency-Key": ""})
    assert call.status == 403
    assert shop.admin.call("POST", "/users/?x=1", b"[" * (2**20 + 1), **{"Idempotency-Key": ""}).status == 413
    parameter = shop.admin.call("POST", "/users/?x=1", b"[", **{"Idempotency-Key": ""})
    assert (parameter.status, parameter.code) == (400, "unknown_parameter")
    assert shop.admin.call("PATCH", "/users/999999/", b"[").status == 400
    assert shop.admin.call("PATCH", "/users/999999/", b"{}", **{"If-Match": '"x"'}).status == 404


def test_nothing_of_an_answer_is_kept_by_caches(shop: Shop):
    assert shop.admin.get("/auth/me/").headers["Cache-Control"] == "no-store"
    assert Client().get("/api/auth/me/")["Cache-Control"] == "no-store"


def test_a_cookie_needs_the_token_of_its_page(shop: Shop):
    from django.contrib.auth import get_user_model

    client = Client(enforce_csrf_checks=True)
    client.force_login(get_user_model().objects.get(pk=shop.admin.id))
    assert client.get("/api/auth/me/").json()["id"] == shop.admin.id
    refused = client.post(
        "/api/users/", {"username": "x", "role": "auditor"}, content_type="application/json"
    )
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    client.get("/login/?next=/")
    page = client.get("/")
    token = page.content.decode().split('csrfmiddlewaretoken" value="')[1].split('"')[0]
    done = client.post(
        "/api/users/",
        {"username": "x", "role": "auditor"},
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )
    assert done.status_code == 201


def test_money_is_not_moved_without_a_key(shop: Shop):
    needing = [
        (method, path)
        for method, path, operation in published.operations()
        if any(each["name"] == "Idempotency-Key" and each["required"] for each in operation["parameters"])
    ]
    assert ("POST", "/api/payments/") in needing
    for method, path in needing:
        answer = shop.admin.call(method, path.removeprefix("/api").replace("{row_id}", "1"), {})
        assert (answer.status, answer.code) == (400, "idempotency_key_missing"), path


def test_a_key_whose_first_request_still_runs(shop: Shop):
    """Told so at once: the second does not wait for the first."""
    with psycopg.connect(owner_url("suite")) as other:
        other.execute("SELECT core_begin(%s, 'other', 'k')", [shop.admin.id])
        answer = shop.admin.post("/users/", {"username": "nina", "role": "auditor"}, key="k")
        assert (answer.status, answer.code) == (409, "idempotency_in_progress")
        assert int(answer.headers["Retry-After"]) > 0
        assert shop.asha.post("/customers/", {"name": "Nina"}, key="k").status == 201, (
            "a key is its caller's own"
        )
    assert shop.admin.post("/users/", {"username": "nina", "role": "auditor"}, key="k").status == 201


def bearer(person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {person.token}"}


@pytest.fixture
def no_database(db: None) -> Iterator[None]:
    """No connection is to be had, as when the server is gone."""

    def ensure_connection(*given: object, **named: object) -> None:
        with connection.wrap_database_errors:
            raise psycopg.OperationalError("the server closed the connection unexpectedly")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "ensure_connection", ensure_connection)
        yield


def test_alive_needs_no_database(no_database: None):
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


def test_ready_says_what_it_waits_for(no_database: None):
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["for"]) == (503, "database")
    assert int(answer["Retry-After"]) > 0


def test_ready_when_all_is_there(db: None):
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


def test_not_ready_before_the_demo_is_loaded_or_the_tables_are_made(
    db: None, monkeypatch: pytest.MonkeyPatch
):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO core_milestone (name) VALUES ('demo begun')")
    assert Client().get("/readyz").json() == {"status": "waiting", "for": "demo"}
    monkeypatch.setattr(health, "_migrated", [])
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'core'")
    assert Client().get("/readyz").json() == {"status": "waiting", "for": "migrations"}


def test_health_is_told_under_any_name(db: None):
    """A load balancer asks by the address of the machine."""
    assert Client().get("/healthz", HTTP_HOST="10.0.0.7").status_code == 200
    assert Client().get("/readyz", HTTP_HOST="10.0.0.7").status_code == 200


def test_without_a_database_everybody_is_asked_to_try_again(no_database: None):
    answer = Client().get("/api/auth/me/", headers={"Authorization": "Bearer " + "a" * 43})
    assert (answer.status_code, answer.json()["code"]) == (503, "try_again")
    assert answer["Content-Type"] == "application/problem+json"
    assert int(answer["Retry-After"]) > 0
    client = Client()
    client.cookies["finetune_session"] = "a" * 32
    page = client.get("/")
    assert (page.status_code, page["Retry-After"]) == (503, "3")
    assert b"Nothing was changed" in page.content


def test_a_row_that_is_referred_to_is_in_use(shop: Shop):
    """No endpoint removes a master record; should one ever, the reference keeps it."""
    from django.db import IntegrityError

    def join_a_store_that_is_gone() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO staff_membership (user_id, store_id) VALUES (%s, 0)", [shop.bilal.id])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError) as caught:
        join_a_store_that_is_gone()
    refusal = refusal_for(caught.value)
    assert refusal is not None
    assert (refusal.status, refusal.code) == (409, "in_use")
