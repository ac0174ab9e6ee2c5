"""Load the demo shop, or go on where an earlier try was cut off."""

import time
from collections.abc import Callable
from datetime import datetime

from django.db import OperationalError, connection

from finetune.core.models import Milestone
from finetune.ops.demo.corrections import second_thoughts
from finetune.ops.demo.drawers import Drawers
from finetune.ops.demo.goods import stock_the_catalogue
from finetune.ops.demo.people import hire, write_down_customers
from finetune.ops.demo.repairs import fill_the_bench
from finetune.ops.demo.stage import DAYS_OF_TRADE, Stage, summary
from finetune.ops.demo.stock import mishaps, open_the_shelves
from finetune.ops.demo.trade import Trade, drafts
from finetune.reports import books
from finetune.staff.models import User
from finetune.stores.models import Store

BEGUN, LOADED = "demo begun", "demo loaded"
DAYS_A_LINE = 5
Say = Callable[[str], None]


class DemoRefused(Exception):
    """A condition to expect, in words for the person at the keyboard."""


def load_demo(*, password: str, say: Say) -> None:
    """Idempotent. Every action has a key, so what an earlier run did is replayed and the rest is done.

    Raises DemoRefused on a database that is somebody's shop, and where the books do not agree at the end.
    """
    _take_turns()
    _set_waiting_for_disk("off")
    if Milestone.objects.filter(name=LOADED).exists():
        say("The demo is loaded already.")
        return
    stage = Stage(_begin(), DAYS_OF_TRADE)
    began = time.monotonic()

    def tell(chapter: str) -> None:
        say(f"  {chapter}: {sum(stage.counts.values())} actions so far, {time.monotonic() - began:.1f} s")

    _furnish(stage, password, tell)
    _trade(stage, tell)
    _check_books()
    # Whoever reads the milestone must find all that came before it, after a power cut too.
    _set_waiting_for_disk("on")
    Milestone.objects.get_or_create(name=LOADED)
    say(f"The demo is loaded and its books agree. Played: {summary(stage.counts)}.")


def _furnish(stage: Stage, password: str, tell: Say) -> None:
    hire(stage, password)
    write_down_customers(stage)
    tell("stores, staff and customers")
    stock_the_catalogue(stage)
    tell("catalogue")


def _trade(stage: Stage, tell: Say) -> None:
    shelves = open_the_shelves(stage)
    tell("opening stock")
    trade, drawers = Trade(stage, shelves), Drawers(stage)
    for day in range(stage.days + 1):
        drawers.open(day)
        trade.play_day(day)
        if day < stage.days:
            drawers.close(day)
        if day % DAYS_A_LINE == DAYS_A_LINE - 1:
            tell(f"trade up to {stage.day(day)}")
    second_thoughts(trade)
    mishaps(shelves)
    fill_the_bench(stage, shelves)
    drafts(stage)
    tell("corrections, mishaps, the work bench and drafts")


def _take_turns() -> None:
    """Two runs at once would step on each other's story: the second waits, until the lock time-out."""
    with connection.cursor() as cursor:
        try:
            # Held by the connection, so it goes when the process does, however that ends.
            cursor.execute("SELECT pg_advisory_lock(hashtextextended('seed_demo', 23))")
        except OperationalError as error:
            raise DemoRefused(
                "Another process is loading the demo just now. Wait until it is done."
            ) from error


def _set_waiting_for_disk(switch: str) -> None:
    """What a crash of the database loses meanwhile is played again: keys go together with their effect."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('synchronous_commit', %s, false)", [switch])


def _begin() -> datetime:
    """When the demo was first begun, which is now on an empty database."""
    begun = Milestone.objects.filter(name=BEGUN).first()
    if begun is None:
        if User.objects.exists() or Store.objects.exists():
            raise DemoRefused("This database holds a shop already. The demo only goes into an empty one.")
        Milestone.objects.create(name=BEGUN)
        begun = Milestone.objects.get(name=BEGUN)
    return begun.at


def _check_books() -> None:
    faults = [finding for finding in books.check_books() if finding.count]
    if faults:
        raise DemoRefused("The demo's books do not agree:\n" + "\n".join(map(str, faults)))
