"""Server time of every page, on a shop that has traded for years.

    python -m bench.pages                       a million bills, 100,000 balances, 500,000 movements
    python -m bench.pages --bills 10000

Each page is asked for six times, the first not counted, by an administrator who looks at all stores and by the
head of one. The milliseconds and the statements are those that the shop writes into its own request log. A page that
takes longer than its target is told; with --strict the command ends with 1 for it, and always for a page that is
refused.
"""

import argparse
import http.client
import json
import re
import statistics
import sys
import time
from dataclasses import dataclass
from urllib.parse import urlencode

from bench import grow
from bench.clients import Client
from bench.scene import Scene, set_scene
from bench.shop import ADMIN, PASSWORD, Shop, shop_of_its_own
from bench.work import issue_body

PAGE_MS_MAX = 100.0
TIMES = 6
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PAGES = (
    "/",
    "/counter/",
    "/repairs/",
    "/repairs/list/",
    "/repairs/new/",
    "/invoices/",
    "/invoices/?status=overdue",
    "/invoices/?q=G-77",
    "/invoices/?part=totals",
    "/invoices/{bill}/",
    "/payments/",
    "/payments/?part=totals",
    "/credit-notes/",
    "/day/",
    "/stock/",
    "/stock/entries/",
    "/serials/",
    "/approvals/",
    "/catalogue/",
    "/customers/",
    "/customers/{customer}/",
    "/reports/",
    "/find/?q=FT-INV-0001",
    "/settings/",
    "/account/",
)


class Visitor:
    """A browser, as far as a page's server notices: one connection, cookies, a form's token."""

    def __init__(self, port: int, username: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._cookies: dict[str, str] = {}
        page = self.get("/login/")[2]
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None, "the log-in page has a form"
        form = {"csrfmiddlewaretoken": token[1], "username": username, "password": PASSWORD}
        assert self._ask("POST", "/login/", urlencode(form), FORM)[0] == 303

    def get(self, path: str) -> tuple[int, str, str]:
        """Status, the request's id, and the page."""
        return self._ask("GET", path, None, {})

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        self._connection.request(method, path, body, {**headers, "Cookie": cookies})
        answer = self._connection.getresponse()
        for header in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = header.strip().partition(";")[0].partition("=")
            self._cookies[name] = value
        text = answer.read().decode("utf-8", "replace")
        return answer.status, answer.headers.get("X-Request-Id", ""), text


@dataclass(frozen=True, slots=True)
class Found:
    status: int
    milliseconds: float
    statements: int
    size: int


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.pages")
    parser.add_argument("--bills", type=int, default=1_000_000)
    parser.add_argument("--movements", type=int, default=500_000)
    parser.add_argument("--strict", action="store_true", help="end with 1 where a page took too long")
    options = parser.parse_args()
    missed, failed = [], []
    with shop_of_its_own() as shop:
        scene, began = set_scene(shop), time.monotonic()
        _issue_patterns(shop, scene)
        grow.bills(shop, scene, options.bills)
        grow.stock(shop, balances=100_000, movements=options.movements)
        print(f"{options.bills:,} bills, made in {time.monotonic() - began:.0f} s\n")
        print(f"{'page':<40}{'who':<8}{'ms':>9}{'statements':>12}{'bytes':>10}", flush=True)
        for who, name in (("owner", ADMIN), ("head", "head0")):
            visitor = Visitor(shop.port, name)
            for page in PAGES:
                found = _look_at(visitor, shop, page.format(bill=scene.bills[0], customer=scene.customers[0]))
                verdict = "" if found.milliseconds <= PAGE_MS_MAX else "MISS"
                print(
                    f"{page:<40}{who:<8}{found.milliseconds:>9.1f}{found.statements:>12}{found.size:>10,}  {verdict}",
                    flush=True,
                )
                missed += [f"{page} ({who})"] if verdict else []
                failed += [f"{page} ({who}): {found.status}"] if found.status not in (200, 302, 303) else []
    print(f"\nmissed: {', '.join(missed) or 'nothing'}\nfailed: {', '.join(failed) or 'nothing'}")
    return 1 if failed or (missed and options.strict) else 0


def _issue_patterns(shop: Shop, scene: Scene) -> None:
    """Bills of as many lines as those that growing copies."""
    client = Client(shop.port, scene.tokens[0])
    for _ in range(20):
        client.call("POST", "/invoices/", issue_body(scene))


def _look_at(visitor: Visitor, shop: Shop, path: str) -> Found:
    answers = [visitor.get(path) for _ in range(TIMES)]
    logged = _logged(shop, {request_id for _, request_id, _ in answers[1:]})
    status, _, page = answers[-1]
    return Found(
        status,
        statistics.median(line["ms"] for line in logged),
        max(line["statements"] for line in logged),
        len(page.encode()),
    )


def _logged(shop: Shop, wanted: set[str]) -> list[dict[str, float]]:
    """The lines of the request log for these requests; they are written a moment after the answer."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        text = (shop.data / "log" / "requests.jsonl").read_text(encoding="utf-8")
        lines = [json.loads(line) for line in text.splitlines()[-500:] if '"request_id"' in line]
        found = [line for line in lines if line["request_id"] in wanted]
        if len(found) == len(wanted):
            return found
        time.sleep(0.05)
    raise RuntimeError("the request log lacks what was asked for")


if __name__ == "__main__":
    sys.exit(main())
