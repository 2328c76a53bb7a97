"""Time as the simulation wants it: every sleep only moves the clock."""

from __future__ import annotations


class Clock:
    """Seconds since the epoch, and since nothing in particular."""

    def __init__(self, start: float = 1_700_000_000.0) -> None:
        self._now = start

    def now(self) -> float:
        """The present."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self._now += max(seconds, 0.0)
