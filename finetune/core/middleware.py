"""Round every request: its id, and problem documents for whatever the API did not answer itself."""

import re
import uuid
from collections.abc import Callable

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from finetune.core.constraints import refusal_for
from finetune.core.problems import problem_response
from finetune.core.refusals import Refusal

log = structlog.get_logger("finetune")
SAFE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

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
        response = self.get_response(request)
        if request.path.startswith("/api/"):
            if response.status_code >= 400 and response.get("Content-Type") != "application/problem+json":
                response = _as_problem(request, response)
            response.setdefault("Cache-Control", "no-store")
        response["X-Request-Id"] = request_id
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The database being away is a 503 on every page; other mistakes are logged with the request's id."""
        if isinstance(error, DatabaseError) and (refusal := refusal_for(error)) and refusal.status == 503:
            return problem_response(request, refusal)
        return None


def _as_problem(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    code, detail = SENTENCES.get(response.status_code, ("invalid", "The request was refused."))
    problem = problem_response(request, Refusal(response.status_code, code, detail))
    if allow := response.get("Allow"):
        problem["Allow"] = allow
    return problem


def answer_exception(request: HttpRequest, error: Exception) -> HttpResponse:
    """What the API answers for an exception that is not a Refusal."""
    if isinstance(error, RequestDataTooBig):
        return problem_response(request, Refusal(413, "too_large", "A request may have at most 1 MiB."))
    if isinstance(error, DatabaseError) and (refusal := refusal_for(error)):
        if refusal.status == 503:
            log.warning("database_unavailable", error=str(error), path=request.path)
        return problem_response(request, refusal)
    log.exception("unexpected_error", path=request.path, request_id=getattr(request, "request_id", ""))
    code, detail = SENTENCES[500]
    return problem_response(request, Refusal(500, code, detail))
