"""Who takes several locks takes them in one order."""

import pytest

from finetune.core.observing import TRIED_AGAIN
from tests.cast import new_key
from tests.crediting.ledger import faults
from tests.invoicing import desk
from tests.races.threads import at_once, own_client

pytestmark = pytest.mark.race


def test_cash_and_credit_in_opposite_orders(committed_shop):
    """Of one customer's bills, some were paid in cash and credit and some in credit and cash: of sixteen payments six
    were told to try again, after twenty seconds."""
    shop = committed_shop
    rich = desk.bill_of("100.00", shop)
    desk.made(desk.pay(shop.bilal, rich["id"], "1100.00", allow_credit=True))
    bills = [desk.bill_of("1000.00", shop) for _ in range(12)]
    tenders = [{"mode": "cash", "amount": "1.00"}, {"mode": "credit", "amount": "1.00"}]

    def take(index):
        given = {"invoice": bills[index]["id"], "tenders": tenders if index % 2 else tenders[::-1]}
        return own_client(shop.bilal).post("/payments/", given, key=new_key())

    before = deadlocks()
    answers = at_once(len(bills), take)
    assert [answer.status for answer in answers] == [201] * len(bills)
    first = [answer.data["payments"][0]["mode"] for answer in answers]
    assert first == ["credit", "cash"] * 6
    assert deadlocks() == before
    assert faults() == []


def deadlocks() -> float:
    return float(TRIED_AGAIN.labels("40P01")._value.get())
