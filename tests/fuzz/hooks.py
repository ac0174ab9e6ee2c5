"""What schemathesis does not know: ids that are there, a key of its own for each request, who may be logged out.

Loaded into schemathesis. Every choice follows from what was generated, so that a seed tells a run again.
"""

import atexit
import json
import os
import time
import zlib
from collections import Counter
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import schemathesis

from tests.fuzz.bodies import fitting, right_body

SHOP = os.environ["FUZZ_SHOP"]
ADMIN_TOKEN = os.environ["FUZZ_TOKEN"]
RUN = os.environ["FUZZ_RUN"]
PASSWORD = "a-visitor-and-no-more"
CALLS_OF_A_VISITOR = 8  # ten wrong passwords would be throttled
# Nothing is sent anywhere: this address is refused, being inside.
HOOK = "http://127.0.0.1:9/{}"

COLLECTIONS = {
    "booking": "bookings",
    "category": "categories",
    "customer": "customers",
    "deposit": "deposits",
    "invoice": "invoices",
    "parent": "categories",
    "payment": "payments",
    "product": "products",
    "product_variant": "variants",
    "store": "stores",
    "stores": "stores",
    "variant": "variants",
    "webhook": "webhooks",
}
numbers = count(1)


def ask(method: str, path: str, body: Any = None, token: str = ADMIN_TOKEN) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    with urlopen(Request(f"{SHOP}/api{path}", data, headers, method=method), timeout=30) as response:
        return json.loads(response.read() or b"null")


@cache
def me() -> int:
    return int(ask("GET", "/auth/me/")["id"])


def rows(collection: str) -> list[dict[str, Any]]:
    """The newest and the oldest: what this run made, and what the demo shop did."""
    newest = ask("GET", f"/{collection}/?page_size=20")["results"]
    return [*newest, *_oldest(collection)]


@cache
def _oldest(collection: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask("GET", f"/{collection}/?page_size=40&ordering=id")["results"]
    return found


@cache
def _rows_for_a_while(collection: str, age: int) -> list[dict[str, Any]]:
    return rows(collection)


def lot(*given: Any) -> int:
    return zlib.crc32(repr(given).encode())


def recent(collection: str) -> list[dict[str, Any]]:
    """Asked anew now and then: what is open today may be settled by the next request."""
    return _rows_for_a_while(collection, next(numbers) // 200)


def some_id(collection: str, given: Any, method: str = "", path: str = "") -> int | None:
    found = fitting(recent(collection), method, path)
    ids = [row["id"] for row in found if not (collection == "users" and row["id"] == me())]
    return ids[lot(collection, given, next(numbers)) % len(ids)] if ids else None


class Visitor:
    """Somebody whose log-in the run may end; another comes when one is gone."""

    def __init__(self) -> None:
        self.token, self.calls = "", CALLS_OF_A_VISITOR

    def token_for_a_call(self, calls: int) -> str:
        if self.calls >= calls:
            name = f"visitor-{RUN}-{next(numbers)}"
            ask("POST", "/users/", {"username": name, "role": "auditor", "password": PASSWORD})
            made = ask("POST", "/auth/token/", {"username": name, "password": PASSWORD})
            self.token, self.calls = made["access"], 0
        self.calls += 1
        return self.token


leaver, changer = Visitor(), Visitor()


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    path = case.operation.path
    case.headers = case.headers if case.headers is not None else {}
    case.headers["Authorization"] = f"Bearer {token_for(path)}"
    if "Idempotency-Key" in case.headers and lot(case.headers["Idempotency-Key"], path) % 4:
        case.headers["Idempotency-Key"] = f"fuzz-{RUN}-{next(numbers)}"
    if lot(path, next(numbers)) % 4:
        case.headers.pop("If-Match", None)  # what is generated is the version of nothing
    collection = path.split("/")[2]
    for name, given in list((case.path_parameters or {}).items()):
        is_me = collection == "users" and str(given).strip() == str(me())
        wanted = "deposits" if name == "voucher_id" else collection
        known = (
            some_id(wanted, given, case.operation.method.upper(), path)
            if is_me or lot(path, given, next(numbers)) % 8
            else None
        )
        if known is not None:
            case.path_parameters[name] = str(known)
    if isinstance(case.query, dict):
        case.query = {name: _asked(name, given) for name, given in case.query.items()}
    case.body = _body(path, case.body, (case.path_parameters or {}).get("row_id", ""))


statuses: dict[str, Counter[int]] = {}


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    operation = f"{case.operation.method.upper()} {case.operation.path}"
    statuses.setdefault(operation, Counter())[response.status_code] += 1


@atexit.register
def tell() -> None:
    Path(os.environ["FUZZ_TALLY"]).write_text(json.dumps(statuses))


def token_for(path: str) -> str:
    if path.endswith("/auth/logout/"):
        return leaver.token_for_a_call(1)
    if path.endswith("/auth/password/"):
        return changer.token_for_a_call(CALLS_OF_A_VISITOR)
    return ADMIN_TOKEN


def _body(path: str, body: Any, path_id: Any) -> Any:
    """As it was generated, but for ids; or a right one, as it is or with one field of what was generated."""
    if isinstance(body, dict) and (which := lot(body, path) % 4):
        right = right_body(path, str(path_id), recent, lot(path, body, "right"))
        if right is not None:
            odd = dict([sorted(body.items())[lot(body) % len(body)]]) if body and which < 3 else {}
            return {**right, **_with_known_ids(odd, path)}
    if path.endswith("/auth/password/") and isinstance(body, dict) and lot(body) % 2:
        return {**body, "old": PASSWORD, "new": PASSWORD}
    body = _with_known_ids(body, path)
    if path.startswith("/api/webhooks/") and isinstance(body, dict) and isinstance(body.get("url"), str):
        body["url"] = HOOK.format(lot(body))
    return body


def _with_known_ids(value: Any, path: str) -> Any:
    if isinstance(value, list):
        return [_with_known_ids(each, path) for each in value]
    if isinstance(value, dict):
        return {name: _known(name, _with_known_ids(inner, path)) for name, inner in value.items()}
    return value


def _asked(name: str, given: Any) -> Any:
    """A parameter's value: a return is of a GSTIN and month that are there."""
    if name in ("gstin", "period") and isinstance(given, str) and lot(name, given) % 4:
        return recent("stores")[0]["gstin"] if name == "gstin" else time.strftime("%m%Y")
    return _known(name, given)


def _known(name: str, given: Any) -> Any:
    collection = COLLECTIONS.get(name)
    if collection is None or lot(name, given) % 4 == 0:
        return given
    if isinstance(given, list):
        return [_known(name, each) for each in given[:3]]
    is_id = isinstance(given, int) and not isinstance(given, bool)
    if is_id or (isinstance(given, str) and given.isdigit()):
        known = some_id(collection, given)
        return given if known is None else type(given)(known)
    return given
