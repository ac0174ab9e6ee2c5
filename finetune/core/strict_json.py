"""JSON as the contract takes it: exact numbers, no NaN, no NUL, no lone surrogates, no tower of brackets."""

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

from django.http import HttpRequest
from ninja.parser import Parser

from finetune.core.refusals import FieldError, Refusal, invalid

REFUSED_TEXT = re.compile("[\x00\ud800-\udfff]")
DEPTH_MAX = 40


def refuse_text() -> str:
    return "This text holds a NUL or half a character, which cannot be stored."


def malformed(why: str) -> Refusal:
    return Refusal(400, "invalid", f"The body is not JSON as this API takes it: {why}.")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


class StrictParser(Parser):
    """Reads a body once. Raises a Refusal, which the mount's error handler finds behind ninja's own error."""

    def parse_body(self, request: HttpRequest) -> Any:
        raw = request.body
        try:
            data = json.loads(raw.decode("utf-8"), parse_float=Decimal, parse_constant=_refuse_constant)
        except UnicodeDecodeError:
            raise malformed("it is not UTF-8") from None
        except RecursionError:
            raise malformed("it is nested too deeply") from None
        except (ValueError, ArithmeticError) as error:
            raise malformed(str(error)[:200]) from None
        if b"\\u" in raw or raw.count(b"[") + raw.count(b"{") > DEPTH_MAX:
            _walk(data)
        return data


def _walk(data: Any) -> None:
    """Refuse text that cannot be stored, naming each field, and nesting that no request has."""
    errors: list[FieldError] = []
    waiting: list[tuple[str, Any, int]] = [("", data, 0)]
    while waiting:
        path, value, depth = waiting.pop()
        if depth > DEPTH_MAX:
            raise malformed("it is nested too deeply")
        if isinstance(value, str) and REFUSED_TEXT.search(value):
            errors.append(FieldError(path, "invalid", refuse_text()))
        elif isinstance(value, dict):
            for name, inner in value.items():
                if REFUSED_TEXT.search(name):
                    raise malformed("a field's name holds a NUL or half a character")
                waiting.append((f"{path}.{name}" if path else name, inner, depth + 1))
        elif isinstance(value, list):
            waiting.extend(
                (f"{path}.{n}" if path else str(n), inner, depth + 1) for n, inner in enumerate(value)
            )
    if errors:
        raise invalid(sorted(errors, key=lambda error: error.field))
