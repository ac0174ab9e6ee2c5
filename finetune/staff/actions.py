"""Log in and out, change a password, keep users."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from finetune.core import audit
from finetune.core.caller import Actor
from finetune.core.dates import now
from finetune.core.masters import change_row, create_row, lock_row
from finetune.core.refusals import FieldError, Refusal, forbidden, invalid, invalid_field, not_found
from finetune.core.transactions import Made, one_transaction
from finetune.staff import queries, second_factor, throttle, tokens
from finetune.staff.models import Membership, User
from finetune.staff.permissions import SYSTEM_ADMIN, permits

FORGET_ONE_IN = 50  # log-ins tidy up what has expired
UNKNOWN_PASSWORD = make_password(None)


def check_login(*, username: str, password: str, address: str, code: str | None = None) -> User:
    """The user behind a user name and password, and a code where they have a second factor.

    Refuses 429 and 401. Without a code that is needed: 401 `mfa_required`, told to nobody who does not know the
    password.
    """
    user = identify(username=username, password=password, address=address)
    if second_factor.is_on(user.pk):
        if not code:
            raise Refusal(
                401, "mfa_required", "Send the code of your authenticator, or a recovery code, as `code`."
            )
        check_code(user, code=code, address=address)
    else:
        throttle.remember_attempt(user.username, address, succeeded=True)
    return user


def identify(*, username: str, password: str, address: str) -> User:
    """The user behind a user name and password; they are not in yet. An unknown name takes no less time."""
    name = username.strip().replace("\x00", "")
    throttle.refuse_guessing(name, address)
    user = User.objects.filter(username__iexact=name, is_active=True).first()
    matches = check_password(password, UNKNOWN_PASSWORD if user is None else user.password)
    if user is None or not matches:
        throttle.remember_attempt(name, address, succeeded=False)
        raise _wrong_credentials()
    return user


def check_code(user: User, *, code: str, address: str) -> None:
    """Refuses 429, and 401 for a code that is not right or was used; that counts as a failed log-in."""
    throttle.refuse_guessing(user.username, address)
    takes = second_factor.takes(user.pk, code)
    throttle.remember_attempt(user.username, address, succeeded=takes)
    if not takes:
        raise _wrong_credentials()


def _wrong_credentials() -> Refusal:
    return Refusal(401, "invalid_credentials", "The user name, the password or the code is not right.")


def log_in(*, username: str, password: str, address: str, code: str | None = None) -> tokens.TokenPair:
    """A new family of tokens. Refuses as `check_login` does."""
    user = check_login(username=username, password=password, address=address, code=code)
    with transaction.atomic():
        # Held, so that a new password or a deactivation either sees this family and ends it, or is seen here.
        present = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if not present.is_active or present.epoch != user.epoch:
            raise _wrong_credentials()
        pair = tokens.start_family(user.pk)
    if secrets.randbelow(FORGET_ONE_IN) == 0:
        tokens.forget_expired()
    return pair


def log_out(*, family_id: int | None) -> None:
    if family_id is not None:
        tokens.revoke(family_ids=[family_id], because="log-out")


def change_password(*, user_id: int, old: str, new: str, family_id: int | None, address: str) -> User:
    """Ends every other session and token of the user. A wrong old password counts as a failed log-in.

    `family_id` are the tokens that live on; a page renews its session with `renew_session`.
    """
    user = User.objects.get(pk=user_id)
    throttle.refuse_guessing(user.username, address)
    if not check_password(old, user.password):
        throttle.remember_attempt(user.username, address, succeeded=False)
        raise invalid_field("old", "invalid_credentials", "This is not your present password.")
    refuse_weak_password(new, user, field="new")
    new_hash = make_password(new)
    with transaction.atomic():
        # Claimed by the password that was checked: of two changes at once, the second finds another there.
        claimed = User.objects.filter(pk=user_id, password=user.password)
        if not claimed.update(password=new_hash, epoch=F("epoch") + 1):
            raise invalid_field("old", "invalid_credentials", "This is not your present password.")
        tokens.revoke_all(user_id=user_id, because="password changed", except_family=family_id)
    return User.objects.get(pk=user_id)


def refuse_weak_password(password: str, user: User, *, field: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise invalid([FieldError(field, "weak_password", message) for message in error.messages]) from None


@one_transaction
def create_user(
    *, actor: Actor, fields: Mapping[str, Any], stores: Sequence[int], password: str | None
) -> Made:
    """A user without a password cannot log in until one is set. Refuses 404 for a store that is not there."""
    _require_stores(stores)
    user = User(**fields)
    if password is not None:
        refuse_weak_password(password, user, field="password")
    row = create_row(
        User,
        actor=actor,
        verb="user.write",
        kind="user",
        fields={**fields, "password": make_password(password)},
    )
    _set_stores(row.pk, stores)
    return Made("user", {"id": row.pk})


@one_transaction
def change_user(
    *,
    actor: Actor,
    user_id: int,
    version: str | None,
    changes: Mapping[str, Any],
    stores: Sequence[int] | None,
    password: str | None,
) -> Made:
    """Deactivating and a new password both end every session and token of the user."""
    _lock_with_actor(actor, user_id)
    user = lock_row(User, user_id, what="user", version=version)
    _refuse_locking_oneself_out(actor, user, changes)
    _require_stores(stores or [])
    written = dict(changes)
    if password is not None:
        refuse_weak_password(password, user, field="password")
        written["password"] = make_password(password)
    ends_sessions = password is not None or (user.is_active and changes.get("is_active") is False)
    if ends_sessions:
        written["epoch"] = user.epoch + 1
    changed = change_row(user, actor=actor, verb="user.write", kind="user", changes=written)
    if ends_sessions:
        tokens.revoke_all(user_id=user.pk, because="deactivated or new password")
    if stores is not None and _move_stores(actor, user, stores) and not changed:
        User.objects.filter(pk=user.pk).update(version=F("version") + 1, updated_at=now())
    return Made("user", {"id": user.pk})


@one_transaction
def reset_second_factor(*, actor: Actor, user_id: int) -> Made:
    """Switch off the second factor of somebody who lost it. Every session and token of theirs ends, since whoever
    found it may be in."""
    user = lock_row(User, user_id, what="user", version=None)
    if second_factor.switch_off(user.pk):
        _note_second_factor(actor, user.pk, "reset")
    change_row(user, actor=actor, verb="user.write", kind="user", changes={"epoch": user.epoch + 1})
    tokens.revoke_all(user_id=user.pk, because="second factor reset")
    return Made("user", {"id": user.pk})


def switch_on_second_factor(*, actor: Actor, code: str) -> list[str] | None:
    """One's own. The recovery codes, shown this once; None where the code is not right."""
    with transaction.atomic():
        codes = second_factor.confirm(actor.user_id, code)
        if codes is not None:
            _note_second_factor(actor, actor.user_id, "on")
    return codes


def switch_off_second_factor(*, actor: Actor) -> None:
    with transaction.atomic():
        if second_factor.switch_off(actor.user_id):
            _note_second_factor(actor, actor.user_id, "off")


def renew_recovery_codes(*, actor: Actor) -> list[str]:
    """The old ones let nobody in any more. Needs a second factor that is on."""
    with transaction.atomic():
        codes = second_factor.renew_recovery_codes(actor.user_id)
        _note_second_factor(actor, actor.user_id, "new recovery codes")
    return codes


def _note_second_factor(actor: Actor, user_id: int, done: str) -> None:
    verb = "self.second_factor" if actor.user_id == user_id else "user.write"
    audit.record(
        actor=actor, verb=verb, kind="user", object_id=user_id, changes={"second_factor": [None, done]}
    )


def _move_stores(actor: Actor, user: User, stores: Sequence[int]) -> bool:
    """Whether these are other stores than before; then they are written."""
    before, after = sorted(user.stores.values_list("pk", flat=True)), sorted(set(stores))
    if before == after:
        return False
    _set_stores(user.pk, after)
    changes = {"stores": [before, after]}
    audit.record(actor=actor, verb="user.write", kind="user", object_id=user.pk, changes=changes)
    return True


def _require_stores(stores: Sequence[int]) -> None:
    if queries.stores_missing(stores):
        raise not_found("store", field="stores")


def _lock_with_actor(actor: Actor, user_id: int) -> None:
    """Whoever changes users is one who still may, which is asked again under the lock of both rows: administrators
    who took each other's access away at once would else leave nobody."""
    wanted = User.objects.select_for_update(no_key=True).filter(pk__in={actor.user_id, user_id})
    for row in wanted.order_by("pk"):
        if row.pk == actor.user_id and not (row.is_active and permits(row.role, "user.write")):
            raise forbidden("Your access was changed while you asked for this. Log in again.")


def _refuse_locking_oneself_out(actor: Actor, user: User, changes: Mapping[str, Any]) -> None:
    """The last way in must not be closed by a slip: nobody demotes or deactivates themselves."""
    if user.pk != actor.user_id:
        return
    if changes.get("is_active") is False or changes.get("role", SYSTEM_ADMIN) != user.role:
        raise Refusal(409, "own_account", "You cannot take your own access away. Ask another administrator.")


def _set_stores(user_id: int, stores: Sequence[int]) -> None:
    Membership.objects.filter(user_id=user_id).delete()
    Membership.objects.bulk_create(
        [Membership(user_id=user_id, store_id=store) for store in sorted(set(stores))]
    )
