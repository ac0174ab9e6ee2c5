"""What every master record promises. What is special to one of them stands in a file of its own."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from finetune.core.models import AuditRecord, IdempotencyKey
from tests import cast
from tests.cast import Person, Shop

QUERIES_PER_LIST_MAX = 3


@dataclass(frozen=True)
class Master:
    path: str
    body: Callable[[Shop], dict[str, Any]]
    required: frozenset[str]
    change: dict[str, Any]
    writers: frozenset[str]
    orderings: tuple[str, ...]

    def __str__(self) -> str:
        return self.path.strip("/")


EVERYBODY = frozenset({"admin", "asha", "bilal", "auditor"})
COUNTER = EVERYBODY - {"auditor"}

MASTERS = [
    Master(
        "/stores/",
        lambda shop: {"code": "PNQ-1", "name": "Camp", "state_code": "27"},
        frozenset({"code", "name", "state_code"}),
        {"name": "Camp Road"},
        frozenset({"admin"}),
        ("code", "name"),
    ),
    Master(
        "/customers/",
        lambda shop: {"name": "Meera"},
        frozenset({"name"}),
        {"city": "Pune"},
        COUNTER,
        ("name",),
    ),
    Master(
        "/categories/",
        lambda shop: {"name": "Spares"},
        frozenset({"name"}),
        {"name": "Spare parts"},
        frozenset({"admin"}),
        ("name",),
    ),
    Master(
        "/products/",
        lambda shop: {"name": "Case", "category": cast.category(), "hsn_code": "3926", "gst_rate": "18"},
        frozenset({"name", "category", "hsn_code", "gst_rate"}),
        {"brand": "Spigen"},
        frozenset({"admin", "asha"}),
        ("name",),
    ),
    Master(
        "/variants/",
        lambda shop: {"product": product(shop), "variant_name": "Blue", "sku": "CASE-B", "price": "499.00"},
        frozenset({"product", "variant_name", "sku", "price"}),
        {"price": "549.00"},
        frozenset({"admin", "asha"}),
        ("sku", "variant_name", "price"),
    ),
    Master(
        "/bookings/",
        lambda shop: {"store": shop.pune, "customer": shop.buyer, "device": "Phone", "issue": "Dead"},
        frozenset({"store", "customer", "device", "issue"}),
        {"issue": "Dead after rain"},
        COUNTER,
        ("created_at", "updated_at"),
    ),
]


def product(shop: Shop) -> int:
    return int(shop.admin.get(f"/variants/{cast.variant()}/").data["product"])


every_master = pytest.mark.parametrize("master", MASTERS, ids=str)


@every_master
def test_create_read_change(shop, master):
    made = shop.admin.post(master.path, master.body(shop))
    assert made.status == 201
    assert made.headers["ETag"] == '"1"'
    address = f"{master.path}{made.data['id']}/"
    assert shop.admin.get(address).data == made.data
    changed = shop.admin.patch(address, master.change)
    assert changed.status == 200
    assert changed.headers["ETag"] == '"2"'
    kept = made.data | master.change
    assert {k: v for k, v in changed.data.items() if k != "updated_at"} == {
        k: v for k, v in kept.items() if k != "updated_at"
    }
    assert shop.admin.get(address).data == changed.data


@every_master
def test_list_rows_are_what_get_answers(shop, master):
    made = shop.admin.post(master.path, master.body(shop)).data
    newest = shop.admin.get(f"{master.path}?page_size=1").data["results"][0]
    assert newest == made


@every_master
def test_list_in_few_statements(shop, master):
    for _ in range(2):
        shop.admin.post(master.path, master.body(shop))
    with CaptureQueriesContext(connection) as queries:
        answer = shop.bilal.get(f"{master.path}?q=e")
    assert answer.status == 200
    assert len(queries) <= QUERIES_PER_LIST_MAX


@every_master
def test_every_ordering_pages_to_the_end_and_back(shop, master):
    for number in range(4):
        body = (
            master.body(shop) | {"name": f"N{number % 2}"} if "name" in master.required else master.body(shop)
        )
        body |= {key: f"{body[key]}-{number}" for key in ("code", "sku") if key in body}
        if master.path == "/categories/":
            body["parent"] = cast.category()
        assert shop.admin.post(master.path, body).status == 201
    for ordering in ("id", *master.orderings):
        for sign in ("", "-"):
            pages, url = [], f"{master.path}?page_size=2&ordering={sign}{ordering}"
            while url:
                answer = shop.admin.get(url.split("/api", 1)[-1]).data
                pages.append([row["id"] for row in answer["results"]])
                last, url = answer, answer["next"]
            ids = [row_id for page in pages for row_id in page]
            assert len(ids) == len(set(ids)) >= 4
            back = [pages[-1]]
            while last["previous"]:
                last = shop.admin.get(last["previous"].split("/api", 1)[-1]).data
                back.insert(0, [row["id"] for row in last["results"]])
            assert [row_id for page in back for row_id in page] == ids


@every_master
def test_replay_answers_the_same_object_as_it_stands(shop, master):
    body = master.body(shop)
    first = shop.admin.post(master.path, body, key="k1")
    again = shop.admin.post(master.path, body, key="k1")
    assert (again.status, again.data) == (201, first.data)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    shop.admin.patch(f"{master.path}{first.data['id']}/", master.change)
    later = shop.admin.post(master.path, body, key="k1")
    assert later.data["id"] == first.data["id"]
    assert {name: later.data[name] for name in master.change} == master.change
    other = shop.admin.post(master.path, body | master.change, key="k1")
    assert (other.status, other.code) == (422, "idempotency_key_reused")


@every_master
def test_a_refused_request_leaves_its_key_free_and_no_trace(shop, master):
    body = master.body(shop)
    before = AuditRecord.objects.count()
    refused = shop.admin.post(master.path, body | {"nonsense": 1}, key="k1")
    assert (refused.status, refused.code) == (400, "unknown_field")
    assert refused.field_codes() == {"nonsense": "unknown_field"}
    assert AuditRecord.objects.count() == before
    assert not IdempotencyKey.objects.filter(key="k1").exists()
    assert shop.admin.post(master.path, body, key="k1").status == 201


@every_master
def test_all_missing_fields_at_once(shop, master):
    answer = shop.admin.post(master.path, {})
    assert answer.status == 400
    assert answer.field_codes() == dict.fromkeys(master.required, "required")


@every_master
@pytest.mark.parametrize("name", ["admin", "asha", "bilal", "auditor"])
def test_who_may_write(shop, master, name):
    body = master.body(shop)
    somebody: Person = getattr(shop, name)
    made = somebody.post(master.path, body)
    assert made.status == (201 if name in master.writers else 403)
    row_id = made.data["id"] if made.status == 201 else shop.admin.post(master.path, body).data["id"]
    changed = somebody.patch(f"{master.path}{row_id}/", master.change)
    if name not in master.writers:
        assert (changed.status, changed.code) == (403, "forbidden")
    else:
        assert changed.status == 200
    assert somebody.get(master.path).status == 200


@every_master
def test_role_is_asked_before_the_body_is_read(shop, master):
    assert shop.auditor.post(master.path, b"{not json").status == 403
    assert shop.admin.post(master.path, b"{not json").status == 400
    assert shop.auditor.post(master.path, b"{}", Authorization="Bearer nobody").status == 401


@every_master
def test_not_there(shop, master):
    for row_id in ("999999999", "0", "-1", "abc", "9" * 19, "9" * 30, "1.0", "%00"):
        answer = shop.admin.get(f"{master.path}{row_id}/")
        assert (answer.status, answer.code) == (404, "not_found"), row_id
        assert shop.admin.patch(f"{master.path}{row_id}/", {}).status == 404, row_id


@every_master
def test_if_match(shop, master):
    made = shop.admin.post(master.path, master.body(shop))
    address = f"{master.path}{made.data['id']}/"
    stale = shop.admin.patch(address, master.change, **{"If-Match": '"7"'})
    assert (stale.status, stale.code) == (412, "stale")
    assert shop.admin.get(address).data == made.data
    assert shop.admin.patch(address, master.change, **{"If-Match": made.headers["ETag"]}).status == 200
    assert shop.admin.patch(address, master.change, **{"If-Match": made.headers["ETag"]}).status == 412
    assert shop.admin.patch(address, {}, **{"If-Match": "*"}).status == 200


@every_master
def test_a_change_that_changes_nothing_keeps_the_version(shop, master):
    made = shop.admin.post(master.path, master.body(shop))
    address = f"{master.path}{made.data['id']}/"
    for body in ({}, {name: made.data[name] for name in master.change}):
        same = shop.admin.patch(address, body)
        assert (same.status, same.headers["ETag"], same.data) == (200, '"1"', made.data)


@every_master
def test_null_is_refused_where_something_must_stand(shop, master):
    body = master.body(shop)
    made = shop.admin.post(master.path, body)
    for name in master.required:
        answer = shop.admin.patch(f"{master.path}{made.data['id']}/", {name: None})
        assert answer.status == 400, name
        assert answer.field_codes().keys() == {name}


@every_master
def test_unknown_parameters_and_methods(shop, master):
    answer = shop.admin.get(f"{master.path}?colour=red")
    assert (answer.status, answer.code) == (400, "unknown_parameter")
    assert answer.field_codes() == {"colour": "unknown_parameter"}
    assert shop.admin.get(f"{master.path}?ordering=colour").field_codes() == {"ordering": "invalid"}
    assert shop.admin.call("PUT", master.path, {}).status == 405
    made = shop.admin.post(master.path, master.body(shop)).data
    assert shop.admin.delete(f"{master.path}{made['id']}/").status == 405


@every_master
def test_every_change_is_in_the_audit(shop, master):
    made = shop.asha.post(master.path, master.body(shop))
    if made.status == 403:
        made = shop.admin.post(master.path, master.body(shop))
    shop.admin.patch(f"{master.path}{made.data['id']}/", master.change)
    newest = AuditRecord.objects.order_by("-id")[0]
    assert (newest.user_id, newest.object_id) == (shop.admin.id, made.data["id"])
    assert newest.changes.keys() == master.change.keys()
    assert [new for _, new in newest.changes.values()] == list(master.change.values())


ODD_VALUES: list[Any] = [
    "",
    " ",
    "x" * 5000,
    "\x00",
    "\ud800",
    0,
    -1,
    1.5,
    10**30,
    True,
    [],
    {},
    ["a"],
    {"a": 1},
    "NaN",
    "1e400",
    None,
    "🪔",
]


@every_master
def test_no_value_of_any_field_is_a_server_error(shop, master):
    body = master.body(shop)
    made = shop.admin.post(master.path, body).data
    fields = shop.admin.get(f"{master.path}{made['id']}/").data
    for name in fields:
        for value in ODD_VALUES:
            raw = _json(body | {name: value})
            assert shop.admin.post(master.path, raw).status < 500, (name, value)
            raw = _json({name: value})
            assert shop.admin.patch(f"{master.path}{made['id']}/", raw).status < 500, (name, value)


def _json(body: Any) -> bytes:
    return json.dumps(body).encode()
