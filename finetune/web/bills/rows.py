"""Forms with lines, without a script: rows are fields with a number, and buttons add one and take one away."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from finetune.core.refusals import FieldError, Refusal
from finetune.core.strict_json import REFUSED_TEXT
from finetune.web.shell.forms import BoundField, Field, Form

MORE, LESS = "_more", "_less"
ROWS_MAX = 500


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row of fields. Its names are `lines.0.quantity`, as the paths of the API's own faults."""

    form: Form
    name: str
    place: int

    @property
    def prefix(self) -> str:
        return f"{self.name}.{self.place}."

    def __iter__(self) -> Iterator[BoundField]:
        return iter(self.form)

    def __getitem__(self, field: str) -> BoundField:
        return self.form[f"{self.prefix}{field}"]


def refuse_odd_text(data: QueryDict) -> None:
    """Refuses 400 for characters that cannot be kept, at their fields: what the API's own reader of JSON refuses."""
    odd = [name for name, values in data.lists() if any(REFUSED_TEXT.search(str(value)) for value in values)]
    if odd:
        message = _("This holds a character that cannot be kept.")
        raise Refusal(400, "invalid", message, errors=[FieldError(name, "invalid", message) for name in odd])


def wants_other_rows(data: QueryDict) -> bool:
    """Whether a row is to be added or taken away, and nothing to be sent yet."""
    return MORE in data or LESS in data


def rows_of_form(
    fields: Sequence[Field],
    *,
    name: str,
    data: QueryDict | None,
    initial: Sequence[dict[str, Any]] = ({},),
    errors: dict[str, str] | None = None,
) -> list[FormRow]:
    """The rows as they were sent, one more or one less where that was asked for; or as they are to begin with."""
    if data is None:
        return [_row(fields, name, place, None, values, {}) for place, values in enumerate(initial)]
    given = _places(data, name)
    if LESS in data:
        given = [place for place in given if str(place) != data[LESS]] or given[:1]
    rows = [_sent(fields, name, place, old, data, errors or {}) for place, old in enumerate(given)]
    if MORE in data and len(rows) < ROWS_MAX:
        rows.append(_row(fields, name, len(rows), None, {}, {}))
    return rows


def _places(data: QueryDict, name: str) -> list[int]:
    pattern = re.compile(rf"{re.escape(name)}\.([0-9]{{1,3}})\.")
    return sorted({int(found[1]) for key in data if (found := pattern.match(key))})[:ROWS_MAX]


def _sent(
    fields: Sequence[Field], name: str, place: int, old: int, data: QueryDict, errors: dict[str, str]
) -> FormRow:
    """A row that was sent, under its new place: places have no hole, so that faults find their row."""
    moved = QueryDict(mutable=True)
    for each in fields:
        if values := data.getlist(f"{name}.{old}.{each.name}"):
            moved.setlist(f"{name}.{place}.{each.name}", values)
    return _row(fields, name, place, moved, {}, errors)


def _row(
    fields: Sequence[Field],
    name: str,
    place: int,
    data: QueryDict | None,
    values: dict[str, Any],
    errors: dict[str, str],
) -> FormRow:
    prefix = f"{name}.{place}."
    named = [replace(each, name=f"{prefix}{each.name}") for each in fields]
    own = {path: words for path, words in errors.items() if path.startswith(prefix)}
    start = {f"{prefix}{key}": value for key, value in values.items()}
    return FormRow(Form(named, initial=start, data=data, errors=own), name, place)


def values_of(row: FormRow) -> dict[str, Any]:
    """What the row holds, under the plain names of its fields."""
    return {key.removeprefix(row.prefix): value for key, value in row.form.values.items()}
