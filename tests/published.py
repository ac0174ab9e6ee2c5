"""What the published description says, held against what the API answers.

A small reader of JSON Schema: as much of it as our document uses, and a fault for a word that it does not
know, so that nothing passes unseen. An object may hold only what its schema names.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

KNOWN_WORDS = frozenset(
    [
        "$ref",
        "additionalProperties",
        "anyOf",
        "const",
        "default",
        "description",
        "enum",
        "examples",
        "format",
        "items",
        "maxItems",
        "maxLength",
        "maximum",
        "minItems",
        "minLength",
        "minimum",
        "oneOf",
        "pattern",
        "prefixItems",
        "properties",
        "required",
        "title",
        "type",
    ]
)
TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": (int, float, Decimal),
    "boolean": bool,
    "null": type(None),
    "array": list,
    "object": dict,
}


@cache
def document() -> dict[str, Any]:
    from finetune.mount import api

    return api.get_openapi_schema()


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """Every (method, path, operation) of the API."""
    return [
        (method.upper(), path, operation)
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    ]


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    paths = sorted(document()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\\{\w+\\}", "[^/]*", re.escape(path))), path) for path in paths]


def operation_for(method: str, path: str) -> dict[str, Any] | None:
    for pattern, template in _patterns():
        if pattern.fullmatch(path):
            operation: dict[str, Any] | None = document()["paths"][template].get(method.lower())
            return operation
    return None


def resolve(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        found: Any = document()
        for name in schema["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        schema = found
    return schema


def faults_of_answer(method: str, path: str, status: int, media_type: str, data: Any) -> list[str]:
    """How an answer differs from what is published for its operation. A path without one is not looked at."""
    operation = operation_for("GET" if method == "HEAD" else method, path)
    if operation is None:
        return []
    if str(status) not in operation["responses"]:
        return [f"{method} {path} answered {status}, which is not published: {data}"]
    content = resolve(operation["responses"][str(status)]).get("content", {})
    if media_type not in content:
        return (
            [f"{method} {path} {status} answered {media_type!r}, published are {sorted(content)}"]
            if content
            else []
        )
    if "json" not in media_type or "schema" not in content[media_type]:
        return []
    found = faults(data, content[media_type]["schema"], "answer")
    return [f"{method} {path} {status}: {fault}" for fault in found]


def faults(value: Any, schema: dict[str, Any], place: str) -> list[str]:
    schema = resolve(schema)
    unknown = schema.keys() - KNOWN_WORDS
    if unknown:
        return [f"{place}: the schema has words that this reader does not know: {sorted(unknown)}"]
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        tries = [faults(value, choice, place) for choice in choices]
        return [] if [] in tries else min(tries, key=len)
    return _type_faults(value, schema, place) or [
        *_word_faults(value, schema, place),
        *(_object_faults(value, schema, place) if isinstance(value, dict) else []),
        *(_list_faults(value, schema, place) if isinstance(value, list) else []),
    ]


def _type_faults(value: Any, schema: dict[str, Any], place: str) -> list[str]:
    names = schema.get("type", [])
    names = [names] if isinstance(names, str) else names
    fits = any(
        isinstance(value, TYPES[name]) and isinstance(value, bool) <= (name == "boolean") for name in names
    )
    return [] if fits or not names else [f"{place}: {value!r} is not of type {names}"]


def _word_faults(value: Any, schema: dict[str, Any], place: str) -> list[str]:
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{place}: {value!r} is none of {schema['enum']}")
    if "const" in schema and value != schema["const"]:
        found.append(f"{place}: {value!r} is not {schema['const']!r}")
    if isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            found.append(f"{place}: {value!r} does not match {schema['pattern']}")
        if not _fits_format(value, schema.get("format", "")):
            found.append(f"{place}: {value!r} is no {schema['format']}")
    return found


def _fits_format(value: str, name: str) -> bool:
    try:
        if name == "date-time":
            return datetime.fromisoformat(value).tzinfo is not None
        if name == "date":
            return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
    return True


def _object_faults(value: dict[str, Any], schema: dict[str, Any], place: str) -> list[str]:
    properties, others = (
        schema.get("properties", {}),
        schema.get("additionalProperties", "properties" not in schema),
    )
    found = [f"{place}.{name} is missing" for name in schema.get("required", []) if name not in value]
    for name, inner in value.items():
        if name in properties:
            found += faults(inner, properties[name], f"{place}.{name}")
        elif others is False:
            found.append(f"{place}.{name} is not published")
        elif isinstance(others, dict):
            found += faults(inner, others, f"{place}.{name}")
    return found


def _list_faults(value: list[Any], schema: dict[str, Any], place: str) -> list[str]:
    items = schema.get("items")
    if not isinstance(items, dict):
        return []
    return [fault for n, inner in enumerate(value) for fault in faults(inner, items, f"{place}.{n}")]
