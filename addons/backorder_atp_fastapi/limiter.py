# Copyright 2026 The backorder_atp contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Rate limit of each API key, so that one caller does not slow down the others.

Each server process counts separately, in memory, without database access or locks
between processes.
"""

import time
from collections import OrderedDict
from math import ceil
from threading import Lock

# Number of callers kept; beyond that the ones that called longest ago are dropped.
MAX_CALLERS = 10_000


class Limiter:
    """A token bucket for each caller, refilled with ``limit`` tokens per minute.

    >>> limiter = Limiter()
    >>> [limiter.take("shop", 2, now=0) for _ in range(3)]
    [0, 0, 30]
    >>> limiter.take("shop", 2, now=30), limiter.take("other", 2, now=30)
    (0, 0)
    """

    def __init__(self):
        self._lock = Lock()
        self._buckets = OrderedDict()

    def take(self, caller, limit, now=None):
        """Count a request; return the seconds to wait, or 0 if it is accepted."""
        now = time.monotonic() if now is None else now
        with self._lock:
            left, since = self._buckets.pop(caller, (limit, now))
            left = min(limit, left + (now - since) * limit / 60)
            wait = 0 if left >= 1 else ceil((1 - left) * 60 / limit)
            self._buckets[caller] = (left if wait else left - 1, now)
            if len(self._buckets) > MAX_CALLERS:
                self._buckets.popitem(last=False)
        return wait


limiter = Limiter()
