import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from finetune.staff.models import User
from tests.cast import PASSWORD


def log_in(person, password=PASSWORD, **headers):
    body = {"username": person.actor.caller.username, "password": password}
    return person.post("/auth/token/", body, Authorization="", **headers)


def test_works(shop):
    answer = log_in(shop.asha)
    assert answer.status == 200
    assert answer.data.keys() == {"access", "refresh", "expires_in"}
    assert answer.data["expires_in"] >= 15 * 60
    me = shop.asha.get("/auth/me/", Authorization=f"Bearer {answer.data['access']}")
    assert me.status == 200


def test_names_without_regard_to_capitals_passwords_as_typed(shop):
    shop.admin.patch(f"/users/{shop.asha.id}/", {"password": " with spaces around "})
    assert log_in(shop.asha, " with spaces around ").status == 200
    assert log_in(shop.asha, "with spaces around").status == 401
    body = {"username": shop.bilal.actor.caller.username.upper(), "password": PASSWORD, "code": None}
    assert shop.bilal.post("/auth/token/", body).status == 200


def test_wrong(shop):
    for answer in (
        log_in(shop.asha, "wrong"),
        shop.asha.post("/auth/token/", {"username": "x", "password": "y"}),
    ):
        assert (answer.status, answer.code) == (401, "invalid_credentials")
        assert "WWW-Authenticate" in answer.headers
    shop.admin.patch(f"/users/{shop.asha.id}/", {"is_active": False})
    assert (log_in(shop.asha).status, log_in(shop.asha).code) == (401, "invalid_credentials")


def test_a_user_without_a_password(shop):
    made = shop.admin.post("/users/", {"username": "new.one", "role": "advisor"})
    assert made.status == 201
    for password in ("", "!", "None"):
        answer = shop.admin.post("/auth/token/", {"username": "new.one", "password": password})
        assert answer.status == (401 if password else 400)


@pytest.mark.parametrize(
    "body",
    [{}, {"username": "a"}, {"username": None, "password": "x"}, {"username": 1, "password": "x"}, [], "x"],
)
def test_malformed(shop, body):
    assert shop.asha.post("/auth/token/", body).status == 400


def test_throttled(shop):
    for _ in range(10):
        assert log_in(shop.asha, "wrong").status == 401
    answer = log_in(shop.asha)
    assert (answer.status, answer.code) == (429, "too_many_attempts")
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    assert log_in(shop.bilal).status == 200
    assert shop.asha.get("/auth/me/").status == 200


def test_refresh(shop):
    first = log_in(shop.asha).data
    second = shop.asha.post("/auth/token/refresh/", {"refresh": first["refresh"]})
    assert second.status == 200
    assert second.data["access"] != first["access"]
    reused = shop.asha.post("/auth/token/refresh/", {"refresh": first["refresh"]})
    assert (reused.status, reused.code) == (401, "invalid_token")
    assert shop.asha.get("/auth/me/", Authorization=f"Bearer {second.data['access']}").status == 401
    assert shop.asha.post("/auth/token/refresh/", {"refresh": second.data["refresh"]}).status == 401


@pytest.mark.parametrize("refresh", ["x", "\u00e4", "x" * 200])
def test_refresh_with_nonsense(shop, refresh):
    assert shop.asha.post("/auth/token/refresh/", {"refresh": refresh}).status == 401


def test_log_out_at_once(shop):
    pair = log_in(shop.asha).data
    mine = {"Authorization": f"Bearer {pair['access']}"}
    assert shop.asha.post("/auth/logout/", **mine).status == 204
    assert shop.asha.get("/auth/me/", **mine).status == 401
    assert shop.asha.post("/auth/token/refresh/", {"refresh": pair["refresh"]}).status == 401
    assert shop.asha.get("/auth/me/").status == 200


def test_change_password(shop):
    pair = log_in(shop.asha).data
    mine = {"Authorization": f"Bearer {pair['access']}"}
    wrong = shop.asha.post("/auth/password/", {"old": "wrong", "new": "another-horse-battery"}, **mine)
    assert (wrong.status, wrong.field_codes()) == (400, {"old": "invalid_credentials"})
    weak = shop.asha.post("/auth/password/", {"old": PASSWORD, "new": "12345"}, **mine)
    assert (weak.status, set(weak.field_codes().values())) == (400, {"weak_password"})
    body = {"old": PASSWORD, "new": "another-horse-battery"}
    assert shop.asha.post("/auth/password/", body, **mine).status == 204
    assert shop.asha.get("/auth/me/", **mine).status == 200
    assert shop.asha.get("/auth/me/").status == 401
    assert log_in(shop.asha).status == 401
    assert log_in(shop.asha, "another-horse-battery").status == 200


def test_me(shop):
    me = shop.bilal.get("/auth/me/").data
    code = shop.admin.get(f"/stores/{shop.pune}/").data["code"]
    assert me == {
        "id": shop.bilal.id,
        "username": shop.bilal.actor.caller.username,
        "name": "bilal",
        "role": "advisor",
        "stores": [{"id": shop.pune, "code": code, "name": "Pune"}],
    }
    assert {store["id"] for store in shop.auditor.get("/auth/me/").data["stores"]} == {shop.pune, shop.nagpur}


@pytest.mark.parametrize(
    "header",
    [
        "",
        " ",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer " + "x" * 43,
        "Bearer " + "x" * 5000,
        "Basic YWRtaW46YWRtaW4=",
        "Token abc",
        "Bearer \u00e4\u00f6\u00fc" + "x" * 30,
        "Bearer a b c",
        "bearer\t" + "x" * 43,
        "Bearer ' OR 1=1 --",
    ],
)
def test_forged_headers(shop, header):
    answer = shop.asha.get("/auth/me/", Authorization=header)
    assert (answer.status, answer.code) == (401, "not_authenticated")


def test_no_header_at_all(shop):
    with_cookie = Client()
    with_cookie.cookies[settings.SESSION_COOKIE_NAME] = "nonsense"
    for path in ("/api/auth/me/", "/api/users/", "/api/stores/1/"):
        assert Client().get(path).status_code == 401
        assert with_cookie.get(path).status_code == 401


def test_one_statement_tells_who_calls(shop):
    with CaptureQueriesContext(connection) as queries:
        shop.asha.get("/auth/me/")
    assert len(queries) == 2


def session_of(shop) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(pk=shop.asha.id))
    return client


def test_a_session_reads_and_writes_only_with_a_csrf_token(shop):
    client = session_of(shop)
    assert client.get("/api/auth/me/").status_code == 200
    body = {"name": "Meera"}
    refused = client.post("/api/customers/", body, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    headers = {"X-CSRFToken": "a" * 32}
    allowed = client.post("/api/customers/", body, content_type="application/json", headers=headers)
    assert allowed.status_code == 201


def test_deactivating_ends_sessions_at_once(shop):
    client = session_of(shop)
    assert client.get("/api/auth/me/").status_code == 200
    shop.admin.patch(f"/users/{shop.asha.id}/", {"is_active": False})
    assert client.get("/api/auth/me/").status_code == 401
    shop.admin.patch(f"/users/{shop.asha.id}/", {"is_active": True})
    assert client.get("/api/auth/me/").status_code == 401


def test_a_new_password_ends_other_sessions(shop):
    client, other = session_of(shop), session_of(shop)
    client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    body = {"old": PASSWORD, "new": "another-horse-battery"}
    headers = {"X-CSRFToken": "a" * 32}
    changed = client.post("/api/auth/password/", body, content_type="application/json", headers=headers)
    assert changed.status_code == 204
    assert client.get("/api/auth/me/").status_code == 200
    assert other.get("/api/auth/me/").status_code == 401


def test_log_out_of_a_session(shop):
    client = session_of(shop)
    client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    left = client.post(
        "/api/auth/logout/", content_type="application/json", headers={"X-CSRFToken": "a" * 32}
    )
    assert left.status_code == 204
    assert client.get("/api/auth/me/").status_code == 401
