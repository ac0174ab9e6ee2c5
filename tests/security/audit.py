"""`python -m tests.security.audit`: known holes in packages, risky code, and Django's checks for deployment.

Whatever is found fails, unless it is explained here; an explanation that explains nothing any more fails too.
"""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PIP_AUDIT_SECONDS = 90

# (test, file): why it is as it should be. Tests that bandit leaves out altogether stand in pyproject.toml.
EXPLAINED = {
    ("B103", "core/postgres/programs.py"): "programs that PostgreSQL's own user must be able to run",
    ("B104", "ops/run_options.py"): "asks whether it is all addresses; binds to none",
    ("B105", "ops/run_options.py"): "the demo's password, public on purpose and served on loopback only",
    ("B105", "sending/rules.py"): "the prefix that Standard Webhooks gives to secrets",
    ("B105", "core/database/address.py"): "the name of a part of an address",
    ("B105", "ops/deploy_check/findings.py"): "what a finding is about",
    ("B105", "core/postgres/serving_role.py"): "words in the place of a password, so that none is told",
    (
        "B108",
        "core/postgres/location.py",
    ): "only a short name for a socket; the folder is made 0700 and checked",
    ("B105", "web/shell/forms.py"): "the kind of a field",
    ("B308", "web/shell/pictures.py"): "lines of a picture made from the text's own bits",
    ("B311", "ops/demo/drawers.py"): "a story for the demo shop, not a secret",
    ("B311", "ops/demo/trade.py"): "a story for the demo shop, not a secret",
    ("B606", "ops/forgetting.py"): "this very program and its own arguments once more",
    ("B703", "web/shell/pictures.py"): "as B308",
}
# A shop on the open Internet, as docs/security.md has it.
DEPLOYED = {
    "DATABASE_URL": "postgresql://finetune_app@127.0.0.1:1/finetune?sslmode=verify-full",
    "PUBLIC_URL": "https://shop.example",
    "TRUSTED_PROXIES": "127.0.0.1",
    "SECRET_KEY": secrets.token_urlsafe(50),
}


def run(*command: str, seconds: int = 300) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FINETUNE_")}
    environ = kept | DEPLOYED
    return subprocess.run(
        command, check=False, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=seconds
    )


def program(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def code() -> list[str]:
    done = run(program("bandit"), "-q", "-r", "finetune", "-c", "pyproject.toml", "-f", "json")
    report = json.loads(done.stdout)
    faults = [f"bandit could not read {each['filename']}" for each in report["errors"]]
    seen = set()
    for each in report["results"]:
        place = (each["test_id"], each["filename"].removeprefix("./").removeprefix("finetune/"))
        seen.add(place)
        if place not in EXPLAINED:
            faults.append(f"{each['filename']}:{each['line_number']} {each['test_id']} {each['issue_text']}")
    return faults + [f"{test} in {name} is explained and not there" for test, name in EXPLAINED.keys() - seen]


class NotChecked(Exception):
    """Something that cannot be looked at from here. It is said, and is no failure."""


def packages() -> list[str]:
    """Advisories come from a service outside."""
    command = (program("pip-audit"), "-r", "requirements/run.txt", "--require-hashes", "--disable-pip")
    try:
        done = run(*command, "--progress-spinner", "off", "-f", "json", seconds=PIP_AUDIT_SECONDS)
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        raise NotChecked("the service with the advisories cannot be reached from here") from None
    holes = [
        f"{each['name']} {each['version']}: {hole['id']}, fixed in {hole['fix_versions']}"
        for each in found
        for hole in each.get("vulns", [])
    ]
    unknown = sum("skip_reason" in each for each in found)
    if unknown and not holes:
        raise NotChecked(f"the service here knows nothing of {unknown} of {len(found)} packages")
    return holes


def deployment() -> list[str]:
    """Ours and Django's. There is no database here: what it may give away, tests/security looks at."""
    command = (sys.executable, "-m", "finetune", "check", "--deploy", "--accept", "database_unreachable")
    done = run(*command)
    return [] if done.returncode == 0 else [done.stdout + done.stderr]


STEPS: Sequence[tuple[str, Callable[[], list[str]]]] = (
    ("bandit over the product's code", code),
    ("pip-audit over what a shop runs", packages),
    ("our checks for deployment and Django's", deployment),
)


def main() -> int:
    failed = 0
    for title, step in STEPS:
        print(title, flush=True)
        try:
            faults = step()
        except NotChecked as reason:
            print(f"  NOT CHECKED: {reason}.")
            continue
        failed += len(faults)
        print(*(f"  {fault}" for fault in faults or ["no fault"]), sep="\n", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
