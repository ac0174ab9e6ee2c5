"""How the files of deploy/ are read: what they hold must exist in the product."""

import ipaddress
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from django.test import RequestFactory

from finetune.staff.throttle import address_of

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SCHEMAS = Path(__file__).with_name("schemas")
PYTHON = (["finetune"], ["python", "-m", "finetune"])
CLIENT, MADE_UP = "203.0.113.9", "198.51.100.66"


def complaints(schema: str, file: Path) -> str:
    """What check-jsonschema says against a file, or nothing."""
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(SCHEMAS / schema), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def words_of(line: str) -> list[str]:
    """What is behind the program's name in a command of a platform's file."""
    words = shlex.split(line)
    for program in PYTHON:
        if words[: len(program)] == program:
            return words[len(program) :]
    raise AssertionError(f"{line!r} does not start the program")


def command_for(line: str) -> list[str]:
    """The same command with the interpreter of the tests."""
    return [sys.executable, "-m", "finetune", *words_of(line)]


@cache
def known_commands() -> set[str]:
    """The first part of the help lists them, one a line."""
    command = [sys.executable, "-m", "finetune", "help"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    listed, _, _ = told.partition("Settings come")
    return set(re.findall(r"^  ([a-z][a-z-]+) {2,}", listed, re.M))


def unknown_commands(*lines: str) -> list[str]:
    return [line for line in lines if words_of(line)[0] not in known_commands()]


@cache
def _source() -> str:
    return "".join(path.read_text() for path in sorted((ROOT / "finetune").rglob("*.py")))


def unknown_variables(names: Iterable[str]) -> list[str]:
    """Those that no code of ours reads, by their name in quotes."""
    return [name for name in names if f'"{name}"' not in _source()]


def variables_of(file: Path) -> dict[str, str]:
    """The lines NAME=value of a file."""
    return dict(line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)


def answers_anybody(client: Any, path: str) -> bool:
    """Whether a health path answers 200, whatever name it is asked by."""
    answers = [
        client.get(path, headers={"host": name}) for name in ("healthcheck.railway.app", "172.19.3.4:8000")
    ]
    return [answer.status_code for answer in answers] == [200, 200]


def client_seen(settings: Any, variables: dict[str, str], peer: str, headers: dict[str, str]) -> str:
    """Whom log-ins are counted for, with a platform's variables and a request as it comes there."""
    networks = variables["TRUSTED_PROXIES"].split(",")
    settings.TRUSTED_PROXIES = [ipaddress.ip_network(each) for each in networks]
    settings.CLIENT_ADDRESS_HEADER = variables.get("CLIENT_ADDRESS_HEADER", "")
    return address_of(RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers))


def plain_environment(**more: str) -> dict[str, str]:
    """What a platform's container has, as far as it matters: a PATH with this Python first, and the variables."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {"PATH": path, "HOME": os.environ.get("HOME", "/"), **more}


__all__ = [
    "CLIENT",
    "DEPLOY",
    "MADE_UP",
    "ROOT",
    "answers_anybody",
    "client_seen",
    "command_for",
    "complaints",
    "plain_environment",
    "unknown_commands",
    "unknown_variables",
    "variables_of",
    "words_of",
]
