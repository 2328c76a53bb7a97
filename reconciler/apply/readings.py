"""Listings taken after a write: one that began late enough serves every operation that waits for it."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator

from reconciler.model import Intent, Observed
from reconciler.providers.base import Listing, Provider

# Seconds between the tries of a reading that does not show yet what was just written; lists lag behind.
PAUSES = (0.0, 0.5, 1.5)


class _Line:
    """The listings of one kind in one connection, numbered in the order they begin."""

    def __init__(self) -> None:
        self.turn = threading.Condition()
        self.begun = 0
        self.ended = 0
        self.running = False
        self.answer: Listing | BaseException | None = None


class Readings:
    """Complete listings and single objects, read again. Thread-safe."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self._sleep = sleep
        self._turn = threading.Lock()
        self._lines: dict[tuple[str, str], _Line] = defaultdict(_Line)

    def listing(self, provider: Provider, kind: str) -> Listing:
        """A listing that began after this call; raises what the provider raised."""
        with self._turn:
            line = self._lines[provider.connection.name, kind]
        with line.turn:
            needed = line.begun + 1
            while line.running and line.ended < needed:
                line.turn.wait()
            if line.ended >= needed:
                return _given(line.answer)
            line.running = True
            line.begun += 1
        return self._list(line, provider, kind)

    def found(self, provider: Provider, kind: str, id: str, *, one: bool) -> Observed | None:
        """An object by its id: read alone where the kind can (``one``), else out of a listing."""
        if one:
            return provider.read(kind, id)
        return next((item for item in self.listing(provider, kind).objects if item.id == id), None)

    def tries(self) -> Iterator[None]:
        """The times a reading is tried, with the pauses between them."""
        for pause in PAUSES:
            if pause:
                self._sleep(pause)
            yield

    def _list(self, line: _Line, provider: Provider, kind: str) -> Listing:
        answer: Listing | BaseException | None = None
        try:
            answer = provider.list(kind)
        except BaseException as error:
            answer = error
            raise
        finally:
            with line.turn:
                line.answer, line.running, line.ended = answer, False, line.begun
                line.turn.notify_all()
        return answer


def candidates(intent: Intent, objects: tuple[Observed, ...], equals: Callable[[Observed], bool]) -> list[Observed]:
    """The objects that this create may have made: not there before, and equal in every readable field sent."""
    seen = frozenset(intent.seen)
    return [item for item in objects if item.id not in seen and equals(item)]


def _given(answer: Listing | BaseException | None) -> Listing:
    if isinstance(answer, Listing):
        return answer
    assert answer is not None
    raise answer
