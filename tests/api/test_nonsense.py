"""Whatever a client sends, the answer is one that is published, never a 500, and a refusal changes nothing.

Driven by the published description, so that an endpoint that is added tomorrow is tried tomorrow.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from finetune.core.middleware import SAFE_ID
from tests import cast, published
from tests.api import nonsense

MARKER = "put-it-here"
UNKNOWN_ID = "999999999"


class Trial:
    """Sends, and remembers what was wrong, so that one run tells all of it."""

    def __init__(self, shop: cast.Shop, known: dict[str, Any]) -> None:
        self.shop = shop
        self.known = known
        self.client = Client(raise_request_exception=False)
        self.wrong: list[str] = []
        self.count = 0

    def send(
        self,
        case: str,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        right: set[int] | None = None,
        media_type: str = "application/json",
        token: str | None = "",
        query: str = "",
        meta: dict[str, Any] | None = None,
    ) -> Any:
        given = dict(meta or {})
        if token is not None:
            given.setdefault("HTTP_AUTHORIZATION", f"Bearer {token or self.shop.admin.token}")
        self.count += 1
        address = path.replace("{row_id}", UNKNOWN_ID) + query
        response = self.client.generic(method, address, body, content_type=media_type, **given)
        status, kind = response.status_code, response.get("Content-Type", "")
        label = f"{method} {path}{query[:60]}: {case}"
        if status >= 500:
            self.wrong.append(f"{label} → {status} {response.content[:300]!r}")
        elif right is not None and status not in right:
            self.wrong.append(f"{label} → {status}, not {sorted(right)}: {response.content[:200]!r}")
        elif status >= 400 and kind != "application/problem+json":
            self.wrong.append(f"{label} → {status} as {kind}")
        else:
            data = json.loads(response.content) if "json" in kind else None
            self.wrong += published.faults_of_answer(
                method, response.request["PATH_INFO"], status, kind, data
            )
        return response

    def report(self) -> None:
        shown = "\n".join(self.wrong[:40])
        assert not self.wrong, f"{len(self.wrong)} of {self.count} were answered wrongly:\n{shown}"


def rows_there(shop: cast.Shop) -> dict[str, int]:
    category = cast.category()
    variant = cast.variant(category_id=category)
    with connection.cursor() as cursor:
        cursor.execute("SELECT product_id FROM catalog_variant WHERE id = %s", [variant])
        product = cursor.fetchone()[0]
    line = {
        "description": "Repair",
        "hsn_code": "998716",
        "quantity": "1",
        "unit_price": "100.00",
        "gst_rate": "18",
    }
    bill = {"store": shop.pune, "customer": shop.buyer, "line_items": [line]}
    entry = {
        "entry_type": "purchase",
        "store": shop.pune,
        "product_variant": variant,
        "quantity": 5,
        "unit_price": "1",
    }
    return {
        "invoice": shop.admin.post("/invoices/", bill).data["id"],
        "stock_entry": shop.admin.post("/stock-entries/", entry).data["id"],
        "user": shop.bilal.id,
        "store": shop.pune,
        "customer": shop.buyer,
        "booking": shop.booking(),
        "category": category,
        "product": product,
        "variant": variant,
        "product_variant": variant,
    }


@pytest.fixture
def trial(shop: cast.Shop) -> Iterator[Trial]:
    made = Trial(shop, nonsense.KNOWN | rows_there(shop))
    before = contents()
    yield made
    assert contents() == before, "a refused request wrote something"
    made.report()


def contents() -> dict[str, str]:
    """Every table's number of rows and a hash of them, but for what is kept of log-ins."""
    with connection.cursor() as cursor:
        tables = [
            table for table in connection.introspection.table_names(cursor) if table != "staff_loginattempt"
        ]
        digests = ", ".join(
            f"(SELECT count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0) FROM \"{table}\" t)"
            for table in tables
        )
        cursor.execute(f"SELECT {digests}")
        return dict(zip(tables, cursor.fetchone(), strict=True))


OPERATIONS = published.operations()
OPEN = [each for each in OPERATIONS if not each[2]["security"]]
GUARDED = [each for each in OPERATIONS if each[2]["security"]]
WITH_BODY = [each for each in OPERATIONS if "requestBody" in each[2]]


def body_schema(operation: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = operation["requestBody"]["content"]["application/json"]["schema"]
    return schema


def query_names(operation: dict[str, Any]) -> list[str]:
    return [each["name"] for each in operation["parameters"] if each["in"] == "query"]


def takes_key(operation: dict[str, Any]) -> bool:
    return any(each["name"] == "Idempotency-Key" for each in operation["parameters"])


def key_for(operation: dict[str, Any]) -> dict[str, str]:
    return {"HTTP_IDEMPOTENCY_KEY": "nonsense"} if takes_key(operation) else {}


def test_the_description_leaves_nothing_out():
    """Only log-in is open, whatever changes something has a body to be checked, and every list is paged."""
    assert {path for _, path, _ in OPEN} <= {"/api/auth/token/", "/api/auth/token/refresh/"}
    assert not [
        path for method, path, each in OPERATIONS if method in ("POST", "PATCH") and "requestBody" not in each
    ]
    for method, path, operation in OPERATIONS:
        answer = operation["responses"].get("200", {}).get("content", {}).get("application/json")
        if method == "GET" and answer and published.resolve(answer["schema"]).get("type") == "array":
            pytest.fail(f"{path} answers a bare list")


def test_nobody_gets_in_without_a_token(trial: Trial):
    tokens = [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer " + "a" * 43,
        "Bearer " + "a" * 5000,
        "Basic YWRtaW46eA==",
        "Bearer \xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9",
        "Token " + "a" * 43,
        "Bearer " + "\x00" * 43,
        f"Bearer {trial.shop.admin.token}x",
        f"{trial.shop.admin.token}",
    ]
    for method, path, _ in GUARDED:
        trial.send("no token", method, path, b"{}", token=None, right={401})
        trial.send("no token and nonsense", method, path, b"[[[", token=None, right={401}, query="?x=1")
        for text in tokens:
            meta = {"HTTP_AUTHORIZATION": text}
            trial.send(f"token {text[:30]!r}", method, path, b"{}", meta=meta, right={401})
        for cookie in (
            "finetune_session=x",
            'finetune_session="\\000\\000\\000\\000\\000\\000\\000\\000\\000"',
            "finetune_session=" + "a" * 32,
        ):
            trial.send(cookie, method, path, b"{}", token=None, meta={"HTTP_COOKIE": cookie}, right={401})


def test_bodies_that_are_no_body(trial: Trial):
    for method, path, _ in WITH_BODY:
        for case, body, media_type, right in nonsense.BODIES:
            trial.send(case, method, path, body, media_type=media_type, right=right)


def test_every_field_with_nonsense_at_once(trial: Trial):
    """An unknown field makes sure that nothing is carried out; it is named among the errors."""
    for method, path, operation in WITH_BODY:
        places = fields = nonsense.fields_of(body_schema(operation))
        fields = [place for place in places if len(place) == 1]
        for raw in [*nonsense.VALUES, *nonsense.REFUSED_VALUES]:
            body = b"{%s}" % b",".join(
                b'"%s":%s' % (str(name).encode(), raw) for (name,) in [*fields, ("nonsense",)]
            )
            case = f"all fields {raw[:40]!r}"
            answer = trial.send(case, method, path, body, meta=key_for(operation), right={400})
            if raw not in nonsense.REFUSED_VALUES and answer.status_code == 400:
                codes = {error["field"]: error["code"] for error in answer.json().get("errors", [])}
                if codes.get("nonsense") != "unknown_field":
                    trial.wrong.append(f"{method} {path}: nonsense is not named as unknown_field: {codes}")


@pytest.mark.parametrize("operation", WITH_BODY, ids=lambda each: f"{each[0]} {each[1]}")
def test_every_field_with_nonsense_on_its_own(trial: Trial, operation: tuple[str, str, dict[str, Any]]):
    """All else is as it should be, so the nonsense may get as far as the rules and the database. What is done
    is rolled back."""
    method, path, told = operation
    schema = body_schema(told)
    base = nonsense.sample(trial.known, schema)
    path = path.replace("{row_id}", str(trial.known.get(noun_of(path), UNKNOWN_ID)))
    for place in nonsense.fields_of(schema):
        template = json.dumps(nonsense.with_value(base, place, MARKER)).encode()
        for raw in nonsense.SUBTLE:
            case = f"{'.'.join(map(str, place))} = {raw[:40].decode()}"
            body = template.replace(b'"%s"' % MARKER.encode(), raw)
            send_and_roll_back(trial, case, method, path, body, told)
    for body in (b"", b"{}", b" ", json.dumps(base).encode()):
        send_and_roll_back(trial, f"as it should be, or empty: {body[:40]!r}", method, path, body, told)


def noun_of(path: str) -> str:
    """Whose id belongs into a path: /api/stores/{row_id}/ is about a store."""
    plural = path.split("/")[2].replace("-", "_")
    return re.sub("ies$", "y", plural) if plural.endswith("ies") else plural.removesuffix("s")


def send_and_roll_back(
    trial: Trial, case: str, method: str, path: str, body: bytes, operation: dict[str, Any]
) -> None:
    with transaction.atomic():
        trial.send(case, method, path, body, meta=key_for(operation))
        transaction.set_rollback(True)


def test_parameters(trial: Trial):
    for method, path, operation in OPERATIONS:
        names = query_names(operation)
        for name in names:
            if name in nonsense.PARAMETERS:
                for value in nonsense.PARAMETERS[name]:
                    right = {400, 404} if "{row_id}" in path else {400}
                    trial.send(name, method, path, query=f"?{name}={value}", right=right)
            else:
                for value in nonsense.ANY_PARAMETER:
                    right = {400} if value == "%00" else {200, 400, 404}
                    trial.send(name, method, path, query=f"?{name}={value}", right=right)
        for query in (
            "?no_such=1",
            "?%00=1",
            "?%ff=1",
            "?=1",
            f"?{'x' * 4000}=1",
            "?page_size[]=1",
            "?" + "a&" * 1500 + "a",
        ):
            trial.send("unknown parameter", method, path, b"{}", query=query, right={400, 404})
        if method == "GET":
            answer = trial.send("unknown parameter", method, path, query="?no_such=1")
            if answer.json().get("code") != "unknown_parameter":
                trial.wrong.append(f"{path}?no_such=1: {answer.content[:200]!r}")


def test_ids_in_paths(trial: Trial):
    for method, path, operation in OPERATIONS:
        if "{row_id}" not in path:
            continue
        base = (
            json.dumps(nonsense.sample(trial.known, body_schema(operation)))
            if "requestBody" in operation
            else ""
        )
        for given in nonsense.IDS:
            right = {404} if method == "GET" else {400, 404}
            address = path.replace("{row_id}", given)
            trial.send(given[:30], method, address, base.encode(), meta=key_for(operation), right=right)


def test_headers(trial: Trial):
    for method, path, operation in OPERATIONS:
        body = b'{"nonsense": 1}' if "requestBody" in operation else b""
        stopped = {400} if body else None
        for key in nonsense.KEYS if takes_key(operation) else []:
            trial.send(
                f"key {key[:9]!r}", method, path, body, meta={"HTTP_IDEMPOTENCY_KEY": key}, right={400}
            )
        for tag in nonsense.MATCHES:
            trial.send(
                f"If-Match {tag[:9]!r}", method, path, body, meta={"HTTP_IF_MATCH": tag}, right=stopped
            )
        for length in nonsense.LENGTHS if body else []:
            right = {400, 413} if length.strip() else {400}
            trial.send(
                f"length {length[:9]!r}", method, path, body, meta={"CONTENT_LENGTH": length}, right=right
            )
        for host in nonsense.HOSTS[:2]:
            trial.send(f"host {host!r}", method, path, body, meta={"HTTP_HOST": host}, right={400})
        for given in nonsense.REQUEST_IDS[:2]:
            answer = trial.send(
                "request id", method, path, body, meta={"HTTP_X_REQUEST_ID": given}, right=stopped
            )
            if not SAFE_ID.fullmatch(answer["X-Request-Id"]):
                trial.wrong.append(f"{path} sent back the request id {given!r}")


def test_patch_of_what_is_there_with_odd_versions(trial: Trial):
    """An If-Match that is none of the row's is 412, whatever it looks like."""
    person = trial.shop.bilal
    for tag in nonsense.MATCHES:
        trial.send(
            f"If-Match {tag[:9]!r}",
            "PATCH",
            f"/api/users/{person.id}/",
            b'{"name": "Other"}',
            meta={"HTTP_IF_MATCH": tag},
            right={412},
        )


@pytest.mark.parametrize(
    "path", ["/", "/login/", "/nowhere/", "/static/nowhere.css", "/api/openapi.json", "/api/docs"]
)
def test_pages_take_nonsense_too(trial: Trial, path: str):
    for host in nonsense.HOSTS:
        answer = trial.client.get(path, HTTP_HOST=host)
        assert answer.status_code in (400, 404), (host, answer.status_code)
    for cookie in (
        'finetune_session="\\000\\000\\000\\000\\000\\000\\000\\000\\000"',
        "finetune_csrf=\xff",
        "=;=",
        "a",
    ):
        assert trial.client.get(path, HTTP_COOKIE=cookie).status_code in (200, 404)
    for method in ("HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "NONSENSE", "PATCH"):
        assert trial.client.generic(method, path).status_code < 500
    for query in ("?next=//evil", "?%00=%00", "?" + "a&" * 1500, "?next=%ff"):
        assert trial.client.get(path + query).status_code in (200, 400, 404)
