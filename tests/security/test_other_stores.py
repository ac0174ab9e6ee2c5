"""What belongs to another store is not there: in paths, in bodies, in filters, in lists.

A kind without a maker, or a field of ids that nobody placed, fails here, so nothing is forgotten.
"""

from typing import Any

import pytest
from django.db import transaction

from tests import cast, published
from tests.api import nonsense
from tests.api.test_nonsense import contents
from tests.cast import Answer, Person
from tests.security.scene import (
    BODIES,
    LINE,
    MAKERS,
    OF_A_STORE,
    OF_THE_CHAIN,
    Operation,
    Scene,
    collection_of,
    guarded,
    made,
    named,
)
from tests.security.test_who_may import ready

GUARDED = list(guarded())
IN_A_PATH = [each for each in GUARDED if "{row_id}" in each[1]]
FOREIGN = [each for each in IN_A_PATH if collection_of(each[1]) in OF_A_STORE]

# Fields and parameters that hold an id, by what they name.
IDS_OF_A_STORE = {
    "booking": "bookings",
    "deposit": "deposits",
    "invoice": "invoices",
    "payment": "payments",
    "store": "stores",
}
IDS_OF_THE_CHAIN = {"category", "customer", "parent", "product", "product_variant", "variant"}
ASKED_ELSEWHERE = {
    "line": "test_a_line_of_another_stores_bill",
    "stores": "users: administrators only, who see every store",
    "webhook": "deliveries: administrators only",
    "object": "deliveries: administrators only",
}


@pytest.fixture
def outsiders(scene: Scene) -> list[Person]:
    """A head and an advisor, both of Nagpur alone."""
    return [scene.shop.chitra, cast.person("advisor", scene.shop.nagpur, name="dev")]


def test_every_kind_has_a_maker():
    kinds = {collection_of(path) for _, path, _ in IN_A_PATH}
    assert kinds == set(MAKERS)
    assert not set(OF_A_STORE) & set(OF_THE_CHAIN)


def test_every_id_that_can_be_sent_is_placed():
    known = IDS_OF_A_STORE.keys() | IDS_OF_THE_CHAIN | ASKED_ELSEWHERE.keys()
    unknown = set()
    for _, path, told in GUARDED:
        for parameter in told["parameters"]:
            if parameter["in"] == "query" and is_id(parameter["schema"]):
                unknown |= {(path, parameter["name"])} if parameter["name"] not in known else set()
        for place, schema in id_fields(told):
            unknown |= {(path, place)} if place not in known else set()
            assert is_id(schema)
    assert not unknown, "say in this file whose ids these are"


def is_id(schema: dict[str, Any]) -> bool:
    """As RowId and QueryId publish themselves; a page size has a maximum, too."""
    choices = schema.get("anyOf", [schema])
    return any(
        each.get("type") == "integer" and each.get("minimum") == 1 and "maximum" not in each
        for each in choices
    ) or any(is_id(each["items"]) for each in choices if isinstance(each.get("items"), dict))


def id_fields(told: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    if "requestBody" not in told:
        return []
    schema = told["requestBody"]["content"]["application/json"]["schema"]
    found = []
    for place in nonsense.fields_of(schema):
        inner = published.resolve(schema)
        for step in place:
            inner = inner["items"] if isinstance(step, int) else inner["properties"][step]
            inner = published.resolve(inner)
            if not is_id(inner):
                objects = [published.resolve(each) for each in inner.get("anyOf", [])]
                inner = next((each for each in objects if each.get("type") in ("object", "array")), inner)
        if is_id(inner) and isinstance(place[-1], str):
            found.append((place[-1], inner))
    return found


def test_in_a_path(scene: Scene, outsiders: list[Person]):
    wrong = []
    for operation in FOREIGN:
        ready(scene, operation)
        assert rolled_back(scene, scene.shop.admin, operation).status not in (400, 404), named(operation)
    before = contents()
    for operation in FOREIGN:
        for person in outsiders:
            answer = scene.call(person, operation)
            role_may = answer.status != 403 or answer.code != "forbidden"
            if role_may and (answer.status, answer.code) != (404, "not_found"):
                wrong.append(
                    f"{named(operation)} as {person.actor.caller.name}: {answer.status} {answer.data}"
                )
    assert not wrong, "\n".join(wrong)
    assert contents() == before, "a refused request wrote something"


def rolled_back(scene: Scene, person: Person, operation: Operation, body: Any = None) -> Answer:
    with transaction.atomic():
        answer = scene.call(person, operation, body)
        transaction.set_rollback(True)
    return answer


def test_not_there_and_not_yours_are_told_in_the_same_words(scene: Scene, outsiders: list[Person]):
    """But for the id of the request, an outsider reads the same bytes for both."""
    for operation in FOREIGN:
        method, path, _ = operation
        ready(scene, operation)
        for person in outsiders:
            foreign = scene.call(person, operation)
            body = scene.body(operation)
            nowhere = path.removeprefix("/api").replace("{row_id}", "999999999").replace("{voucher_id}", "1")
            missing = person.call(method, nowhere, body, key=cast.new_key())
            without_id = [{**each.data, "request_id": ""} for each in (foreign, missing)]
            assert without_id[0] == without_id[1], named(operation)
            assert heard(foreign) == heard(missing), named(operation)


def heard(answer: Answer) -> set[str]:
    return {name for name in answer.headers if name != "Content-Length"}


def test_in_a_filter(scene: Scene, outsiders: list[Person]):
    """Filtering by what is not yours finds nothing, or says that it is not there."""
    asked = 0
    for method, path, told in GUARDED:
        names = {each["name"] for each in told["parameters"] if each["in"] == "query"}
        if method != "GET" or "{row_id}" in path or "page_size" not in names or "gstr1" in path:
            continue
        for name in names & IDS_OF_A_STORE.keys():
            address = f"{path.removeprefix('/api')}?{name}={scene.id_of(IDS_OF_A_STORE[name])}"
            if name == "store" and "day-book" not in path and collection_of(path) in OF_A_STORE:
                scene.id_of(collection_of(path))
                assert scene.shop.asha.get(address).data["results"], f"{address} proves nothing"
            for person in outsiders:
                answer = person.get(address)
                found = answer.data.get("results") if answer.status == 200 else None
                asked += 1
                assert answer.status in (403, 404) or found == [], (address, answer.data)
    assert asked > 20


def test_in_a_list(scene: Scene, outsiders: list[Person]):
    for collection in OF_A_STORE:
        mine = scene.id_of(collection)
        address = f"/{collection}/?page_size=200"
        assert mine in {row["id"] for row in scene.shop.asha.get(address).data["results"]}
        for person in outsiders:
            assert mine not in {row["id"] for row in person.get(address).data["results"]}, collection
    for collection in ("stock-ledgers", "stock-ledgers/rollup"):
        scene.id_of("stock-entries")
        assert scene.shop.asha.get(f"/{collection}/").data["results"]
        for person in outsiders:
            assert person.get(f"/{collection}/").data["results"] == []
    for report in ("sales-register", "day-book"):
        assert scene.shop.asha.get(f"/reports/{report}/").data["results"]
        for person in outsiders:
            assert person.get(f"/reports/{report}/").data["results"] == []
            csv = person.get(f"/reports/{report}/?format=csv").data
            assert b"FT-INV" not in csv


WITH_IDS = [each for each in GUARDED if each[0] != "GET" and id_fields(each[2])]


def test_in_a_body(scene: Scene, outsiders: list[Person]):
    """Every field of a body that names a thing of a store, with one of Pune's."""
    asked = set()
    for operation in WITH_IDS:
        _method, path, told = operation
        names = {name for name, _ in id_fields(told)} & IDS_OF_A_STORE.keys()
        if collection_of(path) in OF_A_STORE and "{row_id}" in path:
            continue  # the path itself is not theirs: asked above; their own with a foreign id: below
        ready(scene, operation)
        for name in names:
            for person in outsiders:
                body = body_with(scene, operation, name)
                before = contents()
                answer = scene.call(person, operation, body)
                if answer.status == 403 and answer.code == "forbidden":
                    continue
                assert answer.status == 404, (named(operation), name, answer.data)
                assert contents() == before
                asked.add((path, name))
                assert rolled_back(scene, scene.shop.admin, operation, body).status not in (400, 404)
    assert asked >= {
        ("/api/bookings/", "store"),
        ("/api/invoices/", "store"),
        ("/api/invoices/", "booking"),
        ("/api/payments/", "invoice"),
        ("/api/sales/", "store"),
        ("/api/sales/", "booking"),
        ("/api/stock-entries/", "store"),
        ("/api/stock-entries/", "booking"),
    }


def body_with(scene: Scene, operation: Operation, name: str) -> dict[str, Any]:
    """The right body, in which this one field names a thing of Pune and the others nothing of it."""
    _, path, _ = operation
    body: dict[str, Any] = dict(scene.body(operation))
    if name == "booking" and path in ("/api/invoices/", "/api/sales/"):
        body = {"booking": scene.id_of("bookings"), **BODIES[path]}
    if name == "booking" and path == "/api/stock-entries/":
        body |= {"entry_type": "consumption", "booking": scene.id_of("bookings")}
    body[name] = scene.id_of(IDS_OF_A_STORE[name])
    return body


def test_their_own_shelf_for_a_foreign_booking(scene: Scene, outsiders: list[Person]):
    """Both stores in one body: what is foreign is not there, whichever field names it."""
    shop = scene.shop
    variant = scene.id_of("variants")
    for store in (shop.nagpur, shop.pune):
        shop.admin.post(
            "/stock-entries/",
            {"entry_type": "purchase", "store": store, "product_variant": variant, "quantity": 5},
        )
    for person in outsiders:
        taken = {"entry_type": "consumption", "product_variant": variant, "quantity": 1}
        foreign = {"store": shop.nagpur, "booking": scene.id_of("bookings")}
        assert person.post("/stock-entries/", taken | foreign).status == 404
        bill = {"store": shop.nagpur, "booking": scene.id_of("bookings"), "line_items": [LINE]}
        assert person.post("/invoices/", bill).status == 404
        assert person.post("/invoices/", bill | {"status": "draft"}).status == 404


def test_a_draft_cannot_be_moved_onto_what_is_foreign(scene: Scene, outsiders: list[Person]):
    shop = scene.shop
    for person in outsiders:
        own = {"store": shop.nagpur, "customer": shop.buyer, "line_items": [LINE], "status": "draft"}
        draft = made(person.post("/invoices/", own))
        address = f"/invoices/{draft['id']}/"
        for change in ({"store": shop.pune}, {"booking": scene.id_of("bookings"), "store": None}):
            assert person.patch(address, change).status == 404, change
        assert person.get(address).data["store"] == shop.nagpur


def test_a_line_of_another_stores_bill(scene: Scene, outsiders: list[Person]):
    """Under a bill of one's own, a foreign line is told in the words of a line that is nowhere."""
    shop = scene.shop
    body = {"store": shop.nagpur, "customer": shop.buyer, "line_items": [LINE]}
    own = made(shop.chitra.post("/invoices/", body))["id"]

    def asked(line: int) -> tuple[int, str]:
        wanted = {"reason": "x", "line_items": [{"line": line, "quantity": "1"}]}
        answer = shop.chitra.post(f"/invoices/{own}/credit-notes/", wanted)
        assert answer.status in (400, 404), answer.data
        # The status by itself: a line whose id is 40 stands in 404, too.
        told = {**answer.data, "request_id": "", "status": ""}
        return answer.status, str(told).replace(str(line), "0")

    assert asked(scene.line_of(scene.id_of("invoices"))) == asked(999999999)


def test_the_return_of_another_gstin(scene: Scene):
    elsewhere = cast.store("29", gstin=cast.BENGALURU_GSTIN, name="Bengaluru")
    head = cast.person("branch_head", elsewhere)
    for path in ("gstr1", "gstr1/problems", "gstr3b"):
        address = f"/reports/{path}/?gstin={cast.PUNE_GSTIN}&period=112026"
        assert (head.get(address).status, head.get(address).code) == (404, "not_found")
        assert scene.shop.asha.get(address).status == 200


def test_who_moved_to_another_store_sees_the_new_one_alone_at_once(scene: Scene):
    shop, booking = scene.shop, scene.id_of("bookings")
    assert shop.bilal.get(f"/bookings/{booking}/").status == 200
    shop.admin.patch(f"/users/{shop.bilal.id}/", {"stores": [shop.nagpur]})
    assert shop.bilal.get(f"/bookings/{booking}/").status == 404
    assert shop.bilal.get(f"/stores/{shop.pune}/").status == 404
    assert [row["id"] for row in shop.bilal.get("/stores/").data["results"]] == [shop.nagpur]
