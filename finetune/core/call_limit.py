"""How often one user may call the API: a setting, off by default.

Counted in this process, so that no request costs a statement: with several processes each counts for itself, and
the limit is that many times as high.
"""

import threading
import time
from collections.abc import Callable

from django.conf import settings

from finetune.core.refusals import Refusal

MINUTE = 60_000_000_000  # nanoseconds
SECOND = 1_000_000_000


class CallLimit:
    """Every user has a minute's calls at once and gets them back evenly.

    Of each user one number is kept: when all of their calls would have been due, had they come evenly.
    """

    def __init__(self, clock: Callable[[], int] = time.monotonic_ns) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._due: dict[int, int] = {}

    def seconds_to_wait(self, user_id: int, *, per_minute: int) -> int:
        """0 where the call may pass, which is then counted."""
        now, interval = self.clock(), MINUTE // per_minute
        with self._lock:
            due = max(now, self._due.get(user_id, 0)) + interval
            late = due - now - MINUTE
            if late > 0:
                return -(-late // SECOND)
            self._due[user_id] = due
        return 0


CALLS = CallLimit()


def refuse_too_many_calls(user_id: int) -> None:
    """429 above `API_CALLS_PER_MINUTE`; 0 is no limit."""
    per_minute = settings.API_CALLS_PER_MINUTE
    if per_minute and (wait := CALLS.seconds_to_wait(user_id, per_minute=per_minute)):
        raise Refusal(
            429,
            "too_many_calls",
            f"You may call {per_minute} times a minute. Wait as long as Retry-After says.",
            retry_after=wait,
        )
