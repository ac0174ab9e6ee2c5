"""The published description of the API: ninja's, put right where ninja says less than the contract.

Refusals are problem documents and are told once, under components; the headers that every answer carries are
named; parameters are never null; a session cookie with a CSRF token is the second way in.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.openapi.docs import Swagger
from ninja.openapi.schema import OpenAPISchema

from finetune.core.problems import MEDIA_TYPE, phrase, refusal_reference

Part = dict[str, Any]
RETRY = ("429", "503")
WHEN = {
    "400": "Malformed, a field or parameter missing or at fault, or a required Idempotency-Key missing.",
    "401": "No valid credentials.",
    "403": "The caller's role may not do this.",
    "404": "Not there, or in a store that the caller may not see.",
    "405": "The address does not take this method.",
    "409": "Well-formed, but refused by the present state; `code` says by what.",
    "412": "If-Match names another version than the present one.",
    "413": "The body is over 1 MiB.",
    "415": "The body is not JSON.",
    "422": "The Idempotency-Key was used for another request.",
    "429": "Throttled.",
    "503": "Others are in the way, or the database is away. Nothing was changed: send the request again.",
}
HEADERS: Part = {
    "X-Request-Id": {
        "description": "The caller's own, if 8 to 64 letters, digits, `.`, `-` or `_`; else one made here.",
        "schema": {"type": "string"},
    },
    "ETag": {"description": "The row's version, for If-Match.", "schema": {"type": "string"}},
    "Idempotent-Replayed": {
        "description": "Present where the key was used before: the object as it stands now.",
        "schema": {"type": "string", "const": "true"},
    },
    "X-Commit-Position": {
        "description": "After a write, where lists may be read from a standby: sent with a list, it shows that write.",
        "schema": {"type": "string"},
    },
    "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}},
    "WWW-Authenticate": {"schema": {"type": "string"}},
    "Allow": {"description": "The methods that the address takes.", "schema": {"type": "string"}},
}
SESSION = "SessionCookie"
BEARER = "BearerToken"


class Documents(Swagger):
    """Swagger UI in a page of ours, from files that ninja brings along: no other host is asked."""

    template = "web/api_docs.html"

    def render_page(self, request: HttpRequest, api: NinjaAPI, **given: Any) -> HttpResponse:
        page = super().render_page(request, api, **given)
        # What is shown depends on nobody, but a browser must ask again after an update.
        page["Cache-Control"] = "no-cache"
        return page


class ContractAPI(NinjaAPI):
    _document: OpenAPISchema | None = None

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        """Made once in a process: it depends on nothing but the code."""
        if self._document is None:
            self._document = put_right(super().get_openapi_schema(**given))
        return self._document


def put_right(document: OpenAPISchema) -> OpenAPISchema:
    statuses: set[str] = set()
    for path, methods in document["paths"].items():
        is_versioned = "patch" in methods or any("patch" in each for each in _rows_under(document, path))
        for method, operation in methods.items():
            operation["responses"] = {str(status): given for status, given in operation["responses"].items()}
            statuses |= _tell_refusals_once(operation)
            _name_headers(operation, method, is_versioned=is_versioned)
            if method == "patch":
                _forget_defaults(document, operation)
            operation["parameters"] = [_parameter(parameter) for parameter in operation["parameters"]]
            operation["security"] = [{BEARER: []}, {SESSION: []}] if operation.get("security") else []
    components = document["components"]
    components["headers"] = HEADERS
    components["responses"] = {phrase(status): _refusal(status) for status in sorted(statuses)}
    components["securitySchemes"][SESSION] = {
        "type": "apiKey",
        "in": "cookie",
        "name": settings.SESSION_COOKIE_NAME,
        "description": "What the pages use. Every method but GET then needs the header X-CSRFToken.",
    }
    document.pop("servers", None)
    return document


def _forget_defaults(document: OpenAPISchema, operation: Part) -> None:
    """What a PATCH leaves out stays as it is: a default only lets it be left out."""
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for each in schema["properties"].values():
        each.pop("default", None)


def _rows_under(document: OpenAPISchema, path: str) -> list[Part]:
    """For a list's path, the paths of its rows."""
    return [methods for other, methods in document["paths"].items() if other == f"{path}{{row_id}}/"]


def _tell_refusals_once(operation: Part) -> set[str]:
    refusals = {status for status in operation["responses"] if status >= "400"}
    for status in refusals:
        operation["responses"][status] = refusal_reference(status)
    return refusals


def _refusal(status: str) -> Part:
    names = ["X-Request-Id"]
    names += ["Retry-After"] if status in RETRY else []
    names += {"401": ["WWW-Authenticate"], "405": ["Allow"]}.get(status, [])
    return {
        "description": WHEN[status],
        "headers": _headers(*names),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _headers(*names: str) -> Part:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _name_headers(operation: Part, method: str, *, is_versioned: bool) -> None:
    for status, answer in operation["responses"].items():
        if status >= "400":
            continue
        names = ["X-Request-Id"]
        is_page = method == "get" and any(each["name"] == "cursor" for each in operation["parameters"])
        if is_versioned and status in ("200", "201") and not is_page:
            names.append("ETag")
        if any(each["name"] == "Idempotency-Key" for each in operation["parameters"]):
            names.append("Idempotent-Replayed")
        if method != "get":
            names.append("X-Commit-Position")
        answer["headers"] = _headers(*names)


def _parameter(parameter: Part) -> Part:
    """One that may be left out is not one that may be null, and its examples stay with its schema."""
    schema = dict(parameter["schema"])
    choices = [choice for choice in schema.pop("anyOf", []) if choice != {"type": "null"}]
    if choices:
        schema = {**schema, **(choices[0] if len(choices) == 1 else {"anyOf": choices})}
    if schema.get("default", 0) is None:
        del schema["default"]
    kept = {name: value for name, value in parameter.items() if name != "examples"}
    return {**kept, "schema": schema}
