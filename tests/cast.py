"""The people and things that tests are about, made by the real actions."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.test import Client

from finetune.bookings.actions import open_booking
from finetune.catalog.actions import create_category, create_product, create_variant
from finetune.core.caller import Actor, Caller
from finetune.customers.actions import create_customer
from finetune.staff import tokens
from finetune.staff.actions import create_user
from finetune.staff.authentication import make_caller
from finetune.stores.actions import create_store
from tests import published

_numbers = itertools.count(1)
SYSTEM = Actor(Caller(0, "tests", "Tests", "system_admin", None, True), "test")
PASSWORD = "correct-horse-battery"
PUNE_GSTIN = "27AAPFU0939F1ZV"
BENGALURU_GSTIN = "29AAGCB7383J1Z4"


@dataclass
class Answer:
    """A response, read."""

    status: int
    data: Any
    headers: Mapping[str, str]

    @property
    def code(self) -> str:
        return str(self.data["code"])

    def field_codes(self) -> dict[str, str]:
        return {error["field"]: error["code"] for error in self.data.get("errors", [])}


@dataclass
class Person:
    """Somebody with a token, who calls the API."""

    actor: Actor
    token: str
    client: Client = field(default_factory=Client)

    @property
    def id(self) -> int:
        return self.actor.user_id

    def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, **headers: str
    ) -> Answer:
        if key is not None:
            headers["Idempotency-Key"] = key
        headers.setdefault("Authorization", f"Bearer {self.token}")
        raw = body if isinstance(body, bytes) else b"" if body is None else msgspec.json.encode(body)
        response = self.client.generic(
            method, f"/api{path}", raw, content_type="application/json", headers=headers
        )
        media_type = response.get("Content-Type", "")
        data = msgspec.json.decode(response.content) if "json" in media_type else response.content
        faults = published.faults_of_answer(
            method, response.request["PATH_INFO"], response.status_code, media_type, data
        )
        assert not faults, "\n".join(faults)
        return Answer(response.status_code, data, response.headers)

    def get(self, path: str, **headers: str) -> Answer:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> Answer:
        return self.call("POST", path, body, key=key, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.call("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Answer:
        return self.call("DELETE", path, **headers)


def new_key() -> str:
    return f"key-{next(_numbers)}"


def person(role: str, *stores: int, name: str = "") -> Person:
    username = f"{name or role}{next(_numbers)}"
    made = create_user(
        actor=SYSTEM,
        fields={"username": username, "name": name, "role": role, "is_active": True},
        stores=list(stores),
        password=PASSWORD,
    )
    caller = make_caller(made.id, username, name, role, list(stores))
    return Person(Actor(caller, "test"), tokens.start_family(made.id).access)


def store(state_code: str = "27", *, gstin: str = "", **fields: Any) -> int:
    number = next(_numbers)
    given = {
        "code": f"S{number}",
        "name": f"Shop {number}",
        "state_code": state_code,
        "gstin": gstin,
        **fields,
    }
    return create_store(actor=SYSTEM, fields=given).id


def customer(name: str = "A buyer", **fields: Any) -> int:
    return create_customer(actor=SYSTEM, fields={"name": name, **fields}).id


def category(name: str = "", parent: int | None = None) -> int:
    given = {"name": name or f"Shelf {next(_numbers)}", "parent_id": parent}
    return create_category(actor=SYSTEM, fields=given).id


def variant(
    *,
    price: str = "1180.00",
    category_id: int | None = None,
    product: Mapping[str, Any] | None = None,
    **fields: Any,
) -> int:
    """A variant of a product of its own, at 18 % unless said otherwise."""
    number = next(_numbers)
    given = {
        "name": f"Thing {number}",
        "category_id": category_id or category(),
        "hsn_code": "85177990",
        "gst_rate": "18",
        **(product or {}),
    }
    product_id = create_product(actor=SYSTEM, fields=given).id
    return create_variant(
        actor=SYSTEM,
        fields={
            "product_id": product_id,
            "variant_name": f"Thing {number}",
            "sku": f"SKU-{number}",
            "price": price,
            **fields,
        },
    ).id


@dataclass
class Shop:
    pune: int
    nagpur: int
    admin: Person
    asha: Person
    bilal: Person
    chitra: Person
    auditor: Person
    buyer: int

    def booking(self, *, store: int | None = None, customer: int | None = None) -> int:
        fields = {
            "store_id": store or self.pune,
            "customer_id": customer or self.buyer,
            "kind": "repair",
            "device": "Phone",
            "issue": "Cracked display",
        }
        return open_booking(
            actor=self.asha.actor if store in (None, self.pune) else self.admin.actor, fields=fields
        ).id


def open_shop() -> Shop:
    """Asha runs Pune, Bilal bills at Pune, Chitra in Nagpur must see none of it."""
    pune = store("27", gstin=PUNE_GSTIN, name="Pune")
    nagpur = store("27", gstin=PUNE_GSTIN, name="Nagpur")
    return Shop(
        pune=pune,
        nagpur=nagpur,
        admin=person("system_admin", name="admin"),
        asha=person("branch_head", pune, name="asha"),
        bilal=person("advisor", pune, name="bilal"),
        chitra=person("branch_head", nagpur, name="chitra"),
        auditor=person("auditor", name="auditor"),
        buyer=customer(),
    )
