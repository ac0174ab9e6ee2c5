"""Lighthouse over the pages that matter, logged in, at a shop of its own: the median of three runs of each.

    python -m tests.lighthouse          all pages
    python -m tests.lighthouse --once   one run each, to look at while building

Accessibility, best practices and SEO must be 100, and each page keeps within its bytes and requests. The performance
score is told and not judged: it is a matter of the machine, too. Ends with 1 where something is missed.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser.chromium import FLAGS, chromium, chromium_path
from tests.browser.shop import PASSWORD, running_shop

HERE = Path(__file__).resolve().parent
JUDGED = ("accessibility", "best-practices", "seo")
TOLD = "performance"
# As sent: page, style sheet, script, icons and font.
BYTES_MAX, REQUESTS_MAX = 90_000, 16
SESSION = "finetune_session"
HEAD = f"{'page':<14}{'access':>8}{'practice':>10}{'seo':>6}{'perform':>9}{'bytes':>9}{'requests':>10}"


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    path: str
    user: str = "manager"
    # A page that must not be indexed cannot pass the audit that asks whether it may be.
    left_out: tuple[str, ...] = ()


PAGES = (
    Page("log-in", "/login/", ""),
    Page("counter", "/counter/", "advisor"),
    Page("dashboard", "/"),
    Page("invoices", "/invoices/"),
    Page("stock", "/stock/"),
)


@dataclass(frozen=True, slots=True)
class Scores:
    of: dict[str, float]
    bytes_sent: int
    requests: int
    faults: tuple[str, ...]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.lighthouse")
    parser.add_argument("--once", action="store_true", help="one run of each page")
    runs = 1 if parser.parse_args().once else 3
    with running_shop() as address:
        cookies = _sessions(address, {page.user for page in PAGES if page.user})
        pages = [
            *PAGES,
            Page("public bill", _public_bill(address, cookies["manager"]), "", ("is-crawlable",)),
        ]
        print(HEAD, flush=True)
        missed = [fault for page in pages for fault in _look_at(page, address, cookies.get(page.user), runs)]
    print("\n".join(["", "missed:", *missed]) if missed else "\nnothing missed")
    return 1 if missed else 0


def _look_at(page: Page, address: str, session: str | None, runs: int) -> list[str]:
    found = [_measure(page, address, session) for _ in range(runs)]
    median = {name: statistics.median(each.of[name] for each in found) for name in (*JUDGED, TOLD)}
    sent = int(statistics.median(each.bytes_sent for each in found))
    requests = int(statistics.median(each.requests for each in found))
    print(
        f"{page.name:<14}{median['accessibility']:>8.0f}{median['best-practices']:>10.0f}{median['seo']:>6.0f}"
        f"{median['performance']:>9.0f}{sent:>9,}{requests:>10}",
        flush=True,
    )
    missed = [f"{page.name}: {name} is {median[name]:.0f}" for name in JUDGED if median[name] < 100]
    if missed:
        missed += [f"  {fault}" for fault in found[0].faults]
    if sent > BYTES_MAX:
        missed.append(f"{page.name}: {sent:,} bytes are sent, more than {BYTES_MAX:,}")
    if requests > REQUESTS_MAX:
        missed.append(f"{page.name}: {requests} requests, more than {REQUESTS_MAX}")
    return missed


def _measure(page: Page, address: str, session: str | None) -> Scores:
    """One run. The first of a cold browser may not get off the ground: it is tried once more."""
    for attempt in (1, 2):
        with tempfile.TemporaryDirectory(prefix="finetune-lighthouse-") as folder:
            output = Path(folder) / "report.json"
            done = subprocess.run(
                _command(page, address, session, output),
                env={**os.environ, "CHROME_PATH": chromium_path()},
                capture_output=True,
                text=True,
                timeout=180,
                check=False,
            )
            report = json.loads(output.read_text()) if output.exists() else {}
        if "runtimeError" not in report and report:
            return _scores(report)
        if attempt == 2:
            raise RuntimeError(f"{page.name}: {report.get('runtimeError') or done.stderr[-1500:]}")
    raise AssertionError("unreachable")


def _command(page: Page, address: str, session: str | None, output: Path) -> list[str]:
    command = [
        str(HERE / "node_modules" / ".bin" / "lighthouse"),
        f"{address}{page.path}",
        "--quiet",
        "--output=json",
        f"--output-path={output}",
        "--preset=desktop",
        f"--only-categories={','.join((*JUDGED, TOLD))}",
        f"--chrome-flags={' '.join(FLAGS)}",
    ]
    command += [f"--skip-audits={','.join(page.left_out)}"] if page.left_out else []
    if session is not None:
        command.append(f"--extra-headers={json.dumps({'Cookie': f'{SESSION}={session}'})}")
    return command


def _scores(report: dict[str, Any]) -> Scores:
    of: dict[str, float] = {
        name: 100 * (report["categories"][name]["score"] or 0) for name in (*JUDGED, TOLD)
    }
    items = report["audits"]["network-requests"]["details"]["items"]
    faults = tuple(
        f"{audit['id']}: {audit['title']}"
        for name in JUDGED
        for ref in report["categories"][name]["auditRefs"]
        if ref["weight"] and (audit := report["audits"][ref["id"]])["score"] not in (None, 1)
    )
    return Scores(of, sum(item.get("transferSize", 0) for item in items), len(items), faults)


def _sessions(address: str, users: set[str]) -> dict[str, str]:
    found = {}
    with chromium() as browser:
        for user in users:
            context = browser.new_context(base_url=address)
            page = context.new_page()
            page.goto("/login/")
            page.get_by_label("User name").fill(user)
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("main").get_by_role("button", name="Log in").click()
            page.wait_for_url(f"{address}/")
            found[user] = next(each["value"] for each in context.cookies() if each["name"] == SESSION)
            context.close()
    return found


def _public_bill(address: str, session: str) -> str:
    """The path of a bill's public page, asked of the API with the session's cookie."""
    from urllib.parse import urlsplit
    from urllib.request import Request, urlopen

    asked = Request(
        f"{address}/api/invoices/?status=paid&page_size=1", headers={"Cookie": f"{SESSION}={session}"}
    )
    with urlopen(asked, timeout=30) as answer:
        row = json.loads(answer.read())["results"][0]
    return str(urlsplit(row["public_url"]).path)


if __name__ == "__main__":
    sys.exit(main())
