from io import StringIO
from threading import Barrier, Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from finetune.core.models import AuditRecord
from finetune.core.refusals import Refusal
from finetune.staff import tokens
from finetune.staff.actions import change_password, change_user, check_login, log_in
from finetune.staff.authentication import caller_for_token
from finetune.staff.models import User
from tests import cast
from tests.cast import PASSWORD

HOME = "198.51.100.7"
NEW = "another-horse-battery"


def login(person, password=PASSWORD):
    return log_in(username=person.actor.caller.username, password=password, address=HOME)


def change(shop, person, stores=None, password=None, **changes):
    return change_user(
        actor=shop.admin.actor,
        user_id=person.id,
        version=None,
        changes=changes,
        stores=stores,
        password=password,
    )


def refused(action, *given, **named) -> Refusal:
    with pytest.raises(Refusal) as caught:
        action(*given, **named)
    return caught.value


def test_tokens_are_kept_as_hashes_only(shop):
    pair = login(shop.asha)
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest FROM staff_accesstoken UNION SELECT digest FROM staff_refreshtoken")
        kept = [bytes(digest) for (digest,) in cursor.fetchall()]
    assert all(len(digest) == 32 for digest in kept)
    assert not {pair.access.encode(), pair.refresh.encode()} & set(kept)


def test_a_refresh_token_works_once_and_a_second_use_ends_the_family(shop):
    first = login(shop.asha)
    second = tokens.rotate(first.refresh)
    assert caller_for_token(second.access)
    other = login(shop.asha)
    assert refused(tokens.rotate, first.refresh).status == 401
    assert caller_for_token(second.access) is None
    assert caller_for_token(first.access) is None
    assert refused(tokens.rotate, second.refresh).code == "invalid_token"
    assert caller_for_token(other.access)


def test_expired_tokens(shop):
    pair = login(shop.asha)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE staff_accesstoken SET expires_at = now()")
    assert caller_for_token(pair.access) is None
    fresh = tokens.rotate(pair.refresh)
    assert caller_for_token(fresh.access)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE staff_refreshtoken SET expires_at = now()")
    assert refused(tokens.rotate, fresh.refresh).status == 401
    assert caller_for_token(fresh.access), "an expired refresh token is no theft"


def test_deactivating_ends_every_token_for_good(shop):
    pair = login(shop.asha)
    epoch = User.objects.get(pk=shop.asha.id).epoch
    change(shop, shop.asha, is_active=False)
    assert caller_for_token(pair.access) is None
    assert refused(tokens.rotate, pair.refresh).status == 401
    assert refused(login, shop.asha).code == "invalid_credentials"
    change(shop, shop.asha, is_active=True)
    assert caller_for_token(pair.access) is None
    assert User.objects.get(pk=shop.asha.id).epoch == epoch + 1
    assert caller_for_token(login(shop.asha).access)


def test_a_password_set_by_an_administrator_ends_every_token(shop):
    pair = login(shop.asha)
    change(shop, shop.asha, password=NEW)
    assert caller_for_token(pair.access) is None
    assert refused(login, shop.asha).status == 401
    assert login(shop.asha, NEW)


def test_change_password_spares_the_log_in_that_asked(shop):
    here, there = login(shop.asha), login(shop.asha)
    caller = caller_for_token(here.access)
    assert caller
    change_password(user_id=shop.asha.id, old=PASSWORD, new=NEW, family_id=caller.family_id, address=HOME)
    assert caller_for_token(here.access)
    assert caller_for_token(there.access) is None
    assert login(shop.asha, NEW)


def test_change_password_is_no_way_to_guess(shop):
    given = {"user_id": shop.asha.id, "new": NEW, "family_id": None, "address": HOME}
    for _ in range(10):
        refusal = refused(change_password, old="wrong", **given)
        assert (refusal.status, refusal.errors[0].field) == (400, "old")
    assert refused(change_password, old=PASSWORD, **given).status == 429
    assert refused(login, shop.asha).status == 429


def test_stores_raise_the_version_and_are_in_the_audit(shop):
    change(shop, shop.bilal, stores=[shop.nagpur])
    user = User.objects.get(pk=shop.bilal.id)
    assert user.version == 2
    assert AuditRecord.objects.order_by("-id")[0].changes == {"stores": [[shop.pune], [shop.nagpur]]}
    # A name that does not differ, with stores that do, is a change all the same.
    change(shop, shop.bilal, stores=[shop.nagpur, shop.pune, shop.pune], name=user.name)
    assert User.objects.get(pk=shop.bilal.id).version == 3
    change(shop, shop.bilal, stores=[shop.pune, shop.nagpur], name="Bilal Khan")
    assert User.objects.get(pk=shop.bilal.id).version == 4
    change(shop, shop.bilal, stores=[shop.pune], name="Bilal")
    assert User.objects.get(pk=shop.bilal.id).version == 5


def test_no_password_is_in_the_audit(shop):
    change(shop, shop.bilal, password=NEW)
    for record in AuditRecord.objects.filter(kind="user"):
        assert "password" not in record.changes
        assert NEW not in str(record.changes)


@pytest.mark.race
def test_of_two_refreshes_at_once_at_most_one_wins(committed_shop):
    shop = committed_shop
    for _ in range(5):
        pair, barrier = login(shop.asha), Barrier(4)
        won: list[tokens.TokenPair] = []

        def refresh(pair=pair, barrier=barrier, won=won) -> None:
            try:
                barrier.wait()
                won.append(tokens.rotate(pair.refresh))
            except Refusal:
                pass
            finally:
                connection.close()

        threads = [Thread(target=refresh) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(won) == 1
        assert caller_for_token(won[0].access) is None, "the others gave the copy away"


def test_create_admin(db, monkeypatch, capsys):
    monkeypatch.setenv("FINETUNE_ADMIN_PASSWORD", "correct horse battery")
    call_command("create_admin", "owner", name="The owner")
    user = check_login(username="owner", password="correct horse battery", address=HOME)
    assert (user.role, user.name) == ("system_admin", "The owner")
    with pytest.raises(CommandError, match="already"):
        call_command("create_admin", "OWNER")
    with pytest.raises(CommandError, match="username"):
        call_command("create_admin", "two words")
    monkeypatch.setenv("FINETUNE_ADMIN_PASSWORD", "short")
    with pytest.raises(CommandError, match="8"):
        call_command("create_admin", "second")


def test_create_admin_asks_twice(db, monkeypatch):
    answers = iter(["one-horse-battery", "two-horse-battery", "same-horse-battery", "same-horse-battery"])
    monkeypatch.delenv("FINETUNE_ADMIN_PASSWORD", raising=False)
    command = "finetune.staff.management.commands.create_admin.getpass"
    monkeypatch.setattr(command, lambda prompt: next(answers))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    with pytest.raises(CommandError, match="differ"):
        call_command("create_admin", "owner")
    call_command("create_admin", "owner")
    assert check_login(username="owner", password="same-horse-battery", address=HOME)
    assert cast.person("advisor")


def test_create_admin_where_nobody_can_be_asked(db, monkeypatch, capsys):
    """From a release step: by name and password of the environment, once, and by a pipe."""
    for name in ("FINETUNE_ADMIN_USERNAME", "FINETUNE_ADMIN_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(CommandError, match="FINETUNE_ADMIN_USERNAME"):
        call_command("create_admin", if_none=True)
    monkeypatch.setattr("sys.stdin", StringIO(""))
    with pytest.raises(CommandError, match="no terminal"):
        call_command("create_admin", "owner")
    monkeypatch.setattr("sys.stdin", StringIO(" a-horse with blanks \r\nanother line"))
    call_command("create_admin", "owner", password_stdin=True)
    assert check_login(username="owner", password=" a-horse with blanks ", address=HOME)
    monkeypatch.setenv("FINETUNE_ADMIN_USERNAME", "second")
    monkeypatch.setenv("FINETUNE_ADMIN_PASSWORD", "a-second-horse-battery")
    call_command("create_admin", if_none=True)
    assert "already" in capsys.readouterr().out
    User.objects.filter(username="owner").update(is_active=False)
    call_command("create_admin", if_none=True)
    assert User.objects.get(username="second").role == "system_admin"


def test_create_admin_takes_no_placeholder_and_asks_for_a_name(db, monkeypatch):
    monkeypatch.setenv("FINETUNE_ADMIN_PASSWORD", "CHANGE-ME")
    with pytest.raises(CommandError, match="example"):
        call_command("create_admin", "owner")
    monkeypatch.setenv("FINETUNE_ADMIN_PASSWORD", "a-horse-and-a-battery")
    monkeypatch.delenv("FINETUNE_ADMIN_USERNAME", raising=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda prompt: " owner ")
    call_command("create_admin")
    assert User.objects.get(username="owner").role == "system_admin"
    written = AuditRecord.objects.get(kind="user", object_id=User.objects.get(username="owner").pk)
    assert (written.verb, written.user_id, written.request_id) == ("user.write", 0, "create_admin")
    assert "a-horse" not in str(written.changes)


def test_two_release_steps_at_once_make_one_administrator(db, monkeypatch, capsys):
    """The second looked before the first had written."""
    monkeypatch.setenv("FINETUNE_ADMIN_PASSWORD", "a-horse-and-a-battery")
    call_command("create_admin", "owner")
    answers = iter([False, True])
    place = "finetune.staff.management.commands.create_admin._is_somebody_there"
    monkeypatch.setattr(place, lambda: next(answers))
    call_command("create_admin", "owner", if_none=True)
    assert "already" in capsys.readouterr().out
