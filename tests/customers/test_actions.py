from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from finetune.core.masters import lock_row
from finetune.core.refusals import Refusal
from finetune.customers.actions import change_customer
from finetune.customers.models import Customer


@pytest.mark.race
def test_of_two_changes_to_one_version_one_wins(committed_shop):
    shop = committed_shop
    barrier, outcomes = Barrier(2), []

    def rename(name: str) -> None:
        try:
            barrier.wait()
            changes = {"name": name}
            change_customer(actor=shop.bilal.actor, customer_id=shop.buyer, version='"1"', changes=changes)
            outcomes.append(name)
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [Thread(target=rename, args=(name,)) for name in ("Meera", "Ravi")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "stale" in outcomes
    assert Customer.objects.get(pk=shop.buyer).name in outcomes


@pytest.mark.race
def test_a_customer_being_changed_can_be_served_meanwhile(committed_shop):
    """The lock on a master record is one that the foreign keys of new documents do not wait for."""
    shop = committed_shop
    served = []

    def serve() -> None:
        served.append(shop.booking())
        connection.close()

    thread = Thread(target=serve)
    with transaction.atomic():
        lock_row(Customer, shop.buyer, what="customer", version=None)
        thread.start()
        thread.join(timeout=4)
        assert served
    thread.join()
