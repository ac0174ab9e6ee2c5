"""The command itself: everything is looked at before anything is told."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence

from finetune.core import environment
from finetune.core.postgres import DatabaseTrouble, data_folder, has_cluster, running_or_embedded_database
from finetune.ops.console import FAILED, OK, CannotRun, say, say_error
from finetune.ops.deploy_check.findings import CODES, Finding, refused
from finetune.ops.deploy_check.of_database import of_database, unreachable
from finetune.ops.deploy_check.of_settings import of_settings
from finetune.ops.shop_folder import environment_for

DJANGOS = re.compile(r"[a-z_0-9]+\.[A-Z][0-9]{3}")
USAGE = "check --deploy [--accept CODE]..."


def check_deploy(arguments: Sequence[str]) -> int:
    """Print every finding. 1 where one of them is not accepted."""
    accepted = accepted_codes(arguments)
    findings = list(_findings())
    for finding in findings:
        say(finding.told(accepted=finding.code in accepted) + "\n")
    for code in sorted(accepted - {finding.code for finding in findings}):
        say(f"{code} is accepted and was not found: --accept {code} may go.\n")
    left = refused(findings, accepted)
    if left:
        codes = ", ".join(dict.fromkeys(finding.code for finding in left))
        say_error(f"Not safe on the open Internet as it is set up: {codes}.")
        return FAILED
    say("Nothing else stands against serving on the open Internet." if findings else "Nothing is against it.")
    return OK


def accepted_codes(arguments: Sequence[str]) -> set[str]:
    rest, accepted = [word for word in arguments if word != "--deploy"], set()
    while rest:
        word = rest.pop(0)
        option, _, code = word.partition("=")
        if option != "--accept":
            raise CannotRun(f"{word} is not understood. It is: {USAGE}")
        code = code or (rest.pop(0) if rest else "")
        if code not in CODES and not DJANGOS.fullmatch(code):
            raise CannotRun(f"--accept takes one of these codes, not {code!r}: {', '.join(CODES)}.")
        accepted.add(code)
    return accepted


def _findings() -> Iterator[Finding]:
    found = list(of_settings(os.environ))
    yield from found
    if any(finding.code == "settings" for finding in found):
        return  # nothing of ours starts with them, and neither can the rest be asked
    codes = {finding.code for finding in found}
    if environment.is_set("DATABASE_URL"):
        yield from _of_the_running(codes)
        return
    data = data_folder()
    if not has_cluster(data):
        yield unreachable(f"there is no shop in {data} yet.")
        # The key is made with the shop.
        yield from _of_django(codes | {"secret_key"})
        return
    try:
        with running_or_embedded_database(data, purpose="check --deploy", announce=say_error) as urls:
            environment.adopt(environment_for(data, urls))
            yield from _of_the_running(codes)
    except DatabaseTrouble as trouble:
        yield unreachable(str(trouble))


def _of_the_running(codes: set[str]) -> Iterator[Finding]:
    from finetune.ops.deploy_check.of_django import of_demo_users

    found = list(of_database(environment.text("DATABASE_URL")))
    yield from found
    yield from _of_django(codes)
    if not {"database_unreachable", "migrations"} & {finding.code for finding in found}:
        yield from of_demo_users()


def _of_django(codes: set[str]) -> Iterator[Finding]:
    from finetune.ops.deploy_check.of_django import of_django

    yield from of_django(codes)
