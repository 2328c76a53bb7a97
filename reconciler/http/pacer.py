"""How fast one connection asks: a smooth rate, and a pause that a 429 imposes on all of its requests."""

from __future__ import annotations

import threading
from collections.abc import Callable

# Requests leave this much farther apart than the limit allows: they do not arrive as evenly as they leave, and a strict
# limit counts arrivals. The gap counts from when the one before really left, so lateness never makes two crowd.
MARGIN = 1.06
_FIRST_SLOWDOWN = 0.05  # seconds between requests after a first 429, where no rate was configured
_LONGEST_SLOWDOWN = 1.0
_ONE_BURST = 1.0  # refusals within so many seconds are one: requests in flight together are refused together


class Pacer:
    """Gives every request of a connection its moment. Thread-safe; threads take their turns one after the other."""

    def __init__(self, per_second: float | None, *, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._exact = 1.0 / per_second if per_second else 0.0
        self._slowdown = 0.0
        self._left = self._not_before = self._refused_at = float("-inf")
        self._clock, self._sleep = clock, sleep
        self._turn, self._lock = threading.Lock(), threading.Lock()

    def wait(self) -> None:
        """Sleep until this request's moment has come; a pause announced meanwhile is kept as well."""
        if not (self._exact or self._slowdown) and self._not_before <= self._clock():
            return
        with self._turn:
            moment = self._moment()
            while (delay := moment - self._clock()) > 0:
                self._sleep(delay)
                if moment == (moment := self._moment()):
                    break  # also where the sleep was cut short: only a pause announced meanwhile is slept for again
            self._left = self._clock()

    def _moment(self) -> float:
        with self._lock:
            return max(self._left + max(self._exact * MARGIN, self._slowdown), self._not_before)

    def refused(self, seconds: float, *, told: bool = False) -> None:
        """A 429: nobody sends for ``seconds``, and afterwards all go slower than before.

        Where a rate was configured and the vendor did not say how long to wait (``told``), a few intervals are enough.
        """
        with self._lock:
            now = self._clock()
            pause = seconds if told or not self._exact else min(seconds, 5 * self._exact)
            self._not_before = max(self._not_before, now + pause)
            if now - self._refused_at < _ONE_BURST:
                return
            self._refused_at = now
            slower = max(self._exact * 1.25 or _FIRST_SLOWDOWN, self._slowdown * 1.5)
            self._slowdown = min(slower, max(_LONGEST_SLOWDOWN, self._exact))

    def accepted(self) -> None:
        """An answer that was no 429: speed up again, little by little."""
        if self._slowdown:
            with self._lock:
                self._slowdown = self._slowdown * 0.98 if self._slowdown > 0.005 else 0.0
