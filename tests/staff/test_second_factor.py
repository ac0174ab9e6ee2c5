"""Codes of an authenticator and recovery codes: each lets in once, and only who also knows the password."""

from datetime import timedelta

import pyotp
import pytest

from finetune.core import dates
from finetune.staff import second_factor
from finetune.staff.models import RecoveryCode, SecondFactor, User
from tests.cast import PASSWORD, Person, Shop
from tests.races.threads import at_once


def code_of(person: Person, *, steps: int = 0) -> str:
    secret = SecondFactor.objects.get(user_id=person.id).secret
    return pyotp.TOTP(secret).at(dates.now() + timedelta(seconds=30 * steps))


def switched_on(person: Person) -> list[str]:
    second_factor.propose(User.objects.get(pk=person.id))
    codes = second_factor.confirm(person.id, code_of(person, steps=-1))
    assert codes is not None
    return codes


def log_in(person: Person, **more: str):
    body = {"username": person.actor.caller.username, "password": PASSWORD, **more}
    return person.call("POST", "/auth/token/", body)


def test_without_one_nothing_is_asked(shop: Shop):
    assert log_in(shop.bilal).status == 200


def test_a_proposed_one_does_not_count_before_it_is_confirmed(shop: Shop):
    second_factor.propose(User.objects.get(pk=shop.bilal.id))
    assert log_in(shop.bilal).status == 200


def test_the_code_is_asked_for_and_lets_in_once(shop: Shop):
    switched_on(shop.bilal)
    answer = log_in(shop.bilal)
    assert (answer.status, answer.code) == (401, "mfa_required")
    code = code_of(shop.bilal)
    assert log_in(shop.bilal, code=code).status == 200
    again = log_in(shop.bilal, code=code)
    assert (again.status, again.code) == (401, "invalid_credentials")


def test_who_does_not_know_the_password_is_not_told_that_there_is_one(shop: Shop):
    switched_on(shop.bilal)
    answer = log_in(shop.bilal, password="wrong")
    assert (answer.status, answer.code) == (401, "invalid_credentials")


@pytest.mark.parametrize("code", ["000000", "12345", "1234567", "abcdef", "１２３４５６", "\x7f", "-"])
def test_what_is_no_code(shop: Shop, code: str):
    switched_on(shop.bilal)
    if code == code_of(shop.bilal):
        return
    assert log_in(shop.bilal, code=code).code == "invalid_credentials"


@pytest.mark.parametrize(("steps", "passes"), [(-2, False), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_off_by_one_step(shop: Shop, steps: int, passes: bool):
    switched_on(shop.bilal)
    assert second_factor.takes(shop.bilal.id, code_of(shop.bilal, steps=steps)) is passes


def test_a_recovery_code_lets_in_once_in_any_spelling(shop: Shop):
    codes = switched_on(shop.bilal)
    assert len(set(codes)) == second_factor.RECOVERY_CODES
    assert log_in(shop.bilal, code=codes[0].upper()).status == 200
    assert log_in(shop.bilal, code=codes[0]).status == 401
    assert log_in(shop.bilal, code=codes[1].replace("-", "")).status == 200
    assert second_factor.codes_left(shop.bilal.id) == second_factor.RECOVERY_CODES - 2


def test_recovery_codes_are_not_kept_as_they_are(shop: Shop):
    codes = switched_on(shop.bilal)
    kept = b"".join(bytes(digest) for digest in RecoveryCode.objects.values_list("digest", flat=True))
    assert not any(code.encode() in kept for code in codes)


def test_guessing_codes_is_throttled_as_guessing_passwords_is(shop: Shop):
    switched_on(shop.bilal)
    answers = [log_in(shop.bilal, code="000001") for _ in range(11)]
    assert answers[-1].status == 429


def test_guesses_are_bounded_from_however_many_addresses(shop: Shop):
    """Who knows the password and has many addresses; a recovery code still opens, and begins the count anew."""
    codes = switched_on(shop.bilal)
    wrong = "000001" if code_of(shop.bilal) != "000001" else "000002"
    for _ in range(second_factor.WRONG_IN_A_ROW_MAX):
        assert not second_factor.takes(shop.bilal.id, wrong)
    assert not second_factor.takes(shop.bilal.id, code_of(shop.bilal))
    assert second_factor.takes(shop.bilal.id, codes[0])
    assert second_factor.takes(shop.bilal.id, code_of(shop.bilal))


def test_a_right_code_begins_the_count_anew(shop: Shop):
    switched_on(shop.bilal)
    for _ in range(3):
        second_factor.takes(shop.bilal.id, "wrong")
    assert second_factor.takes(shop.bilal.id, code_of(shop.bilal))
    assert SecondFactor.objects.get(user_id=shop.bilal.id).wrong_in_a_row == 0


def test_a_code_is_taken_by_one_of_two_at_once(committed_shop: Shop):
    switched_on(committed_shop.bilal)
    code = code_of(committed_shop.bilal)
    taken = at_once(8, lambda _: second_factor.takes(committed_shop.bilal.id, code))
    assert taken.count(True) == 1
