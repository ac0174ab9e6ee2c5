"""The one way to say no.

A Refusal is raised by whoever notices, ends the transaction, and is rendered once, as problem+json.
Raising it promises that nothing was changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

GENERIC_FIELD_CODES = frozenset({"invalid", "required"})


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field. `field` is a dotted path such as `line_items.0.gst_rate`."""

    field: str
    code: str
    message: str
    facts: dict[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        return {"field": self.field, "code": self.code, "message": self.message, **(self.facts or {})}


class Refusal(Exception):
    """A request that is not carried out, with the reason and the way out.

    `detail` is a sentence for a person and says what to do next; `code` is for programs and never changes;
    `facts` are the numbers behind the decision and become members of the problem document.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        retry_after: int | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after = retry_after
        self.facts = facts


def invalid(errors: Sequence[FieldError], detail: str = "") -> Refusal:
    """400 with every field at fault. The problem's code is the fields' own when they all agree on one."""
    codes = {error.code for error in errors}
    code = "invalid"
    if len(codes) == 1 and not codes & GENERIC_FIELD_CODES:
        code = codes.pop()
    if not detail:
        detail = (
            " ".join(dict.fromkeys(f"{error.message.rstrip('.')}." for error in errors[:3]))
            or "The request is not valid."
        )
    return Refusal(400, code, detail, errors=errors)


def invalid_field(field: str, code: str, message: str) -> Refusal:
    return invalid([FieldError(field, code, message)])


def not_found(what: str, *, field: str | None = None) -> Refusal:
    """404 for what is not there and for what is in a store the caller may not see: the two look the same."""
    detail = f"There is no such {what}, or it is in a store that you may not see."
    errors = [FieldError(field, "not_found", detail)] if field else []
    return Refusal(404, "not_found", detail, errors=errors)


def forbidden(detail: str, *, code: str = "forbidden") -> Refusal:
    return Refusal(403, code, detail)


def conflict(code: str, detail: str, *, errors: Sequence[FieldError] = (), **facts: Any) -> Refusal:
    """409: well-formed, but the present state does not allow it."""
    return Refusal(409, code, detail, errors=errors, **facts)


def already_exists(field: str, what: str) -> Refusal:
    message = f"There is already {what} with this {field}. Choose another, or change that one."
    return conflict("already_exists", message, errors=[FieldError(field, "already_exists", message)])


def try_again(detail: str, *, retry_after: int = 1) -> Refusal:
    """503: nothing was changed and the same request may be sent again."""
    return Refusal(503, "try_again", detail, retry_after=retry_after)
