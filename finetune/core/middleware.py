"""Round every request: its id, and problem documents for whatever the API did not answer itself."""

import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import get_resolver

from finetune.core.constraints import refusal_for
from finetune.core.gateway import body_max
from finetune.core.problems import MEDIA_TYPE, problem_response
from finetune.core.refusals import Refusal

log = structlog.get_logger("finetune")
SAFE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
SESSION_KEY = re.compile(r"[a-z0-9]{20,64}")

SENTENCES = {
    400: ("invalid", "The request could not be read."),
    403: ("forbidden", "This is not allowed."),
    404: ("not_found", "There is nothing at this address. Paths under /api/ end in a slash."),
    405: ("method_not_allowed", "This address does not take this method."),
    500: ("internal_error", "This is our mistake, and it was written down. Nothing was changed."),
}


class RequestMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-Id", "")
        request_id = given if SAFE_ID.fullmatch(given) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        _drop_odd_cookie(request)
        is_api = request.path.startswith("/api/")
        is_head = is_api and request.method == "HEAD"
        if is_head:
            request.method = "GET"
        response = _too_large(request) or self.get_response(request)
        if is_api:
            if response.status_code >= 400 and response.get("Content-Type") != MEDIA_TYPE:
                response = _as_problem(request, response)
            response.setdefault("Cache-Control", "no-store")
        response["X-Request-Id"] = request_id
        if isinstance(response, HttpResponse) and response.status_code not in (204, 304):
            response["Content-Length"] = str(len(response.content))
            if is_head:
                response.content = b""
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], given: Mapping[str, Any]
    ) -> None:
        """A Host that is not ours is refused here, once, and not where somebody first asks for it. A load
        balancer asks for /healthz and /readyz by whatever name it knows."""
        if request.path not in ("/healthz", "/readyz"):
            request.get_host()

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The database being away is a 503 on every page, and no mistake to be logged as one."""
        if isinstance(error, DatabaseError) and (refusal := refusal_for(error)) and refusal.status == 503:
            if request.path.startswith("/api/"):
                return problem_response(request, refusal)
            return get_resolver().resolve_error_handler(500)(request)
        return None


def _too_large(request: HttpRequest) -> HttpResponse | None:
    """The page for a body that nobody should read: before the token of its form is looked for in it. The API
    answers for itself, after it knows who asks."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    most = body_max(request.path)
    is_too_large = length.isdecimal() and (len(length) > 18 or int(length) > most)
    if request.path.startswith("/api/") or not is_too_large:
        return None
    handler: Any = get_resolver().resolve_error_handler(413)
    page: HttpResponse = handler(request, most)
    return page


def _drop_odd_cookie(request: HttpRequest) -> None:
    """A session cookie that is no session key may hold a NUL, which no lookup takes: it counts as none."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if key is not None and not SESSION_KEY.fullmatch(key):
        del request.COOKIES[settings.SESSION_COOKIE_NAME]


def _as_problem(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    """The same answer as a problem document. It keeps the headers that the other middlewares set."""
    code, detail = SENTENCES.get(response.status_code, ("invalid", "The request was refused."))
    problem = problem_response(request, Refusal(response.status_code, code, detail))
    for name, value in response.items():
        problem.setdefault(name, ", ".join(sorted(value.split(", "))) if name == "Allow" else value)
    return problem


def answer_exception(request: HttpRequest, error: Exception) -> HttpResponse:
    """What the API answers for an exception that is not a Refusal."""
    if isinstance(error, RequestDataTooBig):
        return problem_response(request, Refusal(413, "too_large", "A request may have at most 1 MiB."))
    if isinstance(error, (SuspiciousOperation, BadRequest)):
        return problem_response(request, Refusal(400, *SENTENCES[400]))
    if isinstance(error, DatabaseError) and (refusal := refusal_for(error)):
        if refusal.status == 503:
            log.warning("database_unavailable", error=str(error), path=request.path)
        return problem_response(request, refusal)
    log.exception("unexpected_error", path=request.path, request_id=getattr(request, "request_id", ""))
    code, detail = SENTENCES[500]
    return problem_response(request, Refusal(500, code, detail))
