"""API_CALLS_PER_MINUTE: how often one user may call, where the shop sets it."""

import pytest

from finetune.core import call_limit
from finetune.core.call_limit import MINUTE, SECOND, CallLimit
from tests.cast import Shop


class Clock:
    def __init__(self) -> None:
        self.now = 10**12

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(call_limit, "CALLS", CallLimit(made))
    return made


def test_off_unless_it_is_set(shop: Shop, settings):
    assert settings.API_CALLS_PER_MINUTE == 0
    assert {shop.bilal.get("/auth/me/").status for _ in range(100)} == {200}


def test_a_minutes_calls_and_then_one_at_a_time(shop: Shop, settings, clock):
    settings.API_CALLS_PER_MINUTE = 6
    assert [shop.bilal.get("/auth/me/").status for _ in range(6)] == [200] * 6
    refused = shop.bilal.get("/auth/me/")
    assert (refused.status, refused.code, refused.headers["Retry-After"]) == (429, "too_many_calls", "10")
    clock.now += 9 * SECOND
    assert shop.bilal.get("/auth/me/").headers["Retry-After"] == "1"
    clock.now += SECOND
    assert shop.bilal.get("/auth/me/").status == 200
    assert shop.bilal.get("/auth/me/").status == 429
    clock.now += 10 * MINUTE
    assert [shop.bilal.get("/auth/me/").status for _ in range(7)] == [200] * 6 + [429]


def test_each_user_for_themselves_and_log_in_for_nobody(shop: Shop, settings, clock):
    settings.API_CALLS_PER_MINUTE = 1
    assert [shop.bilal.get("/auth/me/").status for _ in range(2)] == [200, 429]
    assert shop.asha.get("/auth/me/").status == 200
    log_in = {"username": "x", "password": "y"}
    assert {shop.bilal.post("/auth/token/", log_in).status for _ in range(3)} == {401}


def test_it_comes_after_the_caller_and_before_all_else(shop: Shop, settings, clock):
    settings.API_CALLS_PER_MINUTE = 1
    assert shop.auditor.post("/users/", b"[").status == 403
    assert shop.auditor.post("/users/", b"[").status == 429
    assert shop.auditor.post("/users/", b"[", Authorization="Bearer x").status == 401


def test_a_refused_call_changes_nothing_and_leaves_its_key_free(shop: Shop, settings, clock):
    settings.API_CALLS_PER_MINUTE = 1
    shop.bilal.get("/auth/me/")
    assert shop.bilal.post("/customers/", {"name": "Nina"}, key="k").status == 429
    clock.now += MINUTE
    assert shop.bilal.post("/customers/", {"name": "Nina"}, key="k").status == 201
