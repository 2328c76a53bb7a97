"""Death at a chosen moment: an exception that nothing catches, and nothing that works afterwards.

A real SIGKILL leaves what is on disk and what the vendors did, and nothing else. The same is had in one process when
every way out (the wire, the state) refuses to work once the moment has come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from reconciler.model import Intent
from reconciler.state import Session, StateStore

POINTS = (
    "before intent",  # nothing is written, nothing sent
    "after intent",  # the intent is on disk, nothing sent
    "before send",  # the same, and other writes of the round may be under way
    "after send",  # the vendor did it, nobody read the answer
    "after answer",  # the answer was read
    "before record",  # about to be written down
    "after record",  # written down, and the next thing not begun
    "before commit",  # inside a transaction
    "read",  # before a reading: planning, reading back, recovery
)


class Killed(BaseException):
    """The process is gone."""


@dataclass(frozen=True)
class Kill:
    """Where the process dies: the ``nth`` time it passes a point."""

    point: str
    nth: int = 1


class Reaper:
    """Counts the points of one process, and ends it at the one that was chosen."""

    def __init__(self, kill: Kill | None = None) -> None:
        self.kill, self.dead = kill, False
        self.passed: Counter[str] = Counter()

    def at(self, point: str) -> None:
        """Pass a point; raises Killed from the chosen one on."""
        self.passed[point] += 1
        if self.kill is not None and (self.kill.point, self.kill.nth) == (point, self.passed[point]):
            self.dead = True
        if self.dead:
            raise Killed(point)


class MortalStore:
    """A store whose writer dies when the reaper says so."""

    def __init__(self, store: StateStore, reaper: Reaper) -> None:
        self._store, self._reaper = store, reaper

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def lock(self, *arguments: Any) -> Iterator[Any]:
        """As the store's own."""
        with self._store.lock(*arguments) as session:
            yield MortalSession(session, self._reaper)


class MortalSession:
    """A session that passes the points of the journal."""

    def __init__(self, session: Session, reaper: Reaper) -> None:
        self._session, self._reaper = session, reaper
        self._depth = 0
        self._wrote: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        if self._reaper.dead:
            raise Killed(name)
        return getattr(self._session, name)

    @contextmanager
    def batch(self) -> Iterator[None]:
        """As the session's own; what was written is on disk when the outermost ends."""
        if self._reaper.dead:
            raise Killed("batch")
        with self._session.batch():
            self._depth += 1
            try:
                yield
                if self._depth == 1 and self._wrote:
                    self._reaper.at("before commit")
            finally:
                self._depth -= 1
        if not self._depth:
            self._committed()

    def intend(self, intents: Sequence[Intent]) -> None:
        """As the session's own."""
        if intents:
            self._reaper.at("before intent")
            self._session.intend(intents)
            self._written("after intent")

    def finish(self, intent: Intent, *arguments: Any, **more: Any) -> None:
        """As the session's own."""
        self._reaper.at("before record")
        self._session.finish(intent, *arguments, **more)
        self._written("after record")

    def _written(self, point: str) -> None:
        self._wrote.add(point)
        if not self._depth:
            self._committed()

    def _committed(self) -> None:
        wrote, self._wrote = self._wrote, set()
        self._pass(point for point in ("after record", "after intent") if point in wrote)

    def _pass(self, points: Iterable[str]) -> None:
        for point in points:
            self._reaper.at(point)
