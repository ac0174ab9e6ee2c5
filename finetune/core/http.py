"""The thin layer between django-ninja and the rooms.

`endpoint` declares one: its verb in the permission table, its body, its answers. In this order a request
meets: caller (401), how often (429), role (403), size and media type (413, 415), parameters, key, body (400), then
the handler.
"""

import functools
import hashlib
import inspect
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, get_args
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from ninja import Router
from ninja.operation import Operation
from ninja.params.models import Query as QueryInfo
from ninja.utils import check_csrf
from pydantic import BaseModel, ConfigDict

from finetune.core.call_limit import refuse_too_many_calls
from finetune.core.caller import Actor, Caller
from finetune.core.fields import ID_MAX
from finetune.core.listing import Page
from finetune.core.problems import ENCODER, problem_response, refusal_reference, request_id_of
from finetune.core.refusals import FieldError, Refusal, forbidden, invalid, invalid_field, not_found
from finetune.core.standby import POSITION_HEADER, read_where_caught_up
from finetune.core.strict_json import REFUSED_TEXT, refuse_text
from finetune.core.transactions import Made

KeyUse = Literal["optional", "required", "none"]
KEY_HEADER = "Idempotency-Key"


class Problem(BaseModel):
    """RFC 9457. `code` is for programs, `detail` says what to do next, `errors` names every field at fault.

    Further members are the numbers behind the decision, such as `available` or `balance_due`."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[dict[str, Any]] = []


class Doorkeeper(Protocol):
    """What the mount lends this layer: who is calling, and what a role may do."""

    def caller_of(self, request: HttpRequest) -> tuple[Caller | None, bool]:
        """The caller, and whether a session cookie said so (which then needs a CSRF token)."""

    def permits(self, role: str, verb: str) -> bool: ...


_doorkeeper: list[Doorkeeper] = []


def appoint(doorkeeper: Doorkeeper) -> None:
    _doorkeeper[:] = [doorkeeper]


@dataclass(frozen=True, slots=True)
class Call:
    """One request that got past the door."""

    request: HttpRequest
    caller: Caller
    key: str | None = None

    @property
    def actor(self) -> Actor:
        request_hash = hash_of(self.request) if self.key is not None else b""
        return Actor(self.caller, request_id_of(self.request), self.key, request_hash)

    @property
    def if_match(self) -> str | None:
        return self.request.headers.get("If-Match")

    def answer(
        self, status: int, data: Any, *, made: Made | None = None, version: int | None = None
    ) -> HttpResponse:
        response = json_response(status, data)
        if made is not None and made.replayed:
            response["Idempotent-Replayed"] = "true"
        if version is not None:
            response["ETag"] = f'"{version}"'
        return response

    def page(self, page: Page, rows: list[dict[str, Any]] | None = None) -> HttpResponse:
        data = {
            "next": self._page_url(page.next),
            "previous": self._page_url(page.previous),
            "results": page.rows if rows is None else rows,
        }
        return json_response(200, data)

    def _page_url(self, cursor: str | None) -> str | None:
        if cursor is None:
            return None
        kept = [(name, values) for name, values in self.request.GET.lists() if name != "cursor"]
        query = urlencode([*kept, ("cursor", cursor)], doseq=True)
        return f"{self.request.build_absolute_uri(self.request.path)}?{query}"


def json_response(status: int, data: Any) -> HttpResponse:
    return HttpResponse(ENCODER.encode(data), content_type="application/json", status=status)


def hash_of(request: HttpRequest) -> bytes:
    """What makes two requests the same: method, path and body as sorted JSON, but for a password."""
    body = json.loads(request.body or b"{}", parse_float=str)
    if isinstance(body, dict) and "password" in body:
        body["password"] = None
    text = json.dumps([request.method, request.path, body], sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


class BearerToken:
    """The door of one endpoint, and its security scheme in OpenAPI."""

    openapi_security_schema = {"type": "http", "scheme": "bearer"}

    def __init__(self, verb: str, method: str, params: frozenset[str], key: KeyUse) -> None:
        self.verb, self.method, self.params, self.key_use = verb, method, params, key

    def __call__(self, request: HttpRequest) -> bool:
        caller, by_cookie = _doorkeeper[0].caller_of(request)
        if caller is None:
            raise Refusal(401, "not_authenticated", "Log in, or send a valid access token as a Bearer token.")
        if by_cookie and self.method not in ("GET", "HEAD") and not _has_csrf_header(request):
            raise forbidden(
                "The page that sent this is too old. Reload it and try again.", code="csrf_failed"
            )
        refuse_too_many_calls(caller.user_id)
        if not _doorkeeper[0].permits(caller.role, self.verb):
            raise forbidden(f"Your role ({caller.role}) may not do this.")
        check_shape(request, self.params)
        request.call = Call(request, caller, self._key_of(request))  # type: ignore[attr-defined]
        return True

    def _key_of(self, request: HttpRequest) -> str | None:
        key = request.headers.get(KEY_HEADER)
        if self.method != "POST":
            return None
        if key is None:
            if self.key_use == "required":
                raise Refusal(
                    400,
                    "idempotency_key_missing",
                    "Send an Idempotency-Key header, made once for this payment and kept for its retries.",
                )
            return None
        if not re.fullmatch(r"[\x20-\x7e]{1,255}", key):
            raise invalid_field(
                KEY_HEADER, "invalid", "An idempotency key has 1 to 255 printable ASCII characters."
            )
        return key


def _has_csrf_header(request: HttpRequest) -> bool:
    """Whether the token came in the header. Django would look for it in a form first, and reading a form uses up the
    body, which is then neither too large nor of the wrong type but an exception."""
    request._post = QueryDict()  # type: ignore[attr-defined]
    return check_csrf(request) is None


class OpenDoor:
    """An endpoint that anybody may call: log-in."""

    def __init__(self, params: frozenset[str]) -> None:
        self.params = params

    def __call__(self, request: HttpRequest) -> bool:
        check_shape(request, self.params)
        return True


def check_shape(request: HttpRequest, params: frozenset[str]) -> None:
    """Size, media type and parameter names. An empty body becomes {}, so the schema says what is missing."""
    if request.method in ("POST", "PATCH", "PUT"):
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not re.fullmatch(r"[0-9]{1,18}", length):
            raise Refusal(400, "invalid", "Content-Length must say how many bytes the body has.")
        if int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise Refusal(413, "too_large", "A request may have at most 1 MiB. Send less at a time.")
        if request.body and request.content_type != "application/json":
            raise Refusal(415, "unsupported_media_type", "Send JSON, with Content-Type: application/json.")
        if not request.body.strip():
            request._body = b"{}"
    _check_params(request, params)


def _check_params(request: HttpRequest, params: frozenset[str]) -> None:
    unknown = [name for name in request.GET if name not in params]
    if unknown:
        known = ", ".join(sorted(params)) or "none"
        errors = [
            FieldError(name[:60], "unknown_parameter", f"There is no parameter of this name. Known: {known}.")
            for name in unknown[:20]
        ]
        raise invalid(errors)
    bad = [
        name for name, value in request.GET.items() if isinstance(value, str) and REFUSED_TEXT.search(value)
    ]
    if bad:
        raise invalid([FieldError(name, "invalid", refuse_text()) for name in bad])


def endpoint(
    router: Router,
    method: str,
    path: str,
    *,
    verb: str | None,
    answers: Mapping[int, Any],
    key: KeyUse = "optional",
    may_lag: bool = False,
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Declare an endpoint. `verb` names a row of the permission table; None lets anybody in.

    The handler's first argument is the Call (the request itself where anybody may come); `row_id: str` in the
    path is read with `path_id`; a body is a pydantic model, a query is `Query[Model]`. A list or report that writes
    nothing and decides nothing `may_lag`: it may be read from a standby that has the caller's own writes.
    """
    assert method == "GET" or not may_lag, "only what reads may be read from a standby"

    def declare(handler: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        signature = inspect.signature(handler)
        params = _query_names(signature)
        door: Any = OpenDoor(params) if verb is None else BearerToken(verb, method, params, key)

        @functools.wraps(handler)
        def view(request: HttpRequest, **given: Any) -> HttpResponse:
            caller = request if verb is None else request.call  # type: ignore[attr-defined]
            if may_lag:
                return read_where_caught_up(request, lambda: handler(caller, **given))
            return handler(caller, **given)

        view.may_lag = may_lag  # type: ignore[attr-defined]
        first, *others = signature.parameters.values()
        request_param = first.replace(name="request", annotation=HttpRequest)
        view.__signature__ = signature.replace(parameters=[request_param, *others])  # type: ignore[attr-defined]
        router.api_operation(
            [method],
            path,
            auth=door,
            response=dict(answers),
            operation_id=handler.__name__,
            openapi_extra=_extras(method, path, verb, key, may_lag=may_lag)
            | {"responses": _refusals(answers, method, verb)},
        )(view)
        return handler

    return declare


def _query_names(signature: inspect.Signature) -> frozenset[str]:
    names: set[str] = set()
    for parameter in signature.parameters.values():
        model, *notes = get_args(parameter.annotation) or (parameter.annotation,)
        if any(isinstance(note, QueryInfo) for note in [*notes, parameter.default]):
            names |= set(model.model_fields)
    return frozenset(names)


def _refusals(answers: Mapping[int, Any], method: str, verb: str | None) -> dict[int, Any]:
    """What may be refused, by name: a model for each of them would be half of the time that a start takes."""
    statuses = {400, 401, 404, 405, 429, 503} | ({403} if verb else set())
    if method != "GET":
        statuses |= {409, 412, 413, 415} | ({422} if method == "POST" else set())
    return {status: refusal_reference(status) for status in sorted(statuses - set(answers))}


def _extras(method: str, path: str, verb: str | None, key: KeyUse, *, may_lag: bool) -> dict[str, Any]:
    parameters = []
    if may_lag:
        parameters.append(
            {"name": POSITION_HEADER, "in": "header", "required": False, "schema": {"type": "string"}}
        )
    if method == "POST" and verb and key != "none":
        parameters.append(
            {
                "name": KEY_HEADER,
                "in": "header",
                "required": key == "required",
                "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
            }
        )
    if method in ("PATCH", "DELETE") or path.endswith("/issue/"):
        parameters.append(
            {"name": "If-Match", "in": "header", "required": False, "schema": {"type": "string"}}
        )
    return ({"parameters": parameters} if parameters else {}) | ({"x-verb": verb} if verb else {})


def publish_content(operation: Operation, status: int, content: Mapping[str, Any]) -> None:
    """Say in the description of the API that an answer also comes in these media types, which no model can say."""
    extra = operation.openapi_extra or {}
    said = {**extra.get("responses", {}), status: {"content": content}}
    operation.openapi_extra = {**extra, "responses": said}


def path_id(text: str, what: str) -> int:
    """An id from a path. What cannot be an id is simply not there."""
    if re.fullmatch(r"[0-9]{1,19}", text) and 0 < int(text) <= ID_MAX:
        return int(text)
    raise not_found(what)


__all__ = ["Call", "Problem", "endpoint", "path_id", "problem_response", "publish_content"]
