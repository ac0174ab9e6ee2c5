from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, connection, transaction

from finetune.catalog.actions import change_category, change_product, create_product
from finetune.catalog.models import Category
from finetune.core import dates
from finetune.core.refusals import Refusal
from tests import cast
from tests.cast import SYSTEM


def move(category: int, parent: int | None) -> None:
    change_category(actor=SYSTEM, category_id=category, version=None, changes={"parent_id": parent})


def test_no_category_below_itself(db):
    top = cast.category()
    middle = cast.category(parent=top)
    low = cast.category(parent=middle)
    for parent in (top, middle, low):
        with pytest.raises(Refusal) as refused:
            move(top, parent)
        assert (refused.value.status, refused.value.code) == (409, "category_cycle")
        assert refused.value.errors[0].field == "parent"
    move(low, top)
    move(middle, low)
    move(middle, None)
    assert Category.objects.get(pk=low).parent_id == top


def test_the_database_itself_refuses_a_cycle(db):
    top = cast.category()
    low = cast.category(parent=top)
    with pytest.raises(DatabaseError, match="category_cycle"), transaction.atomic():
        Category.objects.filter(pk=top).update(parent=low)


@pytest.mark.race
@pytest.mark.parametrize("attempt", range(3))
def test_two_moves_cannot_close_a_circle_together(own_database, attempt):
    one, two = cast.category(), cast.category()
    barrier, outcomes = Barrier(2), []

    def run(category: int, parent: int) -> None:
        try:
            barrier.wait()
            move(category, parent)
            outcomes.append("moved")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["category_cycle", "moved"]
    parents = dict(Category.objects.values_list("id", "parent_id"))
    assert sorted(parents.values(), key=str) in ([one, None], [two, None])


@pytest.mark.race
def test_the_second_of_two_moves_waits_for_the_first(own_database):
    """The interleaving that the lock is there for: both rows written before either commits."""
    one, two = cast.category(), cast.category()
    written, outcomes = Barrier(2), []

    def second() -> None:
        try:
            written.wait()
            move(two, one)
            outcomes.append("moved")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    thread = Thread(target=second)
    thread.start()
    with transaction.atomic():
        Category.objects.filter(pk=one).update(parent=two)
        written.wait()
        thread.join(timeout=0.3)
        assert thread.is_alive()
    thread.join()
    assert outcomes == ["category_cycle"]


def test_a_rate_must_be_in_force_on_the_day(db, monkeypatch):
    fields = {"name": "Pipe", "category_id": cast.category(), "hsn_code": "2403", "gst_rate": "28"}
    monkeypatch.setattr(dates, "now", lambda: datetime(2026, 1, 31, 18, 29, tzinfo=UTC))
    made = create_product(actor=SYSTEM, fields=fields)
    monkeypatch.setattr(dates, "now", lambda: datetime(2026, 1, 31, 18, 30, tzinfo=UTC))
    with pytest.raises(Refusal) as refused:
        create_product(actor=SYSTEM, fields=fields)
    assert (refused.value.status, refused.value.code) == (400, "rate_not_in_force")
    # What it was sold at may stand; only a new rate is asked.
    change_product(actor=SYSTEM, product_id=made.id, version=None, changes={"brand": "Old"})
