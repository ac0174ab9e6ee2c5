"""The names of settings and commands that a file uses: what is near to one of ours is meant to be ours."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from finetune.core import environment
from finetune.ops.cli import help_text
from finetune.ops.deploy_check.findings import CODES

OURS = set(environment.BY_NAME)
OURS |= {environment.file_variable(each.name) for each in environment.SETTINGS if each.is_secret}
COMMANDS = set(re.findall(r"^  ([a-z-]+)  ", help_text().partition("Settings come")[0], re.M))

# What looks like ours and is somebody else's, and whose.
FOREIGN = {
    "BACKUP_FOLDER": "deploy/compose, a folder of the machine",
    "DATABASE": "Heroku, the name of an attachment",
    "DATABASE_OWNER": "Heroku, a database's second name, which makes DATABASE_OWNER_URL",
    "DATABASE_PUBLIC_URL": "Railway",
    "DATABASE_TLS": "deploy/ha, whether the recipe's PostgreSQL has TLS",
    "DOMAIN": "deploy/compose, for Caddy, and makes PUBLIC_URL",
    "FINETUNE_ROOT": "the scripts of deploy/vps, to be tried in another root",
    "FINETUNE_SEED": "our own tests",
    "WEB_CONCURRENCY": "Heroku, for other servers than ours",
}
# Words by which ours begin, so that a new or misspelt ending is seen.
BEGINNINGS = {name.partition("_")[0] for name in OURS if "_" in name}
RUN_TOGETHER = {name.replace("_", "") for name in OURS if "_" in name}
NAME = re.compile(r"(?<![\w.$/-])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*(?![\w./-])")
ASSIGNED = re.compile(r"^\s*(?:export )?([A-Z][A-Z0-9_]*)=", re.M)
ALIKE = 0.8
RUN_TOGETHER_ALIKE = 0.9
# Shorter words are near to HOST and PORT by chance.
SHORT = 5

USED = re.compile(r"(\S+ +)?(?<![^\s/\"'`\[(,])finetune(?= +([a-z][a-z-]*))")
# `finetune` is a user, a namespace, an app or a database after these, and no command.
NAMED_BY = re.compile(
    r"(user|group)(add|mod|del)|adduser|id|createdb|dropdb|namespace|app|apps:create|create|destroy|(re)?start|reinit|switchover|failover"
)
APP_OF = re.compile(r"\b(dokku\s+(?:--\S+\s+)*\S+)\s+finetune\b")
LISTED = re.compile(r"""["']finetune["']\s*,\s*["']([^"']+)["']""")
ACCEPTED = re.compile(r"--accept[ =]([\w.]+)")


def unknown_settings(text: str, *, is_env_file: bool = False) -> set[str]:
    """Names that are ours by their look, and not in the table."""
    found = {name for name in NAME.findall(text) if _looks_like_ours(name)}
    assigned = set(ASSIGNED.findall(text))
    if is_env_file and assigned & OURS:
        found |= assigned
    return found - OURS - FOREIGN.keys()


def _looks_like_ours(name: str) -> bool:
    if name.removesuffix("_FILE") in OURS:
        return True
    if "_" in name and (
        name.partition("_")[0] in BEGINNINGS or any(ours.endswith(f"_{name}") for ours in OURS)
    ):
        return True
    if "_" not in name:
        return len(name) > SHORT and bool(
            get_close_matches(name, RUN_TOGETHER, n=1, cutoff=RUN_TOGETHER_ALIKE)
        )
    return bool(get_close_matches(name, OURS, n=1, cutoff=ALIKE))


def commands_used(text: str) -> Iterator[str]:
    for match in USED.finditer(APP_OF.sub(r"\1 an-app", text)):
        before, word = (match[1] or "").strip(), match[2]
        is_option = before.startswith("-") and before not in ("--", "-m", "-c")
        if not is_option and not NAMED_BY.fullmatch(before) and word != "finetune":
            yield word
    yield from LISTED.findall(text)


def unknown_commands(text: str) -> set[str]:
    return set(commands_used(text)) - COMMANDS


def unknown_codes(text: str) -> set[str]:
    return {code for code in ACCEPTED.findall(text) if "." not in code} - CODES.keys() - {"CODE"}


def code_in(page: str) -> str:
    """The fenced blocks and code spans of a page: its prose may speak of a shop."""
    fenced = re.findall(r"^ *```[^\n]*\n(.*?)^ *```", page, re.M | re.S)
    rest = re.sub(r"^ *```.*?^ *```", "", page, flags=re.M | re.S)
    return "\n".join([*fenced, *re.findall(r"`([^`]+)`", rest)])
