"""The table of settings, for a person at the keyboard and for docs/settings.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from itertools import groupby

from finetune.core import environment
from finetune.core.environment import Setting
from finetune.ops.console import FAILED, OK, CannotRun, say, say_error

ALIKE = 0.88
INTRODUCTION = """\
# Settings

Every variable that FineTune reads, written from the code by `finetune settings --markdown`. `finetune settings` shows
the same with the values that hold where it is called, without the secrets. A value that cannot be used stops every
command in a sentence that names it. What is empty counts as unset. Yes and no are written `1` and `0`.

A secret may come from a file instead, as containers are given them: where the table says *secret*, `<NAME>_FILE` names
a file whose content is the value. The end of its last line is no part of it. Setting both is refused.

PostgreSQL's own variables (`PGSSLROOTCERT`, `PGPASSFILE` and so on) hold for the database's addresses as they do for
any program.
"""


def show_settings(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Print the table. The status tells whether every value can be used."""
    if list(arguments) == ["--markdown"]:
        say("\n".join(markdown()))
        return OK
    if arguments:
        raise CannotRun("settings takes --markdown or nothing.")
    for group, settings in _groups():
        say(f"{group}\n")
        for setting in settings:
            say(f"  {setting.name} = {_present(setting, environ)}\n      {setting.meaning}")
        say("")
    problems = environment.problems(environ)
    for sentence in (*problems, *_unknown(environ)):
        say_error(sentence)
    return FAILED if problems else OK


def markdown() -> Iterator[str]:
    yield INTRODUCTION
    for group, settings in _groups():
        yield f"## {group}\n"
        yield "| variable | kind | default | meaning | read by |"
        yield "|---|---|---|---|---|"
        for setting in settings:
            kind = f"{setting.kind.word}, secret" if setting.is_secret else setting.kind.word
            default = f"`{setting.default}`" if setting.default else setting.else_
            readers = ", ".join(setting.read_by)
            yield f"| `{setting.name}` | {kind} | {default} | {setting.meaning} | {readers} |"
        yield ""


def _groups() -> Iterator[tuple[str, Iterator[Setting]]]:
    return groupby(environment.SETTINGS, lambda setting: setting.group)


def _present(setting: Setting, environ: Mapping[str, str]) -> str:
    try:
        if not environment.is_set(setting.name, environ):
            return f"{setting.default or setting.else_} (not set)"
    except environment.SettingsTrouble:
        return "(cannot be used, see below)"
    if setting.is_secret:
        return "(set, not shown)"
    return environ[setting.name]


def _unknown(environ: Mapping[str, str]) -> list[str]:
    """A slip in a name would else be as silent as a setting that was never made."""
    known = set(environment.BY_NAME)
    known |= {environment.file_variable(each.name) for each in environment.SETTINGS if each.is_secret}
    found = []
    for name in sorted(environ.keys() - known):
        alike = get_close_matches(name, known, n=1, cutoff=ALIKE)
        if alike or name.startswith("FINETUNE_"):
            meant = f" Is {alike[0]} meant?" if alike else ""
            found.append(f"{name} is set, and FineTune has no setting of that name.{meant}")
    return found
