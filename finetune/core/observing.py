"""What an operator can see: one line a request, slow requests with their SQL, and counters for Prometheus.

Nothing that a client sent is written but method, path and request id: no body, no header, no parameter of SQL.
"""

import logging
import re
import time
from collections.abc import Callable
from typing import Any

import msgspec
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from prometheus_client import Counter, Histogram

REQUESTS = Counter("finetune_requests_total", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "finetune_request_seconds",
    "Time to answer a request.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
STATEMENTS = Counter("finetune_statements_total", "SQL statements sent by requests.", ["route"])
TRIED_AGAIN = Counter(
    "finetune_transactions_tried_again_total", "Transactions others were in the way of.", ["sqlstate"]
)

log = logging.getLogger("finetune.requests")
SQL_SHOWN_MAX = 300
KEY_LIKE = re.compile(r"[A-Za-z0-9_-]{24,}")
STATEMENTS_SHOWN_MAX = 20


class Watched:
    """The statements of one request, with how long each took in milliseconds."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, float]] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.statements.append((sql, (time.perf_counter() - began) * 1000))


class ObservingMiddleware:
    """The outermost: what it measures includes all others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        watched = Watched()
        began = time.perf_counter()
        with connection.execute_wrapper(watched):
            response = self.get_response(request)
        seconds = time.perf_counter() - began
        route = route_of(request)
        REQUESTS.labels(request.method, route, response.status_code).inc()
        SECONDS.labels(route).observe(seconds)
        STATEMENTS.labels(route).inc(len(watched.statements))
        _write_line(request, response, route, seconds, watched)
        return response


def route_of(request: HttpRequest) -> str:
    """The pattern of the address, not the address: a counter for each id would never end."""
    match = request.resolver_match
    return f"/{match.route}" if match is not None else "unknown"


def _path_of(request: HttpRequest, route: str) -> str:
    """Whoever reads the log must not come by a bill's public page: its address is all that opens it, and a mistyped
    one that leads nowhere still holds it."""
    match = request.resolver_match
    is_page = match is not None and "token" in match.kwargs
    return route if is_page else KEY_LIKE.sub("...", request.path[:200])


def _write_line(
    request: HttpRequest, response: HttpResponseBase, route: str, seconds: float, watched: Watched
) -> None:
    slow = seconds * 1000 >= settings.SLOW_REQUEST_MS
    level = logging.WARNING if slow else logging.INFO
    if not log.isEnabledFor(level):
        return
    call = getattr(request, "call", None)
    line: dict[str, Any] = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "event": "slow_request" if slow else "request",
        "request_id": getattr(request, "request_id", ""),
        "method": request.method,
        "route": route,
        "path": _path_of(request, route),
        "status": response.status_code,
        "user": call.caller.username if call is not None else None,
        "ms": round(seconds * 1000, 1),
        "statements": len(watched.statements),
    }
    if (read_from := getattr(request, "read_from", None)) is not None:
        line["read_from"] = read_from
    if slow:
        slowest = sorted(watched.statements, key=lambda each: -each[1])[:STATEMENTS_SHOWN_MAX]
        line["sql"] = [
            {"ms": round(ms, 1), "sql": " ".join(sql.split())[:SQL_SHOWN_MAX]} for sql, ms in slowest
        ]
    log.log(level, msgspec.json.encode(line).decode())


def count_retry(sqlstate: str) -> None:
    TRIED_AGAIN.labels(sqlstate or "unknown").inc()
