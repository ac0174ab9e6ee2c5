"""Guessing passwords and finding out who is there: slowed down, told nothing, and the shop stays open.

The counts themselves are tried in tests/staff/test_throttle.py.
"""

import ipaddress
import re

import pytest
from django.contrib.auth import hashers
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from finetune.staff.throttle import FAILURES_PER_ADDRESS_MAX, FAILURES_PER_PAIR_MAX
from tests.cast import PASSWORD, Shop

SHOP_ADDRESS, STRANGER, PROXY = "198.51.100.7", "203.0.113.9", "192.0.2.1"


class Door:
    """Log-in from one address."""

    def __init__(self, address: str) -> None:
        self.client, self.address = Client(REMOTE_ADDR=address), address

    def try_(self, username: str, password: str = "wrong", **headers: str) -> int:
        body = {"username": username, "password": password}
        path = "/api/auth/token/"
        return self.client.post(path, body, content_type="application/json", headers=headers).status_code


@pytest.fixture
def names(shop: Shop) -> tuple[str, str]:
    return shop.asha.actor.caller.username, shop.bilal.actor.caller.username


def test_one_user_is_guessed_at(names: tuple[str, str]):
    """From one address: the eleventh try is not looked at. At home she gets in all the same."""
    asha, bilal = names
    thief, home = Door(STRANGER), Door(SHOP_ADDRESS)
    assert [thief.try_(asha) for _ in range(FAILURES_PER_PAIR_MAX)] == [401] * FAILURES_PER_PAIR_MAX
    assert thief.try_(asha, PASSWORD) == 429
    assert thief.try_(asha.upper() + " ", PASSWORD) == 429
    assert home.try_(asha, PASSWORD) == 200
    assert thief.try_(bilal, PASSWORD) == 200, "another user behind the same address"


def test_many_users_are_tried_with_one_password(names: tuple[str, str]):
    """The address is stopped, and who logged in from there before is not."""
    asha, bilal = names
    spray = Door(STRANGER)
    assert spray.try_(asha, PASSWORD) == 200
    statuses = [spray.try_(f"user{number}") for number in range(FAILURES_PER_ADDRESS_MAX)]
    assert set(statuses) == {401}
    assert spray.try_("user-next") == 429
    assert spray.try_(bilal, PASSWORD) == 429
    assert spray.try_(asha, PASSWORD) == 200
    assert Door(SHOP_ADDRESS).try_(bilal, PASSWORD) == 200


def test_the_page_and_the_api_count_together(names: tuple[str, str]):
    asha, _ = names
    door = Door(STRANGER)
    for _ in range(FAILURES_PER_PAIR_MAX):
        page = door.client.post("/login/", {"username": asha, "password": "wrong"})
        assert page.status_code == 401
    assert door.try_(asha, PASSWORD) == 429


def test_forwarded_addresses_count_from_trusted_proxies_alone(names: tuple[str, str], settings):
    asha, _ = names
    thief = Door(STRANGER)
    tries = [
        thief.try_(asha, **{"X-Forwarded-For": f"10.0.0.{number}"}) for number in range(FAILURES_PER_PAIR_MAX)
    ]
    assert set(tries) == {401}
    assert thief.try_(asha, PASSWORD, **{"X-Forwarded-For": "10.9.9.9"}) == 429
    settings.TRUSTED_PROXIES = [ipaddress.ip_network(f"{PROXY}/32")]
    proxy = Door(PROXY)
    assert proxy.try_(asha, PASSWORD, **{"X-Forwarded-For": STRANGER}) == 429
    assert proxy.try_(asha, PASSWORD, **{"X-Forwarded-For": f"{STRANGER}, {SHOP_ADDRESS}"}) == 200
    assert proxy.try_(asha, PASSWORD, **{"X-Forwarded-For": f"{SHOP_ADDRESS}, {STRANGER}"}) == 429


def test_changing_a_password_is_no_second_door(shop: Shop):
    body = {"old": "wrong", "new": "another-horse-battery"}
    tries = [shop.asha.post("/auth/password/", body).status for _ in range(FAILURES_PER_PAIR_MAX + 1)]
    assert tries == [400] * FAILURES_PER_PAIR_MAX + [429]
    assert shop.asha.post("/auth/password/", body | {"old": PASSWORD}).status == 429
    assert shop.asha.get("/auth/me/").status == 200


# Who is there?


def kinds_of_nobody(shop: Shop) -> dict[str, str]:
    """Names that do not get in, each for a reason of its own."""
    shop.admin.patch(f"/users/{shop.chitra.id}/", {"is_active": False})
    shop.admin.post("/users/", {"username": "without.password", "role": "advisor"})
    return {
        "wrong password": shop.asha.actor.caller.username,
        "unknown": "nobody-of-that-name",
        "switched off": shop.chitra.actor.caller.username,
        "no password yet": "without.password",
    }


def test_every_wrong_log_in_is_told_the_same(shop: Shop):
    answers, pages = set(), set()
    for username in kinds_of_nobody(shop).values():
        body = {"username": username, "password": "wrong"}
        answer = Client().post("/api/auth/token/", body, content_type="application/json")
        told = answer.json() | {"request_id": ""}
        answers.add((answer.status_code, str(told), tuple(sorted(answer.headers)), len(answer.content)))
        page = Client().post("/login/", body)
        text = page.content.decode().replace(username, "NAME")
        pages.add((page.status_code, re.sub(r'csrfmiddlewaretoken" value="\w+"', "", text)))
    assert len(answers) == 1
    assert len(pages) == 1


def test_every_wrong_log_in_costs_the_same_work(shop: Shop, monkeypatch, settings):
    """One password is hashed and as many statements are sent, whoever it is: the time tells nothing."""
    settings.PASSWORD_HASHERS = ["finetune.staff.hashing.Argon2"]
    shop.admin.patch(f"/users/{shop.asha.id}/", {"password": PASSWORD})
    hashed: list[str] = []

    def counted(name: str) -> None:
        original = getattr(hashers.Argon2PasswordHasher, name)

        def call(*given: str) -> object:
            hashed.append(name)
            return original(*given)

        monkeypatch.setattr(hashers.Argon2PasswordHasher, name, call)

    counted("encode")
    counted("verify")
    work = {}
    for kind, username in kinds_of_nobody(shop).items():
        hashed.clear()
        with CaptureQueriesContext(connection) as queries:
            assert Door(STRANGER).try_(username) == 401
        work[kind] = (len(hashed), len(queries))
    assert set(work.values()) == {work["unknown"]}, work
    assert work["unknown"][0] == 1


def test_a_throttled_name_tells_nothing_of_itself(shop: Shop):
    told = set()
    for username in kinds_of_nobody(shop).values():
        door = Door(STRANGER)
        for _ in range(FAILURES_PER_PAIR_MAX):
            door.try_(username)
        body = {"username": username, "password": PASSWORD}
        answer = door.client.post("/api/auth/token/", body, content_type="application/json")
        told.add((answer.status_code, str(answer.json() | {"request_id": ""}), answer["Retry-After"]))
    assert len(told) == 1
