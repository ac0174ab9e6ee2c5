"""`python -m tests.fuzz`: a shop of its own on loopback, random requests at all of its API, then its books.

FUZZ_SEED tells a run again, FUZZ_SECONDS bounds it, FUZZ_EXAMPLES says how many cases each operation gets;
with FUZZ_TELL=1 the statuses of each operation are told.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parents[2]
FINETUNE = [sys.executable, "-m", "finetune"]
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "missing_required_header",
)
READY_SECONDS, STOP_SECONDS = 180, 30
PASSWORD = secrets.token_urlsafe(12)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    return kept | {
        "FINETUNE_DATA_DIR": str(folder / "data"),
        "FINETUNE_DEMO_PASSWORD": PASSWORD,
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WEB_WORKERS": "1",
        "PYTHONPATH": str(ROOT),
    }


def ask(shop: str, path: str, body: object = None) -> dict[str, str]:
    data = None if body is None else json.dumps(body).encode()
    request = Request(shop + path, data, {"Content-Type": "application/json"})
    with urlopen(request, timeout=10) as response:
        found: dict[str, str] = json.loads(response.read())
        return found


@contextmanager
def running_shop(folder: Path, log: Path) -> Iterator[tuple[str, dict[str, str]]]:
    environ = environment(folder, free_port())
    shop = f"http://127.0.0.1:{environ['PORT']}"
    with log.open("wb") as output:
        process = subprocess.Popen([*FINETUNE, "run"], cwd=folder, env=environ, stdout=output, stderr=output)
    try:
        until = time.monotonic() + READY_SECONDS
        while True:
            try:
                ask(shop, "/readyz")
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    sys.exit(f"The shop did not start:\n{log.read_text()}")
                time.sleep(0.3)
        yield shop, environ
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def fuzz(shop: str, environ: dict[str, str], *, seed: str, seconds: str, examples: str) -> int:
    token = ask(shop, "/api/auth/token/", {"username": "admin", "password": PASSWORD})["access"]
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        *("run", f"{shop}/api/openapi.json", "--no-color", "--warnings", "off"),
        *("--phases", "examples,coverage,fuzzing", "--checks", ",".join(CHECKS)),
        *("--seed", seed, "--max-time", seconds, "--max-examples", examples, "--generation-database", "none"),
        *("--request-timeout", "35", "--continue-on-failure"),
    ]
    hooks = {
        "SCHEMATHESIS_HOOKS": "tests.fuzz.hooks",
        "FUZZ_SHOP": shop,
        "FUZZ_TOKEN": token,
        "FUZZ_RUN": seed,
    }
    with tempfile.TemporaryDirectory() as folder:  # for what schemathesis would leave behind
        tally = Path(folder) / "tally"
        environ = environ | hooks | {"FUZZ_TALLY": str(tally)}
        failed = subprocess.run(command, check=False, cwd=folder, env=environ).returncode
        told: dict[str, dict[str, int]] = json.loads(tally.read_text()) if tally.exists() else {}
    done = {name: sum(n for status, n in each.items() if status < "400") for name, each in told.items()}
    never = sorted(name for name, count in done.items() if not count)
    print(f"{sum(done.values())} requests were carried out, the others refused.")
    print(
        f"Never carried out, {len(never)} of {len(told)} operations:",
        *never or ["none"],
        sep="\n  ",
        flush=True,
    )
    if os.environ.get("FUZZ_TELL"):
        print(*(f"{name}: {each}" for name, each in sorted(told.items())), sep="\n", flush=True)
    return failed


def books(environ: dict[str, str], when: str) -> int:
    print(f"The books {when}:", flush=True)
    return subprocess.run([*FINETUNE, "books"], check=False, env=environ, cwd=ROOT).returncode


def main() -> int:
    seed = os.environ.get("FUZZ_SEED") or str(secrets.randbelow(10**9))
    seconds, examples = os.environ.get("FUZZ_SECONDS") or "270", os.environ.get("FUZZ_EXAMPLES") or "12"
    print(f"FUZZ_SEED={seed} tells this run again.", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="finetune-fuzz-"))
    folder.chmod(0o711)  # PostgreSQL's user passes through it
    log = folder / "shop.log"
    try:
        with running_shop(folder, log) as (shop, environ):
            failed = books(environ, "before")
            failed |= fuzz(shop, environ, seed=seed, seconds=seconds, examples=examples)
            failed |= books(environ, "after")
        mistakes = [line for line in log.read_text().splitlines() if '"unexpected_error"' in line]
        if mistakes:
            print("The shop logged mistakes of ours:", *mistakes[:5], sep="\n")
        return 1 if failed or mistakes else 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
