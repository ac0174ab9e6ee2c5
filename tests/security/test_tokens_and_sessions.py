"""Tokens that are forged, old, revoked or another's; sessions that are planted or left behind; cross-site requests.

Log-in, refresh and log-out themselves are tried in tests/api/test_log_in.py.
"""

import secrets
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from finetune.core.dates import now
from finetune.staff import tokens
from finetune.staff.authentication import digest_of
from finetune.staff.models import AccessToken, RefreshToken, TokenFamily
from tests.cast import PASSWORD, Answer, Person, Shop
from tests.security.scene import guarded

GUARDED = [(method, path.removeprefix("/api")) for method, path, _ in guarded()]


def name_of(person: Person) -> str:
    return person.actor.caller.username


def pair_of(person: Person) -> tokens.TokenPair:
    answer = person.post("/auth/token/", {"username": name_of(person), "password": PASSWORD})
    assert answer.status == 200
    return tokens.TokenPair(answer.data["access"], answer.data["refresh"])


def me(person: Person, token: str) -> Answer:
    return person.get("/auth/me/", Authorization=f"Bearer {token}")


def refreshed(person: Person, refresh: str) -> Answer:
    return person.post("/auth/token/refresh/", {"refresh": refresh}, Authorization="")


def refused(answer: Answer) -> bool:
    return (answer.status, answer.code) in ((401, "not_authenticated"), (401, "invalid_token"))


def spoil_expired(shop: Shop, pair: tokens.TokenPair) -> None:
    AccessToken.objects.update(expires_at=now() - timedelta(seconds=1))
    RefreshToken.objects.update(expires_at=now() - timedelta(seconds=1))


def spoil_revoked(shop: Shop, pair: tokens.TokenPair) -> None:
    TokenFamily.objects.update(revoked_at=now())


def spoil_logged_out(shop: Shop, pair: tokens.TokenPair) -> None:
    assert shop.bilal.post("/auth/logout/", Authorization=f"Bearer {pair.access}").status == 204


def spoil_deactivated(shop: Shop, pair: tokens.TokenPair) -> None:
    assert shop.admin.patch(f"/users/{shop.bilal.id}/", {"is_active": False}).status == 200


def spoil_new_password(shop: Shop, pair: tokens.TokenPair) -> None:
    assert shop.admin.patch(f"/users/{shop.bilal.id}/", {"password": "another-horse-battery"}).status == 200


def spoil_changed_elsewhere(shop: Shop, pair: tokens.TokenPair) -> None:
    body = {"old": PASSWORD, "new": "another-horse-battery"}
    assert shop.bilal.post("/auth/password/", body).status == 204


def spoil_refreshed_twice(shop: Shop, pair: tokens.TokenPair) -> None:
    assert refreshed(shop.bilal, pair.refresh).status == 200
    assert refreshed(shop.bilal, pair.refresh).status == 401


def spoil_deleted(shop: Shop, pair: tokens.TokenPair) -> None:
    AccessToken.objects.filter(digest=digest_of(pair.access)).delete()
    RefreshToken.objects.filter(digest=digest_of(pair.refresh)).delete()


SPOILT = [found for name, found in sorted(globals().items()) if name.startswith("spoil_")]


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda each: each.__name__)
def test_a_token_that_was_good_is_good_nowhere_any_more(
    shop: Shop, spoil: Callable[[Shop, tokens.TokenPair], None]
):
    pair = pair_of(shop.bilal)
    assert me(shop.bilal, pair.access).status == 200
    spoil(shop, pair)
    for method, path in GUARDED:
        answer = shop.bilal.call(method, path, b"[", Authorization=f"Bearer {pair.access}")
        assert refused(answer), (method, path, answer.status)
    assert refused(refreshed(shop.bilal, pair.refresh))


def test_forged_tokens(shop: Shop):
    """One sign changed, the other kind of token, another's digest, the digest itself, what a query would take."""
    pair = pair_of(shop.bilal)
    other = "A" if pair.access[0] != "A" else "B"
    forged = [
        other + pair.access[1:],
        pair.access[:-1],
        pair.access + "A",
        pair.access.swapcase(),
        pair.refresh,
        digest_of(pair.access).hex(),
        secrets.token_urlsafe(32),
        "' OR '1'='1' -- aaaaaaaaaaaaaaaaaaaa",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIiwicm9sZSI6InN5c3RlbV9hZG1pbiJ9.",
    ]
    for token in forged:
        assert refused(me(shop.bilal, token)), token
        if token != pair.refresh:
            assert refused(refreshed(shop.bilal, token)), token
    assert refused(refreshed(shop.bilal, pair.access)), "an access token refreshes nothing"
    assert me(shop.bilal, pair.access).status == 200


def test_a_refresh_token_makes_tokens_of_its_owner_alone(shop: Shop):
    """Whoever sends it, with whatever other token beside it."""
    made = shop.admin.post("/auth/token/refresh/", {"refresh": pair_of(shop.bilal).refresh})
    assert made.status == 200
    assert me(shop.admin, made.data["access"]).data["id"] == shop.bilal.id


def test_a_bad_token_is_not_saved_by_a_good_cookie(shop: Shop):
    client = logged_in(shop.asha)
    assert client.get("/api/auth/me/").status_code == 200
    assert client.get("/api/auth/me/", headers={"Authorization": "Bearer x"}).status_code == 401


def test_expiry_is_asked_of_the_database_for_each_call(shop: Shop):
    pair = pair_of(shop.bilal)
    mine = AccessToken.objects.filter(digest=digest_of(pair.access))
    mine.update(expires_at=now() + timedelta(seconds=60))
    assert me(shop.bilal, pair.access).status == 200
    mine.update(expires_at=now() - timedelta(seconds=60))
    assert refused(me(shop.bilal, pair.access))


# Sessions


def logged_in(person: Person, client: Client | None = None) -> Client:
    client = client or Client(enforce_csrf_checks=True)
    client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    form = {"username": name_of(person), "password": PASSWORD}
    answer = client.post("/login/", form, headers=csrf(client))
    assert answer.status_code == 303
    return client


def csrf(client: Client) -> dict[str, str]:
    """What the page of that client would send; log-in makes a new one."""
    return {"X-CSRFToken": client.cookies[settings.CSRF_COOKIE_NAME].value}


def key_of(client: Client) -> str:
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


def test_a_planted_session_is_worth_nothing(shop: Shop):
    """Neither a made-up key nor a real one that somebody else had before."""
    for planted in ("a" * 32, key_of(logged_in(shop.chitra))):
        victim = Client(enforce_csrf_checks=True)
        victim.cookies[settings.SESSION_COOKIE_NAME] = planted
        logged_in(shop.asha, victim)
        assert key_of(victim) != planted
        attacker = Client()
        attacker.cookies[settings.SESSION_COOKIE_NAME] = planted
        assert attacker.get("/api/auth/me/").status_code == 401
        assert victim.get("/api/auth/me/").json()["id"] == shop.asha.id


def test_each_log_in_has_a_key_of_its_own(shop: Shop):
    client = logged_in(shop.asha)
    first = key_of(client)
    logged_in(shop.asha, client)
    assert key_of(client) != first
    keys = {key_of(logged_in(shop.asha)) for _ in range(5)}
    assert len(keys) == 5
    assert all(len(key) >= 32 for key in keys)


def test_a_session_ends_with_log_out_deactivation_and_a_new_password(shop: Shop):
    for end in ("page", "api", "deactivated", "password"):
        client, beside = logged_in(shop.bilal), logged_in(shop.bilal)
        kept = key_of(client)
        if end == "page":
            assert client.post("/logout/", headers=csrf(client)).status_code == 303
        elif end == "api":
            left = client.post("/api/auth/logout/", content_type="application/json", headers=csrf(client))
            assert left.status_code == 204
        elif end == "deactivated":
            shop.admin.patch(f"/users/{shop.bilal.id}/", {"is_active": False})
            shop.admin.patch(f"/users/{shop.bilal.id}/", {"is_active": True})
        else:
            shop.admin.patch(f"/users/{shop.bilal.id}/", {"password": PASSWORD})  # the same one, even
        thief = Client()
        thief.cookies[settings.SESSION_COOKIE_NAME] = kept
        assert thief.get("/api/auth/me/").status_code == 401, end
        assert b"Log out" not in thief.get("/").content
        others = beside.get("/api/auth/me/").status_code
        assert others == (200 if end in ("page", "api") else 401), end


def test_changing_ones_own_password_ends_every_other_log_in_and_renews_this_one(shop: Shop):
    client, beside, pair = logged_in(shop.bilal), logged_in(shop.bilal), pair_of(shop.bilal)
    before = key_of(client)
    body = {"old": PASSWORD, "new": "another-horse-battery"}
    answer = client.post("/api/auth/password/", body, content_type="application/json", headers=csrf(client))
    assert answer.status_code == 204
    assert key_of(client) != before
    assert client.get("/api/auth/me/").status_code == 200
    assert beside.get("/api/auth/me/").status_code == 401
    assert refused(me(shop.bilal, pair.access))
    assert refused(refreshed(shop.bilal, pair.refresh))


def test_a_session_that_is_over_is_no_session(shop: Shop):
    client = logged_in(shop.bilal)
    Session.objects.update(expire_date=now() - timedelta(seconds=1))
    assert client.get("/api/auth/me/").status_code == 401


# Requests from another site


def test_every_write_with_a_cookie_needs_the_token_of_its_page(shop: Shop):
    client = logged_in(shop.admin)
    for method, path in GUARDED:
        address = f"/api{path}".replace("{row_id}", "1").replace("{voucher_id}", "1")
        without = client.generic(method, address, b"[", content_type="application/json")
        if method == "GET":
            assert without.status_code not in (401, 403), path
            continue
        assert (without.status_code, without.json()["code"]) == (403, "csrf_failed"), path
        other = {"X-CSRFToken": "b" * 32}
        wrong = client.generic(method, address, b"[", content_type="application/json", headers=other)
        assert wrong.status_code == 403, path
        right = client.generic(method, address, b"[", content_type="application/json", headers=csrf(client))
        assert right.status_code in (204, 400, 404), (path, right.status_code)
        client = logged_in(shop.admin) if right.status_code == 204 else client


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://testserver.evil.example"])
def test_another_origin_is_refused_even_with_the_token(shop: Shop, origin: str):
    client = logged_in(shop.asha)
    headers = {**csrf(client), "Origin": origin}
    body = {"name": "Nina"}
    answer = client.post("/api/customers/", body, content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    form = {"username": name_of(shop.asha), "password": PASSWORD}
    assert client.post("/login/", form, headers=headers).status_code == 403
    assert client.post("/logout/", headers=headers).status_code == 403
    assert client.get("/api/auth/me/").status_code == 200


def test_a_form_of_another_site_is_no_json(shop: Shop):
    """What a form can send without asking first is not taken, token or not."""
    client = logged_in(shop.asha)
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"):
        answer = client.generic(
            "POST", "/api/customers/", b'{"name": "x"}', content_type=kind, headers=csrf(client)
        )
        assert answer.status_code == 415


def test_no_other_site_may_read(shop: Shop):
    answer = logged_in(shop.asha).get("/api/auth/me/", headers={"Origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


def test_the_cookies_flags(shop: Shop):
    cookie = logged_in(shop.asha).cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["domain"]
    assert int(cookie["max-age"]) <= 12 * 3600
