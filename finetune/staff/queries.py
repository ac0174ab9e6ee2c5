"""Reads of users and their stores."""

from collections.abc import Sequence
from typing import Any

from finetune.core.caller import Caller
from finetune.core.listing import Listing, Ordering, Page, Row, read_one, read_page, rows_of
from finetune.staff.schemas import UserQuery

STORES_OF_USER = """ARRAY(
    SELECT m.store_id FROM staff_membership m WHERE m.user_id = u.id ORDER BY m.store_id)"""

USERS = Listing(
    what="user",
    select=f"u.id, u.username, u.name, u.role, {STORES_OF_USER} AS stores, u.is_active, u.version",
    source="staff_user u",
    row_id="u.id",
    filters={
        "role": "u.role = %(role)s",
        "is_active": "u.is_active = %(is_active)s",
        "store": "EXISTS (SELECT FROM staff_membership m WHERE m.user_id = u.id AND m.store_id = %(store)s)",
        "q": "u.username ILIKE %(q)s OR u.name ILIKE %(q)s",
    },
    orderings={"username": Ordering("u.username", str)},
)


def user(caller: Caller, user_id: int) -> Row:
    return read_one(USERS, caller, user_id)


def users(caller: Caller, query: UserQuery) -> Page:
    return read_page(USERS, caller, query)


def stores_missing(store_ids: Sequence[int]) -> list[int]:
    """Those of the ids that no store has."""
    sql = "SELECT asked FROM unnest(%(ids)s::bigint[]) asked EXCEPT SELECT id FROM stores_store"
    return [row["asked"] for row in rows_of(sql, {"ids": list(store_ids)})]


def stores_of(caller: Caller) -> list[dict[str, Any]]:
    """The stores that the caller works in; every store for those who see all."""
    scope = "%(stores)s::bigint[] IS NULL OR id = ANY(%(stores)s)"
    sql = f"SELECT id, code, name FROM stores_store WHERE {scope} ORDER BY code"
    return rows_of(sql, {"stores": caller.stores_param})
