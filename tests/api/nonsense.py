"""What no client should send, and a body that would be right, to put it into."""

from collections.abc import Mapping
from typing import Any

from tests import published

HUGE = b"1" + b"0" * 400
MANY_FIELDS = b"{" + b",".join(b'"f%d":1' % n for n in range(2000)) + b"}"

# (what, body, media type, the statuses that are right). None of them may reach a rule.
BODIES: list[tuple[str, bytes, str, set[int]]] = [
    ("a tower of lists", b"[" * 100_000, "application/json", {400}),
    ("a closed tower of lists", b"[" * 5_000 + b"]" * 5_000, "application/json", {400}),
    ("a tower of objects", b'{"a":' * 100_000, "application/json", {400}),
    ("a tower in an unknown field", b'{"a":' + b"[" * 300 + b"]" * 300 + b"}", "application/json", {400}),
    ("a list", b"[]", "application/json", {400}),
    ("a list of objects", b"[{}]", "application/json", {400}),
    ("text", b'"text"', "application/json", {400}),
    ("a number", b"1", "application/json", {400}),
    ("a huge number", HUGE, "application/json", {400}),
    ("more digits than Python reads", b"1" * 10_000, "application/json", {400}),
    ("1e999", b"1e999", "application/json", {400}),
    ("an exponent beyond decimal", b'{"a": 1e9999999999999999999999}', "application/json", {400}),
    ("null", b"null", "application/json", {400}),
    ("true", b"true", "application/json", {400}),
    ("NaN", b"NaN", "application/json", {400}),
    ("Infinity", b'{"a": Infinity}', "application/json", {400}),
    ("-Infinity", b'{"a": -Infinity}', "application/json", {400}),
    ("broken off", b'{"a": ', "application/json", {400}),
    ("two documents", b"{} {}", "application/json", {400}),
    ("single quotes", b"{'a': 1}", "application/json", {400}),
    ("a byte order mark", b"\xef\xbb\xbf{}", "application/json", {400}),
    ("UTF-16", "{}".encode("utf-16"), "application/json", {400}),
    ("not UTF-8", b'{"a": "\xff"}', "application/json", {400}),
    ("a raw NUL", b'{"a": "\x00"}', "application/json", {400}),
    ("an escaped NUL", b'{"a": "\\u0000"}', "application/json", {400}),
    ("a NUL in a name", b'{"a\\u0000": 1}', "application/json", {400}),
    ("half a character", b'{"a": "\\ud800"}', "application/json", {400}),
    ("half a character in a name", b'{"\\udfff": 1}', "application/json", {400}),
    ("a name with braces", b'{"{0}": 1, "%s": 1, "%(x)s": 1}', "application/json", {400}),
    ("an empty name", b'{"": 1}', "application/json", {400}),
    ("many unknown fields", MANY_FIELDS, "application/json", {400}),
    ("plain text", b"{}", "text/plain", {415}),
    ("no media type", b"{}", "", {415}),
    ("a form", b"a=1", "application/x-www-form-urlencoded", {415}),
    ("a multipart form", b"--x\r\n", "multipart/form-data; boundary=x", {415}),
    ("a multipart form without boundary", b"--x\r\n", "multipart/form-data", {415}),
    ("XML", b"<a/>", "application/xml", {415}),
    ("a media type of its own", b"{}", "application/json/x", {415}),
    ("3 MiB", b'{"a": "' + b"x" * (3 * 1024 * 1024) + b'"}', "application/json", {413}),
    ("1 MiB and a byte of spaces", b" " * (1024 * 1024 + 1), "application/json", {413}),
]

# Raw JSON, to be put where a field's value belongs.
VALUES: list[bytes] = [
    b"null",
    b"true",
    b"0",
    b"-1",
    b"1.5",
    b"-0.0",
    b"1e999",
    b"1e-999",
    HUGE,
    b"9223372036854775807",
    b"9223372036854775808",
    b"18446744073709551616",
    b'"-9223372036854775809"',
    b"[]",
    b"{}",
    b"[[]]",
    b"[null]",
    b"[1, 1]",
    b'[{"a": []}]',
    b'""',
    b'" "',
    b'"NaN"',
    b'"Infinity"',
    b'"sNaN"',
    b'"1e999"',
    b'"1_000"',
    b'"0x10"',
    b'"\\u0661"',
    b'"2026-02-30"',
    b'"0000-01-01"',
    b'"0001-01-01"',
    b'"9999-12-31"',
    b'"10000-01-01"',
    b'"2026-11-22T25:00:00Z"',
    b'"0001-01-01T00:00:00+14:00"',
    b'"9999-12-31T23:59:59-14:00"',
    b'"\'; DROP TABLE invoicing_invoice; --"',
    b'"%s %(x)s {0}"',
    b'"\\u200b\\u202e"',
    b'"\\ud83d\\ude00"',
    b'"' + b"x" * 20_000 + b'"',
    b'"' + "ल".encode() * 5_000 + b'"',
    b'"' + b"9" * 400 + b'"',
]
# Those of them that a schema may well let through, so that they meet the rules and the database.
SUBTLE: list[bytes] = [
    b"null",
    b"true",
    b"0",
    b"1.5",
    b"-0.0",
    b"1e-999",
    b"9223372036854775807",
    b"[]",
    b"[1, 1]",
    b'""',
    b'" "',
    b'"\\u0661"',
    b'"0001-01-01"',
    b'"9999-12-31"',
    b'"0001-01-01T00:00:00+14:00"',
    b'"9999-12-31T23:59:59-14:00"',
    b'"%s %(x)s {0}"',
    b'"\\u200b\\u202e"',
    b'"' + b"9" * 400 + b'"',
]
REFUSED_VALUES: list[bytes] = [
    b"NaN",
    b'"\\u0000"',
    b'"a\\ud800"',
    b'{"a": "\\udc00"}',
    b"[" * 100 + b"]" * 100,
]

IDS = [
    "0",
    "-1",
    "+1",
    "1.0",
    "1e3",
    "%201",
    "1%20",
    "abc",
    "%00",
    "1%00",
    "%ff",
    "%C3%A9",
    "%D9%A1",
    "%F0%9D%9F%8F",
    "9223372036854775808",
    "18446744073709551616",
    "9" * 400,
    "x" * 4000,
    "1;DROP",
    "'",
    "..",
    "null",
    "None",
    "1_0",
]

PARAMETERS: dict[str, list[str]] = {
    "page_size": ["0", "-1", "201", "abc", "1.5", "1e2", "", "9" * 400, "%00", "null"],
    "ordering": [";drop", "-", "--id", "id,id", "ID", "password", "%00", "x" * 4000, "id%20desc"],
    "cursor": [
        "x",
        "%00",
        "%ff",
        "=",
        "====",
        "x" * 4000,
        "W10",
        "bnVsbA",
        "e30",
        "MQ",
        "WzBd",
        "TmFO",
        "ImFiY2Qi",
        "WzAsICItaWQiLCAiMSIsIFtdXQ",
        "WzAsICItaWQiLCBbWzFdXSwgMV0",
        "WzAsICItaWQiLCAiXHUwMDAwIiwgMV0",
        "WzAsICItaWQiLCAiXHVkODAwIiwgMV0",
        "WzAsICItaWQiLCAiMSIsIC0xXQ",
        "WzAsICItaWQiLCAiMSIsIDFlOTk5XQ",
        "WzAsICItaWQiLCAiMSIsIDk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OV0",
        "WzAsICItaWQiLCBudWxsLCAxXQ",
        "W1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tb",
    ],
}
ANY_PARAMETER = [
    "",
    "%00",
    "%ff",
    "%20",
    "abc",
    "0",
    "-1",
    "1.5",
    "9223372036854775808",
    "9" * 400,
    "true",
    "TRUE",
    "null",
    "%25",
    "%5C",
    "'",
    "2026-02-30",
    "10000-01-01",
    "0000-00-00",
    "0001-01-01",
    "9999-12-31",
    "2026-1-1",
    "13",
    "132026",
    "x" * 2000,
    "%F0%9F%98%80",
    "%ED%A0%80",
    "%26",
    "[]",
    "{}",
]

HOSTS = ["evil.example", "<script>", "a b", "localhost:abc", "", ".", "[::1", "localhost\x00", "é"]
KEYS = ["", "k" * 256, "ключ", "\x7f", "a\tb", "\xa0"]
MATCHES = ["", '"', '"0"', "W/", ",,,", "x" * 4000, "é", "\x00", '"99999999999999999999999999"']
LENGTHS = ["abc", "-1", "1e3", " ", "0x10", "٣", "9" * 30, "1.0"]
REQUEST_IDS = [
    "a\r\nSet-Cookie: x=1",
    "x" * 65,
    "short",
    "é" * 10,
    "a b c d e f",
    "<script>alert</script>",
    "\x00" * 8,
]


# What a field of this name takes; ids of rows that are there are added to it.
KNOWN = {
    "invoice": 999_999_999,
    "gst_rate": "18",
    "hsn_code": "85177990",
    "state_code": "27",
    "unit_price": "100.00",
    "price": "100.00",
    "amount": "1.00",
    "quantity": "1",
    "mode": "cash",
    "reason": "A reason",
    "device": "Phone",
    "issue": "Broken",
    "code": "NONSENSE",
    "username": "nonsense",
    "sku": "NONSENSE",
    "phone": "9876543210",
    "prefix": "NON-",
    "series": "nonsense",
    "password": "a-long-enough-password",
}


def sample(known: Mapping[str, Any], schema: dict[str, Any], name: str = "", depth: int = 0) -> Any:
    """Something that the schema takes, so that the one odd field in it is all that is odd."""
    if name in known:
        return known[name]
    schema = published.resolve(schema)
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return sample(known, choices[0], name, depth)
    if schema.get("enum"):
        return schema["enum"][0]
    if "default" in schema and depth:
        return schema["default"]
    match schema.get("type"):
        case "object":
            needed = schema.get("required", [])
            return {each: sample(known, schema["properties"][each], each, depth + 1) for each in needed}
        case "array":
            return [sample(known, schema.get("items", {}), name, depth + 1)]
        case "integer" | "number":
            return 1
        case "boolean":
            return False
    return {"date": "2026-11-22", "date-time": "2026-11-22T10:00:00+05:30"}.get(
        schema.get("format", ""), "text"
    )


def fields_of(schema: dict[str, Any], place: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The places of every field in a body, those of the first row of a list included."""
    schema = published.resolve(schema)
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return list(dict.fromkeys(found for choice in choices for found in fields_of(choice, place)))
    found: list[tuple[str | int, ...]] = []
    for name, inner in schema.get("properties", {}).items():
        found += [(*place, name), *fields_of(inner, (*place, name))]
    if isinstance(schema.get("items"), dict):
        found += fields_of(schema["items"], (*place, 0))
    return found


def with_value(body: Any, place: tuple[str | int, ...], marker: str) -> Any:
    """The body with the marker at that place; what lies on the way there is made where it is missing."""
    if not place:
        return marker
    first, *rest = place
    if isinstance(first, int):
        inner = body[0] if isinstance(body, list) and body else {}
        return [with_value(inner, tuple(rest), marker)]
    body = body if isinstance(body, dict) else {}
    return {**body, first: with_value(body.get(first), tuple(rest), marker)}
