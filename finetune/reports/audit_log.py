"""Who changed what, when, in which request and why: the audit, to be read."""

import json
from typing import Annotated

from pydantic import Field

from finetune.core.caller import Caller
from finetune.core.fields import QueryId
from finetune.core.listing import Day, Listing, ListQuery, Page, read_page


class ChangeQuery(ListQuery):
    user: QueryId | None = None
    kind: Annotated[str | None, Field(max_length=40)] = None
    object: QueryId | None = None
    date_from: Day | None = None
    date_to: Day | None = None


CHANGES = Listing(
    what="change",
    select="""a.id, a.at, a.user_id AS user, coalesce(nullif(u.name, ''), u.username, '') AS user_name, a.verb,
        a.kind, a.object_id AS object, a.reason, a.changes, a.request_id""",
    source="core_auditrecord a LEFT JOIN staff_user u ON u.id = a.user_id",
    row_id="a.id",
    filters={
        "user": "a.user_id = %(user)s",
        "kind": "a.kind = %(kind)s",
        "object": "a.object_id = %(object)s",
        "date_from": "a.at >= %(date_from)s::timestamp AT TIME ZONE 'Asia/Kolkata'",
        "date_to": "a.at < (%(date_to)s::date + 1)::timestamp AT TIME ZONE 'Asia/Kolkata'",
    },
)


def changes(caller: Caller, query: ChangeQuery) -> Page:
    page = read_page(CHANGES, caller, query)
    for row in page.rows:
        row["changes"] = json.loads(row["changes"])
    return page
