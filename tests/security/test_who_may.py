"""Every operation of the API × every role: allowed where the table says so, refused before anything else.

Driven by the description, so that an endpoint that is added tomorrow is asked tomorrow.
"""

import pytest
from django.db import transaction

from finetune.staff.permissions import PERMISSIONS, ROLES, permits
from tests import published
from tests.api.test_nonsense import contents
from tests.cast import Answer
from tests.security import scene as scenes
from tests.security.scene import Operation, Scene, collection_of, guarded, named

GUARDED = list(guarded())
OWN = {"self.read", "self.log_out", "self.change_password"}
# Said once more, by the contract and not by the table: what each role may not touch at all.
ADMIN_ONLY = {"users", "invoice-sequences", "webhooks", "deliveries"}
ADMIN_WRITES = {"stores", "categories", "inventory-config"}
HEADS = ("approve", "reverse", "cancel", "credit-notes", "refund", "outcome", "stock-valuation")


def test_the_roles_of_the_tests_are_those_of_the_product(scene: Scene):
    people = [getattr(scene.shop, name) for name in scenes.ROLES]
    assert {each.actor.caller.role for each in people} == set(ROLES)


def test_every_operation_names_its_verb_and_nothing_else_is_open():
    for _, path, told in GUARDED:
        assert told["x-verb"] in PERMISSIONS, path
    opened = {path for _, path, told in published.operations() if not told["security"]}
    assert opened == {"/api/auth/token/", "/api/auth/token/refresh/"}


@pytest.mark.parametrize("name", scenes.ROLES)
def test_the_role_is_refused_before_anything_else_is_looked_at(scene: Scene, name: str):
    """With a body that is none, a parameter that is none and an id that is none."""
    person = getattr(scene.shop, name)
    before = contents()
    wrong = []
    for method, path, told in GUARDED:
        address = path.removeprefix("/api").replace("{row_id}", "0").replace("{voucher_id}", "0")
        answer = person.call(method, f"{address}?no_such=1", b"[" if "requestBody" in told else b"")
        expected = 400 if permits(person.actor.caller.role, told["x-verb"]) else 403
        if answer.status != expected or (expected == 403 and answer.code != "forbidden"):
            wrong.append(f"{method} {path} answered {answer.status}, not {expected}")
    assert not wrong, "\n".join(wrong)
    assert contents() == before


def test_the_role_decides_with_everything_else_right(scene: Scene):
    """The same over objects that are there and bodies that are right; what is done is rolled back."""
    wrong = []
    for operation in GUARDED:
        ready(scene, operation)
        for name in scenes.ROLES:
            person = getattr(scene.shop, name)
            answer = tried(scene, name, operation)
            if permits(person.actor.caller.role, operation[2]["x-verb"]):
                good = answer.status not in (400, 401, 403, 404)
            else:
                good = (answer.status, answer.code) == (403, "forbidden")
            if not good:
                wrong.append(f"{name} {named(operation)} → {answer.status} {answer.data}")
    assert not wrong, "\n".join(wrong)


def ready(scene: Scene, operation: Operation) -> None:
    """Have made what the operation is about, so that it outlives what is rolled back."""
    scene.body(operation)
    scene.address(operation[1])


def tried(scene: Scene, name: str, operation: Operation) -> Answer:
    with transaction.atomic():
        answer = scene.call(getattr(scene.shop, name), operation)
        transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize("operation", GUARDED, ids=named)
def test_what_the_contract_says_of_roles(operation: Operation):
    """Independent of the table: it could be wrong in one line, and every test above would agree with it."""
    method, path, told = operation
    may = {role for role in ROLES if permits(role, told["x-verb"])}
    assert "system_admin" in may
    if method != "GET":
        assert told["x-verb"] in OWN or "auditor" not in may, "an auditor writes nothing"
    if collection_of(path) in ADMIN_ONLY or (method != "GET" and collection_of(path) in ADMIN_WRITES):
        assert may == {"system_admin"}
    if path.rstrip("/").rpartition("/")[2] in HEADS and (method != "GET" or "stock-valuation" in path):
        assert "advisor" not in may


ENTRY = {"quantity": 1, "unit_price": "1.00", "reason": "counted"}


@pytest.mark.parametrize("entry_type", ["purchase", "return_out", "adjustment", "damage"])
def test_what_an_advisor_may_not_enter(scene: Scene, entry_type: str):
    shop, variant = scene.shop, scene.id_of("variants")
    body = {"entry_type": entry_type, "store": shop.pune, "product_variant": variant, **ENTRY}
    refused = shop.bilal.post("/stock-entries/", body)
    assert (refused.status, refused.code) == (403, "forbidden")
    foreign = shop.bilal.post("/stock-entries/", body | {"store": shop.nagpur})
    assert foreign.status == 403, "the role comes before the store"
    assert shop.asha.post("/stock-entries/", body).status in (201, 409)


def test_a_replay_asks_again_whether_one_may(scene: Scene):
    """The contract: a replay checks role and store again."""
    shop = scene.shop
    body = {"store": shop.pune, "customer": shop.buyer, "device": "Phone", "issue": "Broken"}
    first = shop.bilal.post("/bookings/", body, key="mine")
    assert first.status == 201
    shop.admin.patch(f"/users/{shop.bilal.id}/", {"stores": [shop.nagpur]})
    assert shop.bilal.post("/bookings/", body, key="mine").status == 404
    shop.admin.patch(f"/users/{shop.bilal.id}/", {"stores": [shop.pune], "role": "auditor"})
    assert shop.bilal.post("/bookings/", body, key="mine").status == 403
    shop.admin.patch(f"/users/{shop.bilal.id}/", {"role": "advisor"})
    again = shop.bilal.post("/bookings/", body, key="mine")
    assert (again.status, again.data["id"]) == (201, first.data["id"])
