"""What connections wait for and how far long readings have come, told on stderr; nothing of it in CI."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from reconciler.cli.terminal import Terminal
from reconciler.report.progress import listing_line, missed_line, wait_line

SHORTEST_WAIT = 2.0  # seconds; a shorter one needs no word
_ANOTHER = 5.0  # seconds that a wait has to last beyond the one that was told, to be told itself
_OUTAGE = 30.0  # seconds after which a connection that still cannot be reached is told again
_PATIENCE = 3.0  # seconds that readings may take before anything is said of them
_OFTEN = 0.2  # seconds between two drawings of a terminal's last line
_SELDOM = 5.0  # seconds between two lines, where nothing can be drawn over


class Watching:
    """The listener of every connection of a command. Thread-safe."""

    def __init__(
        self,
        terminal: Terminal,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._terminal, self._clock, self._now = terminal, clock, now
        self._turn = threading.Lock()
        self._until: dict[str, float] = {}  # by connection: how long it waits, as far as that was told
        self._missed: dict[str, tuple[float, float]] = {}  # by connection: since when it fails, and when it last did
        self._outages: dict[str, float] = {}  # by connection: when that was told
        self._readings: dict[tuple[str, str], str] = {}
        self._since: float | None = None
        self._told = float("-inf")

    def waits(self, connection: str, status: int, seconds: float, *, asked: bool) -> None:
        """Told once for all the requests that wait together."""
        if seconds < SHORTEST_WAIT or self._terminal.quiet:
            return
        with self._turn:
            at, told = self._clock(), self._until.get(connection, float("-inf"))
            if at < told and at + seconds < told + _ANOTHER:
                return
            self._until[connection] = at + seconds
        until = time.strftime("%H:%M:%S", time.localtime(self._now() + seconds))
        self._terminal.say(wait_line(connection, status, seconds, until, asked=asked))

    def misses(self, connection: str, why: str, left: float) -> None:
        """Told once it has lasted, and then now and then."""
        if self._terminal.quiet:
            return
        with self._turn:
            at = self._clock()
            since, last = self._missed.get(connection, (at, at))
            since = at if at - last > _OUTAGE else since
            self._missed[connection] = since, at
            if at - since < SHORTEST_WAIT or at - self._outages.get(connection, float("-inf")) < _OUTAGE:
                return
            self._outages[connection] = at
        self._terminal.say(missed_line(connection, why, left))

    def reads(self, connection: str, kind: str, noun: str, done: int, total: int | None) -> None:
        """Told once it takes long, and then now and then."""
        if self._terminal.quiet:
            return
        with self._turn:
            place = connection, kind
            if done == total:
                self._readings.pop(place, None)
            else:
                self._readings[place] = listing_line(connection, kind, noun, done, total)
            self._show()

    def _show(self) -> None:
        at, shown = self._clock(), ", ".join(self._readings[place] for place in sorted(self._readings))
        if not shown:
            self._since = None
            self._terminal.status("")
            return
        self._since = at if self._since is None else self._since
        drawn = self._terminal.animated
        if at - self._since < _PATIENCE or at - self._told < (_OFTEN if drawn else _SELDOM):
            return
        self._told = at
        if drawn:
            self._terminal.status(shown)
        else:
            self._terminal.say(shown)
