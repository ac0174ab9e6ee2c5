"""A booking goes to another customer while money is taken or a bill is made on it: each finds it in one hand."""

import pytest

from tests import cast
from tests.crediting.ledger import faults
from tests.invoicing.desk import labour, order
from tests.races.threads import at_once, own_client

pytestmark = pytest.mark.race
ROUNDS = 10


def test_a_deposit_is_its_bookings_customers(committed_shop):
    """Without the trigger the next bill would take the deposit of another."""
    shop = committed_shop
    for _ in range(ROUNDS):
        booking = shop.booking()
        body = {"amount": "500.00", "mode": "cash"}
        taken, changed = meet(shop, booking, f"/bookings/{booking}/deposits/", body)
        assert taken.status == 201
        assert changed.status == 200 or changed.code == "booking_has_deposits"
        assert taken.data["customer"] == shop.bilal.get(f"/bookings/{booking}/").data["customer"]
    assert faults() == []


def test_a_bill_finds_the_booking_whoever_has_it(committed_shop):
    """A lock that was waited for sees the booking anew and the customer as before: the two no longer met, and the
    booking was said not to be there."""
    shop = committed_shop
    for _ in range(ROUNDS):
        booking = shop.booking()
        made, changed = meet(shop, booking, "/invoices/", order(labour(), booking=booking))
        assert (made.status, changed.status) == (201, 200)
    assert faults() == []


def meet(shop, booking, path, body):
    other = cast.customer("Another")

    def act(index):
        bilal = own_client(shop.bilal)
        if index:
            return bilal.patch(f"/bookings/{booking}/", {"customer": other})
        return bilal.post(path, body, key=cast.new_key())

    answers = at_once(2, act)
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    return answers
