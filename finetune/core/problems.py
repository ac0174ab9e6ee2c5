"""A Refusal as an RFC 9457 problem document."""

from http import HTTPStatus
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse

from finetune.core.refusals import Refusal

MEDIA_TYPE = "application/problem+json"
ENCODER = msgspec.json.Encoder()


def refusal_reference(status: int | str) -> dict[str, str]:
    """Where the description of the API says what an answer of this status means."""
    return {"$ref": f"#/components/responses/{phrase(status)}"}


def phrase(status: int | str) -> str:
    return HTTPStatus(int(status)).phrase.title().replace(" ", "").replace("-", "")


def request_id_of(request: HttpRequest) -> str:
    return getattr(request, "request_id", "")


def problem_document(refusal: Refusal, request_id: str) -> dict[str, Any]:
    document: dict[str, Any] = {
        "type": f"urn:finetune:problem:{refusal.code}",
        "title": HTTPStatus(refusal.status).phrase,
        "status": refusal.status,
        "detail": refusal.detail,
        "code": refusal.code,
        "request_id": request_id,
    }
    if refusal.errors:
        document["errors"] = [error.as_dict() for error in refusal.errors]
    return document | refusal.facts


def problem_response(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    body = ENCODER.encode(problem_document(refusal, request_id_of(request)))
    response = HttpResponse(body, content_type=MEDIA_TYPE, status=refusal.status)
    if refusal.retry_after is not None:
        response["Retry-After"] = str(refusal.retry_after)
    if refusal.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response
