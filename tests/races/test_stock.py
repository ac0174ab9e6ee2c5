"""Stock under real threads on real connections. What each would catch is in its name."""

import re
import threading
from collections import Counter

import psycopg
import pytest
from django.db import transaction

from finetune.core.refusals import Refusal
from finetune.inventory import actions
from finetune.inventory.posting import lock_stock, post_entries
from finetune.inventory.records import StockLine
from finetune.inventory.rules import plan_return_lines
from tests import cast
from tests.conftest import owner_url
from tests.inventory import shelf
from tests.races.threads import MANY, at_once, own_client

pytestmark = pytest.mark.race


def codes(results) -> Counter:
    """What came of each thread: "done", or the code of its refusal. Anything else is a failure of the
    test."""
    unexpected = [each for each in results if isinstance(each, Exception) and not isinstance(each, Refusal)]
    assert unexpected == []
    return Counter(each.code if isinstance(each, Refusal) else "done" for each in results)


def unlock(database: str) -> None:
    """Take every lock out of `inventory_lock_stock`: facts are then read as if nobody else were there."""
    with psycopg.connect(owner_url(database), autocommit=True) as owner:
        [[source]] = owner.execute("SELECT pg_get_functiondef('inventory_lock_stock'::regproc)").fetchall()
        bare, locks = re.subn(r"FOR UPDATE|PERFORM pg_advisory_xact_lock_shared\(5, 1\);", "", source)
        assert locks == 3
        owner.execute(bare)


def sell_the_last_unit(shop) -> Counter:
    variant, booking = cast.variant(), shop.booking()
    shelf.post(shop.asha, "purchase", shop.pune, variant, 1)
    done = codes(
        at_once(MANY, lambda _: shelf.post(shop.bilal, "sale", shop.pune, variant, 1, booking=booking))
    )
    assert shelf.quantity(shop.pune, variant) == 0
    assert shelf.faults() == []
    return done


def test_the_last_unit_is_sold_once(committed_shop):
    assert sell_the_last_unit(committed_shop) == {"done": 1, "insufficient_stock": MANY - 1}


def test_the_last_unit_without_the_lock(committed_shop, own_database):
    """The twin: unlocked sellers all read one unit, and the CHECK refuses all but the first."""
    unlock(own_database)
    assert sell_the_last_unit(committed_shop) == {"done": 1, "insufficient_stock": MANY - 1}


def test_over_http_the_losers_are_told_what_is_left(committed_shop):
    shop, variant = committed_shop, cast.variant()
    body = shelf.body("damage", shop.pune, variant, 1)
    shelf.post(shop.asha, "purchase", shop.pune, variant, 3)
    answers = at_once(MANY, lambda _: own_client(shop.asha).post("/stock-entries/", body))
    assert Counter(answer.status for answer in answers) == {201: 3, 409: MANY - 3}
    lost = [answer.data for answer in answers if answer.status == 409]
    assert {(each["code"], each["requested"], each["available"]) for each in lost} == {
        ("insufficient_stock", 1, 0)
    }
    assert sorted(answer.data["balance_after"] for answer in answers if answer.status == 201) == [0, 1, 2]


def test_the_first_movement_of_a_variant(committed_shop):
    """There is no ledger row to lock yet: all of them make it, one row stays, nothing is lost."""
    shop, variant = committed_shop, cast.variant()
    results = at_once(MANY, lambda _: shelf.post(shop.asha, "purchase", shop.pune, variant, 2))
    assert codes(results) == {"done": MANY}
    assert shelf.quantity(shop.pune, variant) == 2 * MANY
    assert shelf.fetch(
        "SELECT count(*) FROM inventory_stockledger WHERE product_variant_id = %s", variant
    ) == [(1,)]
    balances = shelf.fetch("SELECT balance_after FROM inventory_stockentry ORDER BY balance_after")
    assert [balance for (balance,) in balances] == list(range(2, 2 * MANY + 2, 2))
    assert shelf.faults() == []


def test_one_serial_comes_in_once(committed_shop):
    """Into two stores, so that no ledger row stands between them: only the serial itself does."""
    shop, variant = committed_shop, shelf.tracked_variant()
    places = [(shop.asha, shop.pune), (shop.chitra, shop.nagpur)]

    def buy(index):
        person, store = places[index % 2]
        return shelf.post(person, "purchase", store, variant, 1, serials=["A"])

    results = at_once(MANY, buy)
    assert codes(results) == {"done": 1, "serial_exists": MANY - 1}
    # Whoever lost is told where the unit stands, even those who met it uncommitted.
    assert all(each.errors for each in results if isinstance(each, Refusal))
    assert shelf.faults() == []


def test_one_serial_is_sold_once(committed_shop):
    shop, variant, booking = committed_shop, shelf.tracked_variant(), committed_shop.booking()
    shelf.post(shop.asha, "purchase", shop.pune, variant, 2, serials=["A", "B"])
    results = at_once(
        MANY, lambda _: shelf.post(shop.bilal, "sale", shop.pune, variant, 1, serials=["A"], booking=booking)
    )
    assert codes(results) == {"done": 1, "serial_not_available": MANY - 1}
    assert [state for state, *_ in shelf.units("A", "B")] == ["sold", "available"]
    assert shelf.faults() == []


def test_opposite_orders_do_not_deadlock(committed_shop):
    """Documents that name the same variants in opposite orders. Nothing is tried again: a deadlock would
    surface."""
    shop = committed_shop
    variants = [cast.variant() for _ in range(4)]

    def post(index):
        order = variants if index % 2 else variants[::-1]
        lines = [StockLine(position, variant, 1) for position, variant in enumerate(order)]
        for _ in range(5):
            with transaction.atomic():
                facts = lock_stock(store_id=shop.pune, variant_ids=order)
                post_entries(plan_return_lines(lines, facts), actor=shop.asha.actor)

    assert at_once(MANY, post) == [None] * MANY
    assert [shelf.quantity(shop.pune, variant) for variant in variants] == [5 * MANY] * 4
    assert shelf.faults() == []


def test_serials_in_opposite_orders_do_not_deadlock(committed_shop):
    shop, variant, booking = committed_shop, shelf.tracked_variant(), committed_shop.booking()
    serials = [f"S{number}" for number in range(8)]
    shelf.post(shop.asha, "purchase", shop.pune, variant, 8, serials=serials)

    def sell(index):
        order = serials if index % 2 else serials[::-1]
        return shelf.post(shop.bilal, "sale", shop.pune, variant, 8, serials=order, booking=booking)

    assert codes(at_once(MANY, sell)) == {"done": 1, "serial_not_available": MANY - 1}
    assert shelf.faults() == []


def test_approved_once(committed_shop):
    shop, variant = committed_shop, shelf.guarded_variant()
    entry = shelf.post(shop.asha, "purchase", shop.pune, variant, 3)
    results = at_once(MANY, lambda _: actions.approve_entry(actor=shop.admin.actor, entry_id=entry))
    assert codes(results) == {"done": 1, "not_pending": MANY - 1}
    assert shelf.quantity(shop.pune, variant) == 3


def test_approved_or_rejected_never_both(committed_shop):
    shop, variant = committed_shop, shelf.tracked_variant(require_stock_in_approval=True)
    for number in range(5):
        entry = shelf.post(shop.asha, "purchase", shop.pune, variant, 1, serials=[f"S{number}"])

        def decide(index, entry=entry):
            if index % 2:
                return actions.approve_entry(actor=shop.admin.actor, entry_id=entry)
            return actions.reject_entry(actor=shop.asha.actor, entry_id=entry, reason="x")

        assert codes(at_once(MANY, decide)) == {"done": 1, "not_pending": MANY - 1}
    assert shelf.faults() == []


def test_reversed_once(committed_shop):
    shop, variant = committed_shop, cast.variant()
    entry = shelf.post(shop.asha, "purchase", shop.pune, variant, 3)
    shelf.post(shop.asha, "purchase", shop.pune, variant, 30)
    results = at_once(
        MANY, lambda _: actions.reverse_entry(actor=shop.asha.actor, entry_id=entry, reason="x")
    )
    assert codes(results) == {"done": 1, "already_reversed": MANY - 1}
    assert shelf.quantity(shop.pune, variant) == 30


def test_sold_or_taken_back_never_both(committed_shop):
    shop, variant, booking = committed_shop, shelf.tracked_variant(), committed_shop.booking()
    entry = shelf.post(shop.asha, "purchase", shop.pune, variant, 1, serials=["A"])

    def move(index):
        if index % 2:
            return actions.reverse_entry(actor=shop.asha.actor, entry_id=entry, reason="x")
        return shelf.post(shop.bilal, "sale", shop.pune, variant, 1, serials=["A"], booking=booking)

    assert codes(at_once(MANY, move))["done"] == 1
    assert shelf.faults() == []


def test_settings_never_change_under_a_post(committed_shop):
    """Eight purchases without serials against the start of tracking: either they or it came first, never
    between."""
    shop = committed_shop
    for _ in range(5):
        category = cast.category()
        variant = cast.variant(category_id=category)

        def work(index, category=category, variant=variant):
            if index == 0:
                return shelf.config(category, track_serials=True)
            return shelf.post(shop.asha, "purchase", shop.pune, variant, 1)

        done = codes(at_once(9, work))
        assert done in ({"done": 8, "stock_on_hand": 1}, {"done": 1, "serial_count_mismatch": 8}), done
        assert shelf.faults() == []


def test_a_key_posts_once(committed_shop):
    shop, variant = committed_shop, cast.variant()
    body = shelf.body("purchase", shop.pune, variant, 1)
    done = threading.Event()

    def send(_):
        answer = own_client(shop.asha).post("/stock-entries/", body, key="one")
        while answer.status == 409 and not done.wait(0.01):
            answer = own_client(shop.asha).post("/stock-entries/", body, key="one")
        return answer

    answers = at_once(8, send)
    assert {answer.status for answer in answers} == {201}
    assert len({answer.data["id"] for answer in answers}) == 1
    assert shelf.quantity(shop.pune, variant) == 1
