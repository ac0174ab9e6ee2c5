"""One key from many machines: one effect, whatever the endpoint."""

import pytest

from tests.inventory import shelf
from tests.invoicing import desk
from tests.invoicing.desk import INVOICES, counter, part, repair
from tests.races.threads import MANY as MACHINES
from tests.races.threads import at_once, own_client

pytestmark = pytest.mark.race


def one_effect(send) -> None:
    """Send the same request with the same key at once, then once more."""
    results = at_once(MACHINES, send)
    made = [result for result in results if result.status < 400]
    waiting = [result for result in results if result.status >= 400]
    assert {(result.status, result.code) for result in waiting} <= {(409, "idempotency_in_progress")}
    assert {result.headers["Retry-After"] for result in waiting} <= {"1"}
    assert sum("Idempotent-Replayed" not in result.headers for result in made) == 1
    again = send(0)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert [result.data for result in made] == [again.data] * len(made)
    assert desk.faults() == []


def test_a_bill(committed_shop):
    shop = committed_shop
    variant = desk.stocked(shop)
    body = repair(shop, part(variant))
    one_effect(lambda index: own_client(shop.bilal).post(INVOICES, body, key="the key"))
    assert (desk.numbers(), shelf.quantity(shop.pune, variant)) == ([1], 9)


def test_a_payment(committed_shop):
    shop = committed_shop
    bill = desk.bill(shop)
    body = {"invoice": bill["id"], "amount": "100.00", "mode": "cash"}
    one_effect(lambda index: own_client(shop.bilal).post("/payments/", body, key="the key"))
    assert shop.bilal.get(f"{INVOICES}{bill['id']}/").data["amount_paid"] == "100.00"


def test_a_sale(committed_shop):
    shop = committed_shop
    variant = desk.stocked(shop)
    body = counter(shop, part(variant), tenders=[{"mode": "cash", "amount": "1180.00"}])
    one_effect(lambda index: own_client(shop.bilal).post("/sales/", body, key="the key"))
    assert (desk.numbers(), shelf.quantity(shop.pune, variant)) == ([1], 9)


def test_a_draft_is_issued(committed_shop):
    shop = committed_shop
    draft = desk.draft(shop, part(desk.stocked(shop)))
    one_effect(
        lambda index: own_client(shop.bilal).post(f"{INVOICES}{draft['id']}/issue/", {}, key="the key")
    )


def test_a_key_with_two_requests(committed_shop):
    """Whoever is first has the key: the others are told that it is in use, or was used for something else."""
    shop = committed_shop
    bodies = [repair(shop, notes=str(index)) for index in range(MACHINES)]
    results = at_once(MACHINES, lambda index: own_client(shop.bilal).post(INVOICES, bodies[index], key="k"))
    assert sum(result.status == 201 for result in results) == 1
    assert {result.code for result in results if result.status != 201} <= {
        "idempotency_in_progress",
        "idempotency_key_reused",
    }
    assert desk.numbers() == [1]


def test_a_refused_request_leaves_the_key_to_the_next(committed_shop):
    shop = committed_shop
    variant = desk.stocked(shop, 1)
    body = repair(shop, part(variant, "2"))
    results = at_once(MACHINES, lambda index: own_client(shop.bilal).post(INVOICES, body, key="k"))
    assert {result.code for result in results} <= {"insufficient_stock", "idempotency_in_progress"}
    shelf.post(shop.asha, "purchase", shop.pune, variant, 1)
    assert shop.bilal.post(INVOICES, body, key="k").status == 201
