"""Reading settings. What cannot be read is told in a sentence that names the variable and never shows a secret."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from datetime import time
from decimal import Decimal
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from finetune.core.environment.kinds import TEXT
from finetune.core.environment.table import BY_NAME, SETTINGS, Setting

SECRET_BYTES_MAX = 64 * 1024
SHOWN_MAX = 80

Environ = Mapping[str, str]


class SettingsTrouble(Exception):
    """Settings that cannot be used, a sentence each, for the person who sets them."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def text(name: str, environ: Environ | None = None) -> str:
    """Its value, else its default, else nothing."""
    return str(_value(name, environ) or "")


def number(name: str, environ: Environ | None = None) -> int:
    found = _value(name, environ)
    assert isinstance(found, int), f"{name} needs a default"
    return found


def flag(name: str, environ: Environ | None = None) -> bool:
    return bool(_value(name, environ))


def amount(name: str, environ: Environ | None = None) -> Decimal | None:
    found: Decimal | None = _value(name, environ)
    return found


def items(name: str, environ: Environ | None = None) -> list[str]:
    return list(_value(name, environ) or [])


def networks(name: str, environ: Environ | None = None) -> list[IPv4Network | IPv6Network]:
    return list(_value(name, environ) or [])


def clock(name: str, environ: Environ | None = None) -> time | None:
    """None where it is off."""
    found: time | None = _value(name, environ)
    return found


def is_set(name: str, environ: Environ | None = None) -> bool:
    """Whether somebody gave it a value; an empty one counts only where that means something."""
    return _given(BY_NAME[name], os.environ if environ is None else environ) is not None


def problems(environ: Environ | None = None) -> list[str]:
    """A sentence for each setting that cannot be used."""
    found: list[str] = []
    for setting in SETTINGS:
        try:
            _value(setting.name, environ)
        except SettingsTrouble as trouble:
            found += trouble.problems
    return found


def refuse_malformed(environ: Environ | None = None) -> None:
    """Raises SettingsTrouble with all that is wrong at once."""
    if found := problems(environ):
        raise SettingsTrouble(*found)


def put(name: str, value: str) -> None:
    """Set it for this process and its children, whatever gave it before."""
    os.environ.pop(file_variable(name), None)
    os.environ[name] = value


def replaced(environ: Environ, values: Mapping[str, str]) -> dict[str, str]:
    """That environment with these settings in place of what gave them before."""
    files = {file_variable(name) for name in values}
    return {**{name: value for name, value in environ.items() if name not in files}, **values}


def without(environ: Environ, names: Iterable[str]) -> dict[str, str]:
    """That environment without these settings, and without what names their files."""
    gone = {variable for name in names for variable in (name, file_variable(name))}
    return {name: value for name, value in environ.items() if name not in gone}


def adopt(environ: Environ) -> None:
    """Make it this process's own, and its children's."""
    for name in os.environ.keys() - environ.keys():
        del os.environ[name]
    os.environ.update(environ)


def file_variable(name: str) -> str:
    """The variable that names a file with the value of a secret, as containers are given them."""
    return f"{name}_FILE"


def _value(name: str, environ: Environ | None) -> Any:
    setting = BY_NAME[name]
    given = _given(setting, os.environ if environ is None else environ)
    content = setting.default if given is None else given
    if not content:
        return None
    try:
        return setting.kind.read(content)
    except ValueError:
        where = f", from the file of {file_variable(name)}," if _file_named(setting, environ) else ""
        known = "cannot be used" if setting.is_secret else f"is {_shortened(content)!r}"
        raise SettingsTrouble(f"{name}{where} {known}; it must be {setting.kind.must_be}.") from None


def _given(setting: Setting, environ: Environ) -> str | None:
    """What the environment says, or None. Empty is as good as unset: compose files write unset ones so."""
    direct = environ.get(setting.name)
    named = _file_named(setting, environ)
    if named:
        if direct:
            raise SettingsTrouble(
                f"Both {setting.name} and {file_variable(setting.name)} are set. Leave one of them out."
            )
        content = _content(file_variable(setting.name), named)
    elif direct is None or (direct.strip() == "" and not setting.may_be_empty):
        return None
    else:
        content = direct
    # Of a password every sign counts.
    return content if setting.is_secret and setting.kind is TEXT else content.strip()


def _file_named(setting: Setting, environ: Environ | None) -> str:
    environ = os.environ if environ is None else environ
    return environ.get(file_variable(setting.name), "") if setting.is_secret else ""


def _content(variable: str, path: str) -> str:
    """One line that ends the file is no part of a secret; everything else is."""
    try:
        # A pipe that nobody writes into must not hold us up.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            raw = file.read(SECRET_BYTES_MAX + 1) if stat.S_ISREG(os.fstat(handle).st_mode) else None
    except (OSError, ValueError) as error:
        raise _bad_file(
            variable, path, f"cannot be read ({getattr(error, 'strerror', None) or 'no path'})"
        ) from None
    if raw is None:
        raise _bad_file(variable, path, "is no ordinary file")
    if len(raw) > SECRET_BYTES_MAX:
        raise _bad_file(variable, path, "is far too long for a secret")
    try:
        content = raw.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise _bad_file(variable, path, "is not text in UTF-8") from None
    if not content.strip():
        raise _bad_file(variable, path, "is empty")
    return content


def _bad_file(variable: str, path: str, why: str) -> SettingsTrouble:
    # Somebody may have put the secret itself there.
    shown = f" {_shortened(path)!r}" if path.startswith(("/", "./", "~")) else ""
    return SettingsTrouble(f"{variable} names a file{shown} that {why}.")


def _shortened(content: str) -> str:
    return content if len(content) <= SHOWN_MAX else f"{content[:SHOWN_MAX]}…"
