"""Forms over the API's own schemas: a page asks what the API asks, and is told the same sentences.

A form is flat; what has lines (a bill, a receipt of goods) puts its own body together and shows `errors` by path.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal, TypeVar

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from pydantic import BaseModel, ValidationError

from finetune.core.field_errors import field_error
from finetune.core.refusals import FieldError, Refusal
from finetune.core.strict_json import REFUSED_TEXT
from finetune.web.shell.refusals import told

Kind = Literal[
    "text", "long", "money", "number", "choice", "id", "ids", "flag", "date", "phone", "email", "password",
    "search", "hidden",
]  # fmt: skip
Words = str | Promise
VERSION_FIELD = "_version"
BodyT = TypeVar("BodyT", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `choices` are (value, words); a choice without a first empty one must be made."""

    name: str
    label: Words
    kind: Kind = "text"
    choices: Sequence[tuple[str, Words]] = ()
    hint: Words = ""
    required: bool = False
    placeholder: Words = ""
    autocomplete: str = "off"
    maxlength: int | None = None
    is_wide: bool = False

    def value_of(self, data: QueryDict) -> Any:
        """What the schema is given. Nothing typed is null for a number, a choice and a date, and "" for text."""
        if self.kind == "flag":
            return data.get(self.name) in ("on", "true", "1")
        if self.kind == "ids":
            return [_whole(text) for text in data.getlist(self.name)]
        if self.kind == "password":
            return data.get(self.name) or None
        text = data.get(self.name, "").replace("\r\n", "\n").strip()
        if self.kind in ("money", "number"):
            return text.replace(",", "").replace("₹", "").strip() or None
        if self.kind == "id":
            return _whole(text) if text else None
        if self.kind in ("choice", "date"):
            return text or None
        return text


def _whole(text: str) -> int | str:
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else text


@dataclass(frozen=True, slots=True)
class BoundField:
    """A field with its value and what is wrong with it, ready for `web/parts/field.html`."""

    field: Field
    value: Any
    error: str
    prefix: str = ""

    @property
    def id(self) -> str:
        return f"{self.prefix}{self.field.name}".replace(".", "-")

    @property
    def described_by(self) -> str:
        parts = [f"{self.id}-hint"] if self.field.hint else []
        return " ".join([*parts, f"{self.id}-error"] if self.error else parts)

    @property
    def input_type(self) -> str:
        types = {"date": "date", "email": "email", "password": "password", "phone": "tel", "search": "search"}
        return types.get(self.field.kind, "text")

    @property
    def input_mode(self) -> str:
        return {"money": "decimal", "number": "decimal", "phone": "tel"}.get(self.field.kind, "")

    @property
    def options(self) -> list[tuple[str, Words, bool]]:
        chosen = self.value if isinstance(self.value, list) else [self.value]
        wanted = {str(each) for each in chosen if each is not None}
        return [(value, words, value in wanted) for value, words in self.field.choices]


@dataclass
class Form:
    """Fields with values. Make it, `fill` it from a post, and use `body` within `refusals`."""

    fields: Sequence[Field]
    initial: Mapping[str, Any] = field(default_factory=dict)
    prefix: str = ""
    data: QueryDict | None = None
    errors: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    refusal: Refusal | None = None

    def fill(self, data: QueryDict) -> "Form":
        return replace(self, data=data)

    @property
    def values(self) -> dict[str, Any]:
        assert self.data is not None, "a form is filled before it is read"
        return {each.name: each.value_of(self.data) for each in self.fields}

    @property
    def version(self) -> str | None:
        """For If-Match: the version that the person saw when they began."""
        text = self.data.get(VERSION_FIELD, "") if self.data is not None else ""
        return f'"{text}"' if re.fullmatch(r"[0-9]{1,18}", text) else None

    def body(self, schema: type[BodyT], **more: Any) -> BodyT:
        """The filled form as the schema has it. Raises ValidationError, which `refusals` shows."""
        values = self.values
        odd = [
            name for name, value in values.items() if isinstance(value, str) and REFUSED_TEXT.search(value)
        ]
        if odd:
            self.errors |= {name: _("This holds a character that cannot be kept.") for name in odd}
            raise Refusal(400, "invalid", _("Look at the fields that are marked."))
        return schema.model_validate({**values, **more})

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Whatever is refused inside is shown in the form, which then is rendered again with `status`."""
        try:
            yield
        except ValidationError as error:
            faults = [field_error(each, place=each["loc"]) for each in error.errors(include_url=False)]
            self._take(Refusal(400, "invalid", _("Look at the fields that are marked."), errors=faults))
        except Refusal as refusal:
            self._take(refusal)

    def _take(self, refusal: Refusal) -> None:
        self.refusal = refusal
        for each in refusal.errors:
            self.errors.setdefault(each.field, self._sentence(each))
        known = {each.name for each in self.fields}
        shown = refusal.errors and all(each.field in known for each in refusal.errors)
        self.problem = _("Look at the fields that are marked.") if shown else told(refusal)

    def _sentence(self, error: FieldError) -> str:
        left_empty = (
            self.data is not None and error.field in self.data and not str(self.data[error.field]).strip()
        )
        plain = error.code in ("required", "invalid") and left_empty
        return _("Fill this in.") if plain else error.message

    @property
    def status(self) -> int:
        """What the page that shows this form answers with."""
        return (
            200 if self.refusal is None and not self.errors else self.refusal.status if self.refusal else 400
        )

    def __iter__(self) -> Iterator[BoundField]:
        return (self[each.name] for each in self.fields)

    def __getitem__(self, name: str) -> BoundField:
        found = {each.name: each for each in self.fields}[name]
        return BoundField(found, self._shown(found), self.errors.get(name, ""), self.prefix)

    def _shown(self, one: Field) -> Any:
        if self.data is None:
            return _text(self.initial.get(one.name))
        if one.kind == "ids":
            return self.data.getlist(one.name)
        if one.kind == "flag":
            return one.value_of(self.data)
        return self.data.get(one.name, "")

    @property
    def first_fault(self) -> BoundField | None:
        return next((each for each in self if each.error), None)


def _text(value: Any) -> Any:
    """A stored value as a person types it."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return "" if value is None else value
