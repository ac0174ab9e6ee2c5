from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now

from finetune.core.constraints import register_refusals
from finetune.core.models import Versioned
from finetune.core.refusals import already_exists
from finetune.staff.permissions import ROLES


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)


class User(AbstractBaseUser, Versioned):
    """Somebody who logs in. `epoch` rises when every session and token of theirs must end."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=20)
    is_active = models.BooleanField(default=True, db_default=True)
    epoch = models.PositiveIntegerField(default=0, db_default=0)
    stores = models.ManyToManyField("stores.Store", through="Membership", related_name="+")

    objects = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(models.functions.Lower("username"), name="staff_username_once"),
            models.CheckConstraint(condition=models.Q(role__in=ROLES), name="staff_role_known"),
        ]

    def get_session_auth_hash(self) -> str:
        # The epoch is part of it, so raising the epoch ends every session at once.
        return f"{super().get_session_auth_hash()}.{self.epoch}"


class Membership(models.Model):
    """A user works in a store."""

    pk = models.CompositePrimaryKey("user_id", "store_id")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    store = models.ForeignKey("stores.Store", on_delete=models.CASCADE, related_name="+")


class TokenFamily(models.Model):
    """One log-in through the API, and all tokens that came of it. Revoking the family ends them."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="token_families")
    created_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.CharField(max_length=40, db_default="")


class AccessToken(models.Model):
    """Only the SHA-256 of a token is kept: it has 256 random bits, so a fast hash is enough."""

    digest = models.BinaryField(primary_key=True)
    family = models.ForeignKey(TokenFamily, on_delete=models.CASCADE)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="staff_access_expiry")]


class RefreshToken(models.Model):
    """May be used once. Used a second time it was stolen or copied, and the family is revoked."""

    digest = models.BinaryField(primary_key=True)
    family = models.ForeignKey(TokenFamily, on_delete=models.CASCADE)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class LoginAttempt(models.Model):
    """A try at logging in, kept for the throttle. `username` is what was typed, folded and cut."""

    username = models.CharField(max_length=60)
    address = models.GenericIPAddressField()
    succeeded = models.BooleanField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["address", "at"], name="staff_attempt_address"),
            models.Index(fields=["username", "address", "at"], name="staff_attempt_pair"),
        ]


class SecondFactor(models.Model):
    """A user's authenticator. It counts once it is confirmed; `last_step` is the time step of the last code that was
    taken, so that nobody uses a code they saw over a shoulder. `wrong_in_a_row` bounds the guesses at it."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="+")
    secret = models.CharField(max_length=64)
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(db_default=0, default=0)
    wrong_in_a_row = models.PositiveSmallIntegerField(db_default=0, default=0)


class RecoveryCode(models.Model):
    """Lets its user in once without the authenticator. Only its SHA-256 is kept: it has 80 random bits."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    digest = models.BinaryField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="staff_recovery_code_once"),
        ]


class WebSession(models.Model):
    """One log-in through the pages, for the user's own list. A session whose row has ended is nobody's."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    address = models.GenericIPAddressField()
    agent = models.CharField(max_length=200, db_default="")
    started_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "started_at"], name="staff_websession_user")]


register_refusals(
    {
        "staff_username_once": lambda facts: already_exists("username", "a user"),
        "staff_user_username_key": lambda facts: already_exists("username", "a user"),
    }
)
