"""The next number: many at once, some failing, and not a hole."""

import psycopg
import pytest

from finetune.invoicing import posting
from finetune.payments.actions import sell
from finetune.payments.schemas import SaleIn, checked
from tests import cast
from tests.cast import new_key
from tests.conftest import owner_url
from tests.inventory import shelf
from tests.invoicing import desk
from tests.invoicing.desk import INVOICES, counter, labour, order, part
from tests.races.threads import MANY, at_once, own_client

pytestmark = pytest.mark.race


class Crash(Exception):
    """Something that nobody foresaw."""


def statuses(results) -> list[int]:
    for result in results:
        if isinstance(result, Exception):
            raise result
    return sorted(result.status for result in results)


def test_failing_neighbours_leave_no_hole(committed_shop, monkeypatch):
    """A third is refused after its stock was posted, a third falls over after its number was taken."""
    shop = committed_shop
    variant = desk.stocked(shop, 100)
    desk.made(shop.bilal.post(INVOICES, counter(shop)))
    number, crashing = posting.number, set()

    def number_and_crash(prepared):
        number(prepared)
        if prepared.plan.order.notes == "crash":
            crashing.add(prepared.id)
            raise Crash

    monkeypatch.setattr(posting, "number", number_and_crash)

    def bill(index):
        paid = "1180.01" if index % 3 == 1 else "1180.00"
        body = counter(shop, part(variant), tenders=[{"mode": "cash", "amount": paid}])
        if index % 3 == 2:
            # The action itself: over HTTP a crash is an answer of its own.
            wanted = SaleIn.model_validate({**body, "notes": "crash"})
            with pytest.raises(Crash):
                sell(actor=shop.bilal.actor, order=wanted.order(), tenders=checked(wanted.tenders))
            return None
        return own_client(shop.bilal).post("/sales/", body, key=new_key())

    results = at_once(MANY, bill)
    answers = [result for result in results if result is not None]
    assert statuses(answers) == [201] * 11 + [409] * 11
    assert len(crashing) == 10
    assert sorted(desk.numbers()) == list(range(1, 13))
    assert desk.numbers() == sorted(desk.numbers())
    assert shelf.quantity(shop.pune, variant) == 89
    assert desk.faults() == []


def test_bills_of_many_stores_and_kinds(committed_shop):
    shop = committed_shop
    variant = desk.stocked(shop, 100)
    bodies = [
        (shop.bilal, lambda: counter(shop, part(variant))),
        (shop.chitra, lambda: order(store=shop.nagpur, customer=shop.buyer)),
        (shop.asha, lambda: order(labour(treatment="nil"), store=shop.pune, customer=shop.buyer)),
        (shop.bilal, lambda: order(store=shop.pune, customer=shop.buyer, status="draft")),
    ]

    def bill(index):
        person, body = bodies[index % 4]
        return own_client(person).post(INVOICES, body(), key=new_key())

    assert statuses(at_once(MANY, bill)) == [201] * 32
    assert desk.numbers() == list(range(1, 17))
    assert desk.numbers("FT-BOS") == list(range(1, 9))
    assert desk.faults() == []


def test_opposite_orders_of_two_parts(committed_shop):
    shop = committed_shop
    first, second = desk.stocked(shop, 10), desk.stocked(shop, 10)

    def bill(index):
        lines = [part(first), part(second)]
        return own_client(shop.bilal).post(INVOICES, counter(shop, *(lines if index % 2 else lines[::-1])))

    assert statuses(at_once(MANY, bill)) == [201] * 10 + [409] * 22
    assert [shelf.quantity(shop.pune, each) for each in (first, second)] == [0, 0]
    assert desk.numbers() == list(range(1, 11))
    assert desk.faults() == []


def test_a_lost_counter_is_made_again_once(committed_shop):
    shop = committed_shop
    desk.bill(shop)
    desk.execute("DELETE FROM invoicing_invoicesequence WHERE series = 'FT-INV'")

    def bill(index):
        return own_client(shop.bilal).post(INVOICES, order(store=shop.pune, customer=shop.buyer))

    assert statuses(at_once(MANY, bill)) == [201] * MANY
    assert desk.numbers() == list(range(1, MANY + 2))
    assert desk.faults() == []


def test_a_draft_is_issued_once(committed_shop):
    shop = committed_shop
    variant = desk.stocked(shop)
    draft = desk.draft(shop, part(variant))

    def issue(index):
        if index == 0:
            return own_client(shop.bilal).patch(f"{INVOICES}{draft['id']}/", {"notes": "late"})
        return own_client(shop.bilal).post(f"{INVOICES}{draft['id']}/issue/", key=new_key())

    results = at_once(MANY, issue)
    assert results[0].status in (200, 409)
    assert statuses(results[1:]) == [200] + [409] * (MANY - 2)
    assert {result.code for result in results[1:] if result.status == 409} == {"invoice_not_draft"}
    assert desk.numbers() == [1]
    assert shelf.quantity(shop.pune, variant) == 9
    assert desk.faults() == []


def test_clearing_a_series_against_its_bills(committed_shop):
    """Either the series is cleared and begins at 1, or a bill was first and nothing is cleared. Never both."""
    shop = committed_shop
    row = desk.made(
        shop.admin.post(
            "/invoice-sequences/",
            {"series": "OLD", "kind": "invoice", "gstin": cast.PUNE_GSTIN, "last_number": 70},
        )
    )

    def work(index):
        if index % 8 == 0:
            clear = {"reason": "starting anew"}
            return own_client(shop.admin).post(f"/invoice-sequences/{row['id']}/clear/", clear)
        return own_client(shop.bilal).post(INVOICES, order(store=shop.pune, customer=shop.buyer))

    results = at_once(MANY, work)
    assert {result.status for index, result in enumerate(results) if index % 8} == {201}
    cleared = sum(result.status == 200 for result in results[::8])
    assert {result.code for result in results[::8] if result.status != 200} <= {"number_would_repeat"}
    first = 1 if cleared else 71
    assert desk.numbers("OLD") == list(range(first, first + 28))
    assert desk.faults() == []


def test_without_the_lock_a_number_is_still_not_given_twice(committed_shop, own_database):
    """The twin: the counter is read without a lock. The constraint then refuses what would repeat."""
    shop = committed_shop
    with psycopg.connect(owner_url(own_database), autocommit=True) as owner:
        definition = "SELECT pg_get_functiondef('invoicing_lock_counter(text)'::regprocedure)"
        ((source,),) = owner.execute(definition).fetchall()
        unlocked = source.replace("FOR UPDATE;", "; PERFORM pg_sleep(0.05);", 1)
        assert unlocked != source
        owner.execute(unlocked)

    def bill(index):
        wanted = order(store=shop.pune, customer=shop.buyer)
        return own_client(shop.bilal).post(INVOICES, wanted)

    results = at_once(MANY, bill)
    assert {result.status for result in results} == {201, 409}
    assert {result.code for result in results if result.status == 409} == {"number_would_repeat"}
    numbers = desk.numbers()
    assert numbers == list(range(1, len(numbers) + 1))
