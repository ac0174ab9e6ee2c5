"""Log in and out, change a password, keep users."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from finetune.core import audit
from finetune.core.caller import Actor
from finetune.core.masters import change_row, create_row, lock_row
from finetune.core.refusals import FieldError, Refusal, invalid, invalid_field
from finetune.core.transactions import Made, one_transaction
from finetune.staff import throttle, tokens
from finetune.staff.models import Membership, User
from finetune.staff.permissions import SYSTEM_ADMIN

FORGET_EVERY = 50


def check_login(*, username: str, password: str, address: str) -> User:
    """The user behind a user name and password. Refuses 429 and 401; takes as long for a name that is not known."""
    throttle.refuse_guessing(username, address)
    user = User.objects.filter(username__iexact=username.strip()).first()
    known = user is not None and user.is_active
    matches = check_password(password, user.password if user is not None and known else UNKNOWN_PASSWORD)
    throttle.remember_attempt(username, address, succeeded=matches and known)
    if user is None or not (matches and known):
        raise Refusal(401, "invalid_credentials", "The user name or the password is not right.")
    return user


UNKNOWN_PASSWORD = make_password(None)


def log_in(*, username: str, password: str, address: str) -> tokens.TokenPair:
    user = check_login(username=username, password=password, address=address)
    pair = tokens.start_family(user.pk)
    if user.pk % FORGET_EVERY == 0 or pair.access.startswith("0"):
        tokens.forget_expired()
    return pair


def log_out(*, family_id: int | None) -> None:
    if family_id is not None:
        tokens.revoke(family_ids=[family_id], because="log-out")


def change_password(*, user_id: int, old: str, new: str, family_id: int | None) -> None:
    """Ends every other session and token of the user."""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user_id)
        if not check_password(old, user.password):
            raise invalid_field("old", "invalid_credentials", "This is not your present password.")
        refuse_weak_password(new, user, field="new")
        user.password = make_password(new)
        user.epoch += 1
        user.save(update_fields=["password", "epoch"])
        tokens.revoke_all(user_id=user.pk, because="password changed", except_family=family_id)


def refuse_weak_password(password: str, user: User, *, field: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise invalid([FieldError(field, "weak_password", message) for message in error.messages]) from None


@one_transaction
def create_user(*, actor: Actor, fields: Mapping[str, Any], stores: Sequence[int], password: str | None) -> Made:
    """A user without a password cannot log in until one is set."""
    user = User(**fields)
    if password is not None:
        refuse_weak_password(password, user, field="password")
    row = create_row(
        User, actor=actor, verb="user.write", kind="user", fields={**fields, "password": make_password(password)}
    )
    _set_stores(row.pk, stores)
    return Made("user", {"id": row.pk})


@one_transaction
def change_user(
    *, actor: Actor, user_id: int, version: str | None, changes: Mapping[str, Any],
    stores: Sequence[int] | None, password: str | None,
) -> Made:
    """Deactivating and a new password both end every session and token of the user."""
    user = lock_row(User, user_id, what="user", version=version)
    _refuse_locking_oneself_out(actor, user, changes)
    written = dict(changes)
    if password is not None:
        refuse_weak_password(password, user, field="password")
        written["password"] = make_password(password)
    ends_sessions = password is not None or (user.is_active and changes.get("is_active") is False)
    if ends_sessions:
        written["epoch"] = user.epoch + 1
    change_row(user, actor=actor, verb="user.write", kind="user", changes=written)
    if ends_sessions:
        tokens.revoke_all(user_id=user.pk, because="deactivated or new password")
    if stores is not None and set(stores) != set(user.stores.values_list("pk", flat=True)):
        _set_stores(user.pk, stores)
        audit.record(
            actor=actor, verb="user.write", kind="user", object_id=user.pk, changes={"stores": [None, list(stores)]}
        )
        if not changes and password is None:
            User.objects.filter(pk=user.pk).update(version=user.version + 1)
    return Made("user", {"id": user.pk})


def _refuse_locking_oneself_out(actor: Actor, user: User, changes: Mapping[str, Any]) -> None:
    """The last way in must not be closed by a slip: nobody demotes or deactivates themselves."""
    if user.pk != actor.user_id:
        return
    if changes.get("is_active") is False or changes.get("role", SYSTEM_ADMIN) != user.role:
        raise Refusal(409, "own_account", "You cannot take your own access away. Ask another administrator.")


def _set_stores(user_id: int, stores: Sequence[int]) -> None:
    Membership.objects.filter(user_id=user_id).delete()
    Membership.objects.bulk_create([Membership(user_id=user_id, store_id=store) for store in sorted(set(stores))])
