"""Cursor-paged lists from one SQL statement each.

A Listing is data: where the rows come from, what may be filtered, what may be ordered by. `read_page` puts
the statement together from those constants; every value travels as a parameter.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from django.db import connection
from django.db.backends.utils import CursorWrapper
from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema

from finetune.core.caller import Caller
from finetune.core.fields import complaint
from finetune.core.refusals import invalid_field, not_found
from finetune.core.statements import prepared_cursor, read_times_quickly

Row = dict[str, Any]
PAGE_SIZE = 50
PAGE_SIZE_MAX = 200


def _day(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise complaint("invalid", "This must be a date such as 2026-11-22.")


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]


def _flag(value: Any) -> Any:
    if isinstance(value, str) and value.lower() in ("true", "false"):  # as some languages write them
        return value.lower() == "true"
    raise complaint("invalid", "This must be true or false.")


Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]


class ListQuery(BaseModel):
    """The parameters that every list takes; a list's own filters are added by inheritance."""

    cursor: Annotated[str | None, Field(max_length=500)] = None
    page_size: Annotated[int, Field(ge=1, le=PAGE_SIZE_MAX)] = PAGE_SIZE
    ordering: Annotated[str | None, Field(max_length=40)] = None


class SearchQuery(ListQuery):
    q: Annotated[str | None, Field(max_length=100)] = None


RowT = TypeVar("RowT")


class PageOf(BaseModel, Generic[RowT]):
    """How every list answers. `next` and `previous` are addresses, or null at the ends."""

    next: str | None
    previous: str | None
    results: list[RowT]


@dataclass(frozen=True, slots=True)
class Ordering:
    """An expression that rows are sorted by. `read` makes a value of a cursor's text, or ValueError."""

    expression: str
    read: Callable[[str], Any]
    nullable: bool = False


BY_ID = "id"
_IN_MY_STORES = re.compile(r"%\(stores\)s::bigint\[\] IS NULL OR ([a-z_.]+) = ANY\(%\(stores\)s\)")


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of rows. `scope` is the condition that keeps a caller inside the stores it may see: it may use
    `%(stores)s`, which is NULL for every store. Filters map a parameter's name to a condition on it."""

    what: str
    select: str
    source: str
    row_id: str
    scope: str = "true"
    filters: Mapping[str, str] = field(default_factory=dict)
    orderings: Mapping[str, Ordering] = field(default_factory=dict)
    default_ordering: str = "-id"

    def ordering(self, name: str) -> Ordering:
        return Ordering(self.row_id, int) if name == BY_ID else self.orderings[name]


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Row]
    next: str | None
    previous: str | None


@dataclass(frozen=True, slots=True)
class _Cursor:
    backwards: bool
    ordering: str
    key: str | None
    row_id: int

    def text(self) -> str:
        packed = json.dumps([int(self.backwards), self.ordering, self.key, self.row_id])
        return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def rows_of(sql: str, params: Any) -> list[Row]:
    with connection.cursor() as cursor:
        return _rows(cursor, sql, params)


def rows_of_known(sql: str, params: Any) -> list[Row]:
    """As `rows_of`, for a statement whose text and best plan are always the same."""
    with prepared_cursor() as cursor:
        return _rows(cursor, sql, params)


def _rows(cursor: CursorWrapper, sql: str, params: Any) -> list[Row]:
    read_times_quickly(cursor)
    cursor.execute(sql, params)
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def read_one(listing: Listing, caller: Caller, row_id: int, **params: Any) -> Row:
    """The row with this id among those the caller may see, or 404."""
    sql = (
        f"SELECT {listing.select} FROM {listing.source}"
        f" WHERE {listing.row_id} = %(row_id)s AND ({listing.scope})"
    )
    rows = rows_of_known(sql, {"row_id": row_id, "stores": caller.stores_param, **params})
    if not rows:
        raise not_found(listing.what)
    return rows[0]


def read_page(listing: Listing, caller: Caller, query: ListQuery, **params: Any) -> Page:
    """One page of rows in one statement. Refuses 400 for an ordering or a cursor that is not the list's."""
    ordering_name = query.ordering or listing.default_ordering
    descending = ordering_name.startswith("-")
    bare = ordering_name.removeprefix("-")
    if bare != BY_ID and bare not in listing.orderings:
        known = ", ".join(["id", *listing.orderings])
        raise invalid_field(
            "ordering", "invalid", f"This list can be ordered by {known}, each with or without a minus."
        )
    ordering = listing.ordering(bare)
    cursor = _read_cursor(query.cursor, ordering_name, ordering)
    values = {"stores": caller.stores_param, "limit": query.page_size + 1, **params}
    scope, filters = _scope_of(listing, caller, values), _filters(listing, query, values)
    conditions = [f"({scope})", *filters]
    if cursor is not None:
        values |= {
            "cursor_key": None if cursor.key is None else ordering.read(cursor.key),
            "cursor_id": cursor.row_id,
        }
        conditions.append(_beyond(listing, ordering, cursor, descending))
    backwards = cursor is not None and cursor.backwards
    direction = "DESC" if descending != backwards else "ASC"
    nulls = "" if not ordering.nullable else " NULLS FIRST" if backwards else " NULLS LAST"
    order = f"{ordering.expression} {direction}{nulls}, {listing.row_id} {direction}"
    sql = (
        f"SELECT {listing.select}, {ordering.expression} AS _key, {listing.row_id} AS _id"
        f" FROM {listing.source}"
        f" WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT %(limit)s"
    )
    # Only the plain list has one best plan: down the index of its ids, or of its one store's.
    is_plain = (
        not filters and query.ordering is None and (caller.store_ids is None or len(caller.store_ids) == 1)
    )
    rows = (rows_of_known if is_plain else rows_of)(sql, values)
    return _cut(rows, query.page_size, ordering_name, cursor)


def read_totals(listing: Listing, select: str, caller: Caller, query: ListQuery, **params: Any) -> Row:
    """Sums over all rows that the filters leave, in one statement. `select` names them, of the listing's own source."""
    values = {"stores": caller.stores_param, **params}
    conditions = [f"({_scope_of(listing, caller, values)})", *_filters(listing, query, values)]
    return rows_of(f"SELECT {select} FROM {listing.source} WHERE {' AND '.join(conditions)}", values)[0]


def _scope_of(listing: Listing, caller: Caller, values: Row) -> str:
    """The scope, said more plainly where the caller may see every store or is in one: with an equality rows come
    from the store's index in order, however few of them there are."""
    if caller.store_ids is None:
        return _IN_MY_STORES.sub("true", listing.scope)
    if len(caller.store_ids) == 1:
        values["own_store"] = caller.store_ids[0]
        return _IN_MY_STORES.sub(r"\1 = %(own_store)s", listing.scope)
    return listing.scope


def _filters(listing: Listing, query: ListQuery, values: Row) -> list[str]:
    conditions = []
    for name, condition in listing.filters.items():
        given = getattr(query, name)
        if given is None or given == "":
            continue
        conditions.append(f"({condition})")
        values[name] = like(given) if name == "q" else given
    return conditions


def like(text: str) -> str:
    """A pattern for ILIKE that finds the text anywhere, whatever signs it holds."""
    return "%" + re.sub(r"([\\%_])", r"\\\1", text.strip()) + "%"


def _beyond(listing: Listing, ordering: Ordering, cursor: _Cursor, descending: bool) -> str:
    """The condition for rows after the cursor in reading direction."""
    sign = "<" if descending != cursor.backwards else ">"
    key, row_id = ordering.expression, listing.row_id
    if not ordering.nullable:
        return f"({key}, {row_id}) {sign} (%(cursor_key)s, %(cursor_id)s)"
    same_side = f"{row_id} {sign} %(cursor_id)s"
    if cursor.key is None:
        return (
            f"({key} IS NOT NULL OR {same_side})" if cursor.backwards else f"({key} IS NULL AND {same_side})"
        )
    beyond = f"{key} {sign} %(cursor_key)s OR ({key} = %(cursor_key)s AND {same_side})"
    return f"({beyond})" if cursor.backwards else f"({beyond} OR {key} IS NULL)"


def _cut(rows: list[Row], page_size: int, ordering_name: str, cursor: _Cursor | None) -> Page:
    more = len(rows) > page_size
    rows = rows[:page_size]
    backwards = cursor is not None and cursor.backwards
    if backwards:
        rows.reverse()

    def at(row: Row, *, backwards: bool) -> str:
        return _Cursor(backwards, ordering_name, _key_text(row["_key"]), row["_id"]).text()

    has_next = bool(rows) and (more or backwards)
    has_previous = bool(rows) and (more if backwards else cursor is not None)
    page = Page(
        rows,
        next=at(rows[-1], backwards=False) if has_next else None,
        previous=at(rows[0], backwards=True) if has_previous else None,
    )
    for row in rows:
        del row["_key"], row["_id"]
    return page


def _key_text(value: Any) -> str | None:
    return None if value is None else value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def _read_cursor(text: str | None, ordering_name: str, ordering: Ordering) -> _Cursor | None:
    if not text:
        return None
    try:
        packed = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        backwards, name, key, row_id = packed
        if name != ordering_name or type(row_id) is not int or not 0 <= row_id < 2**63:
            raise ValueError(name)
        if key is None and not ordering.nullable:
            raise ValueError(key)
        if key is not None:
            if not isinstance(key, str) or "\x00" in key:
                raise ValueError(key)
            key.encode()
            ordering.read(key)
        return _Cursor(bool(backwards), name, key, row_id)
    except (ValueError, TypeError, ArithmeticError, RecursionError):
        message = "This cursor does not belong to this list and ordering. Begin again without it."
        raise invalid_field("cursor", "invalid", message) from None


def read_whole(text: str) -> int:
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise ValueError(text)
    return number


def read_decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise ValueError(text)
    return number


def group_by(rows: Sequence[Row], name: str) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[name], []).append(row)
    return groups
