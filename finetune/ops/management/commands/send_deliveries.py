"""The worker: sends e-mail and webhooks that are due, and checks the books once a night."""

import signal
import sys
import types
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser

from finetune.ops.console import OK, say
from finetune.ops.nightly_books import NightlyBooks
from finetune.sending.worker import send_one, work

# A delivery that is under way is brought to its end. One whose receiver says nothing is left: its claim runs out, and
# then it is sent again, under the same id.
STOP_SECONDS = 7


def leave(number: int, frame: types.FrameType | None) -> NoReturn:
    sys.exit(OK)


class Command(BaseCommand):
    help = (
        "Send e-mail and webhooks that are due, and check the books once a night at BOOKS_AT, until it is ended. With "
        "--once: send what is due now."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            sent = 0
            while send_one():
                sent += 1
            say(f"{sent} deliveries were tried.")
            return
        going = [True]

        def stop(number: int, frame: types.FrameType | None) -> None:
            going[:] = [False]
            signal.alarm(STOP_SECONDS)

        signal.signal(signal.SIGALRM, leave)
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        books = NightlyBooks()
        work(keep_going=lambda: going[0], beside=books.look)
        books.stop()
