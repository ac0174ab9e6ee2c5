import ipaddress

import pytest
from django.db import connection
from django.test import RequestFactory

from finetune.core.refusals import Refusal
from finetune.staff import tokens
from finetune.staff.actions import check_login
from finetune.staff.models import LoginAttempt, User
from finetune.staff.throttle import (
    FAILURES_PER_ADDRESS_MAX,
    FAILURES_PER_PAIR_MAX,
    address_of,
    refuse_guessing,
    remember_attempt,
)
from tests.cast import PASSWORD

HOME, ELSEWHERE = "198.51.100.7", "203.0.113.9"


@pytest.mark.parametrize(
    ("trusted", "remote", "forwarded", "address"),
    [
        ([], "198.51.100.7", None, "198.51.100.7"),
        ([], "198.51.100.7", "203.0.113.9", "198.51.100.7"),
        (["198.51.100.7/32"], "198.51.100.7", "203.0.113.9", "203.0.113.9"),
        (["198.51.100.7/32"], "198.51.100.7", "192.0.2.1, 203.0.113.9", "203.0.113.9"),
        (["198.51.100.0/24"], "198.51.100.7", "192.0.2.1, 198.51.100.8", "192.0.2.1"),
        (["198.51.100.7/32"], "198.51.100.7", None, "198.51.100.7"),
        (["198.51.100.7/32"], "198.51.100.7", "", "198.51.100.7"),
        (["198.51.100.7/32"], "198.51.100.7", "nonsense", "198.51.100.7"),
        (["198.51.100.7/32"], "198.51.100.7", "203.0.113.9, nonsense", "198.51.100.7"),
        (["0.0.0.0/0"], "198.51.100.7", "203.0.113.9", "203.0.113.9"),
        (["127.0.0.1/32"], "", "203.0.113.9", "203.0.113.9"),
        ([], "", "203.0.113.9", "127.0.0.1"),
        ([], "::ffff:198.51.100.7", None, "198.51.100.7"),
        ([], "2001:db8:1:2:3:4:5:6", None, "2001:db8:1:2::"),
        ([], "fe80::1%eth0", None, "fe80::"),
        (["2001:db8::/32"], "2001:db8::1", "203.0.113.9", "203.0.113.9"),
    ],
)
def test_address_of(settings, trusted, remote, forwarded, address):
    settings.TRUSTED_PROXIES = [ipaddress.ip_network(each) for each in trusted]
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    assert address_of(RequestFactory().get("/", REMOTE_ADDR=remote, headers=headers)) == address


@pytest.mark.parametrize(
    ("remote", "headers", "address"),
    [
        ("100.64.0.3", {"X-Real-IP": "203.0.113.9"}, "203.0.113.9"),
        # Railway's edge appends an address of its own; Render and Fly keep what the client made up in front.
        (
            "100.64.0.3",
            {"X-Real-IP": "203.0.113.9", "X-Forwarded-For": "203.0.113.9, 152.0.2.1"},
            "203.0.113.9",
        ),
        ("100.64.0.3", {"X-Real-IP": "2001:db8:1:2:3:4:5:6"}, "2001:db8:1:2::"),
        ("100.64.0.3", {"X-Real-IP": "192.0.2.1, 203.0.113.9"}, "100.64.0.3"),
        ("100.64.0.3", {"X-Real-IP": "nonsense"}, "100.64.0.3"),
        ("100.64.0.3", {"X-Forwarded-For": "203.0.113.9"}, "100.64.0.3"),
        ("198.51.100.7", {"X-Real-IP": "203.0.113.9"}, "198.51.100.7"),
    ],
)
def test_address_of_where_the_edge_has_a_header_of_its_own(settings, remote, headers, address):
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("100.64.0.0/10")]
    settings.CLIENT_ADDRESS_HEADER = "X-Real-IP"
    assert address_of(RequestFactory().get("/", REMOTE_ADDR=remote, headers=headers)) == address


def fail(username: str, address: str, times: int) -> None:
    for _ in range(times):
        remember_attempt(username, address, succeeded=False)


def refused(username: str, address: str) -> bool:
    try:
        refuse_guessing(username, address)
    except Refusal as refusal:
        return (refusal.status, refusal.code, bool(refusal.retry_after)) == (429, "too_many_attempts", True)
    return False


def test_by_name_with_address(db):
    fail("Asha", HOME, FAILURES_PER_PAIR_MAX - 1)
    assert not refused("asha", HOME)
    fail(" ASHA ", HOME, 1)
    assert refused("asha", HOME)
    assert not refused("asha", ELSEWHERE)
    assert not refused("bilal", HOME)


def test_a_success_begins_the_count_again(db):
    fail("asha", HOME, FAILURES_PER_PAIR_MAX - 1)
    remember_attempt("asha", HOME, succeeded=True)
    fail("asha", HOME, FAILURES_PER_PAIR_MAX - 1)
    assert not refused("asha", HOME)


def test_by_address_sparing_who_was_there_before(db):
    remember_attempt("asha", HOME, succeeded=True)
    for number in range(FAILURES_PER_ADDRESS_MAX):
        fail(f"guess{number}", HOME, 1)
    assert refused("bilal", HOME)
    assert not refused("asha", HOME)
    assert not refused("bilal", ELSEWHERE)


def test_it_is_forgotten_after_a_quarter_of_an_hour(db):
    fail("asha", HOME, FAILURES_PER_PAIR_MAX)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE staff_loginattempt SET at = at - interval '901 seconds'")
    assert not refused("asha", HOME)


def test_the_right_password_is_not_even_looked_at(shop):
    username = shop.asha.actor.caller.username
    fail(username, HOME, FAILURES_PER_PAIR_MAX)
    with pytest.raises(Refusal) as refusal:
        check_login(username=username, password=PASSWORD, address=HOME)
    assert refusal.value.status == 429
    assert (
        check_login(username=f" {username.upper()} ", password=PASSWORD, address=ELSEWHERE).pk == shop.asha.id
    )


@pytest.mark.parametrize("username", ["", "\x00", "x" * 1000, "🪔", "a\x00b"])
def test_odd_names_are_simply_not_known(db, username):
    with pytest.raises(Refusal) as refusal:
        check_login(username=username, password="\x00" * 10, address=HOME)
    assert (refusal.value.status, refusal.value.code) == (401, "invalid_credentials")


def test_forget_expired(shop):
    fail("asha", HOME, 1)
    pair = tokens.start_family(shop.asha.id)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE staff_loginattempt SET at = at - interval '32 days'")
        cursor.execute("UPDATE staff_accesstoken SET expires_at = expires_at - interval '62 days'")
        cursor.execute("UPDATE staff_refreshtoken SET expires_at = expires_at - interval '62 days'")
        cursor.execute("UPDATE staff_tokenfamily SET created_at = created_at - interval '61 days'")
    tokens.forget_expired()
    assert not LoginAttempt.objects.exists()
    assert not User.objects.get(pk=shop.asha.id).token_families.exists()
    with pytest.raises(Refusal):
        tokens.rotate(pair.refresh)
