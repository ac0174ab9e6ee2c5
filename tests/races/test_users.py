"""A user is deactivated while they work, and two administrators take each other's access away."""

import threading

import pytest

from tests import cast
from tests.cast import new_key
from tests.inventory import shelf
from tests.invoicing import desk
from tests.invoicing.desk import INVOICES, counter, part
from tests.races.threads import MANY, at_once, own_client

pytestmark = pytest.mark.race
BILLS_EACH = 4


def test_deactivating_a_user_against_their_requests(committed_shop):
    """Each request of theirs is carried out as a whole or not at all, and none that began after the answer to the
    administrator is."""
    shop = committed_shop
    variant = desk.stocked(shop, MANY * BILLS_EACH)
    is_over = threading.Event()

    def work(index):
        if index == 0:
            answer = own_client(shop.admin).patch(f"/users/{shop.bilal.id}/", {"is_active": False})
            is_over.set()
            return [(False, answer.status)]
        bilal, seen = own_client(shop.bilal), []
        for _ in range(BILLS_EACH):
            began_late = is_over.is_set()
            answer = bilal.post(INVOICES, counter(shop, part(variant)), key=new_key())
            seen.append((began_late, answer.status))
        return seen

    results = at_once(MANY, work)
    assert not [each for each in results if isinstance(each, Exception)], results
    assert results[0] == [(False, 200)]
    answers = [answer for each in results[1:] for answer in each]
    assert {status for _, status in answers} <= {201, 401}
    assert {status for late, status in answers if late} <= {401}
    done = sum(status == 201 for _, status in answers)
    assert desk.numbers() == list(range(1, done + 1))
    assert shelf.quantity(shop.pune, variant) == MANY * BILLS_EACH - done
    assert own_client(shop.bilal).get("/auth/me/").status == 401
    assert desk.faults() == []


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "auditor"}])
def test_administrators_take_each_others_access_away(committed_shop, change):
    """Somebody is left who may let the others in again."""
    shop = committed_shop
    admins = [shop.admin, *(cast.person("system_admin") for _ in range(3))]

    def work(index):
        mine, next_one = admins[index % 4], admins[(index + 1) % 4]
        return own_client(mine).patch(f"/users/{next_one.id}/", change)

    results = at_once(MANY, work)
    assert not [each for each in results if isinstance(each, Exception)], results
    assert {result.status for result in results} <= {200, 401, 403, 503}
    left = shelf.fetch("SELECT count(*) FROM staff_user WHERE role = 'system_admin' AND is_active")
    assert left[0][0] >= 1
