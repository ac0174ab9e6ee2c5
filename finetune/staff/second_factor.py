"""A second factor: codes of an authenticator (RFC 6238, six digits of 30 seconds), and recovery codes for a lost one.

`takes` locks the factor's row, so that of two requests with the same code at once only one is let in.
"""

import base64
import hashlib
import re
import secrets

import pyotp
from django.db import transaction

from finetune.core.dates import now
from finetune.staff.models import RecoveryCode, SecondFactor, User

STEP_SECONDS = 30
# A phone's clock may be off by a step, and a code may be typed as it ends.
STEPS_OFF_MAX = 1
RECOVERY_CODES = 10
ISSUER = "FineTune"
# NIST SP 800-63B-4, 3.2.2 (read 2026-11-28): no more wrong ones in a row than this, from however many addresses.
# Of a hundred guesses among a million codes, three of which are right at a time, one in 3,300 would get in.
WRONG_IN_A_ROW_MAX = 100


def is_on(user_id: int) -> bool:
    return SecondFactor.objects.filter(user_id=user_id, confirmed_at__isnull=False).exists()


def propose(user: User, *, anew: bool = True) -> str:
    """The secret to be put into an authenticator. It counts once `confirm` was given a code made with it.

    Each proposal is another one, since somebody may have looked at the last; `anew` false repeats it.
    """
    secret = pyotp.random_base32()
    factor, is_first = SecondFactor.objects.get_or_create(user=user, defaults={"secret": secret})
    waits = SecondFactor.objects.filter(pk=factor.pk, confirmed_at=None)
    if anew and not is_first and waits.update(secret=secret):
        return secret
    return str(factor.secret)


def address_for(user: User, secret: str) -> str:
    """What an authenticator reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=ISSUER)


def confirm(user_id: int, code: str) -> list[str] | None:
    """Switch it on. Gives the recovery codes, shown this once; None where the code is not right."""
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(user_id=user_id, confirmed_at=None).first()
        if factor is None or not _takes_code(factor, code):
            return None
        factor.confirmed_at = now()
        factor.save(update_fields=["confirmed_at"])
        return _new_recovery_codes(user_id)


def takes(user_id: int, code: str) -> bool:
    """Whether the code is one of the authenticator's of this minute or an unused recovery code; either works once.

    After WRONG_IN_A_ROW_MAX the authenticator's are not looked at any more, until a recovery code was taken or the
    factor was switched off: who guesses at them knows the password."""
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(user_id=user_id).first()
        if factor is None or factor.confirmed_at is None:
            return False
        taken = factor.wrong_in_a_row < WRONG_IN_A_ROW_MAX and _takes_code(factor, code)
        if not taken:
            unused = RecoveryCode.objects.filter(user_id=user_id, digest=_digest(code), used_at=None)
            taken = unused.update(used_at=now()) == 1
        factor.wrong_in_a_row = 0 if taken else min(factor.wrong_in_a_row + 1, WRONG_IN_A_ROW_MAX)
        factor.save(update_fields=["wrong_in_a_row"])
    return taken


def renew_recovery_codes(user_id: int) -> list[str]:
    with transaction.atomic():
        SecondFactor.objects.select_for_update().get(user_id=user_id, confirmed_at__isnull=False)
        return _new_recovery_codes(user_id)


def switch_off(user_id: int) -> bool:
    """Whether there was one."""
    with transaction.atomic():
        RecoveryCode.objects.filter(user_id=user_id).delete()
        gone, _ = SecondFactor.objects.filter(user_id=user_id).delete()
    return gone > 0


def codes_left(user_id: int) -> int:
    return RecoveryCode.objects.filter(user_id=user_id, used_at=None).count()


def _takes_code(factor: SecondFactor, code: str) -> bool:
    digits = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", digits):
        return False
    present = int(now().timestamp()) // STEP_SECONDS
    maker = pyotp.TOTP(factor.secret)
    for step in range(present - STEPS_OFF_MAX, present + STEPS_OFF_MAX + 1):
        is_it = secrets.compare_digest(maker.generate_otp(step), digits)
        if is_it and step > factor.last_step:
            factor.last_step = step
            factor.save(update_fields=["last_step"])
            return True
    return False


def _new_recovery_codes(user_id: int) -> list[str]:
    RecoveryCode.objects.filter(user_id=user_id).delete()
    codes = [_spelled(secrets.token_bytes(10)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create([RecoveryCode(user_id=user_id, digest=_digest(code)) for code in codes])
    return codes


def _spelled(random: bytes) -> str:
    text = base64.b32encode(random).decode().lower()
    return "-".join(text[place : place + 4] for place in range(0, len(text), 4))


def _digest(code: str) -> bytes:
    return hashlib.sha256(re.sub(r"[\s-]", "", code).lower().encode("utf-8", "surrogatepass")).digest()
