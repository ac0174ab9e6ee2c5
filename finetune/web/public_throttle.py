"""How often one address may open public pages.

Counted in this process: nothing is written for a visitor. With several workers each counts for itself, so the
limit is that many times as high.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from math import ceil

BURST = 60
PER_SECOND = 1.0
ADDRESSES_MAX = 10_000


class Throttle:
    """Every address has `burst` requests, and gets back `per_second` of them."""

    def __init__(self, *, burst: int, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.burst, self.per_second, self.clock = burst, per_second, clock
        self._lock = threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def seconds_to_wait(self, address: str) -> int:
        """0 where the request may pass, which is then counted."""
        now = self.clock()
        with self._lock:
            left, at = self._left.pop(address, (float(self.burst), now))
            left = min(self.burst, left + (now - at) * self.per_second)
            may_pass = left >= 1
            self._left[address] = (left - 1 if may_pass else left, now)
            if len(self._left) > ADDRESSES_MAX:
                self._left.popitem(last=False)
        return 0 if may_pass else max(1, ceil((1 - left) / self.per_second))


THROTTLE = Throttle(burst=BURST, per_second=PER_SECOND)
